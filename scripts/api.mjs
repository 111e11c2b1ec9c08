/**
 * The public surface of each entry point, as a report that a reviewer reads: api/NAME.api.md.
 *
 *     npm run api             fails where a report is not what the sources say, or an export has no documentation
 *     npm run api -- --write  writes the reports
 *
 * A change of the surface is thus seen in a diff. By api-extractor, from the declarations of dist/esm.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'

const ROOT = join(import.meta.dirname, '..')
const REPORTS = join(ROOT, 'api')
const TEMP = join(ROOT, 'node_modules/.cache/headgate-api')

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } })

/** For api-extractor's own TypeScript. */
const COMPILER = {
  lib: ['ES2023', 'DOM', 'DOM.AsyncIterable', 'DOM.Iterable', 'ESNext.Disposable'],
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  target: 'ES2022',
  skipLibCheck: true,
  strict: true,
  types: ['node'],
}

/** @type {Record<string, { import?: { types: string } }>} */
const entries = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).exports

/** `headgate` for the root, `react` for `headgate/react`. @param {string} subpath */
const nameOf = (subpath) => (subpath === '.' ? 'headgate' : subpath.slice(2))

const points = Object.entries(entries).flatMap(([subpath, { import: esm }]) =>
  esm === undefined ? [] : [{ name: nameOf(subpath), types: join(ROOT, esm.types) }],
)

/** @param {{ name: string, types: string }} point */
const configOf = ({ name, types }) =>
  ExtractorConfig.prepare({
    configObject: {
      projectFolder: ROOT,
      mainEntryPointFilePath: types,
      compiler: { overrideTsconfig: { compilerOptions: COMPILER } },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: REPORTS,
        reportTempFolder: TEMP,
      },
      newlineKind: 'lf',
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      messages: {
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: join(ROOT, 'api-extractor.json'),
    packageJsonFullPath: join(ROOT, 'package.json'),
  })

/** The exports that no overload documents. @param {string} name */
function undocumented(name) {
  const report = readFileSync(join(TEMP, `${name}.api.md`), 'utf8')
  const declarations = [
    ...report.matchAll(/^\/\/ @public( \(undocumented\))?\n(?:export )?(?:abstract )?\w+ (\w+)/gm),
  ]
  const documented = new Set(declarations.flatMap(([, without, id]) => (without === undefined ? [id] : [])))
  return [...new Set(declarations.map(([, , id]) => id))].filter((id) => !documented.has(id))
}

mkdirSync(REPORTS, { recursive: true })
mkdirSync(TEMP, { recursive: true })

/** One program for all, as it is what costs the time. @type {CompilerState | undefined} */
let compilerState
for (const { name, types } of points) {
  const config = configOf({ name, types })
  compilerState ??= CompilerState.create(config, {
    additionalEntryPoints: points.map((point) => point.types),
  })
  /** @type {string[]} */
  const problems = []
  const { apiReportChanged } = Extractor.invoke(config, {
    compilerState,
    localBuild: values.write,
    messageCallback(message) {
      message.handled = true
      if (message.logLevel === 'error') problems.push(message.text)
    },
  })
  if (apiReportChanged && !values.write) problems.push('has changed: look at it, then npm run api -- --write')
  problems.push(...undocumented(name).map((id) => `${id} has no documentation`))
  console.log(`${name.padEnd(12)} ${problems.length === 0 ? 'as reported' : ''}`.trimEnd())
  for (const problem of problems) console.log(`  ${problem}`)
  if (problems.length > 0) process.exitCode = 1
}
