/** @jest-environment jsdom */
import { describe, expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import {
  createApp,
  createSSRApp,
  defineComponent,
  effectScope,
  h,
  isReactive,
  nextTick,
  reactive,
  type ShallowRef,
  watch,
  watchSyncEffect,
} from 'vue'
import { renderToString } from 'vue/server-renderer'
import { createMachineStore, createStore, qCoreMachine } from '../../src/index.ts'
import { useOwnStore, useStore } from '../../src/vue/index.ts'
import { describeFramework } from '../binding/support/describe-framework.ts'
import { followersOf, type Hook } from '../binding/support/framework.ts'

const hook: Hook = (store, ...args) => {
  // The cast takes the types away.
  const ref = (useStore as unknown as (...args: unknown[]) => { value: unknown })(store, ...args)
  return () => ref.value
}

describeFramework('Vue', {
  hook,
  own: useOwnStore,
  mount(setup) {
    const page = document.createElement('div')
    const app = createApp(
      defineComponent(() => {
        const show = setup(hook)
        return () => h('p', String(show()))
      }),
    )
    const failures: unknown[] = []
    app.config.errorHandler = (failure) => failures.push(failure)
    app.config.warnHandler = () => {} // of a component whose setup has failed
    app.mount(page)
    if (failures.length > 0) throw failures[0]
    return { text: () => page.textContent ?? '', unmount: () => app.unmount() }
  },
  flush: () => nextTick(),
  open(setup) {
    const scope = effectScope()
    scope.run(() => {
      const show = setup(hook)
      watchSyncEffect(() => void show())
    })
    return () => scope.stop()
  },
  outside: {
    hook: 'useStore() of headgate/vue was called outside of a scope that would end what it starts; nothing was started. Call it in the setup() of a component, before its first await, or inside effectScope().run().',
    own: 'useOwnStore() of headgate/vue was called outside of a scope that would end what it starts; nothing was started. Call it in the setup() of a component, before its first await, or inside effectScope().run().',
  },
})

describe('useStore of headgate/vue', () => {
  test('shows one version to watchers that run at once', () => {
    const store = createStore({ x: 0, y: 0 })
    const seen: unknown[] = []
    const scope = effectScope()
    scope.run(() => {
      const [x, y] = [useStore(store, 'x'), useStore(store, 'y')]
      watchSyncEffect(() => seen.push([x.value, y.value]))
    })
    store.set({ x: 1, y: 1 })
    expect(seen).toEqual([
      [0, 0],
      [1, 1],
      [1, 1],
    ])
    scope.stop()
  })

  test('gives the state itself, and nothing of it as a proxy', () => {
    const store = createStore({ robot: { battery: 90 } })
    const scope = effectScope()
    scope.run(() => {
      const robot = useStore(store, 'robot')
      expect(robot.value).toBe(store.state.robot)
      expect(isReactive(reactive({ robot }).robot)).toBe(false)
    })
    scope.stop()
  })

  test('is watched as a ref is', async () => {
    const store = createStore({ x: 0, y: 0 })
    const changes: unknown[] = []
    const scope = effectScope()
    scope.run(() => watch(useStore(store, 'x'), (now, before) => changes.push([before, now])))
    store.set({ x: 1, y: 0 })
    store.set({ x: 3, y: 0 })
    await nextTick()
    expect(changes).toEqual([[0, 3]])
    scope.stop()
  })

  test('follows nobody where a page is made on a server', async () => {
    const store = createStore({ x: 5 })
    const app = createSSRApp(
      defineComponent(() => {
        const x = useStore(store, 'x')
        return () => h('p', x.value)
      }),
    )
    expect(await renderToString(app)).toBe('<p>5</p>')
    expect(followersOf(store)).toBe(0)
  })

  test('asks for a scope that still lasts', () => {
    const scope = effectScope()
    const store = createStore({ x: 0 })
    expect(() =>
      scope.run(() => {
        scope.stop()
        useStore(store, 'x')
      }),
    ).toThrow('outside of a scope')
  })

  test('has the types of what is read', () => {
    const store = createStore({ robots: { r1: { battery: 90 } } as Record<string, { battery: number }> })
    const robot = createMachineStore(qCoreMachine)
    const types = () => {
      expectTypeOf(useStore(store, 'robots', 'r1', 'battery')).toEqualTypeOf<
        Readonly<ShallowRef<number | undefined>>
      >()
      expectTypeOf(useStore(store, ({ robots }) => Object.keys(robots))).toEqualTypeOf<
        Readonly<ShallowRef<string[]>>
      >()
      expectTypeOf(useStore(store).value.robots).toEqualTypeOf(store.state.robots)
      expectTypeOf(useStore(robot, 'current').value).toEqualTypeOf(robot.current)
      expectTypeOf(useOwnStore(() => createMachineStore(qCoreMachine))).toEqualTypeOf(robot)
      // @ts-expect-error a path that the state does not have
      useStore(store, 'robot')
      // @ts-expect-error a ref of a store is read-only
      useStore(store, 'robots').value = {}
    }
    expect(types).toBeFunction()
  })
})
