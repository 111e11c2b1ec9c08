import { resolve } from 'node:path'
import { isHeadgateError } from '../../kit/index.ts'
import { loadAdapter, profiles, runStressIsolated, scenarios } from '../../stress/index.ts'
import type { CommandIo } from '../command-io.ts'
import { print } from '../print.ts'
import { screenKind } from '../screen.ts'
import { readBaseline } from './baseline-file.ts'
import { parseStressArguments } from './parse-stress-arguments.ts'
import { checkReportFiles } from './report-files.ts'
import { scenarioList } from './scenario-list.ts'
import { STRESS_HELP } from './stress-help.ts'
import { type RunSuite, refusal, StressSession } from './stress-session.ts'

/**
 * Runs `headgate stress`.
 *
 * Everything that can be wrong with the call is found before a scenario runs, and thrown.
 *
 * @param words - the command line behind `headgate stress`.
 * @returns the exit status.
 * @throws `UsageError`
 */
export async function stress(
  words: readonly string[],
  io: CommandIo,
  runSuite: RunSuite = runStressIsolated,
): Promise<number> {
  const options = parseStressArguments(words, io.environment)
  if (options.help) return print(STRESS_HELP, io)
  const store = options.store === undefined ? undefined : resolve(io.workingDirectory, options.store)
  if (options.list) return print(`${(await listOf(store, io)).join('\n')}\n`, io)
  await checkReportFiles(options, io.workingDirectory)
  const baseline =
    options.baseline === undefined ? undefined : await readBaseline(options.baseline, io.workingDirectory)
  return new StressSession({ options, store, baseline, runSuite }, io).play()
}

/** The scenarios of the suite, and those that the module of a store brings. */
async function listOf(store: string | undefined, io: CommandIo): Promise<string[]> {
  const own = store === undefined ? [] : await ownScenarios(store)
  return scenarioList([...scenarios, ...own], Object.values(profiles), screenKind(io).palette)
}

async function ownScenarios(store: string) {
  try {
    return (await loadAdapter(store)).scenarios
  } catch (error) {
    throw isHeadgateError(error, 'OPTION_INVALID') ? refusal(error) : error
  }
}
