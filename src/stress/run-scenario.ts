/**
 * Runs one scenario on one store, made for it, and turns what it stated into a result.
 *
 * A scenario that is out of time is abandoned: its signal aborts, its pauses never end, and the run goes on.
 * That stops whatever waits or reports its progress. A synchronous loop that does neither holds the process;
 * only a process of its own can be stopped then, see `run-stress-isolated.ts`.
 */
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { messageOf, onAbort } from '../kit/index.ts'
import type { StoreUnderTest, StressAdapter } from './adapter.ts'
import { checkNobodyLeft } from './health-checks.ts'
import type { Scenario } from './scenario.ts'
import { type ScenarioProgress, ScenarioRecorder, type ScenarioSettings } from './scenario-recorder.ts'
import type { Outcome, ScenarioResult } from './stress-report.ts'
import { FIRST_STATE } from './workload.ts'

/** How long timers of others in this process, such as those of a test runner's display, are waited out. */
const TIMERS_POLL_MS = 20
const TIMERS_POLLS = 50

/** What ended a scenario from outside. */
interface Ending {
  readonly outcome: 'timeout' | 'error'
  readonly message: string
}

/** How a scenario is run, beside its settings. */
export interface ScenarioRun extends ScenarioSettings {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: ScenarioProgress) => void) | undefined
}

/** Runs a scenario to its result; never rejects. */
export async function runScenario(
  scenario: Scenario,
  adapter: StressAdapter,
  run: ScenarioRun,
): Promise<ScenarioResult> {
  const beganMs = performance.now()
  const timers = timerCount()
  let store: StoreUnderTest
  try {
    store = await adapter.create(FIRST_STATE)
  } catch (error) {
    const ending = { outcome: 'error', message: `The store could not be made: ${messageOf(error)}` } as const
    return resultWithout(scenario, ending, performance.now() - beganMs)
  }
  const stop = new AbortController()
  const openers = {
    openKept: adapter.openKept?.bind(adapter),
    openServed: adapter.openServed?.bind(adapter),
    joinShared: adapter.joinShared?.bind(adapter),
  }
  const recorder = new ScenarioRecorder(scenario, store, openers, run, stop, run.onProgress ?? (() => {}))
  let ending = await endOf(scenario, recorder, run, stop)
  // What the runner checks is no test of what the scenario is about.
  const skipped = recorder.verdict.skipped()
  if (ending === undefined) checkNobodyLeft(recorder, 'nobody follows the store in the end')
  else stop.abort(new Error(ending.message))
  try {
    store.destroy?.()
  } catch (error) {
    ending ??= { outcome: 'error', message: `destroy() threw: ${messageOf(error)}` }
  }
  recorder.verdict.close()
  const { elapsedMs } = recorder
  recorder.endPauses()
  if (ending === undefined) await checkTimers(recorder, timers)
  recorder.close()
  return resultOf(scenario, recorder, ending, skipped, elapsedMs)
}

/** A result that has no figures, of a scenario that did not come to its end. */
export function resultWithout(
  scenario: Omit<Scenario, 'run'>,
  ending: Ending,
  durationMs: number,
): ScenarioResult {
  const { name, group, goal, method } = scenario
  const figures = { checks: [], thresholds: [], counts: {}, latencies: [], heap: [], ledgers: [] }
  return { name, group, goal, method, ...ending, durationMs, ...figures }
}

/** Waits for the scenario, its time or the run's signal, whichever is first. */
async function endOf(
  scenario: Scenario,
  recorder: ScenarioRecorder,
  { timeoutMs, signal }: ScenarioRun,
  stop: AbortController,
): Promise<Ending | undefined> {
  const timedOut: Ending = { outcome: 'timeout', message: `Out of time after ${timeoutMs} ms.` }
  const cleanUp: (() => void)[] = []
  const stopped = new Promise<Ending>((resolve) => {
    const timer = setTimeout(() => resolve(timedOut), timeoutMs)
    cleanUp.push(() => clearTimeout(timer))
    cleanUp.push(
      onAbort(signal, () => {
        resolve({ outcome: 'error', message: `The run was stopped: ${messageOf(signal?.reason)}` })
      }),
    )
  })
  // Started in a turn of its own, so that one that never waits does not keep the promise above from being made.
  const ended = nextTurn()
    .then(() => scenario.run(recorder))
    .then(
      () => undefined,
      (error: unknown): Ending =>
        stop.signal.aborted ? timedOut : { outcome: 'error', message: messageOf(error) || 'It threw.' },
    )
  try {
    return await Promise.race([ended, stopped])
  } finally {
    for (const undo of cleanUp) undo()
  }
}

/** How many timers keep this process alive. */
function timerCount(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
}

async function checkTimers(recorder: ScenarioRecorder, before: number): Promise<void> {
  for (let poll = 0; poll < TIMERS_POLLS && timerCount() > before; poll += 1) await delay(TIMERS_POLL_MS)
  const left = Math.max(0, timerCount() - before)
  recorder.check('no timer is left', left === 0, `${left} left`)
}

function resultOf(
  scenario: Scenario,
  { verdict, latencies, curve, counts, kept }: ScenarioRecorder,
  ending: Ending | undefined,
  skipped: string | undefined,
  durationMs: number,
): ScenarioResult {
  const { name, group, goal, method } = scenario
  const failures = verdict.failures()
  const untested = skipped === undefined ? 'passed' : 'skipped'
  const outcome: Outcome = ending?.outcome ?? (failures.length === 0 ? untested : 'failed')
  return {
    name,
    group,
    goal,
    method,
    outcome,
    message: ending?.message ?? (outcome === 'skipped' ? `${skipped}` : failures.join(' ')),
    durationMs,
    checks: verdict.checks,
    thresholds: verdict.thresholds,
    counts: Object.fromEntries(counts),
    latencies: latencies.summaries(),
    heap: [...curve.points],
    ledgers: [...kept],
  }
}
