/**
 * A store on very many machines, on paper: 10 000 members, 1 000 000 entities. Three layouts, how far each goes, what
 * breaks first, and how late the last reader of the one that holds is. `npm run bench:nats:scale`.
 *
 *   one log        agents ──> log ──> everybody reads everything
 *   regions        agents ──> a log a region ──> the members of a region read that
 *   regions, sync  agents ──> a log a region ──> few members ──> sync servers ──> mirrors
 *
 * The sizes of records are those of this library, and the same each time; rates are constants, each with where it was
 * measured, so that the figures are the same on any machine. `--measure` prints those that this machine would give.
 */

import { applyDelta, deltaFromJSON, deltaToJSON, diff } from '../dist/esm/delta/index.js'
import { createStore } from '../dist/esm/index.js'

/** What was measured, on two shared cores and loopback. */
const MEASURED = {
  /** Records a second that one log with three replicas takes, each on the one before: `npm run bench:nats`, 578 to 1 137. */
  logPerSecond: 800,
  /** Of records that count, those that come second and do not: four writers on nats-server 2.9. */
  voidShare: 0.2,
  /** Messages a second that a nats-server pushes to its consumers: 51 156 of 90 bytes to one. */
  pushPerSecond: 51_000,
  /** Frames a second that a process of `headgate/sync` sends: one to 1 000 clients in 19.3 ms. */
  syncPerSecond: 51_800,
  /** Seconds that a member takes to be sent a record (51 156 a second) and to read it, and to apply each operation in it: `--measure`. */
  applySeconds: { record: 26e-6, operation: 2e-6 },
  /** Bytes of heap of an entity, in a record of plain objects: `--measure`. */
  heapPerEntity: 280,
}

/** What is assumed, and would be measured on the machines themselves. */
const ASSUMED = {
  networkBytesPerSecond: 1.25e9, // 10 Gbit/s
  diskBytesPerSecond: 500e6,
  heapBytes: 4e9,
  /** From there on queues are long. */
  utilisation: 0.7,
}

const ENTITIES_EACH = 100
/** Each agent writes all of its entities once a second, as one record. */
const WRITES_PER_SECOND = 1
const SERVERS = 3
/** Of an entity that has moved: x, y, battery. */
const OPERATIONS_EACH = 3
const MEMBERS = 10_000
const SECONDS = 20

const entity = (n, step) => ({ x: n + step / 7, y: n - step / 9, battery: 90 - (step % 50), task: 'driving' })

/** An agent's record, as it stands in the log: bytes, and the operations in it. */
function recordOf(entities) {
  const robots = (step) =>
    Object.fromEntries(
      Array.from({ length: entities }, (_, n) => [`r${String(n).padStart(7, '0')}`, entity(n, step)]),
    )
  const store = createStore({ robots: robots(0) }, { name: 'scale' })
  const before = store.state
  store.update((draft) => {
    for (const [at, robot] of Object.values(draft.robots).entries()) Object.assign(robot, entity(at, 1))
  })
  const ops = deltaToJSON(diff(before, store.state))
  const head = { format: 'headgate.commit', v: 1, base: 1e6, version: 1e6, reason: 'DRIVEN', tsWall: 1.8e12 }
  const id = '00000000-0000-0000-0000-000000000000'
  return { before, text: JSON.stringify({ ...head, member: id, source: id, ops }), operations: ops.length }
}

const record = recordOf(ENTITIES_EACH)
const bytes = record.text.length
const apply = MEASURED.applySeconds.record + MEASURED.applySeconds.operation * OPERATIONS_EACH * ENTITIES_EACH

/**
 * What each place has to do in a second, as a share of what it can.
 *
 * @param {object} layout
 * @param {number} layout.members How many there are; each is an agent that writes.
 * @param {number} layout.regions Logs, each with as many agents.
 * @param {number} layout.clusters Of three servers; the logs are spread over them.
 * @param {number} layout.readers Members of one log.
 * @param {number} [layout.syncs] Of those, how many serve mirrors.
 */
