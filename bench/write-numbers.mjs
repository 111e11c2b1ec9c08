/**
 * Writes the numbers of the README and of docs/performance.md between their markers, from the stored results of
 * the benchmark and, where the recorded flight is at hand, from runs of it.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeSection } from '../scripts/write-section.mjs'
import { OURS } from './peers/index.mjs'
import { cost, times } from './support/format.mjs'
import { Reader } from './support/results.mjs'
import { targetsOf } from './support/targets.mjs'

const ROOT = join(import.meta.dirname, '..')
const FLIGHT = '../shared/data/px4-flight.ndjson'
const SUBSCRIBERS = [
  'log=buffer:64:drop-oldest',
  'audit=buffer:256:drop-incoming',
  'ui=latest',
  'tap=direct',
  'rpc=latest',
]

/** The rows of the README: where we lead, and where peers do. */
const README_ROWS = [
  ['scalar-write', ''],
  ['array-recipe', ''],
  ['fan-out', '1 000'],
  ['machine-event', ''],
  ['entity-recipe', '100 000'],
  ['keyed-fan-out', '100 000'],
  ['bounded', '1 000'],
]

/** How often the flight is flown in a row for the warm figure. */
const FLIGHTS_WARM = 20

/** A number takes the place of the letter that stands for it. */
function titleOf({ title, size }) {
  if (size === '') return title
  return /^[\d ]+$/.test(size) ? title.replace(/\b[NK]\b/, size) : `${title}: ${size}`
}

const ownCost = ({ results, unit }) =>
  results[OURS] === undefined ? 'not measured' : cost(results[OURS].value, unit)

/** A ratio; in bold where the peer is ahead. */
function told(ratio) {
  if (ratio === undefined) return ''
  return ratio < 1 ? `**${times(ratio)}**` : times(ratio)
}

const tableOf = (heads, rows) => [
  `| ${heads.join(' | ')} |`,
  `|---|${heads
    .slice(1)
    .map(() => '---:|')
    .join('')}`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
]

/** A row a case, a column a peer. */
function fullTable({ cells, peers }) {
  const ids = Object.keys(peers).filter((id) => id !== OURS && !peers[id].variant)
  return tableOf(
    ['work', 'Headgate', ...ids.map((id) => peers[id].name)],
    cells.map((cell) => [titleOf(cell), ownCost(cell), ...ids.map((id) => told(cell.results[id]?.ratio))]),
  )
}

/**
 * A row a case: the cheapest peer that keeps snapshots, the cheapest that does not, and what was written by hand
 * for that case alone.
 */
function shortTable(results, cells, limits) {
  const reader = new Reader(results)
  const best = (cell, filter) => {
    const id = reader.best(cell.case, cell.size, filter)
    return id === undefined ? '' : `${told(cell.results[id].ratio)} ${results.peers[id].name}`
  }
  return tableOf(
    [
      'work',
      'Headgate',
      'the cheapest with snapshots',
      'the cheapest without',
      ...limits.map((id) => results.peers[id].name),
    ],
    cells.map((cell) => [
      titleOf(cell),
      ownCost(cell),
      best(cell, ({ keepsSnapshots }) => keepsSnapshots),
      best(cell, ({ keepsSnapshots }) => !keepsSnapshots),
      ...limits.map((id) => told(cell.results[id]?.ratio)),
    ]),
  )
}

/** What was aimed at, and what was reached on each version of Node. */
function targetTable(stored) {
  const columns = stored.map(targetsOf)
  const reached = (value, limit) =>
    value === undefined ? 'not measured' : value <= limit ? times(value) : `**${times(value)}**`
  // What no version of Node has measured yet has no row.
  const isMeasured = (target, line) => columns.some((column) => column[target][1][line][1] !== undefined)
  const rows = columns[0].flatMap(([id, lines], target) =>
    lines.flatMap(([what], line) => {
      if (!isMeasured(target, line)) return []
      const results = columns.map((column) => column[target][1][line])
      const limits = new Set(results.map(([, , limit]) => (limit < 1 ? times(limit) : limit)))
      return [
        [id, what, [...limits].join(' / '), ...results.map(([, value, limit]) => reached(value, limit))],
      ]
    }),
  )
  return tableOf(
    ['target', 'Headgate as a share of', 'at most', ...stored.map(({ node }) => `Node ${node}`)],
    rows,
  )
}

/** How many of the ratios say that a peer is ahead. */
function countAhead({ cells, peers }) {
  const ratios = cells.flatMap(({ results }) =>
    Object.entries(results)
      .filter(([id]) => id !== OURS && !peers[id].variant && !peers[id].reference)
      .map(([, { ratio }]) => ratio),
  )
  return { ahead: ratios.filter((ratio) => ratio < 1).length, all: ratios.length }
}

/** How many rounds there were time for. */
function roundsOf({ cells }) {
  const timed = cells.filter(({ unit }) => unit !== 'bytes')
  const rounds = timed.flatMap(({ results }) => Object.values(results).map((result) => result.rounds))
  const [least, most] = [Math.min(...rounds), Math.max(...rounds)]
  const number = least === most ? `${most}` : `${least} to ${most}`
  return `${number} round${most === 1 ? '' : 's'}`
}

function circumstances(results) {
  const { node, machine, cores } = results
  const { ahead, all } = countAhead(results)
  return `Node ${node}, ${machine}, ${cores} cores, shared with others; ${roundsOf(results)} a measurement. A peer is ahead in ${ahead} of ${all} ratios.`
}

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

const HOW_TO_READ =
  "A ratio is the peer's cost divided by Headgate's, a median over rounds in fresh processes. **Above 1 Headgate is cheaper; below 1, in bold, the peer is.** *By hand* is the limit: a copy, a loop or a ring for that one case, without any guarantee; *with the same promises* it is what our guarantees leave. An empty field: there is no such thing, or it was not measured."

/**
 * `folder` holds the stored results, one file a version of Node. Where nothing was measured just now, the
 * flight is not flown either: what docs/performance.md says of it stays.
 */
export function writeNumbers(folder, { measured }) {
  const flown =
    /\nThe recorded flight, .*/
      .exec(readFileSync(join(ROOT, 'docs/performance.md'), 'utf8'))?.[0]
      .split('\n') ?? []
  const stored = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
  const newest = stored.at(-1)
  const inReadme = README_ROWS.map(([id, size]) =>
    newest.cells.find((cell) => cell.case === id && cell.size === size),
  )
  writeSection('README.md', 'numbers', [
    "The cheapest peers' cost divided by ours, on the same work in the same run. **Above 1 Headgate is cheaper; below 1, in bold, the peer is.**",
    '',
    ...shortTable(newest, inReadme.filter(Boolean), []),
    '',
    `Node ${newest.node}, by \`npm run bench\`: [all rows, fourteen peers, both versions of Node](docs/performance.md), [React](docs/ui.md).`,
  ])
  writeSection('docs/performance.md', 'numbers', [
    HOW_TO_READ,
    '',
    circumstances(newest),
    '',
    ...shortTable(
      newest,
      newest.cells,
      Object.keys(newest.peers).filter((id) => newest.peers[id].reference),
    ),
    ...(measured ? flight() : flown),
  ])
  writeSection('docs/performance.md', 'results', [
    ...stored.flatMap((results) => [
      '',
      `### Node ${results.node}`,
      '',
      circumstances(results),
      '',
      ...fullTable(results),
    ]),
    '',
    '## Targets',
    '',
    "What was aimed at, as shares: Headgate's cost divided by the other one's, so small is good. In bold what was missed.",
    '',
    ...targetTable(stored),
  ])
}
