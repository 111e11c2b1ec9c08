/**
 * What it costs to publish into K bounded buffers, with and without takes: Headgate beside private rings
 * written by hand and Effect's PubSub.
 *
 *     npm run bench:buffers                  under two minutes
 *     npm run bench:buffers -- --quick       under twenty seconds: K = 1 and 100, and rougher
 *     npm run bench:buffers -- --json        one JSON object
 *
 * Each measurement is a process of its own, and the implementations take turns, first one way round and then
 * the other: what else the machine does hits them alike. A ratio is of two measurements of the same round.
 * Before it is timed, each implementation must hold and drop exactly what it should.
 */
import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { join } from 'node:path'

const CHILD = join(import.meta.dirname, 'bounded-buffers/measure.mjs')
const IMPLEMENTATIONS = ['private-rings', 'headgate', 'effect-pubsub']
const BASELINE = 'private-rings'
const MODES = ['without-takes', 'with-takes']

const quick = process.argv.includes('--quick')
const bufferCounts = quick ? [1, 100] : [1, 10, 100, 1_000]
const rounds = quick ? 2 : 5
const budgetMs = quick ? 50 : 150

const sorted = (numbers) => [...numbers].sort((a, b) => a - b)
const median = (numbers) => {
  const ordered = sorted(numbers)
  const middle = ordered.length >> 1
  return ordered.length % 2 === 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2
}

function measure(implementation, buffers, mode) {
  const words = [CHILD, implementation, String(buffers), mode, String(budgetMs)]
  return Number(execFileSync(process.execPath, words, { encoding: 'utf8' }))
}

const cells = MODES.flatMap((mode) =>
  bufferCounts.map((buffers) => ({
    mode,
    buffers,
    nanoseconds: Object.fromEntries(IMPLEMENTATIONS.map((name) => [name, []])),
  })),
)
for (let round = 0; round < rounds; round += 1) {
  const turn = round % 2 === 0 ? IMPLEMENTATIONS : IMPLEMENTATIONS.toReversed()
  for (const { mode, buffers, nanoseconds } of cells) {
    for (const name of turn) nanoseconds[name].push(measure(name, buffers, mode))
  }
}

const results = cells.flatMap(({ mode, buffers, nanoseconds }) =>
  IMPLEMENTATIONS.map((implementation) => {
    const own = nanoseconds[implementation]
    const ratios = own.map((ns, round) => ns / nanoseconds[BASELINE][round])
    return {
      mode,
      buffers,
      implementation,
      nsPerItem: median(own),
      ratio: median(ratios),
      ratioMin: Math.min(...ratios),
      ratioMax: Math.max(...ratios),
    }
  }),
)

const machine = `Node ${process.versions.node}, ${cpus()[0].model.trim()}`
if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ machine, rounds, budgetMs, results }))
} else {
  const time = (ns) => (ns >= 10_000 ? `${(ns / 1_000).toFixed(1)} µs` : `${ns.toFixed(0)} ns`)
  const times = (ratio) => (ratio >= 100 ? ratio.toFixed(0) : ratio.toPrecision(2))
  console.log(`Publishing one item into K buffers of 64. ${machine}; medians of ${rounds} rounds.\n`)
  console.log('| takes | K | implementation | an item | to private rings | least to most |')
  console.log('|---|---:|---|---:|---:|---:|')
  for (const { mode, buffers, implementation, nsPerItem, ratio, ratioMin, ratioMax } of results) {
    const spread = implementation === BASELINE ? '' : `${times(ratioMin)} to ${times(ratioMax)}`
    const words = [mode.split('-')[0], buffers, implementation, time(nsPerItem), times(ratio), spread]
    console.log(`| ${words.join(' | ')} |`)
  }
}
