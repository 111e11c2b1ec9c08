import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { runs } from '../support/runs.ts'
import { type Program, program, run } from './support/random-work.ts'

describe('any system whose actors work, on any program', () => {
  test('applies what it is sent once, has the work and timers of its states, and leaves nothing', async () => {
    await fc.assert(
      fc.asyncProperty(program, async (given: Program) => {
        expect(await run(given)).toEqual([])
      }),
      { numRuns: runs(50) },
    )
  }, 120_000)
})
