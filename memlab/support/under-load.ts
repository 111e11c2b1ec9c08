/** Runs a claim's scenario while its writer goes on: a bit is made, writes follow, the next bit is made. */
import { type Scenario, turn } from './scenario.ts'

const CHUNKS = 10

/** Makes `count`, with so many writes after each tenth of it. */
export async function makeUnderLoad(scenario: Scenario, count: number, writes: number): Promise<void> {
  const chunk = Math.ceil(count / CHUNKS)
  for (let made = 0; made < count; made += chunk) {
    await scenario.act(Math.min(chunk, count - made))
    write(scenario, writes)
    await turn()
  }
}

/** Lets go of what was made, between two bursts of writes. */
export async function releaseUnderLoad(scenario: Scenario, writes: number): Promise<void> {
  write(scenario, writes)
  await scenario.release()
  write(scenario, writes)
}

/**
 * Collects what is garbage, and lets weak references and finalizers have their turns. Each turn may free
 * more: a finalizer's own garbage, a promise that settled.
 */
export async function collect(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await turn()
    // Node makes its list of rejections anew with each tick: the one of the last tick is not ours.
    await new Promise<void>((done) => process.nextTick(done))
    // Present: every process that measures runs with --expose-gc.
    globalThis.gc?.()
  }
  await turn()
}

function write(scenario: Scenario, writes: number): void {
  for (let index = 0; index < writes; index += 1) scenario.write()
}
