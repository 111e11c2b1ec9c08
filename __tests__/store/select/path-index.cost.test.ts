/** What a commit costs the listeners of paths: wake-ups, comparisons and slots, all counted. */
import { describe, expect, jest, test } from '@jest/globals'
import { createStore, type Store } from '../../../src/index.ts'
import { PathListener } from '../../../src/store/select/path-listener.ts'
import { move, type World, world } from './path-world.ts'

describe('what a commit costs', () => {
  /** Wake-ups and comparisons of one write with so many listeners, each on its own robot. */
  function costs(count: number, write: (store: Store<World>) => void): { woken: string[]; compared: number } {
    const store = createStore(world(count))
    const woken: string[] = []
    for (let index = 0; index < count; index += 1) {
      const id = `r${index}`
      store.select('robots', id, 'pose').subscribe(() => woken.push(id))
    }
    store.update(move('r0', 7)) // the first recipe of an immer draft has its own cost
    woken.length = 0
    const compare = jest.spyOn(Object, 'is')
    write(store)
    const compared = compare.mock.calls.length
    compare.mockRestore()
    return { woken, compared }
  }

  test.each([[10], [10_000]])('with %i listeners, a recipe on one robot wakes one', (count) => {
    expect(costs(count, (store) => void store.update(move('r3', 1))).woken).toEqual(['r3'])
  })

  test.each([[10], [10_000]])('with %i listeners, a write elsewhere wakes none', (count) => {
    const elsewhere = (draft: World): void => {
      draft.log.push('line')
    }
    expect(costs(count, (store) => void store.update(elsewhere)).woken).toEqual([])
    const others = (store: Store<World>): void => void store.set({ ...(store.state as World), mode: 'busy' })
    expect(costs(count, others).woken).toEqual([])
  })

  test('a recipe compares the watched children of the object that it copied, and nothing below the others', () => {
    const recipe = (store: Store<World>): void => void store.update(move('r3', 1))
    const around = costs(0, recipe).compared
    for (const count of [100, 10_000])
      expect(costs(count, recipe).compared - around).toBeWithin(count, count + 10)
  })

  test('a write that leaves the branch alone does not look into it', () => {
    const others = (store: Store<World>): void => void store.set({ ...(store.state as World), mode: 'busy' })
    expect(costs(10_000, others).compared).toBeLessThan(10)
  })

  test('a recipe with many changes below one place walks the listeners there once', () => {
    const store = createStore(world(50))
    for (let index = 0; index < 50; index += 1) store.select('robots', `r${index}`).subscribe()
    for (let index = 0; index < 100; index += 1) store.select('robots').subscribe()
    const visited = jest.spyOn(PathListener.prototype, 'changed')
    store.update((draft) => {
      for (let index = 0; index < 50; index += 1) move(`r${index}`, 1)(draft)
    })
    expect(visited).toHaveBeenCalledTimes(150)
  })

  test('once nobody looks, nothing is compared', () => {
    const store = createStore(world())
    const comparisons = (): number => {
      const compare = jest.spyOn(Object, 'is')
      store.update(move('r1', store.snapshot.version + 1))
      const { length } = compare.mock.calls
      compare.mockRestore()
      return length
    }
    const idle = comparisons()
    const subscription = store.select('robots', 'r1').subscribe()
    expect(comparisons()).toBeGreaterThan(idle)
    subscription.unsubscribe()
    expect(comparisons()).toBe(idle)
  })

  test('listeners that leave and come back inside callbacks leave no holes behind', () => {
    const store = createStore(world())
    store.select('mode').subscribe()
    store.select('log').subscribe()
    let leave = (): void => {}
    const rejoin = (): void => {
      leave()
      const subscriptions = [store.select('mode').subscribe(), store.select('log').subscribe()]
      leave = () => subscriptions.forEach((subscription) => void subscription.unsubscribe())
    }
    store.select('mode').subscribe(rejoin)
    for (let n = 0; n < 1_000; n += 1) {
      store.update((draft) => {
        draft.mode = `${n}`
      })
    }
    const visited = jest.spyOn(PathListener.prototype, 'changed')
    store.set({ ...world(), mode: 'last', log: [] })
    expect(visited.mock.calls.length).toBeLessThan(10)
  })
})
