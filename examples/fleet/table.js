// @ts-check
/** A fourth process: it has the fleet as the agents have it, and shows who is behind. */
import { connection, member, STATUS_SUBJECT, serve } from './member.js'

/** @typedef {import('./member.js').Status} Status */

const SHOW_MS = 1_000
/** Who has not said anything for so long cannot. */
const SILENT_MS = 1_500
const SAID_MAX = 12

/** @type {Map<string, Status & { heardAt: number, behind: number }>} */
const heard = new Map()
/** Behind is who has less than this process has when it hears of it. @param {Status} status */
function hear(status) {
  const behind = Math.max(0, member.store.published.version - status.version)
  heard.set(status.name, { ...status, behind, heardAt: performance.now() })
}
connection.subscribe(`${STATUS_SUBJECT}.*`, {
  callback: (error, message) => {
    if (error === null) hear(/** @type {Status} */ (message.json()))
  },
})

/** What it knows of everybody. */
function rows() {
  const { version } = member.store.published
  const all = [...heard.values()].sort((one, other) => (one.name < other.name ? -1 : 1))
  return all.map(({ heardAt, ...row }) => {
    const silentMs = performance.now() - heardAt
    if (silentMs < SILENT_MS) return row
    return { ...row, status: `silent ${Math.round(silentMs / 1_000)} s`, behind: version - row.version }
  })
}

const isTerminal = process.stdout.isTTY === true
/** @type {string[]} */
const said = []
let shown = 0

/** The table, in the place of the one before. */
function drawTable() {
  const columns = /** @type {const} */ ([
    'name',
    'status',
    'version',
    'behind',
    'lagRecords',
    'lagMs',
    'conflicts',
    'void',
    'records',
    'resyncs',
  ])
  const cells = [columns.map(String), ...rows().map((row) => columns.map((column) => String(row[column])))]
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)))
  const lines = cells.map((line) =>
    line
      .map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  )
  const all = [...lines, '', ...said]
  process.stdout.write(`${shown > 0 ? `\x1b[${shown}A\x1b[J` : ''}${all.join('\n')}\n`)
  shown = all.length
}

/** All of it in one line, for a file. */
function printLine() {
  const parts = rows().map(({ name, status, behind, lagMs, conflicts, records }) => {
    const lag = behind > 0 ? ` ${behind} behind` : ''
    const late = lagMs > 0 ? ` (${lagMs} ms)` : ''
    return `${name} ${status}${lag}${late}, ${conflicts} conflicts, ${records} msgs`
  })
  console.log(`version ${member.store.published.version}: ${parts.join('; ')}`)
}

const showing = setInterval(isTerminal ? drawTable : printLine, SHOW_MS)

serve(
  async () => clearInterval(showing),
  (text) => {
    if (!isTerminal) console.log(text)
    else {
      said.push(text)
      said.splice(0, said.length - SAID_MAX)
      drawTable()
    }
  },
)
