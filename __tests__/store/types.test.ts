/** What the types promise: checked by the compiler; at run time nothing here is called but `expectTypeOf`. */
import { describe, expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import { firstValueFrom, from, type Observable, of } from 'rxjs'
import {
  createStore,
  type Delivery,
  type Draft,
  type Immutable,
  isInitialized,
  type Selection,
  type Snapshot,
  type SnapshotStream,
  type StateOf,
  type Store,
  type SubscriberHandle,
  type UninitializedStore,
} from '../../src/index.ts'

interface World {
  robots: Record<string, { pose: { x: number; tags: string[] } }>
  log: { line: string }[]
  zones: Map<string, { open: boolean }>
  byNumber: Map<number, 'low' | 'high'>
  tags: Set<string>
  pair: [number, string]
  mode: 'idle' | 'busy'
  note?: string
  goal: { x: number } | null
  since: Date
}

/** Type-checks a body and never runs it. */
const typesOnly = (_body: (store: Store<World>) => unknown): void => expect(_body).toBeFunction()

describe('createStore', () => {
  test('infers the state from the first one, and widens it', () => {
    typesOnly(() => {
      expectTypeOf(createStore({ count: 0, list: ['a'] })).toEqualTypeOf<
        Store<{ count: number; list: string[] }>
      >()
      expectTypeOf(createStore(0)).toEqualTypeOf<Store<number>>()
      expectTypeOf(createStore<string | null>(null)).toEqualTypeOf<Store<string | null>>()
      expectTypeOf(createStore<World>()).toEqualTypeOf<UninitializedStore<World>>()
      const empty = createStore<World>()
      expectTypeOf(empty.state).toEqualTypeOf<Immutable<World> | undefined>()
      expectTypeOf(empty.snapshot.state).toEqualTypeOf<Immutable<World> | undefined>()
      if (isInitialized(empty)) expectTypeOf(empty).toExtend<Store<World>>()
      // @ts-expect-error: not the state that was announced
      createStore<World>({ mode: 'idle' })
      // @ts-expect-error: a misspelt option
      createStore(0, { nme: 'arm' })
    })
  })
})

describe('a snapshot', () => {
  test('is readonly, and its state deeply', () => {
    typesOnly((store) => {
      const { state, snapshot } = store
      expectTypeOf(snapshot).toEqualTypeOf<Snapshot<World>>()
      expectTypeOf(snapshot.state).toEqualTypeOf<typeof state>()
      expectTypeOf(state.mode).toEqualTypeOf<'idle' | 'busy'>()
      expectTypeOf(state.zones).toEqualTypeOf<ReadonlyMap<string, { readonly open: boolean }>>()
      expectTypeOf(state.tags).toEqualTypeOf<ReadonlySet<string>>()
      // @ts-expect-error: readonly
      snapshot.version = 1
      // @ts-expect-error: readonly
      snapshot.metadata.trace = 'a1'
      // @ts-expect-error: readonly
      state.mode = 'busy'
      // @ts-expect-error: readonly
      state.robots.r1 = { pose: { x: 0, tags: [] } }
      // @ts-expect-error: readonly
      state.log.push({ line: 'new' })
      // @ts-expect-error: readonly
      state.zones.set('dock', { open: true })
      // @ts-expect-error: readonly
      state.tags.add('new')
      // @ts-expect-error: readonly
      state.pair[0] = 1
    })
  })
})

describe('Draft and Immutable', () => {
  test('name what a recipe is given, and what a store holds', () => {
    typesOnly((store) => {
      store.update((draft) => expectTypeOf(draft).toEqualTypeOf<Draft<World>>() as never)
      expectTypeOf(store.state).toEqualTypeOf<Immutable<World>>()
      expectTypeOf<Immutable<[number, string[]]>>().toEqualTypeOf<readonly [number, readonly string[]]>()
      expectTypeOf<Immutable<[boolean, ...number[]]>>().toEqualTypeOf<readonly [boolean, ...number[]]>()
    })
  })
})

describe('update', () => {
  test('gives the recipe a draft that can be changed', () => {
    typesOnly((store) => {
      const updated = store.update((draft) => {
        draft.mode = 'busy'
        draft.log.push({ line: 'new' })
        draft.zones.set('dock', { open: true })
        draft.tags.add('new')
        // @ts-expect-error: no such mode
        draft.mode = 'asleep'
        // @ts-expect-error: no such key
        draft.moods = []
      })
      expectTypeOf(updated).toEqualTypeOf<Snapshot<World>>()
      store.update((draft) => draft)
      createStore(0).update((n) => n + 1)
    })
  })

  test('refuses a recipe that returns something else than a state', () => {
    typesOnly((store) => {
      // @ts-expect-error: a number is no World; write the assignment as a statement
      store.update((draft) => draft.log.push({ line: 'new' }))
      // @ts-expect-error: a recipe is synchronous
      store.update(async (draft) => draft)
      // @ts-expect-error: part of a state
      store.update(() => ({ mode: 'idle' }))
    })
  })
})

describe('set, put, initialize and modify', () => {
  test('take a whole state, one that is readonly too', () => {
    typesOnly(async (store) => {
      expectTypeOf(store.set(store.state)).toEqualTypeOf<Snapshot<World>>()
      expectTypeOf(store.put(store.snapshot, { enforceVersion: true })).toEqualTypeOf<Snapshot<World>>()
      expectTypeOf(store.initialize(store.state)).toEqualTypeOf<Snapshot<World>>()
      expectTypeOf(await store.modify(async (state) => ({ ...state, mode: 'idle' }))).toEqualTypeOf<
        Snapshot<World>
      >()
      // @ts-expect-error: undefined is no state
      store.set(undefined)
      // @ts-expect-error: a state, not a snapshot
      store.put(store.state)
      // @ts-expect-error: a misspelt option
      store.put(store.snapshot, { enforce: true })
      // @ts-expect-error: the work is async
      store.modify((state) => state)
      // @ts-expect-error: modify states its own version
      store.modify(async (state) => state, { expectedVersion: 1 })
    })
  })

  test('refuse write options that are wrong', () => {
    typesOnly((store) => {
      store.set(store.state, 'REASON')
      store.set(store.state, { reason: 'REASON', source: undefined, metadata: { trace: 'a1' } })
      // @ts-expect-error: a misspelt option
      store.set(store.state, { reson: 'REASON' })
      // @ts-expect-error: a version is a number
      store.update(() => {}, { expectedVersion: '1' })
      // @ts-expect-error: metadata are strings
      store.batch(() => {}, { metadata: { n: 1 } })
      // @ts-expect-error: a reason is a string
      store.set(store.state, 5)
    })
  })
})

describe('batch', () => {
  test('returns what its work returns', () => {
    typesOnly((store) => {
      expectTypeOf(store.batch(() => 5)).toEqualTypeOf<number>()
      expectTypeOf(store.batch(() => {})).toEqualTypeOf<void>()
    })
  })
})

describe('select by a function', () => {
  test('has the type of what it returns', () => {
    typesOnly((store) => {
      expectTypeOf(store.select((state) => state.mode)).toEqualTypeOf<Selection<'idle' | 'busy'>>()
      expectTypeOf(
        store.select(
          (state) => state.log.length,
          (previous, current) => previous < current,
        ),
      ).toEqualTypeOf<Selection<number>>()
      const five = (): number => 5
      // @ts-expect-error: an equality says true or false
      store.select((state) => state.log, five)
    })
  })
})

describe('select by a path', () => {
  test('has the type of the value at its end', () => {
    typesOnly((store) => {
      expectTypeOf(store.select('mode')).toEqualTypeOf<Selection<'idle' | 'busy'>>()
      expectTypeOf(store.select('note')).toEqualTypeOf<Selection<string | undefined>>()
      expectTypeOf(store.select('goal')).toEqualTypeOf<Selection<{ readonly x: number } | null>>()
      expectTypeOf(store.select('since')).toEqualTypeOf<Selection<Date>>()
    })
  })

  test('adds undefined where a part may be missing: below a Record, an array, a Map', () => {
    typesOnly((store) => {
      const id: string = 'r1'
      expectTypeOf(store.select('robots', id)).toEqualTypeOf<
        Selection<{ readonly pose: { readonly x: number; readonly tags: readonly string[] } } | undefined>
      >()
      expectTypeOf(store.select('robots', id, 'pose', 'x')).toEqualTypeOf<Selection<number | undefined>>()
      expectTypeOf(store.select('robots', id, 'pose', 'tags', 0)).toEqualTypeOf<
        Selection<string | undefined>
      >()
      expectTypeOf(store.select('log', 3)).toEqualTypeOf<Selection<{ readonly line: string } | undefined>>()
      expectTypeOf(store.select('log', 3, 'line')).toEqualTypeOf<Selection<string | undefined>>()
      expectTypeOf(store.select('zones', 'dock')).toEqualTypeOf<
        Selection<{ readonly open: boolean } | undefined>
      >()
      expectTypeOf(store.select('zones', 'dock', 'open')).toEqualTypeOf<Selection<boolean | undefined>>()
      expectTypeOf(store.select('byNumber', 5)).toEqualTypeOf<Selection<'low' | 'high' | undefined>>()
      expectTypeOf(store.select('pair', 0)).toEqualTypeOf<Selection<number | string | undefined>>()
    })
  })

  test('goes through a type that contains itself', () => {
    type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
    typesOnly(() => {
      const store = createStore<{ call: { id: string; input: Json } }>({ call: { id: 'c1', input: null } })
      const input = store.select('call', 'input')
      expectTypeOf(input).toEqualTypeOf<Selection<Immutable<Json>>>()
      expectTypeOf(store.select('call', 'input', 'lines', 0)).toEqualTypeOf<
        Selection<Immutable<Json> | undefined>
      >()
      expectTypeOf(store.select('call', 'input', 'a', 'b', 'c')).toEqualTypeOf<
        Selection<Immutable<Json> | undefined>
      >()
      expectTypeOf(store.state.call.input).toEqualTypeOf<Immutable<Json>>()
      store.update((draft) => {
        draft.call.input = ['a', { b: 1 }]
      })
    })
  })

  test('refuses keys that are not there', () => {
    typesOnly((store) => {
      // @ts-expect-error: no such key
      store.select('moods')
      // @ts-expect-error: no such key below a robot
      store.select('robots', 'r1', 'position')
      // @ts-expect-error: an array is entered by a number
      store.select('log', 'first')
      // @ts-expect-error: this Map is keyed by numbers
      store.select('byNumber', 'five')
      // @ts-expect-error: nothing lies below a string
      store.select('mode', 'length')
      // @ts-expect-error: nothing lies below a Date
      store.select('since', 'getTime')
      // @ts-expect-error: nothing lies below a Set
      store.select('tags', 'size')
      // @ts-expect-error: a path has at least one key
      store.select()
    })
  })

  test('ends for a state that contains itself', () => {
    interface Tree {
      name: string
      children: Tree[]
    }
    typesOnly(() => {
      const store = createStore<Tree>({ name: 'root', children: [] })
      expectTypeOf(store.select('children', 0, 'children', 1, 'name')).toEqualTypeOf<
        Selection<string | undefined>
      >()
      // @ts-expect-error: five keys are the most
      store.select('children', 0, 'children', 1, 'children', 2)
    })
  })
})

describe('subscribe and stream', () => {
  test('give the consumer a snapshot and its delivery', () => {
    typesOnly((store) => {
      const handle = store.subscribe((snapshot, delivery) => {
        expectTypeOf(snapshot).toEqualTypeOf<Snapshot<World>>()
        expectTypeOf(delivery).toEqualTypeOf<Delivery>()
      })
      expectTypeOf(handle).toEqualTypeOf<SubscriberHandle>()
      expectTypeOf(handle()).toEqualTypeOf<void>()
      store.subscribe({ next: (snapshot) => void snapshot.version, complete: () => {} })
      store.subscribe(async ({ state }) => state.mode)
      store.subscribe(({ state }) => of(state.mode))
      store.subscribe(() => {}, { onDrop: ({ snapshot }) => void snapshot.state.mode })
      // @ts-expect-error: an object needs a next
      store.subscribe({ complete: () => {} })
      // @ts-expect-error: a policy is made by a factory
      store.subscribe(() => {}, { policy: 'latest' })
      // @ts-expect-error: a misspelt option
      store.subscribe(() => {}, { replays: true })
    })
  })

  test('give a stream its snapshots', () => {
    typesOnly(async (store) => {
      expectTypeOf(store.stream()).toEqualTypeOf<SnapshotStream<World>>()
      expectTypeOf(store.stream().poll()).toEqualTypeOf<Snapshot<World> | undefined>()
      for await (const snapshot of store) expectTypeOf(snapshot).toEqualTypeOf<Snapshot<World>>()
      // @ts-expect-error: a stream has no consumer that could fail
      store.stream({ onError: 'close' })
    })
  })

  test('wait for a state by a predicate on it', () => {
    typesOnly(async (store) => {
      const waiting = store.waitFor((state, { version }) => state.mode === 'busy' && version > 1)
      expectTypeOf(await waiting).toEqualTypeOf<Snapshot<World>>()
      // @ts-expect-error: no such mode
      store.waitFor((state) => state.mode === 'asleep')
    })
  })
})

describe('batch', () => {
  test('has the type of what its work returns, and refuses a promise', () => {
    typesOnly((store) => {
      expectTypeOf(store.batch(() => 5)).toEqualTypeOf<number>()
      expectTypeOf(store.batch(() => {})).toEqualTypeOf<void>()
      // @ts-expect-error: the work of a batch is synchronous
      store.batch(async () => 5)
      // @ts-expect-error: also where it only may be a promise
      store.batch((): number | Promise<number> => 5)
    })
  })
})

describe('a store', () => {
  test('of one state is a store of what that state is', () => {
    typesOnly((store) => {
      expectTypeOf(store).toExtend<Store<unknown>>()
      expectTypeOf<Store<{ x: number; y: number }>>().toExtend<Store<{ x: number }>>()
      expectTypeOf<Store<{ x: number }>>().not.toExtend<Store<{ x: string }>>()
      expectTypeOf<StateOf<typeof store>>().toEqualTypeOf<World>()
    })
  })

  test('is an ObservableInput, but no Observable', () => {
    typesOnly((store) => {
      expectTypeOf(from(store)).toEqualTypeOf<Observable<Snapshot<World>>>()
      expectTypeOf(store.state$).toEqualTypeOf<Observable<Store<World>['state']>>()
      // @ts-expect-error: firstValueFrom wants an Observable: from(store) or store.snapshot$
      firstValueFrom(store)
    })
  })
})