function loads({ members, regions, clusters, readers, syncs = 0 }) {
  const records = (members / regions) * WRITES_PER_SECOND
  const written = records * (1 + MEASURED.voidShare)
  const logs = regions / clusters
  const mirrors = syncs === 0 ? 0 : members / regions / syncs
  const pushed = (written * readers * logs) / SERVERS
  return {
    'the order of a log': written / MEASURED.logPerSecond,
    'the disks of a cluster': (written * bytes * logs) / ASSUMED.diskBytesPerSecond,
    'the pushes of a server': pushed / MEASURED.pushPerSecond,
    'the network of a server': (pushed * bytes) / ASSUMED.networkBytesPerSecond,
    'the processor of a reader': records * apply,
    'the heap of a reader':
      ((members / regions) * ENTITIES_EACH * MEASURED.heapPerEntity) / ASSUMED.heapBytes,
    'the frames of a sync server': (records * mirrors) / MEASURED.syncPerSecond,
    'the network of a sync server': (records * mirrors * bytes) / ASSUMED.networkBytesPerSecond,
  }
}

const worst = (layout) => Object.entries(loads(layout)).sort(([, one], [, other]) => other - one)[0]

/** How many members a layout carries until a place is too busy, and which. */
function limitOf(layoutOf) {
  let [low, high] = [1, 10_000_000]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (worst(layoutOf(middle))[1] < ASSUMED.utilisation) low = middle
    else high = middle
  }
  return { members: low, place: worst(layoutOf(high))[0] }
}

const LAYOUTS = {
  'one log, all read all': (members) => ({ members, regions: 1, clusters: 1, readers: members }),
  '40 logs, all of a region read it': (members) => ({
    members,
    regions: 40,
    clusters: 4,
    readers: members / 40,
  }),
  '100 logs, 2 members a region with sync behind': (members) => ({
    members,
    regions: 100,
    clusters: 10,
    readers: 2,
    syncs: 2,
  }),
}

/**
 * How late the readers are: what every agent of a region writes goes through one place after the other, each a queue
 * that serves in order. Agents begin their seconds at random.
 */
function lags({ members, regions, clusters, readers, syncs = 0 }) {
  const random = randomNumbers(1)
  const agents = Math.round(members / regions)
  const phases = Array.from({ length: agents }, random).sort((one, other) => one - other)
  const logs = regions / clusters
  const perRecord = [
    (1 + MEASURED.voidShare) / MEASURED.logPerSecond,
    // The servers of a cluster push for its other logs meanwhile.
    ((1 + MEASURED.voidShare) * readers * logs) / SERVERS / MEASURED.pushPerSecond,
    apply,
    syncs === 0 ? 0 : agents / syncs / MEASURED.syncPerSecond,
  ]
  const free = perRecord.map(() => 0)
  const all = []
  for (let second = 0; second < SECONDS; second += 1) {
    for (const phase of phases) {
      const written = second + phase
      let at = written
      for (const [place, service] of perRecord.entries()) {
        at = Math.max(at, free[place]) + service
        free[place] = at
      }
      all.push((at - written) * 1_000)
    }
  }
  all.sort((one, other) => one - other)
  return [0.5, 0.99, 1].map((share) => all[Math.min(all.length - 1, Math.floor(all.length * share))])
}

/** Numbers from 0 to 1 (mulberry32). */
function randomNumbers(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** What this machine gives for what is a constant above. */
function measure() {
  const seconds = (entities) => {
    const { before, text } = recordOf(entities)
    const taken = Array.from({ length: 200 }, () => {
      const began = performance.now()
      applyDelta(before, deltaFromJSON(JSON.parse(text).ops))
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
  `${number(MEMBERS)} members, ${number(MEMBERS * ENTITIES_EACH)} entities; a record of ${ENTITIES_EACH} entities has ${number(record.operations)} operations, ${number(bytes)} bytes, and takes a reader ${(apply * 1_000).toFixed(2)} ms`,
)
for (const [name, layoutOf] of Object.entries(LAYOUTS)) {
  const { members, place } = limitOf(layoutOf)
  const layout = layoutOf(MEMBERS)
  console.log(
    `\n${name}: up to ${number(members)} members; then ${place} is ${percent(ASSUMED.utilisation)} busy`,
  )
  console.log(`  at ${number(MEMBERS)}:`)
  for (const [where, share] of Object.entries(loads(layout))) {
    if (share > 0) console.log(`    ${where.padEnd(29)} ${percent(share).padStart(12)}`)
  }
  if (worst(layout)[1] < 1) {
    const [p50, p99, max] = lags(layout).map((ms) => ms.toFixed(1))
    console.log(`    the last reader is late by      ${p50} ms, 99 % ${p99} ms, at most ${max} ms`)
  }
}
if (process.argv.includes('--measure')) {
  console.log()
  measure()
}
