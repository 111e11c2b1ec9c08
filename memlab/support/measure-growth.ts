/** Measures what one operation of each claim leaves on the heap; see `growth.ts` for how it is decided. */
import { runChild } from './child.ts'
import type { ClaimGrowth } from './run-growth.ts'

/** Runs the growth part of one scenario file in a child process. */
export async function measureGrowth(scenario: string, kind: 'clean' | 'leak'): Promise<ClaimGrowth[]> {
  return JSON.parse(
    await runChild('run-growth', [scenario, kind], 'production', ['--no-opt']),
  ) as ClaimGrowth[]
}
