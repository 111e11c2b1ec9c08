import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { runs } from '../support/runs.ts'
import { type Program, program, run } from './support/random-graph.ts'

describe('derive and transact', () => {
  test('over random graphs nobody ever sees a mixture, and each function runs at most once a commit', () => {
    fc.assert(
      fc.property(program, (given: Program) => {
        expect(run(given)).toEqual([])
      }),
      { numRuns: runs(150) },
    )
  })
})
