/**
 * The program of a child process: loads the store, answers one request, and ends.
 *
 * It ends by itself, whatever the store has left running, and when the parent has gone.
 */
import { explainErrors, isHeadgateError, messageOf } from '../kit/index.ts'
import { endWithParent } from '../process/index.ts'
import { headgateAdapter } from './headgate-adapter.ts'
import type { Answer, ProgressMessage, Request } from './isolated-protocol.ts'
import { loadAdapter, type StressModule } from './load-adapter.ts'
import { runScenario } from './run-scenario.ts'
import { selectScenarios } from './select-scenarios.ts'

function send(message: Answer | ProgressMessage, sent?: () => void): void {
  process.send?.(message, undefined, undefined, sent)
}

function load(module: string | undefined): Promise<StressModule> {
  if (module === undefined) return Promise.resolve({ adapter: headgateAdapter, scenarios: [] })
  return loadAdapter(module)
}

async function answer(request: Request): Promise<Answer> {
  const { adapter, scenarios: own } = await load(request.module)
  if (request.type === 'list') {
    const heads = selectScenarios(request.wanted, own).map(({ run: _run, ...head }) => head)
    return { type: 'listed', store: adapter.name, scenarios: heads }
  }
  const [scenario] = selectScenarios([request.scenario], own)
  if (scenario === undefined) return { type: 'failed', message: `There is no scenario ${request.scenario}.` }
  const result = await runScenario(scenario, adapter, {
    ...request.settings,
    onProgress: (progress) => send({ type: 'progress', progress }),
  })
  return { type: 'finished', result }
}

function refusal(error: unknown): Answer {
  if (isHeadgateError(error, 'OPTION_INVALID')) return { type: 'refused', details: error.details }
  return { type: 'failed', message: messageOf(error) }
}

// What it answers stands in a report.
explainErrors()
process.once('disconnect', () => process.exit(1))
// From the start, while the parent may still be busy with another child: the watch is there when it is needed.
const watched = endWithParent()
process.once('message', (request: Request) => {
  watched
    .then(() => answer(request))
    .catch(refusal)
    .then((last) => send(last, () => process.exit(0)))
})
