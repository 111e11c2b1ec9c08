/**
 * A store on very many machines, on paper: what each place has to do in a second, as a share of what it can, and how far
 * a layout goes. Printed by nats-scale.mjs, drawn by scripts/draw-nats-scale.mjs.
 *
 * The sizes of records are those of this library, and the same each time; rates are constants, each with where it was
 * measured, so that the figures are the same on any machine.
 */

/** What was measured, on two shared cores and loopback. */
export const MEASURED = {
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
export const ASSUMED = {
  networkBytesPerSecond: 1.25e9, // 10 Gbit/s
  diskBytesPerSecond: 500e6,
  heapBytes: 4e9,
  /** From there on queues are long. */
  utilisation: 0.7,
}

export const ENTITIES_EACH = 100
/** Each agent writes all of its entities once a second, as one record. */
const WRITES_PER_SECOND = 1
const SERVERS = 3
/** Of an entity that has moved: x, y, battery. */
export const OPERATIONS_EACH = 3
export const MEMBERS = 10_000
const SECONDS = 20

export const entity = (/** @type {number} */ n, /** @type {number} */ step) => ({
  x: n + step / 7,
  y: n - step / 9,
  battery: 90 - (step % 50),
  task: 'driving',
})

/**
 * An agent's record, as it stands in the log: its text, and the operations in it.
 *
 * @param {any} library What a build of this library exports.
 * @param {number} entities
 */
export function recordOf({ createStore, deltaToJSON, diff }, entities) {
  const robots = (/** @type {number} */ step) =>
    Object.fromEntries(
      Array.from({ length: entities }, (_, n) => [`r${String(n).padStart(7, '0')}`, entity(n, step)]),
    )
  const store = createStore({ robots: robots(0) }, { name: 'scale' })
  const before = store.state
  store.update((/** @type {{ robots: Record<string, object> }} */ draft) => {
    for (const [at, robot] of Object.values(draft.robots).entries()) Object.assign(robot, entity(at, 1))
  })
  const ops = deltaToJSON(diff(before, store.state))
  const head = { format: 'headgate.commit', v: 1, base: 1e6, version: 1e6, reason: 'DRIVEN', tsWall: 1.8e12 }
  const id = '00000000-0000-0000-0000-000000000000'
  return { before, text: JSON.stringify({ ...head, member: id, source: id, ops }), operations: ops.length }
}

/** What a reader needs for the record of an agent. */
export const APPLY_SECONDS =
  MEASURED.applySeconds.record + MEASURED.applySeconds.operation * OPERATIONS_EACH * ENTITIES_EACH

/**
 * How a fleet is laid out.
 *
 * @typedef {object} Layout
 * @property {number} members How many there are; each is an agent that writes.
 * @property {number} regions Logs, each with as many agents.
 * @property {number} clusters Of three servers; the logs are spread over them.
 * @property {number} readers Members of one log.
 * @property {number} [syncs] Of those, how many serve mirrors.
 */

/**
 * What each place has to do in a second, as a share of what it can.
 *
 * @param {Layout} layout
 * @param {number} bytes Of a record.
 */
export function loads({ members, regions, clusters, readers, syncs = 0 }, bytes) {
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
    'the processor of a reader': records * APPLY_SECONDS,
    'the heap of a reader':
      ((members / regions) * ENTITIES_EACH * MEASURED.heapPerEntity) / ASSUMED.heapBytes,
    'the frames of a sync server': (records * mirrors) / MEASURED.syncPerSecond,
    'the network of a sync server': (records * mirrors * bytes) / ASSUMED.networkBytesPerSecond,
  }
}

/** The place that is busiest. @param {Layout} layout @param {number} bytes @returns {[place: string, share: number]} */
export const worst = (layout, bytes) =>
  Object.entries(loads(layout, bytes)).reduce((busiest, place) => (place[1] > busiest[1] ? place : busiest))

/**
 * How many members a layout carries until a place is too busy, and which.
 *
 * @param {(members: number) => Layout} layoutOf @param {number} bytes
 */
export function limitOf(layoutOf, bytes) {
  let [low, high] = [1, 10_000_000]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (worst(layoutOf(middle), bytes)[1] < ASSUMED.utilisation) low = middle
    else high = middle
  }
  return { members: low, place: worst(layoutOf(high), bytes)[0] }
}

/** @type {Record<string, (members: number) => Layout>} */
export const LAYOUTS = {
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
 *
 * @param {Layout} layout
 */
export function lags({ members, regions, clusters, readers, syncs = 0 }) {
  const random = randomNumbers(1)
  const agents = Math.round(members / regions)
  const phases = Array.from({ length: agents }, random).sort((one, other) => one - other)
  const logs = regions / clusters
  const perRecord = [
    (1 + MEASURED.voidShare) / MEASURED.logPerSecond,
    // The servers of a cluster push for its other logs meanwhile.
    ((1 + MEASURED.voidShare) * readers * logs) / SERVERS / MEASURED.pushPerSecond,
    APPLY_SECONDS,
    syncs === 0 ? 0 : agents / syncs / MEASURED.syncPerSecond,
  ]
  const free = perRecord.map(() => 0)
  /** @type {number[]} */
  const all = []
  for (let second = 0; second < SECONDS; second += 1) {
    for (const phase of phases) {
      const written = second + phase
      let at = written
      for (const [place, service] of perRecord.entries()) {
        at = Math.max(at, /** @type {number} */ (free[place])) + service
        free[place] = at
      }
      all.push((at - written) * 1_000)
    }
  }
  all.sort((one, other) => one - other)
  return [0.5, 0.99, 1].map((share) => all[Math.min(all.length - 1, Math.floor(all.length * share))])
}

/** Numbers from 0 to 1 (mulberry32). @param {number} seed */
function randomNumbers(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
