/** Finds the scenario files, and loads them. */
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { ScenarioFile } from './scenario.ts'

const FOLDER = join(__dirname, '../scenarios')

// Required, not imported: the loader that reads TypeScript on Node 20 hooks into require.
const load = createRequire(__filename)

/** The names of all scenario files, without their ending. */
export function scenarioNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort()
}

/** The claims of one file, by its name. */
export function loadScenarios(name: string): ScenarioFile {
  return load(join(FOLDER, `${name}.ts`)) as ScenarioFile
}

/** How a child process that runs a file is started. */
export function flagsOf(name: string): string[] {
  const { conditions = [] } = loadScenarios(name)
  // The optimising compiler keeps the constants of what it is compiling: they would count as leaked.
  return ['--no-opt', ...conditions.flatMap((condition) => ['-C', condition])]
}
