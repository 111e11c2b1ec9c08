import { randomInt } from 'node:crypto'
import { jest } from '@jest/globals'
import { runs } from './runs.ts'

const wanted = process.env.HEADGATE_SEED ?? '1'

/**
 * Where the random programs of a test file begin. It is the same every day, so that a verdict does not depend on luck;
 * `HEADGATE_SEED` gives another one, `random` a new one for each file. What fails tells its seed.
 */
export const SEED: number = wanted === 'random' ? randomInt(2 ** 31) : Number(wanted)
if (!Number.isInteger(SEED) || SEED < 0)
  throw new Error(`Expected HEADGATE_SEED to be an integer from 0, or "random", got "${wanted}".`)

// fast-check begins there too. As a mock, because it is then loaded by the few files that import it, and by no other.
jest.mock('fast-check', () => {
  const actual = jest.requireActual<typeof import('fast-check')>('fast-check')
  actual.configureGlobal({ seed: SEED, numRuns: runs(100) })
  return actual
})
