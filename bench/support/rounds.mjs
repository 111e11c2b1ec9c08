/**
 * Runs the measurements: round by round, in each round every case and size, and for each the peers in an order
 * that is rotated from round to round. What else the machine does hits them alike, and a ratio is of two
 * measurements of the same round.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { median } from './statistics.mjs'

const run = promisify(execFile)
const WORKER = join(import.meta.dirname, 'worker.mjs')
/**
 * The compiler works on the thread that is measured: on a busy machine its own thread is starved, and half of a
 * measurement would be of code that has not been compiled yet.
 */
const FLAGS = ['--expose-gc', '--no-concurrent-recompilation']
const TIMEOUT_MS = 180_000
/** A measurement in whose process the kernel was that much slower than usual is made again, once. */
const NOISE = 1.3
const KERNELS_MIN = 10

export async function measureAll({ cells, rounds, times, lanes, deadlineMs, dist, progress }) {
  const end = performance.now() + deadlineMs
  const kernels = []
  let repeated = 0
  let steps = 0
  let late = 0
  const total = cells.reduce(
    (sum, { work, peers }) => sum + peers.length * (work.unit === 'bytes' ? 1 : rounds),
    0,
  )

  const once = (cell, peer) => measureOnce({ cell, peer, times, dist })
  const careful = async (cell, peer) => {
    const first = await once(cell, peer)
    const usual = kernels.length < KERNELS_MIN ? Number.POSITIVE_INFINITY : median(kernels)
    if (first.skipped !== undefined || first.kernel <= usual * NOISE) return first
    repeated += 1
    const second = await once(cell, peer)
    return second.kernel < first.kernel ? second : first
  }

  const measure = async (cell, peer, round) => {
    if (performance.now() > end) {
      late += 1
      return
    }
    steps += 1
    progress({ steps, total, round, cell, peer })
    const { skipped, kernel, value } = await careful(cell, peer)
    if (skipped !== undefined) {
      cell.skipped.set(peer.id, skipped)
      return
    }
    kernels.push(kernel)
    cell.values.get(peer.id).push(value)
  }
  /** Takes the next one as long as there is one; several of these share a queue. */
  const lane = async (cell, round, queue) => {
    for (let peer = queue.shift(); peer !== undefined; peer = queue.shift()) await measure(cell, peer, round)
  }

  for (let round = 0; round < rounds; round += 1) {
    for (const cell of cells) {
      if (round > 0 && cell.work.unit === 'bytes') continue
      const turn = cell.peers.map((_, i) => cell.peers[(i + round) % cell.peers.length])
      const queue = round % 2 === 0 ? turn : turn.toReversed()
      await Promise.all(Array.from({ length: lanes }, () => lane(cell, round, queue)))
    }
  }
  return { kernels, repeated, late }
}

async function measureOnce({ cell, peer, times, dist }) {
  const words = { case: cell.work.id, size: cell.work.sizes.indexOf(cell.size), peer: peer.id, ...times }
  try {
    const { stdout } = await run(process.execPath, [...FLAGS, WORKER, JSON.stringify(words)], {
      env: { ...process.env, NODE_ENV: 'production', HEADGATE_DIST: dist },
      timeout: TIMEOUT_MS,
    })
    return JSON.parse(stdout)
  } catch (error) {
    const label = `${cell.work.id} ${cell.size.label}`.trim()
    const reason = error.killed ? `took longer than ${TIMEOUT_MS / 1_000} s` : error.stderr || error.message
    throw new Error(`${peer.name} does not do "${label}" right; nothing was measured any more.\n${reason}`)
  }
}
