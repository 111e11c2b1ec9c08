/** The results as text for a terminal. */
import { OURS } from '../peers/index.mjs'
import { cost, times } from './format.mjs'
import { targetsOf } from './targets.mjs'

const BARS = '▁▂▃▄▅▆▇█'
const DIRECTION =
  "A ratio is the peer's cost divided by Headgate's in the same round: above 1 Headgate is cheaper, below 1 (marked !) the peer is."

export function report(results) {
  const lines = [header(results), DIRECTION]
  for (const cell of results.cells) lines.push('', ...cellLines(cell, results.peers))
  if (results.late > 0) lines.push('', `${results.late} measurements were left out: the time was up.`)
  lines.push(...growthLines(results), ...targetLines(results), '', calibrationLine(results.kernel))
  return lines.join('\n')
}

export const header = ({ node, machine, cores, quick, seconds }) =>
  `Node ${node}, ${machine}, ${cores} cores, ${quick ? 'quick, ' : ''}${seconds} s`

function cellLines(cell, peers) {
  const title = `${cell.title}${cell.size === '' ? '' : `: ${cell.size}`}`
  const rows = Object.entries(cell.results).sort(([, a], [, b]) => a.value - b.value)
  const lines = rows.map(([id, { value, ratio, q1, q3, rounds }]) => {
    const spread =
      ratio === undefined || id === OURS
        ? ''
        : `${times(ratio)}${rounds > 1 ? ` (${times(q1)} to ${times(q3)})` : ''}`
    const mark = id === OURS ? '»' : ratio < 1 && !peers[id].variant && !peers[id].reference ? '!' : ' '
    return `${mark} ${peers[id].name.padEnd(30)} ${cost(value, cell.unit).padStart(9)}  ${spread.padEnd(28)} ${rounds}`
  })
  const skipped = Object.entries(cell.skipped).map(
    ([id, reason]) => `  ${peers[id].name}: skipped, ${reason}`,
  )
  return [`== ${title}   (${cell.case})`, ...lines, ...skipped]
}

/** Cases whose cost grows with a number: one line a peer, a bar for each size, by orders of magnitude. */
function growthLines({ cells, peers }) {
  const charted = groupByCase(cells.filter((cell) => cell.chart !== undefined))
  return [...charted.values()]
    .filter((group) => group.length > 1)
    .flatMap((group) => {
      const values = group.flatMap((cell) => Object.values(cell.results).map(({ value }) => Math.log(value)))
      const [least, most] = [Math.min(...values), Math.max(...values)]
      const bar = (value) =>
        value === undefined
          ? ' '
          : BARS[Math.round(((Math.log(value) - least) / (most - least || 1)) * (BARS.length - 1))]
      const ids = Object.keys(peers).filter((id) => group.some((cell) => cell.results[id] !== undefined))
      return [
        '',
        `== growth: ${group[0].title}; N = ${group.map((cell) => cell.size).join(', ')}`,
        ...ids.map((id) => {
          const own = group.map((cell) => cell.results[id]?.value)
          const costs = own.map((value) => (value === undefined ? '' : cost(value)).padStart(9)).join(' ')
          return `  ${peers[id].name.padEnd(30)} ${own.map(bar).join('')} ${costs}`
        }),
      ]
    })
}

function groupByCase(cells) {
  const groups = new Map()
  for (const cell of cells) groups.set(cell.case, [...(groups.get(cell.case) ?? []), cell])
  return groups
}

function targetLines(results) {
  const lines = targetsOf(results).flatMap(([id, parts]) => {
    const measured = parts.filter(([, reached]) => reached !== undefined)
    return measured.length === 0
      ? [`  ${id.padEnd(4)} not measured`]
      : measured.map((part) => targetLine(id, part))
  })
  return ['', "== targets: Headgate's cost divided by the other one's", ...lines]
}

function targetLine(id, [what, reached, limit]) {
  const verdict = reached <= limit ? 'reached' : `missed, ${times(reached / limit)} x the limit`
  return `  ${id.padEnd(4)} ${what.padEnd(72)} ${times(reached).padStart(8)}  limit ${times(limit).padEnd(8)} ${verdict}`
}

const calibrationLine = ({ ns, q1, q3, repeated }) =>
  `Calibration kernel: ${ns.toPrecision(3)} ns (${q1.toPrecision(3)} to ${q3.toPrecision(3)}), the same in each process; ${repeated} measurements were made again because it was slow.`
