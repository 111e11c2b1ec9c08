/**
 * Runs a suite with a process for each scenario.
 *
 *   parent ── list ──> child: loads the module, says what there is
 *          ── run ───> child: one scenario, progress, result      (again for each scenario)
 *                      spare: loads the suite meanwhile           (the child of the next one)
 *
 * So a scenario can be stopped whatever it does, its memory is its own, and garbage can be collected on
 * demand. A module is never loaded in the parent: one that hangs or crashes as it loads is found the same way.
 */
import { totalmem } from 'node:os'
import { checkKeys, HeadgateError } from '../kit/index.ts'
import { begin, buildReport } from './build-report.ts'
import { headgateAdapter } from './headgate-adapter.ts'
import { HeapCurve } from './heap-curve.ts'
import { type ChildEnd, StressChild } from './isolated-process.ts'
import type { Answer, ScenarioHead } from './isolated-protocol.ts'
import { resultWithout } from './run-scenario.ts'
import { selectScenarios } from './select-scenarios.ts'
import { planOf, RUN_KEYS, type StressPlan, type StressRunOptions, tellerOf } from './stress-options.ts'
import type { ScenarioResult, StressReport } from './stress-report.ts'

/** Options of {@link runStressIsolated}. */
export interface IsolatedOptions extends StressRunOptions {
  /** Names or groups, of the suite or of the module's own scenarios; default all of both. */
  readonly scenarios?: readonly string[] | undefined
  /** More options for Node, such as `--import` of a loader. */
  readonly execArgv?: readonly string[] | undefined
}

/** A child ends its scenario by itself; it is killed when it has not managed to in this time. */
const KILL_GRACE_MS = 1_000
/** How long a child may take to load the module and to say what there is. */
const LIST_MS_MAX = 30_000
const HEAP_MB = 4_096
/** The largest state of the suite, at scale 1, with room for what is made of it. */
const HEAP_MB_PER_SCALE = 1_024
const HEAP_SHARE = 0.75

/**
 * Runs scenarios as {@link runStress} does, but each in a process of its own, which is killed when it is out
 * of time: also a synchronous endless loop is stopped, reported as a timeout, and the rest run. A process that
 * crashes is reported as an error, with what it said.
 *
 * @param module - what {@link loadAdapter} loads; undefined for the store of Headgate.
 * @throws `OPTION_INVALID`, before anything runs.
 */
export async function runStressIsolated(
  module: string | undefined,
  options: IsolatedOptions = {},
): Promise<StressReport> {
  checkKeys(options, { ...RUN_KEYS, scenarios: true, execArgv: true }, 'runStressIsolated()')
  const plan = planOf(options)
  const beginning = begin()
  const { store, scenarios } = await list(module, plan, options)
  const tell = tellerOf(options.onProgress)
  const results: ScenarioResult[] = []
  const start = (): StressChild => new StressChild(flags(plan, options.execArgv))
  let spare: StressChild | undefined = start()
  for (const [index, head] of scenarios.entries()) {
    if (options.signal?.aborted) break
    // The cast holds: one was started for each that follows.
    const child = spare as StressChild
    spare = index + 1 < scenarios.length ? start() : undefined
    const place = { scenario: head.name, index, count: scenarios.length }
    tell({ type: 'started', ...place, group: head.group, goal: head.goal })
    const result = await runOne(child, module, head, plan, { ...options, onProgress: tell })
    results.push(result)
    tell({ type: 'finished', ...place, result })
  }
  spare?.kill()
  return buildReport(store, plan, beginning, results, scenarios.length)
}

function flags({ scale }: StressPlan, more: readonly string[] = []): string[] {
  const machineMb = (totalmem() / 2 ** 20) * HEAP_SHARE
  const heapMb = Math.floor(Math.min(machineMb, Math.max(HEAP_MB, scale * HEAP_MB_PER_SCALE)))
  return ['--expose-gc', `--max-old-space-size=${heapMb}`, ...more]
}

async function list(
  module: string | undefined,
  plan: StressPlan,
  { scenarios: wanted, execArgv, signal }: IsolatedOptions,
): Promise<Extract<Answer, { type: 'listed' }>> {
  // Nothing foreign has to be loaded, so no process is needed to say what there is.
  if (module === undefined) {
    return { type: 'listed', store: headgateAdapter.name, scenarios: selectScenarios(wanted) }
  }
  const child = new StressChild(flags(plan, execArgv))
  const end = await child.ask({ type: 'list', module, wanted }, { killAfterMs: LIST_MS_MAX, signal })
  if (end.type === 'stopped') throw signal?.reason
  if (end.type === 'answered' && end.answer.type === 'listed') return end.answer
  if (end.type === 'answered' && end.answer.type === 'refused') {
    throw new HeadgateError('OPTION_INVALID', end.answer.details)
  }
  throw new HeadgateError('OPTION_INVALID', {
    option: 'store',
    expected: 'a module that loads',
    received: `${module}: ${wordsOf(end, LIST_MS_MAX)}`,
  })
}

async function runOne(
  child: StressChild,
  module: string | undefined,
  head: ScenarioHead,
  plan: StressPlan,
  options: IsolatedOptions,
): Promise<ScenarioResult> {
  const beganMs = performance.now()
  const heap = new HeapCurve()
  const end = await child.ask(
    { type: 'run', module, scenario: head.name, settings: plan },
    {
      killAfterMs: plan.timeoutMs + KILL_GRACE_MS,
      signal: options.signal,
      onProgress: (progress) => {
        heap.add(progress.elapsedMs, progress.heapBytes)
        options.onProgress?.({ type: 'progress', scenario: head.name, ...progress })
      },
    },
  )
  if (end.type === 'answered' && end.answer.type === 'finished') return end.answer.result
  const outcome = end.type === 'timeout' ? 'timeout' : 'error'
  const ending = { outcome, message: wordsOf(end, plan.timeoutMs) } as const
  return { ...resultWithout(head, ending, performance.now() - beganMs), heap: heap.points }
}

/** Why a process gave no result. */
function wordsOf(end: ChildEnd, timeoutMs: number): string {
  if (end.type === 'timeout') return `Out of time after ${timeoutMs} ms; its process was killed.`
  if (end.type === 'stopped') return 'The run was stopped.'
  if (end.type === 'crashed') return end.message
  return end.answer.type === 'failed' ? end.answer.message : `An answer of the kind ${end.answer.type} came.`
}
