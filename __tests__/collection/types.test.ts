/** What the types promise: checked by the compiler; at run time nothing here is called but `expectTypeOf`. */
import { describe, expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import type { Draft } from 'immer'
import { type Collection, collection } from '../../src/collection/index.ts'
import type { Immutable } from '../../src/index.ts'
import { createStore, type Selection, type Store, type ValueAt } from '../../src/index.ts'

interface Robot {
  battery: number
  pose: { x: number; tags: string[] }
}

interface World {
  robots: Collection<Robot>
  nested: Collection<{ parts: Collection<{ wear: number }> }>
  readings: Collection<number | null>
  list: string[]
  mode: 'idle' | 'busy'
}

type FrozenRobot = {
  readonly battery: number
  readonly pose: { readonly x: number; readonly tags: readonly string[] }
}

/** Type-checks a body and never runs it. */
const typesOnly = (_body: (store: Store<World>) => unknown): void => expect(_body).toBeFunction()

describe('collection', () => {
  test('infers the entity from entries, or from entities', () => {
    typesOnly(() => {
      expectTypeOf(collection([['a', { n: 1 }]])).toEqualTypeOf<Collection<{ n: number }>>()
      expectTypeOf(collection(new Map([['a', 'text']]))).toEqualTypeOf<Collection<string>>()
      expectTypeOf(collection([{ id: 'a' }], { selectId: (entity) => entity.id })).toEqualTypeOf<
        Collection<{ id: string }>
      >()
      expectTypeOf(collection<Robot>()).toEqualTypeOf<Collection<Robot>>()
      // @ts-expect-error: an id is a string
      collection([[5, { n: 1 }]])
      // @ts-expect-error: entities need a selectId
      collection([{ id: 'a' }])
      // @ts-expect-error: an id is a string
      collection([{ id: 5 }], { selectId: (entity) => entity.id })
    })
  })

  test('gives entities readonly, and takes them either way', () => {
    typesOnly(({ state }) => {
      const robots: Collection<Robot> = state.robots
      expectTypeOf(robots.get('a')).toEqualTypeOf<FrozenRobot | undefined>()
      expectTypeOf([...robots]).toEqualTypeOf<[id: string, entity: FrozenRobot][]>()
      robots.set('a', { battery: 1, pose: { x: 1, tags: [] } })
      robots.set('b', robots.get('a') as FrozenRobot).upsertMany(robots)
      robots.update('a', (draft) => {
        expectTypeOf(draft).toEqualTypeOf<Robot>()
        draft.pose.tags.push('t')
      })
      // @ts-expect-error: readonly
      if (robots.has('a')) robots.get('a').battery = 1
      // @ts-expect-error: not a robot
      robots.set('a', { battery: 1 })
      // @ts-expect-error: readonly
      robots.size = 1
    })
  })
})

describe('a collection in a state', () => {
  test('keeps its methods as a draft and as an immutable, and goes from one to the other', () => {
    typesOnly((store) => {
      expectTypeOf<Draft<World>['robots']>().toExtend<Collection<Robot>>()
      expectTypeOf<Immutable<World>['robots']>().toExtend<Collection<Robot>>()
      expectTypeOf<Collection<Robot>>().toExtend<Draft<World>['robots']>()
      expectTypeOf<Collection<Robot>>().toExtend<Immutable<World>['robots']>()
      store.update((draft) => {
        draft.robots = draft.robots
          .update('r1', (robot) => {
            robot.pose.x = 1
          })
          .remove('r2')
        draft.nested = draft.nested.update('n', (entity) => {
          entity.parts = entity.parts.update('p', (part) => {
            part.wear += 1
          })
        })
        draft.readings = draft.readings.update('t', (reading) => (reading ?? 0) + 1)
        // @ts-expect-error: what a collection gives is no draft
        draft.robots.get('r1').battery = 1
      })
      store.set({ ...store.state, robots: store.state.robots.remove('r1') })
      createStore<World>({ robots: collection() } as never)
    })
  })
})

describe('select by a path', () => {
  test('goes through collections', () => {
    typesOnly((store) => {
      expectTypeOf(store.select('robots')).toExtend<Selection<Collection<Robot>>>()
      expectTypeOf(store.select('robots', 'r1')).toEqualTypeOf<Selection<FrozenRobot | undefined>>()
      expectTypeOf(store.select('robots', 'r1', 'pose', 'x')).toEqualTypeOf<Selection<number | undefined>>()
      expectTypeOf(store.select('nested', 'n', 'parts', 'p', 'wear')).toEqualTypeOf<
        Selection<number | undefined>
      >()
      expectTypeOf(store.select('readings', 't')).toEqualTypeOf<Selection<number | null | undefined>>()
      expectTypeOf<ValueAt<World, readonly ['robots', string, 'battery']>>().toEqualTypeOf<
        number | undefined
      >()
      // @ts-expect-error: no such property of a robot
      store.select('robots', 'r1', 'wheels')
      // @ts-expect-error: an id is a string
      store.select('robots', 1)
    })
  })

  test('goes through a collection in a state that is readonly already', () => {
    typesOnly(() => {
      const store = createStore<Immutable<World>>({} as never)
      expectTypeOf(store.select('robots', 'r1', 'battery')).toEqualTypeOf<Selection<number | undefined>>()
    })
  })
})
