/**
 * Writes the README's numbers between their two markers, from the results of a benchmark and, where the
 * recorded flight is at hand, from runs of it.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const FLIGHT = '../shared/data/px4-flight.ndjson'
const FLIGHT_RUN = [
  'dist/esm/cli/main.js',
  ...['run', 'examples/px4-flight/px4-flight.js', '--events', FLIGHT, '--speed', 'max', '--json'],
  ...[
    'log=buffer:64:drop-oldest',
    'audit=buffer:256:drop-incoming',
    'ui=latest',
    'tap=direct',
    'rpc=latest',
  ].flatMap((subscriber) => ['--subscriber', subscriber]),
]

const nanoseconds = (ns) => (ns >= 10_000 ? `${(ns / 1_000).toFixed(0)} µs` : `${ns.toPrecision(3)} ns`)

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

/** The median of five runs of the recorded flight, each in a fresh process. */
function flight() {
  if (!existsSync(join(ROOT, FLIGHT))) return []
  const rates = Array.from({ length: 5 }, () => {
    const lines = execFileSync(process.execPath, FLIGHT_RUN, { cwd: ROOT, encoding: 'utf8' })
      .trim()
      .split('\n')
    return JSON.parse(lines.at(-1)).recordsPerSecond
  }).sort((a, b) => a - b)
  const [least, median, most] = [rates[0], rates[2], rates[4]].map((rate) => Math.round(rate / 1_000))
  return [
    '',
    `The recorded flight (9 707 records, JSON parsing included) at \`--speed max\` with five subscribers, each run a fresh process: **${median} 000 records a second** (median of five; ${least} 000 to ${most} 000).`,
  ]
}

export function writeNumbers(benchmarks) {
  const text = [
    '<!-- numbers -->',
    `Node ${process.versions.node}, ${cpus()[0].model.trim()}, a shared machine; medians, by \`npm run bench -- --readme\`. The times serve to compare rows; a ratio above 1 says that the peer is faster.`,
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
