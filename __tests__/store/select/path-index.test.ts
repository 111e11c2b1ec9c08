import { describe, expect, test } from '@jest/globals'
import { take } from 'rxjs'
import { createStore, type Store } from '../../../src/index.ts'
import { move, type World, world } from './path-world.ts'

const WIDTHS = [
  ['alone', 0],
  ['beside 16 others', 16],
] as const

/** Adds so many listeners below one place. */
function widen(store: Store<World>, count: number): void {
  for (let index = 0; index < count; index += 1) store.select('robots', `other-${index}`).subscribe()
}

describe.each(WIDTHS)('Store.select by a path, %s', (_mode, width) => {
  test('says the value at once, then each that differs by identity', () => {
    const store = createStore(world())
    widen(store, width)
    const seen: unknown[] = []
    store.select('robots', 'r0', 'pose').subscribe((pose) => seen.push(pose))
    const before = store.state.robots.r0?.pose
    store.update(move('r0', 1))
    store.update(move('r0', 1))
    store.update(move('r1', 5))
    store.update((draft) => {
      draft.mode = 'busy'
    })
    expect(seen).toStrictEqual([
      { x: 0, y: 0 },
      { x: 1, y: 0 },
    ])
    expect(seen[0]).toBe(before)
    expect(seen[1]).toBe(store.state.robots.r0?.pose)
  })

  test('tells everyone on the way to a change and below it, the outer path first', () => {
    const store = createStore(world())
    widen(store, width)
    const order: string[] = []
    store.select('robots', 'r0', 'pose', 'x').subscribe(() => order.push('x'))
    store.select('robots', 'r0', 'pose', 'y').subscribe(() => order.push('y'))
    store.select('robots', 'r0', 'battery').subscribe(() => order.push('battery'))
    store.select('robots', 'r0').subscribe(() => order.push('r0'))
    store.select('robots', 'r1').subscribe(() => order.push('r1'))
    store.select('robots').subscribe(() => order.push('robots'))
    store.select('log').subscribe(() => order.push('log'))
    const take = (): string[] => order.splice(0)
    take()
    store.update(move('r0', 1))
    expect(take()).toStrictEqual(['robots', 'r0', 'x'])
    store.update((draft) => {
      draft.robots.r0 = { pose: { x: 2, y: 2 }, battery: 100 }
    })
    expect(take()).toStrictEqual(['robots', 'r0', 'x', 'y'])
    store.set({ ...(store.state as World), robots: {} })
    expect(take().sort()).toStrictEqual(['battery', 'r0', 'r1', 'robots', 'x', 'y'])
    store.set({ ...(store.state as World), robots: {} })
    expect(take()).toStrictEqual(['robots'])
  })

  test('tells a listener once for several changes in one recipe or batch', () => {
    const store = createStore(world())
    widen(store, width)
    const seen: unknown[] = []
    store.select('robots').subscribe((robots) => seen.push(robots.r0?.pose.x, robots.r1?.pose.x))
    seen.length = 0
    store.update((draft) => {
      move('r0', 1)(draft)
      move('r1', 2)(draft)
    })
    expect(seen).toStrictEqual([1, 2])
    store.batch(() => {
      store.update(move('r0', 3))
      store.update(move('r1', 4))
    })
    expect(seen).toStrictEqual([1, 2, 3, 4])
  })

  test('says nothing where a batch puts back what was there', () => {
    const store = createStore(world())
    widen(store, width)
    const seen: unknown[] = []
    store.select('robots', 'r0', 'pose', 'x').subscribe((x) => seen.push(x))
    store.batch(() => {
      store.update(move('r0', 1))
      store.update(move('r0', 0))
    })
    expect(seen).toStrictEqual([0])
  })

  test('tells what a batch of several kinds of write came to, also one with a batch inside that threw', () => {
    const store = createStore(world())
    widen(store, width)
    const seen: unknown[] = []
    store.select('robots', 'r0', 'pose', 'x').subscribe((x) => seen.push(x))
    store.select('mode').subscribe((mode) => seen.push(mode))
    seen.length = 0
    store.batch(() => {
      store.update(move('r0', 1))
      store.set({ ...(store.state as World), mode: 'busy' })
      store.update(move('r0', 2))
    })
    expect(seen.splice(0)).toIncludeSameMembers([2, 'busy'])
    store.batch(() => {
      store.update(move('r0', 3))
      try {
        store.batch(() => {
          store.update(move('r0', 4))
          throw new Error('inner')
        })
      } catch {}
      store.batch(() => store.update((draft) => void Object.assign(draft, { mode: 'idle' })))
    })
    expect(seen).toIncludeSameMembers([3, 'idle'])
  })

  test('says undefined where the path ends early, and the value once it is there', () => {
    const store = createStore(world())
    widen(store, width)
    const seen: unknown[] = []
    store.select('robots', 'r9', 'pose', 'x').subscribe((x) => seen.push(x))
    store.update(move('r0', 1))
    store.update((draft) => {
      draft.robots.r9 = { pose: { x: 9, y: 0 }, battery: 1 }
    })
    store.update((draft) => {
      delete draft.robots.r9
    })
    expect(seen).toStrictEqual([undefined, 9, undefined])
  })

  test('goes through Maps', () => {
    const store = createStore(world())
    widen(store, width)
    const seen: unknown[] = []
    store.select('zones', 'dock', 'open').subscribe((open) => seen.push(open))
    store.select('zones', 'lab').subscribe((lab) => seen.push(lab?.open))
    seen.length = 0
    store.update((draft) => {
      const dock = draft.zones.get('dock')
      if (dock !== undefined) dock.open = false
    })
    store.update((draft) => {
      draft.zones.set('lab', { open: true })
    })
    store.update((draft) => {
      draft.zones.delete('dock')
    })
    store.update((draft) => {
      draft.zones.clear()
    })
    expect(seen).toStrictEqual([false, true, undefined, undefined])
  })

  test('goes through arrays, also where one is shortened', () => {
    const store = createStore(world())
    widen(store, width)
    const seen: unknown[] = []
    store.set({ ...(store.state as World), log: ['a', 'b', 'c'] })
    for (const index of [0, 1, 2]) store.select('log', index).subscribe((line) => seen.push([index, line]))
    const changed = (recipe: (log: string[]) => void): unknown[] => {
      seen.length = 0
      store.update((draft) => recipe(draft.log))
      return seen
    }
    expect(changed((log) => void log.pop())).toStrictEqual([[2, undefined]])
    expect(changed((log) => void log.push('d'))).toStrictEqual([[2, 'd']])
    expect(changed((log) => void log.shift())).toIncludeSameMembers([
      [0, 'b'],
      [1, 'd'],
      [2, undefined],
    ])
    expect(changed((log) => void log.unshift('z'))).toIncludeSameMembers([
      [0, 'z'],
      [1, 'b'],
      [2, 'd'],
    ])
    expect(changed((log) => void log.splice(0, 3))).toHaveLength(3)
    expect(changed((log) => void log.push('n', 'm'))).toStrictEqual([
      [0, 'n'],
      [1, 'm'],
    ])
  })

  test('gives who joins while versions are queued the newest, and nothing older after it', () => {
    const store = createStore(world())
    widen(store, width)
    const late: unknown[] = []
    const first: unknown[] = []
    store.select('robots', 'r0', 'pose', 'x').subscribe((x) => {
      first.push(x)
      if (x !== 1) return
      store.update(move('r0', 2))
      store.update(move('r0', 3))
      store.select('robots', 'r0', 'pose', 'x').subscribe((mine) => late.push(mine))
    })
    store.update(move('r0', 1))
    expect(first).toStrictEqual([0, 1, 2, 3])
    expect(late).toStrictEqual([3])
    store.update(move('r0', 4))
    expect(late).toStrictEqual([3, 4])
  })
})

