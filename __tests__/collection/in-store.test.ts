/** A collection as part of a store's state: one value to immer, and no draft ever stays in it. */
import { isProxy } from 'node:util/types'
import { describe, expect, jest, test } from '@jest/globals'
import { current } from 'immer'
import { type Collection, collection } from '../../src/collection/index.ts'
import { createStore } from '../../src/index.ts'
import { isDeeplyFrozen } from '../store/support.ts'

interface Robot {
  battery: number
  pose: { x: number }
}

interface World {
  robots: Collection<Robot>
  template: Robot
  tick: number
}

const world = (count = 3): World => ({
  robots: collection(
    Array.from({ length: count }, (_, n): [string, Robot] => [`r${n}`, { battery: n, pose: { x: 0 } }]),
  ),
  template: { battery: 100, pose: { x: 0 } },
  tick: 0,
})

describe('a collection in a store', () => {
  test('is changed in a recipe by assigning the result', () => {
    const store = createStore(world())
    const before = store.state
    store.update((draft) => {
      draft.robots = draft.robots.update('r1', (robot) => {
        robot.battery = 50
      })
    })
    expect(store.state.robots.get('r1')?.battery).toBe(50)
    expect(before.robots.get('r1')?.battery).toBe(1)
    expect(store.state.robots.get('r2')).toBe(before.robots.get('r2'))
    expect(isDeeplyFrozen(store.state.robots.get('r1'))).toBe(true)
  })

  test('is not changed where the assignment is forgotten: the recipe changes nothing', () => {
    const store = createStore(world())
    const { snapshot } = store
    store.update((draft) => {
      draft.robots.set('r9', { battery: 1, pose: { x: 0 } })
    })
    expect(store.snapshot).toBe(snapshot)
    expect(store.metrics().noopWrites).toBe(1)
  })

  test('is not changed by a recipe on an entity that changes nothing', () => {
    const store = createStore(world())
    const { snapshot } = store
    store.update((draft) => {
      draft.robots = draft.robots.update('r1', () => {})
    })
    expect(store.snapshot).toBe(snapshot)
  })

  test.each([[10], [100_000]])('of %i entities is not walked by a write', (count) => {
    const store = createStore(world(count))
    const { robots } = store.state
    const [freeze, isFrozen, ownKeys] = [
      jest.spyOn(Object, 'freeze'),
      jest.spyOn(Object, 'isFrozen'),
      jest.spyOn(Reflect, 'ownKeys'),
    ]
    const spies = [freeze, isFrozen, ownKeys]
    store.set({ ...store.state, tick: 1 })
    store.update((draft) => {
      draft.tick = 2
      draft.robots = draft.robots.set('r3', { battery: 0, pose: { x: 0 } })
    })
    const calls = spies.map((spy) => spy.mock.calls.length)
    for (const spy of spies) spy.mockRestore()
    expect(store.state.robots).not.toBe(robots)
    expect(Math.max(...calls)).toBeWithin(1, 60)
  })

  test('holds no draft of the recipe that an entity came from', () => {
    const store = createStore(world())
    store.update((draft) => {
      draft.template.battery = 7
      draft.robots = draft.robots
        .set('whole', draft.template)
        .set('part', { battery: 1, pose: draft.template.pose })
        .upsertMany([['current', current(draft.template)]])
        .update('r1', (robot) => {
          robot.pose = draft.template.pose
        })
      draft.template.pose.x = 9 // after: it is no longer theirs
    })
    expect(store.state.robots.get('whole')).toEqual({ battery: 7, pose: { x: 0 } })
    expect(store.state.robots.get('part')).toEqual({ battery: 1, pose: { x: 0 } })
    expect(store.state.robots.get('current')).toEqual({ battery: 7, pose: { x: 0 } })
    expect(store.state.robots.get('r1')).toEqual({ battery: 1, pose: { x: 0 } })
    for (const robot of store.state.robots.values()) {
      expect([isProxy(robot), isProxy(robot.pose), isDeeplyFrozen(robot)]).toEqual([false, false, true])
    }
    expect(store.state.template.pose.x).toBe(9)
  })

  test('holds no draft in a Map or a Set of an entity either', () => {
    const store = createStore({
      bags: collection<{ map: Map<string, unknown>; set: Set<unknown> }>(),
      item: { n: 1 },
    })
    store.update((draft) => {
      draft.bags = draft.bags.set('b', { map: new Map([['k', draft.item]]), set: new Set([draft.item]) })
    })
    const bag = store.state.bags.get('b')
    expect([...(bag?.map.values() ?? []), ...(bag?.set ?? [])]).toEqual([{ n: 1 }, { n: 1 }])
    expect(isDeeplyFrozen(bag)).toBe(true)
  })
})
