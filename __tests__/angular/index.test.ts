/** @jest-environment jsdom */
import '@angular/compiler' // components are compiled as they are loaded
import {
  type ApplicationRef,
  Component,
  computed,
  createComponent,
  createEnvironmentInjector,
  type EnvironmentInjector,
  effect,
  InjectionToken,
  inject,
  provideZonelessChangeDetection,
  runInInjectionContext,
  type Signal,
} from '@angular/core'
import { createApplication } from '@angular/platform-browser'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import { injectOwnStore, injectStore } from '../../src/angular/index.ts'
import { createMachineStore, createStore, qCoreMachine } from '../../src/index.ts'
import { describeFramework } from '../binding/support/describe-framework.ts'
import { followersOf, type Hook, type Setup } from '../binding/support/framework.ts'

// The cast takes the types away.
const hook = injectStore as unknown as Hook

const SETUP = new InjectionToken<Setup>('setup')

class Probe {
  // Development builds draw everything twice, to compare; what is computed is not computed twice.
  readonly show: Signal<unknown> = computed(inject(SETUP)(hook))
}
Component({ selector: 'hg-probe', template: '{{ show() }}' })(Probe)

let application: ApplicationRef

beforeAll(async () => {
  application = await createApplication({ providers: [provideZonelessChangeDetection()] })
})
afterAll(() => application.destroy())

const injectorWith = (setup?: Setup): EnvironmentInjector =>
  createEnvironmentInjector([{ provide: SETUP, useValue: setup }], application.injector)

describeFramework('Angular', {
  hook,
  own: injectOwnStore,
  mount(setup) {
    const environmentInjector = injectorWith(setup)
    const hostElement = document.createElement('hg-probe')
    const component = createComponent(Probe, { environmentInjector, hostElement })
    application.attachView(component.hostView)
    component.changeDetectorRef.detectChanges()
    return {
      text: () => hostElement.textContent ?? '',
      unmount() {
        component.destroy()
        environmentInjector.destroy()
      },
    }
  },
  flush: () => application.whenStable(),
  open(setup) {
    const injector = injectorWith()
    runInInjectionContext(injector, () => setup(hook))
    return () => injector.destroy()
  },
  outside: {
    hook: 'injectStore() of headgate/angular was called outside of a scope that would end what it starts; nothing was started. Call it where a class is constructed by Angular, or inside runInInjectionContext().',
    own: 'injectOwnStore() of headgate/angular was called outside of a scope that would end what it starts; nothing was started. Call it where a class is constructed by Angular, or inside runInInjectionContext().',
  },
})

describe('injectStore of headgate/angular', () => {
  test('gives a signal for computed ones and effects, which see one version', async () => {
    const store = createStore({ x: 0, y: 0 })
    const seen: unknown[] = []
    const injector = injectorWith()
    runInInjectionContext(injector, () => {
      const [x, y] = [injectStore(store, 'x'), injectStore(store, ({ y }) => y)]
      const sum = computed(() => x() + y())
      effect(() => void seen.push(sum()))
    })
    await application.whenStable()
    store.set({ x: 1, y: 1 })
    store.set({ x: 2, y: 2 })
    await application.whenStable()
    expect(seen).toEqual([0, 4])
    injector.destroy()
  })

  test('loses nothing that is written where Angular lets nobody set a signal', () => {
    const faults: unknown[] = []
    const store = createStore({ x: 0 }, { onFault: (fault) => faults.push(fault) })
    const injector = injectorWith()
    const x = runInInjectionContext(injector, () => injectStore(store, 'x'))
    const writing = computed(() => store.set({ x: 1 }).version)
    expect([writing(), x(), faults]).toEqual([1, 1, []])
    injector.destroy()
  })

  test('has the types of what is read', () => {
    const store = createStore({ robots: { r1: { battery: 90 } } as Record<string, { battery: number }> })
    const robot = createMachineStore(qCoreMachine)
    const types = () => {
      expectTypeOf(injectStore(store, 'robots', 'r1', 'battery')).toEqualTypeOf<Signal<number | undefined>>()
      expectTypeOf(injectStore(store, ({ robots }) => Object.keys(robots))).toEqualTypeOf<Signal<string[]>>()
      expectTypeOf(injectStore(store)().robots).toEqualTypeOf(store.state.robots)
      expectTypeOf(injectStore(robot, 'current')()).toEqualTypeOf(robot.current)
      expectTypeOf(injectOwnStore(() => createMachineStore(qCoreMachine))).toEqualTypeOf(robot)
      // @ts-expect-error a path that the state does not have
      injectStore(store, 'robot')
    }
    expect(types).toBeFunction()
  })

  test('follows nothing where its scope is over', () => {
    const store = createStore({ x: 0 })
    const injector = injectorWith()
    injector.destroy()
    expect(() => runInInjectionContext(injector, () => injectStore(store, 'x'))).toThrow()
    expect(followersOf(store)).toBe(0)
  })
})
