/** Measures what one operation of each claim leaves on the heap; see `growth.ts` for how it is decided. */
import { runChild } from './child.ts'
import { flagsOf } from './load-scenarios.ts'
import type { ClaimGrowth } from './run-growth.ts'

/**
 * How often a file is measured anew that stays undecided. One outlier in a long run widens the interval for
 * good; a new process starts without it. Nothing that grows gets another try.
 */
const TRIES_MAX = 4

/** Runs the growth part of one scenario file in a child process. */
export async function measureGrowth(scenario: string, kind: 'clean' | 'leak'): Promise<ClaimGrowth[]> {
  let results: ClaimGrowth[] = []
  for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
    const printed = await runChild('run-growth', [scenario, kind], 'production', flagsOf(scenario))
    results = JSON.parse(printed) as ClaimGrowth[]
    if (results.every(({ verdict }) => verdict !== 'undecided')) break
  }
  return results
}
