import { setTimeout } from 'node:timers/promises'

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Asks again and again, a bounded number of times. */
export async function becomes(holds: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 300 && !holds(); tries += 1) await setTimeout(100)
  return holds()
}
