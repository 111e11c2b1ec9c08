/**
 * One random program on two stores. In one of them busy subscribers rest; in the other each of them hears of
 * drops, and so is offered everything. What the two write down must be the same.
 */
import assert from 'node:assert/strict'
import { test } from '@jest/globals'
import fc from 'fast-check'
import { runs } from '../../support/runs.ts'
import { program, Run } from './random-program.ts'

test('nobody can tell whether a busy subscriber rests', async () => {
  const property = fc.asyncProperty(program, async (acts) => {
    for (const looks of [true, false]) {
      const rested = await new Run(acts, true, looks).run()
      const offered = await new Run(acts, false, looks).run()
      assert.equal(rested.join('\n'), offered.join('\n'))
    }
  })
  await fc.assert(property, { numRuns: runs(40) })
})
