import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { produce } from 'immer'
import { createStore } from '../../../src/index.ts'
import { runs } from '../../support/runs.ts'
import { isDeeplyFrozen } from '../support.ts'

interface State {
  count: number
  rows: { n: number }[]
  deep: { list: number[]; name: string }
  spare: unknown
}

const first = (): State => ({
  count: 0,
  rows: Array.from({ length: 40 }, (_, n) => ({ n })),
  deep: { list: Array.from({ length: 50 }, (_, n) => n), name: '' },
  spare: null,
})

type Change = (draft: State, i: number) => void

const changes: readonly Change[] = [
  ({ rows }, i) => {
    const row = rows[i]
    if (row !== undefined) row.n += 1
  },
  ({ deep }, i) => {
    deep.list[i] = -i
  },
  ({ deep, count }) => {
    deep.list.push(count)
  },
  ({ rows }) => {
    rows.reverse()
  },
  ({ rows }, i) => {
    rows.splice(i, 1, { n: i }, { n: i + 1 })
  },
  (draft, i) => {
    draft.count = i % 3
  },
  ({ deep }) => {
    deep.name += 'x'
  },
  (draft) => {
    draft.spare = draft.rows
  },
  (draft) => {
    draft.spare = { deep: draft.deep }
  },
  (draft) => {
    draft.deep = { list: draft.deep.list, name: 'new' }
  },
  ({ deep }) => {
    deep.list = deep.list.filter((n) => n >= 0)
  },
  () => {},
]

const recipe = fc.record({ change: fc.constantFrom(...changes), i: fc.nat(39) })

/** Which parts are the same object as before, and which parts are one object. */
const sharing = (before: State, after: State): unknown => ({
  root: after === before,
  rows: after.rows === before.rows,
  kept: after.rows.map((row) => before.rows.indexOf(row)),
  deep: after.deep === before.deep,
  list: after.deep.list === before.deep.list,
  spare: after.spare === before.spare,
  spareIsRows: after.spare === after.rows,
  spareIsDeep: (after.spare as { deep?: unknown } | null)?.deep === after.deep,
})

describe('recipes on a store', () => {
  test('make what immer makes, with the same parts shared', () => {
    fc.assert(
      fc.property(fc.array(recipe, { maxLength: 60 }), (recipes) => {
        const store = createStore(first())
        let expected = produce(first(), () => {})
        for (const { change, i } of recipes) {
          const before = store.state as State
          const next = produce(expected, (draft) => change(draft, i))
          const after = store.update((draft) => change(draft as State, i)).state as State
          expect(after).toEqual(next)
          expect(sharing(before, after)).toEqual(sharing(expected, next))
          expected = next
        }
        expect(isDeeplyFrozen(store.state)).toBe(true)
      }),
      { numRuns: runs(20) },
    )
  })
})
