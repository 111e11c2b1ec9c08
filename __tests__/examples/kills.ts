/** Kills a program at random moments, and starts it again, until it ends by itself. */
import { rmSync } from 'node:fs'
import { openArchive } from '../../src/journal/index.ts'
import type { Finished } from '../cli/support/built-command.ts'
import { engineOf } from '../cli/support/journal-folder.ts'
import { asksForMore } from '../support/runs.ts'

/** Kills that must have left something behind; the second one meets what the first one left. */
export const KILLS: number = asksForMore ? 2 : 1
const ROUNDS_MAX = 200

/** Ends the process that loads it after some milliseconds, as a failing machine does. */
export const KILLER = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(process.env.KILL_MS)).unref()`

/** The newest version that a folder holds; -1 where there is none. */
export async function newestIn(folder: string): Promise<number> {
  const engine = engineOf(folder)
  try {
    const archive = await openArchive(engine)
    const { newest } = await archive.range()
    await archive.close()
    return newest
  } catch {
    await engine.close()
    return -1
  }
}

/**
 * Runs a program on a journal until it was killed so often with progress, and then to its end.
 *
 * @param wholeMs - how long a run takes that nobody kills
 * @param run - starts it, to be killed after some milliseconds; undefined for never
 * @returns how the last run ended, and how many kills have left something behind
 */
export async function killedAndFinished(
  folder: string,
  wholeMs: number,
  run: (killMs: number | undefined) => Promise<Finished>,
): Promise<{ last: Finished; kills: number }> {
  let kills = 0
  let reachMs = wholeMs
  let before = -1
  for (let round = 0; round < ROUNDS_MAX && kills < KILLS; round += 1) {
    // The first half is the start of a process, which leaves nothing behind.
    const { status } = await run(((1 + Math.random()) / 2) * reachMs)
    const after = await newestIn(folder)
    if (status === 0) {
      // It was too fast: from the beginning, with an earlier kill.
      rmSync(folder, { recursive: true, force: true })
      reachMs /= 2
      kills = 0
      before = -1
    } else if (after > Math.max(before, 0)) {
      kills += 1
      before = after
    } else reachMs *= 1.2
  }
  return { last: await run(undefined), kills }
}
