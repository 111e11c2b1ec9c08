import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { runs } from './runs.ts'
import { SEED } from './seed.ts'

describe('SEED', () => {
  test('is where fast-check begins', () => {
    const { seed, numRuns } = fc.check(fc.property(fc.nat(), () => true))
    expect({ seed, numRuns }).toEqual({ seed: SEED, numRuns: runs(100) })
  })

  test('is told by a property that fails', () => {
    expect(() => fc.assert(fc.property(fc.nat(), () => false))).toThrow(`seed: ${SEED}, path: `)
  })
})
