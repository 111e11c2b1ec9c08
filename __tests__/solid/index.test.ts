/** @jest-environment jsdom */
import { describe, expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import {
  type Accessor,
  createEffect,
  createMemo,
  createRenderEffect,
  createRoot,
  startTransition,
} from 'solid-js'
import { render } from 'solid-js/web'
import { createMachineStore, createStore, qCoreMachine } from '../../src/index.ts'
import { useOwnStore, useStore } from '../../src/solid/index.ts'
import { describeFramework } from '../binding/support/describe-framework.ts'
import { followersOf, type Hook } from '../binding/support/framework.ts'

// The cast takes the types away.
const hook = useStore as unknown as Hook

describeFramework('Solid', {
  hook,
  own: useOwnStore,
  mount(setup) {
    const page = document.createElement('div')
    // What is inserted may be a function: it is then drawn again with what it reads.
    const unmount = render(() => {
      const show = setup(hook)
      return (() => String(show())) as unknown as Element
    }, page)
    return { text: () => page.textContent ?? '', unmount }
  },
  flush: () => Promise.resolve(),
  open: (setup) =>
    createRoot((dispose) => {
      const show = setup(hook)
      createRenderEffect(() => show())
      return dispose
    }),
  outside: {
    hook: 'useStore() of headgate/solid was called outside of a scope that would end what it starts; nothing was started. Call it in a component, or inside createRoot().',
    own: 'useOwnStore() of headgate/solid was called outside of a scope that would end what it starts; nothing was started. Call it in a component, or inside createRoot().',
  },
})

describe('useStore of headgate/solid', () => {
  test('misses nothing that is written before the first effect', () => {
    const store = createStore({ x: 0 })
    const seen: unknown[] = []
    createRoot((dispose) => {
      const x = useStore(store, 'x')
      createEffect(() => seen.push(x()))
      store.set({ x: 1 })
      expect(x()).toBe(1)
      return dispose
    })()
    expect(seen).toEqual([1])
  })

  test('shows one version to effects, which run while it is being told', () => {
    const store = createStore({ x: 0, y: 0 })
    const seen: unknown[] = []
    const dispose = createRoot((dispose) => {
      const [x, y] = [useStore(store, 'x'), useStore(store, ({ y }) => y)]
      const sum = createMemo(() => x() + y())
      createEffect(() => seen.push(sum()))
      return dispose
    })
    store.set({ x: 1, y: 1 })
    store.set({ x: 2, y: 2 })
    expect(seen).toEqual([0, 2, 4])
    dispose()
  })

  test('gives a value that is a function as it is', () => {
    const answer = () => 42
    const store = createStore({ answer })
    createRoot((dispose) => {
      expect(useStore(store, 'answer')()).toBe(answer)
      return dispose
    })()
  })

  test('follows anew, and no longer what it followed, with each run of what it is made in', () => {
    const store = createStore({ r1: 1, r2: 2 })
    const id = createStore<'r1' | 'r2'>('r1')
    const dispose = createRoot((dispose) => {
      const chosen = useStore(id)
      createRenderEffect(() => useStore(store, chosen())())
      return dispose
    })
    id.set('r2')
    id.set('r1')
    expect(followersOf(store)).toBe(1)
    dispose()
    expect([followersOf(store), followersOf(id)]).toEqual([0, 0])
  })

  test('has what is written inside of a transition at once', async () => {
    const store = createStore({ x: 0 })
    const [x, dispose] = createRoot((dispose) => [useStore(store, 'x'), dispose])
    let within: unknown
    await startTransition(() => {
      store.set({ x: 1 })
      within = x()
    })
    expect(within).toBe(1)
    dispose()
  })

  test('has the types of what is read', () => {
    const store = createStore({ robots: { r1: { battery: 90 } } as Record<string, { battery: number }> })
    const robot = createMachineStore(qCoreMachine)
    const types = () => {
      expectTypeOf(useStore(store, 'robots', 'r1', 'battery')).toEqualTypeOf<Accessor<number | undefined>>()
      expectTypeOf(useStore(store, ({ robots }) => Object.keys(robots))).toEqualTypeOf<Accessor<string[]>>()
      expectTypeOf(useStore(store)().robots).toEqualTypeOf(store.state.robots)
      expectTypeOf(useStore(robot, 'current')()).toEqualTypeOf(robot.current)
      expectTypeOf(useOwnStore(() => createMachineStore(qCoreMachine))).toEqualTypeOf(robot)
      // @ts-expect-error a path that the state does not have
      useStore(store, 'robot')
    }
    expect(types).toBeFunction()
  })
})
