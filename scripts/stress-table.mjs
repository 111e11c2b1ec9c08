/**
 * Writes what the stress suite found into docs/stress.md.
 *
 *     node scripts/build.mjs --esm && node scripts/stress-table.mjs    runs the full profile; minutes
 *     node scripts/stress-table.mjs --json FILE                        takes a report of `headgate stress --json`
 *     node scripts/stress-table.mjs --library DIR                      runs another build than dist/esm
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { writeSection } from './write-section.mjs'

const ROOT = join(import.meta.dirname, '..')

const { values } = parseArgs({
  options: { json: { type: 'string' }, library: { type: 'string', default: 'dist/esm' } },
})
const LIBRARY = resolve(ROOT, values.library)

/** @typedef {import('../src/stress/index.ts').StressReport} StressReport */
/** @typedef {import('../src/stress/index.ts').ScenarioResult} ScenarioResult */

/** @type {typeof import('../src/stress/index.ts')} */
const { formatDuration, formatFigure, formatLimit, formatNumber } = await import(
  pathToFileURL(join(LIBRARY, 'stress/index.js')).href
)

/** @returns {StressReport} */
function runFullProfile() {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-stress-'))
  const file = join(folder, 'report.json')
  const words = [join(LIBRARY, 'cli/main.js'), 'stress', '--profile', 'full', '--json', file]
  const { status } = spawnSync(process.execPath, words, { cwd: ROOT, stdio: 'inherit' })
  if (status !== 0 && status !== 1) throw new Error(`headgate stress ended with status ${status}.`)
  const report = JSON.parse(readFileSync(file, 'utf8'))
  rmSync(folder, { recursive: true })
  return report
}

/** A bar would end a cell of the table. @param {string} text */
const cell = (text) => text.replace(/\|/g, '\\|')

/** @param {ScenarioResult} result */
function row({ name, outcome, message, checks, thresholds, counts }) {
  const held = checks.filter((check) => check.outcome === 'passed').length
  const limits = thresholds.map(
    (threshold) =>
      `${threshold.name} ${formatFigure(threshold.value, threshold.unit)} (${formatLimit(threshold)})`,
  )
  const writes = counts.write === undefined ? '' : formatNumber(counts.write)
  const found = outcome === 'skipped' ? ['', message] : [`${held} of ${checks.length}`, limits.join('<br>')]
  const cells = [`\`${name}\``, outcome, writes, ...found]
  return `| ${cells.map(cell).join(' | ')} |`
}

/** @param {StressReport} report */
function section({ profile, scale, seed, durationMs, environment, results }) {
  const { node, cpu, cores } = environment
  return [
    `Node ${node.replace(/^v/, '')}, ${cpu}, ${cores} cores, a shared machine; \`headgate stress --profile ${profile} --seed ${seed}\`, scale ${formatNumber(scale)}, ${formatDuration(durationMs)}. The limit for each figure is in parentheses.`,
    '',
    '| scenario | outcome | writes | checks that held | thresholds |',
    '|---|---|---:|---:|---|',
    ...results.map(row),
  ]
}

/** @type {StressReport} */
const report =
  values.json === undefined ? runFullProfile() : JSON.parse(readFileSync(resolve(values.json), 'utf8'))
writeSection('docs/stress.md', 'stress', section(report))
