/** @jest-environment jsdom */
import { describe, expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import { flushSync, mount, tick, unmount } from 'svelte'
import { derived, fromStore, get, type Readable, toStore } from 'svelte/store'
import { createMachineStore, createStore, qCoreMachine, type Snapshot } from '../../src/index.ts'
import { type Current, fromPath, useOwnStore } from '../../src/svelte/index.ts'
import { describeFramework } from '../binding/support/describe-framework.ts'
import { followersOf, type Hook } from '../binding/support/framework.ts'
import Probe from './probe.svelte'

const hook: Hook = (store, ...args) => {
  // The cast takes the types away.
  const part = (fromPath as unknown as (...args: unknown[]) => Current<unknown>)(store, ...args)
  return () => part.current
}

describeFramework('Svelte', {
  hook,
  own: useOwnStore,
  mount(setup) {
    const target = document.createElement('div')
    const component = mount(Probe, { target, props: { make: () => setup(hook) } })
    return { text: () => target.textContent ?? '', unmount: () => void unmount(component) }
  },
  flush: tick,
  open(setup) {
    const show = setup(hook)
    return toStore(show).subscribe(() => {})
  },
  outside: {
    hook: undefined,
    own: 'useOwnStore() of headgate/svelte was called outside of a scope that would end what it starts; nothing was started. Call it while a component is made, at the top of its script.',
  },
})

describe('fromPath of headgate/svelte', () => {
  test('follows while it is read, and reads what is published when it is not', async () => {
    const store = createStore({ x: 0 })
    const x = fromPath(store, 'x')
    store.set({ x: 1 })
    expect([x.current, followersOf(store)]).toEqual([1, 0])
    const seen: unknown[] = []
    const ends = [1, 2].map(() => toStore(() => x.current).subscribe((value) => seen.push(value)))
    expect([seen, followersOf(store)]).toEqual([[1, 1], 1])
    store.set({ x: 2 })
    flushSync()
    expect(seen).toEqual([1, 1, 2, 2])
    for (const end of ends) end()
    await tick()
    expect(followersOf(store)).toBe(0)
  })

  test('has the types of what is read', () => {
    const store = createStore({ robots: { r1: { battery: 90 } } as Record<string, { battery: number }> })
    const robot = createMachineStore(qCoreMachine)
    const types = () => {
      expectTypeOf(fromPath(store, 'robots', 'r1', 'battery')).toEqualTypeOf<Current<number | undefined>>()
      expectTypeOf(fromPath(store, ({ robots }) => Object.keys(robots))).toEqualTypeOf<Current<string[]>>()
      expectTypeOf(fromPath(store).current.robots).toEqualTypeOf(store.state.robots)
      expectTypeOf(fromPath(robot, 'current').current).toEqualTypeOf(robot.current)
      expectTypeOf(useOwnStore(() => createMachineStore(qCoreMachine))).toEqualTypeOf(robot)
      // @ts-expect-error a path that the state does not have
      fromPath(store, 'robot')
      // @ts-expect-error what is current is read-only
      fromPath(store, 'robots').current = {}
    }
    expect(types).toBeFunction()
  })
})

describe('a store and a selection', () => {
  /** The types of Svelte know a second argument that is no option; what it makes of it is an Observable's. */
  const asStore = <T>(store: unknown): Readable<T> => store as Readable<T>

  test('are stores of Svelte as they are', () => {
    const store = createStore({ x: 0 })
    const x = asStore<number>(store.select('x'))
    expect([get(x), get(asStore<Snapshot<{ x: number }>>(store)).state.x]).toEqual([0, 0])
    const seen: number[] = []
    const end = derived(x, (value) => value * 2).subscribe((value) => seen.push(value))
    store.set({ x: 4 })
    end()
    expect([seen, fromStore(x).current, followersOf(store)]).toEqual([[0, 8], 4, 0])
  })
})
