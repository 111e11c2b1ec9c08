import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { runs } from '../support/runs.ts'
import { type Program, program, run } from './support/random-system.ts'

describe('any system on any program', () => {
  test('keeps its accounts, has whom its states want and no timer or work more, and leaves nothing', async () => {
    await fc.assert(
      fc.asyncProperty(program, async (given: Program) => {
        expect(await run(given)).toEqual([])
      }),
      { numRuns: runs(60) },
    )
  })
})
