/**
 * What sync costs, row by row of its targets, S1 to S7, and one write to many clients beside bare `ws`.
 *
 *     npm run bench:sync
 *     npm run bench:sync -- S3 S6
 *
 * The server is this process; the clients of the first rows are another one, on loopback. What is compared is measured
 * in turn, in one run: quote the ratios. CLIENTS=200 is another number of clients, SECONDS=10 the longest that one table
 * is measured for (default 20): all of it is over in four minutes on two cores that are busy.
 */
import { cpus, loadavg } from 'node:os'
import { fanOut } from './sync/fan-out.mjs'
import { s1, s2, s3, s6 } from './sync/in-process.mjs'
import { s5, s7 } from './sync/network.mjs'

const clients = Number(process.env.CLIENTS ?? 1_000)
const seconds = Number(process.env.SECONDS ?? 20)
const ROWS = { S4: fanOut, S1: s1, S2: s2, S3: s3, S5: s5, S6: s6, S7: s7 }
const asked = process.argv.slice(2)
/** A row that hangs has failed: it is told, and nothing waits for it. */
const ROW_SECONDS_MAX = 150

const began = performance.now()
const progress = (what) => console.error(`[${((performance.now() - began) / 1_000).toFixed(0)} s] ${what}`)
const targets = []
const target = (name, text, value, holds) =>
  targets.push(`| ${name} | ${text} | ${value} | ${holds ? 'yes' : 'no'} |`)

console.log(
  `Node ${process.version}, ${cpus()[0]?.model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(0)}.\n`,
)
for (const [name, row] of Object.entries(ROWS)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  progress(name)
  let late
  const tooLate = new Promise((resolve) => {
    late = setTimeout(
      () => resolve(target(name, '', `not done in ${ROW_SECONDS_MAX} s`, false)),
      ROW_SECONDS_MAX * 1_000,
    )
  })
  await Promise.race([row({ clients, most: 31, seconds, target, progress, print: console.log }), tooLate])
  clearTimeout(late)
}
console.log('## Targets\n')
console.log('| | target | this run | holds |\n|---|---|---:|---|')
console.log(targets.join('\n'))
progress('done')
process.exit(targets.some((line) => line.endsWith('| no |')) ? 1 : 0)
