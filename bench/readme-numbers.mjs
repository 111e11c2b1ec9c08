/**
 * Writes the README's numbers between their two markers, from the stored results of the benchmark and, where
 * the recorded flight is at hand, from runs of it.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OURS } from './peers/index.mjs'
import { cost, times } from './support/format.mjs'

const ROOT = join(import.meta.dirname, '..')
const FLIGHT = '../shared/data/px4-flight.ndjson'
const SUBSCRIBERS = [
  'log=buffer:64:drop-oldest',
  'audit=buffer:256:drop-incoming',
  'ui=latest',
  'tap=direct',
  'rpc=latest',
]

/** How often the flight is flown in a row for the warm figure. */
const FLIGHTS_WARM = 20

/** A row a case, a column a peer. */
function table({ cells, peers }) {
  const ids = Object.keys(peers).filter((id) => id !== OURS && !peers[id].variant)
  const rows = cells.map((cell) => {
    const ours = cell.results[OURS]
    const cellOf = (id) => {
      const ratio = cell.results[id]?.ratio
      if (ratio === undefined) return ''
      return ratio < 1 ? `**${times(ratio)}**` : times(ratio)
    }
    const size = cell.size === '' ? '' : `: ${cell.size}`
    const own = ours === undefined ? 'not measured' : cost(ours.value, cell.unit)
    return `| ${cell.title}${size} | ${own} | ${ids.map(cellOf).join(' | ')} |`
  })
  return [
    `| work | Headgate | ${ids.map((id) => peers[id].name).join(' | ')} |`,
    `|---|---:|${'---:|'.repeat(ids.length)}`,
    ...rows,
  ]
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

function section(results) {
  const { node, machine, cores, note } = results
  const { ahead, all } = countAhead(results)
  return [
    '',
    `Node ${node}, ${machine}, ${cores} cores, shared with others; ${roundsOf(results)} a measurement${note === undefined ? '' : `, ${note}`}. A peer is ahead in ${ahead} of ${all} ratios.`,
    '',
    ...table(results),
  ]
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

/**
 * `folder` holds the stored results, one file a version of Node. Where nothing was measured just now, the
 * flight is not flown either: what the README says of it stays.
 */
export function writeNumbers(folder, { measured }) {
  const file = join(ROOT, 'README.md')
  const readme = readFileSync(file, 'utf8')
  const flown = /\nThe recorded flight, .*/.exec(readme)?.[0].split('\n') ?? []
  const stored = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
  const text = [
    '<!-- numbers -->',
    "By `npm run bench -- --readme`. The second column is what Headgate costs; the others are the peer's cost divided by Headgate's, a median over rounds in fresh processes. **Above 1 Headgate is cheaper; below 1, in bold, the peer is.** *By hand* is the limit: a copy, a loop or a ring for that one case, without any guarantee. An empty field: the library has no such thing, or it was not measured. alien-signals, MobX and valtio write in place and keep no snapshots. RxJS is a bare `BehaviorSubject`, in recipes with immer. [bench](bench/README.md) says what is measured, and what is verified before.",
    ...stored.flatMap(section),
    ...(measured ? flight() : flown),
    '<!-- /numbers -->',
  ].join('\n')
  writeFileSync(
    file,
    readme.replace(/<!-- numbers -->[\s\S]*<!-- \/numbers -->/, () => text),
  )
}
