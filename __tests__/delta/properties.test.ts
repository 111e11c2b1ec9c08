/** Random states, whose deltas are applied by `applyDelta` and by a model that copies everything. */
import { deepStrictEqual } from 'node:assert/strict'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isCollection } from '../../src/collection/index.ts'
import { applyDelta, type Delta, diff, independent, invert } from '../../src/delta/index.ts'
import { runs } from '../support/runs.ts'
import { applyNaively } from './support/naive.ts'
import { type Edit, edit, edited, state } from './support/states.ts'

const history = fc.tuple(state, fc.array(edit, { minLength: 1, maxLength: 6 }))
const changed = (first: unknown, edits: readonly Edit[]): unknown =>
  edits.reduce<unknown>((value, one) => edited(value, one), first)

/** The order of the keys of plain objects does not count, that of a collection's entries does; jest's own equality asks keys called `constructor`. */
const expectEqual: (one: unknown, other: unknown) => void = deepStrictEqual

/** Every container in a state, by its path. */
function* containersOf(value: unknown, path = ''): Generator<[path: string, container: object]> {
  if (typeof value !== 'object' || value === null) return
  yield [path, value]
  const isOpen =
    Array.isArray(value) || isCollection(value) || Object.getPrototypeOf(value) === Object.prototype
  if (!isOpen) return
  const entries = isCollection(value) ? value : Object.entries(value)
  for (const [key, item] of entries) {
    yield* containersOf(item, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  }
}

const isFrozenDeeply = (value: unknown): boolean =>
  [...containersOf(value)].every(
    ([, each]) => Object.isFrozen(each) || each instanceof Date || each instanceof Map || each instanceof Set,
  )

/** Whether a path leads into a place that a delta writes, or is above it. */
const isOnPath = (path: string, delta: Delta): boolean =>
  delta.some(
    ({ path: other }) =>
      path === '' || `${path}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${path}/`),
  )

describe('the delta of two states', () => {
  test('leads from the one to the other, as by hand, over any distance', () => {
    fc.assert(
      fc.property(history, ([from, edits]) => {
        const to = changed(from, edits)
        const delta = diff(from, to)
        const made = applyDelta(from, delta)
        expectEqual(made, to)
        expectEqual(applyNaively(from, delta), to)
        expect(isFrozenDeeply(made)).toBeTrue()
      }),
      { numRuns: runs(200) },
    )
  })

  test('leads there between states that share nothing', () => {
    fc.assert(
      fc.property(state, state, (from, to) => expectEqual(applyDelta(from, diff(from, to)), to)),
      { numRuns: runs(70) },
    )
  })

  test('keeps the identity of what is on no path', () => {
    fc.assert(
      fc.property(history, ([from, edits]) => {
        const delta = diff(from, changed(from, edits))
        // Items of lists that have shifted have other paths: only states whose lists kept their length are told apart.
        fc.pre(!delta.some(({ op, path }) => op !== 'replace' && /\/\d+$/.test(path)))
        const made = new Map(containersOf(applyDelta(from, delta)))
        for (const [path, container] of containersOf(from)) {
          if (!isOnPath(path, delta)) expect(made.get(path)).toBe(container)
        }
      }),
      { numRuns: runs(130) },
    )
  })

  test('is taken back by its inverse', () => {
    fc.assert(
      fc.property(history, ([from, edits]) => {
        const delta = diff(from, changed(from, edits))
        expectEqual(applyDelta(applyDelta(from, delta), invert(from, delta)), from)
      }),
      { numRuns: runs(70) },
    )
  })

  test('writes add, remove and replace only, and nothing where nothing differs', () => {
    fc.assert(
      fc.property(history, ([from, edits]) => {
        const to = changed(from, edits)
        for (const { op } of diff(from, to)) expect(op).toBeOneOf(['add', 'remove', 'replace'])
        expect(diff(to, to)).toEqual([])
      }),
      { numRuns: runs(30) },
    )
  })

  test('may be applied before or after another one that is independent of it', () => {
    let pairs = 0
    fc.assert(
      fc.property(
        state,
        fc.array(edit, { maxLength: 2 }),
        fc.array(edit, { maxLength: 2 }),
        (from, one, other) => {
          const a = diff(from, changed(from, one))
          const b = diff(from, changed(from, other))
          if (!independent(a, b) || haveArrivals(a, b)) return
          if (a.length > 0 && b.length > 0) pairs += 1
          expectEqual(applyDelta(applyDelta(from, a), b), applyDelta(applyDelta(from, b), a))
        },
      ),
      { numRuns: runs(200) },
    )
    expect(pairs).toBeGreaterThan(20)
  })
})

/** Of two arrivals in one collection the order stays open. */
const haveArrivals = (...deltas: readonly Delta[]): boolean =>
  deltas.every((delta) => delta.some(({ op }) => op === 'add' || op === 'remove'))
