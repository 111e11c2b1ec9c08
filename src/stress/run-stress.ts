import { checkKeys } from '../kit/index.ts'
import type { StressAdapter } from './adapter.ts'
import { begin, buildReport } from './build-report.ts'
import { checkAdapter } from './load-adapter.ts'
import { runScenario } from './run-scenario.ts'
import { selectScenarios } from './select-scenarios.ts'
import { planOf, RUN_KEYS, type StressOptions, tellerOf } from './stress-options.ts'
import type { ScenarioResult, StressReport } from './stress-report.ts'

/**
 * Runs scenarios on a store, one after the other, each on a store of its own, in this process.
 *
 * A scenario that fails, throws or runs out of time is reported, and the rest run. Out of time is cooperative
 * here: what waits or reports its progress is stopped, a synchronous endless loop is not; see
 * {@link runStressIsolated}. When `signal` aborts, the report says what has run until then, and `passed` is
 * false.
 *
 * @example
 * ```ts
 * import { headgateAdapter, runStress } from 'headgate/stress'
 *
 * const report = await runStress(headgateAdapter, { scenarios: ['sets-and-gets'], scale: 0.1 })
 * for (const { name, counts } of report.results) console.log(name, counts.write, counts.deliver)
 * // → sets-and-gets 100 100
 * ```
 *
 * @throws `OPTION_INVALID`, before anything runs; the message lists what there is.
 */
export async function runStress(adapter: StressAdapter, options: StressOptions = {}): Promise<StressReport> {
  checkAdapter(adapter, 'adapter')
  checkKeys(options, { ...RUN_KEYS, scenarios: true }, 'runStress()')
  const plan = planOf(options)
  const selected = selectScenarios(options.scenarios)
  const tell = tellerOf(options.onProgress)
  const { signal } = options
  const beginning = begin()
  const results: ScenarioResult[] = []
  for (const [index, scenario] of selected.entries()) {
    if (signal?.aborted) break
    const place = { scenario: scenario.name, index, count: selected.length }
    tell({ type: 'started', ...place, group: scenario.group, goal: scenario.goal })
    const result = await runScenario(scenario, adapter, {
      ...plan,
      signal,
      onProgress: (progress) => tell({ type: 'progress', scenario: scenario.name, ...progress }),
    })
    results.push(result)
    tell({ type: 'finished', ...place, result })
  }
  return buildReport(adapter.name, plan, beginning, results, selected.length)
}
