/**
 * A store on very many machines, on paper: 10 000 members, 1 000 000 entities. Three layouts, how far each goes, what
 * breaks first, and how late the last reader of the one that holds is. `npm run bench:nats:scale`.
 *
 *   one log        agents ──> log ──> everybody reads everything
 *   regions        agents ──> a log a region ──> the members of a region read that
 *   regions, sync  agents ──> a log a region ──> few members ──> sync servers ──> mirrors
 *
 * The model and its constants are in support/nats-paper.mjs; `--measure` prints those that this machine would give.
 */
import * as delta from '../dist/esm/delta/index.js'
import { createStore } from '../dist/esm/index.js'
import {
  APPLY_SECONDS,
  ASSUMED,
  ENTITIES_EACH,
  entity,
  LAYOUTS,
  lags,
  limitOf,
  loads,
  MEMBERS,
  OPERATIONS_EACH,
  recordOf,
  worst,
} from './support/nats-paper.mjs'

const library = { createStore, ...delta }
const record = recordOf(library, ENTITIES_EACH)
const bytes = record.text.length

/** What this machine gives for what is a constant above. */
function measure() {
  const seconds = (entities) => {
    const { before, text } = recordOf(library, entities)
    const taken = Array.from({ length: 200 }, () => {
      const began = performance.now()
      delta.applyDelta(before, delta.deltaFromJSON(JSON.parse(text).ops))
      return (performance.now() - began) / 1_000
    }).sort((one, other) => one - other)
    return taken[100]
  }
  const [one, many] = [seconds(1), seconds(ENTITIES_EACH)]
  const operation = (many - one) / (OPERATIONS_EACH * (ENTITIES_EACH - 1))
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const kept = Array.from({ length: 100_000 }, (_, n) => [`r${n}`, entity(n, n)])
  const state = Object.fromEntries(kept)
  globalThis.gc?.()
  const heap = (process.memoryUsage().heapUsed - before) / Object.keys(state).length
  const micro = (value) => `${(value * 1e6).toFixed(1)} µs`
  console.log(
    `here: a record ${micro(one - operation * OPERATIONS_EACH)}, an operation ${micro(operation)}, an entity ${Math.round(heap)} bytes of heap`,
  )
}

const number = (value) => Math.round(value).toLocaleString('en').replaceAll(',', ' ')
const percent = (share) => `${share < 0.1 ? (share * 100).toFixed(1) : number(share * 100)} %`

console.log(
  `${number(MEMBERS)} members, ${number(MEMBERS * ENTITIES_EACH)} entities; a record of ${ENTITIES_EACH} entities has ${number(record.operations)} operations, ${number(bytes)} bytes, and takes a reader ${(APPLY_SECONDS * 1_000).toFixed(2)} ms`,
)
for (const [name, layoutOf] of Object.entries(LAYOUTS)) {
  const { members, place } = limitOf(layoutOf, bytes)
  const layout = layoutOf(MEMBERS)
  console.log(
    `\n${name}: up to ${number(members)} members; then ${place} is ${percent(ASSUMED.utilisation)} busy`,
  )
  console.log(`  at ${number(MEMBERS)}:`)
  for (const [where, share] of Object.entries(loads(layout, bytes))) {
    if (share > 0) console.log(`    ${where.padEnd(29)} ${percent(share).padStart(12)}`)
  }
  if (worst(layout, bytes)[1] < 1) {
    const [p50, p99, max] = lags(layout).map((ms) => ms.toFixed(1))
    console.log(`    the last reader is late by      ${p50} ms, 99 % ${p99} ms, at most ${max} ms`)
  }
}
if (process.argv.includes('--measure')) {
  console.log()
  measure()
}