describe('a listener of a path', () => {
  test('may write inside its first value: that is delivered after it', () => {
    const store = createStore(world())
    const order: string[] = []
    store.select('mode').subscribe((mode) => order.push(`first ${mode}`))
    store.select('mode').subscribe((mode) => {
      order.push(`second ${mode}`)
      if (mode === 'idle') store.set({ ...(store.state as World), mode: 'busy' })
      order.push(`second done ${mode}`)
    })
    expect(order).toStrictEqual([
      'first idle',
      'second idle',
      'second done idle',
      'first busy',
      'second busy',
      'second done busy',
    ])
  })

  test('of an uninitialized store is told its first value, even one that is missing', () => {
    const store = createStore<{ note?: { text: string }; mode: string }>()
    const seen: unknown[] = []
    store.select('note', 'text').subscribe((text) => seen.push(text))
    store.initialize({ mode: 'idle' })
    expect(seen).toStrictEqual([undefined])
    store.set({ mode: 'busy' })
    expect(seen).toStrictEqual([undefined])
  })

  test('may end the subscriptions of many before it: those behind are told all the same', () => {
    const store = createStore(world())
    const told: number[] = []
    const subscriptions = Array.from({ length: 100 }, (_, index) =>
      store.select('mode').subscribe((mode) => {
        if (mode !== 'busy') return
        told.push(index)
        if (index === 70) for (const subscription of subscriptions.slice(0, 70)) subscription.unsubscribe()
      }),
    )
    store.set({ ...world(), mode: 'busy' })
    expect(told).toStrictEqual(Array.from({ length: 100 }, (_, index) => index))
  })

  test('that was the only one, left and came back while versions are queued, is told what follows', () => {
    const store = createStore(world())
    const [before, after] = [store.state.robots, {}] as [World['robots'], World['robots']]
    const seen: unknown[] = []
    const subscription = store.select('mode').subscribe((mode) => {
      if (mode !== 'busy') return
      store.set({ ...(store.state as World), robots: after })
      subscription.unsubscribe()
      store.select('robots').subscribe((robots) => seen.push(robots))
    })
    store.set({ ...(store.state as World), mode: 'busy' })
    store.set({ ...(store.state as World), robots: before })
    expect(seen).toStrictEqual([after, before])
  })

  test('finds a property by a number as well as by a string', () => {
    const store = createStore<{ byId: Record<number, number> }>({ byId: {} })
    const seen: unknown[] = []
    const string5 = '5' as unknown as number // the types take what the state says, JavaScript both
    store.select('byId', 5).subscribe((value) => seen.push(['number', value]))
    store.select('byId', string5).subscribe((value) => seen.push(['string', value]))
    for (let id = 100; id < 120; id += 1) store.select('byId', id).subscribe()
    seen.length = 0
    store.update((draft) => {
      draft.byId[5] = 1
    })
    expect(seen).toIncludeSameMembers([
      ['number', 1],
      ['string', 1],
    ])
  })

  test('finds its own key of a Map whose keys are numbers', () => {
    const store = createStore({ map: new Map<number, string>() })
    const seen: unknown[] = []
    for (let key = 0; key < 20; key += 1)
      store.select('map', key).subscribe((value) => seen.push([key, value]))
    seen.length = 0
    store.update((draft) => {
      draft.map.set(7, 'seven')
    })
    expect(seen).toStrictEqual([[7, 'seven']])
  })

  test('is left by take, and by unsubscribing in its own or in another callback', () => {
    const store = createStore(world())
    const seen: string[] = []
    store
      .select('mode')
      .pipe(take(1))
      .subscribe((mode) => seen.push(`once ${mode}`))
    const self = store.select('mode').subscribe((mode) => {
      seen.push(`self ${mode}`)
      if (mode !== 'busy') return
      self.unsubscribe()
      other.unsubscribe()
    })
    const other = store.select('mode').subscribe((mode) => seen.push(`other ${mode}`))
    store.select('mode').subscribe((mode) => seen.push(`last ${mode}`))
    seen.length = 0
    for (const mode of ['busy', 'idle']) {
      store.update((draft) => {
        draft.mode = mode
      })
    }
    expect(seen).toStrictEqual(['self busy', 'last busy', 'last idle'])
    expect(store.metrics().subscriberCount).toBe(1)
  })

  test('is subscribed anew with each subscription', () => {
    const store = createStore(world())
    const mode$ = store.select('mode')
    const seen: string[] = []
    mode$.subscribe((mode) => seen.push(mode)).unsubscribe()
    store.update((draft) => {
      draft.mode = 'busy'
    })
    mode$.subscribe((mode) => seen.push(mode))
    expect(seen).toStrictEqual(['idle', 'busy'])
  })
})
