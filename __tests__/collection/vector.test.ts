import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Vector, type VectorNode } from '../../src/collection/vector.ts'
import { runs } from '../support/runs.ts'

/** A vector that holds its own slots. */
function counted(length: number): Vector {
  const edit = new Set<VectorNode>()
  let vector = Vector.empty
  for (let slot = 0; slot < length; slot += 1) vector = vector.with(slot, slot, edit)
  return vector
}

describe('Vector', () => {
  test.each([[1], [31], [32], [33], [1_024], [1_025], [32_768], [32_769]])(
    'finds every item of %i, and nothing behind them',
    (length) => {
      const vector = counted(length)
      expect(vector.length).toBe(length)
      const found = Array.from({ length }, (_, slot) => vector.get(slot))
      expect(found.findIndex((item, slot) => item !== slot)).toBe(-1)
      for (const slot of [length, length + 1, length * 32, 2 ** 30]) {
        expect(vector.get(slot)).toBeUndefined()
      }
    },
  )

  test('leaves the vector as it was that it is made from', () => {
    const before = counted(1_000)
    const after = before.with(500, 'x').with(1_000, 'y')
    expect([after.get(500), after.get(1_000)]).toEqual(['x', 'y'])
    expect([before.get(500), before.get(1_000), before.length]).toEqual([500, undefined, 1_000])
  })

  test('has gaps where nothing was written', () => {
    const vector = Vector.empty.with(2_000, 'far').with(3, 'near')
    expect(vector.length).toBe(2_001)
    expect([0, 3, 1_999, 2_000].map((slot) => vector.get(slot))).toEqual([
      undefined,
      'near',
      undefined,
      'far',
    ])
    expect(vector.leafOf(64)).toBeUndefined()
  })

  test('does with an array of slots what an array does', () => {
    const writes = fc.array(fc.tuple(fc.nat(3_000), fc.nat()), { maxLength: 60 })
    fc.assert(
      fc.property(writes, (list) => {
        const model: unknown[] = []
        let vector = Vector.empty
        for (const [slot, item] of list) {
          vector = vector.with(slot, item)
          model[slot] = item
        }
        expect(vector.length).toBe(model.length)
        const found = Array.from({ length: model.length + 1 }, (_, slot) => vector.get(slot))
        expect(found.findIndex((item, slot) => item !== model[slot])).toBe(-1)
      }),
      { numRuns: runs(10) },
    )
  })

  test('names the slots that differ, in order, also of vectors with more or fewer levels', () => {
    const slots = fc.array(fc.nat(3_000), { maxLength: 20 })
    fc.assert(
      fc.property(fc.nat(1_200), slots, slots, (length, one, other) => {
        const base = counted(length)
        const left = one.reduce((vector, slot) => vector.with(slot, -1), base)
        const right = other.reduce((vector, slot) => vector.with(slot, -2), base)
        const found: number[] = []
        left.differences(right, (slot, here, there) => {
          expect([here, there]).toEqual([left.get(slot), right.get(slot)])
          return found.push(slot) > 0
        })
        expect(found).toEqual([...new Set([...one, ...other])].sort((a, b) => a - b))
      }),
      { numRuns: runs(10) },
    )
  })

  test('ends the walk over the differences where the visitor says so', () => {
    let visits = 0
    const goOn = counted(100).differences(Vector.empty, () => {
      visits += 1
      return visits < 3
    })
    expect([goOn, visits]).toEqual([false, 3])
  })
})
