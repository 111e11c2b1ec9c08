/**
 * Writes the README's numbers between their two markers, from the results of a benchmark and, where the
 * recorded flight is at hand, from runs of it.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const FLIGHT = '../shared/data/px4-flight.ndjson'
const SUBSCRIBERS = [
  'log=buffer:64:drop-oldest',
  'audit=buffer:256:drop-incoming',
  'ui=latest',
  'tap=direct',
  'rpc=latest',
]

const nanoseconds = (ns) => (ns >= 10_000 ? `${(ns / 1_000).toFixed(0)} µs` : `${ns.toFixed(0)} ns`)

/** Pairs `work: peer` with `work: ours` and gives their medians and ratio. */
function rows(benchmarks) {
  const medians = new Map(benchmarks.map(({ alias, runs }) => [alias, runs[0].stats.p50]))
  const peers = new Map()
  for (const [alias, p50] of medians) {
    const [work, who] = alias.split(': ')
    if (who?.startsWith('BehaviorSubject')) peers.set(work, { who, p50 })
  }
  return [...medians].flatMap(([alias, p50]) => {
    const [work, who] = alias.split(': ')
    if (who?.startsWith('BehaviorSubject')) return []
    const peer = peers.get(work)
    if (peer === undefined) return [`| ${alias} | ${nanoseconds(p50)} | | |`]
    const ratio = (p50 / peer.p50).toPrecision(2)
    return [
      `| ${work}, \`${who}\` | ${nanoseconds(p50)} | ${peer.who}: ${nanoseconds(peer.p50)} | ${ratio} |`,
    ]
  })
}

/** How often the flight is flown in a row for the warm figure. */
const FLIGHTS_WARM = 20

/** Runs a recording and returns its records a second. */
function recordsPerSecond(events) {
  const words = ['dist/esm/cli/main.js', 'run', 'examples/px4-flight/px4-flight.js', '--events', events]
  const subscribers = SUBSCRIBERS.flatMap((subscriber) => ['--subscriber', subscriber])
  const output = execFileSync(process.execPath, [...words, '--speed', 'max', '--json', ...subscribers], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return JSON.parse(output.trim().split('\n').at(-1)).recordsPerSecond
}

const thousands = (rate) => `${Math.round(rate / 1_000)} 000`

/** The recorded flight, in fresh processes: as it is, and flown many times in a row. */
function flight() {
  if (!existsSync(join(ROOT, FLIGHT))) return []
  const cold = Array.from({ length: 9 }, () => recordsPerSecond(FLIGHT)).sort((a, b) => a - b)
  const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'))
  const many = join(folder, 'flights.ndjson')
  writeFileSync(many, readFileSync(join(ROOT, FLIGHT), 'utf8').repeat(FLIGHTS_WARM))
  const warm = recordsPerSecond(many)
  rmSync(folder, { recursive: true })
  return [
    '',
    `The recorded flight, 9 707 records, JSON parsing included, \`--speed max\`, five subscribers, a fresh process each: **${thousands(cold[4])} records a second** (median of nine; ${thousands(cold[0])} to ${thousands(cold[8])}). A run of it lasts a tenth of a second, most of which is the compiler warming up; flown ${FLIGHTS_WARM} times in a row, **${thousands(warm)}**.`,
  ]
}

export function writeNumbers(benchmarks) {
  const text = [
    '<!-- numbers -->',
    `Node ${process.versions.node}, ${cpus()[0].model.trim()}, a shared machine; medians, by \`npm run bench -- --readme\`. The times serve to compare rows; a ratio above 1 says that bare RxJS is faster; it keeps no versions, counts nothing and isolates nobody.`,
    '',
    '| work | Headgate | bare RxJS | ratio |',
    '|---|---|---|---|',
    ...rows(benchmarks),
    ...flight(),
    '<!-- /numbers -->',
  ].join('\n')
  const file = join(ROOT, 'README.md')
  const readme = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    readme.replace(/<!-- numbers -->[\s\S]*<!-- \/numbers -->/, () => text),
  )
}
