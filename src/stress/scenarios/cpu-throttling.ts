import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { onAbort } from '../../kit/index.ts'
import { dismiss, Follower, settle } from '../follower.ts'
import { defineScenario, type Scenario, type ScenarioContext } from '../scenario.ts'
import { FLOOR } from '../thresholds.ts'
import { Workload } from '../workload.ts'

const KEYS = 50
const CHARACTERS = 100
/** Enough to keep a small machine busy, and no more than that on a large one. */
const SPINNERS_MAX = 4

/**
 * The threads that spin know nothing of the store; they take processor time from it, as a planner or a camera
 * on the same robot does. They are ended however the scenario ends, also when it runs out of time.
 */
export const cpuThrottling: Scenario<'writeMsMean' | 'writesPerSecond'> = defineScenario({
  name: 'cpu-throttling',
  group: 'limits',
  goal: 'A store that gets little processor time is late, and nothing else.',
  method: '500 writes of 50 keys with 100 characters, while a thread for each core (at most 4) spins.',
  thresholds: {
    writeMsMean: FLOOR.writeMsMean,
    writesPerSecond: { ...FLOOR.writesPerSecond, atLeast: 100 },
  },
  async run(context) {
    const spinners = await spin(Math.min(SPINNERS_MAX, availableParallelism()))
    const stop = (): void => spinners.forEach((spinner) => void spinner.terminate())
    const forget = onAbort(context.signal, stop)
    try {
      await writeAmongSpinners(context)
    } finally {
      forget()
      await Promise.all(spinners.map((spinner) => spinner.terminate()))
    }
  },
})

/** Starts threads, and waits until each has begun to spin. */
function spin(count: number): Promise<Worker[]> {
  const code = `require('node:worker_threads').parentPort.postMessage('spinning'); for (;;) {}`
  return Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Worker>((resolve, reject) => {
          const spinner = new Worker(code, { eval: true })
          spinner.once('error', reject)
          spinner.once('message', () => resolve(spinner))
        }),
    ),
  )
}

async function writeAmongSpinners(
  context: ScenarioContext<'writeMsMean' | 'writesPerSecond'>,
): Promise<void> {
  const workload = new Workload(context)
  const follower = new Follower(context, workload, { id: 'log' })
  const total = context.load(500)
  const beganMs = performance.now()
  for (let done = 1; done <= total; done += 1) {
    await workload.write({ context: largeContext(done) })
    await workload.step(done, total)
  }
  const seconds = Math.max(performance.now() - beganMs, 0.001) / 1_000
  await settle(context, [follower])
  const commits = context.store.metrics?.().commits
  const fact = 'the store counts every write'
  if (commits === undefined) context.skip(fact, 'the store has no metrics')
  else context.check(fact, commits === total, `${commits} of ${total}`)
  workload.checkNoFailure()
  workload.checkLast()
  await dismiss(context, [follower])
  context.threshold('writeMsMean', context.latency('write').mean)
  context.threshold('writesPerSecond', total / seconds)
}

function largeContext(step: number): Record<string, string> {
  const text = `${step} `.repeat(CHARACTERS).slice(0, CHARACTERS)
  return Object.fromEntries(Array.from({ length: KEYS }, (_, index) => [`key-${index}`, text]))
}
