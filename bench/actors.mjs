/**
 * Children beside XState's actors: what it costs to start and end them, what one weighs while it lives, a chain of
 * messages, and one key among many that has changed.
 *
 *     npm run bench:actors            10 000 children
 *     npm run bench:actors -- 2000
 *
 * Medians of 3, in time of the processor, which other work on the machine does not lengthen. Both run as in production.
 * What a child costs XState grows with its siblings; it is given 2 000 at most, or it would take longer than all else.
 */
import { createActor, createMachine, enqueueActions } from 'xstate'
import { createSystem } from '../dist/esm/actors/index.js'
import { collection, createMachineStore, defineMachine } from '../dist/esm/index.js'

const COUNT = Number(process.argv[2] ?? 10_000)
const THEIRS = Math.min(COUNT, 2_000)
const ROUNDS = 3

const part = defineMachine({
  id: 'part',
  initial: 'ON',
  context: { count: 0 },
  states: { ON: {}, OFF: {} },
  on: { OFF: 'OFF' },
})

/** @param {unknown} first - the keys that it begins with. */
const parentOf = (first) =>
  defineMachine({
    id: 'parent',
    initial: 'ON',
    context: { keys: first },
    states: { ON: {} },
    on: {
      WANT: {
        update: (draft, { keys }) => {
          draft.keys = keys
        },
      },
    },
    children: { part: { machine: part, keys: ({ keys }) => keys } },
  })

const xPart = createMachine({
  initial: 'ON',
  context: { count: 0 },
  states: { ON: {}, OFF: {} },
  on: { OFF: '.OFF' },
})
const xParent = createMachine({
  on: {
    START: {
      actions: enqueueActions(({ enqueue, event }) => {
        for (const id of event.keys) enqueue.spawnChild(xPart, { id })
      }),
    },
    STOP: {
      actions: enqueueActions(({ enqueue, event }) => {
        for (const id of event.keys) enqueue.stopChild(id)
      }),
    },
  },
})

/** Milliseconds that the processor has worked. */
function worked() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

const keys = Array.from({ length: COUNT }, (_, index) => `k${index}`)
const theirKeys = keys.slice(0, THEIRS)
const store = (first = []) => createMachineStore(parentOf(first))

/** @param {() => number} measure */
function median(measure) {
  const values = Array.from({ length: ROUNDS }, measure).sort((one, other) => one - other)
  return values[Math.floor(ROUNDS / 2)] ?? Number.NaN
}

/** @param {() => void} work */
const microseconds = (work, per = COUNT) =>
  median(() => {
    const start = worked()
    work()
    return ((worked() - start) * 1_000) / per
  })

const heap = () => {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

/** @param {() => unknown} make - returns what keeps it alive. */
const bytes = (make, per = COUNT) =>
  median(() => {
    const before = heap()
    const kept = make()
    const weight = (heap() - before) / per
    if (kept === undefined) throw new Error('Nothing was kept.')
    return weight
  })

/** @param {(actor: import('xstate').AnyActor) => void} work */
function xstate(work) {
  const actor = createActor(xParent).start()
  work(actor)
  return actor
}

const rows = []
/** @type {(what: string, headgate: number, other: number | undefined, unit: string) => void} */
const row = (what, headgate, other, unit) => {
  rows.push({
    what,
    headgate: `${headgate.toFixed(2)} ${unit}`,
    xstate: other === undefined ? '' : `${other.toFixed(2)} ${unit}`,
  })
}

const bare = microseconds(() => {
  for (const name of keys) createMachineStore(part, { name }).destroy()
})
row('a machine store made and destroyed', bare, undefined, 'µs')

row(
  'a child started and ended',
  microseconds(() => {
    const root = store()
    const system = createSystem(root)
    root.send({ type: 'WANT', keys })
    root.send({ type: 'WANT', keys: [] })
    system.destroy()
  }),
  microseconds(() => {
    xstate((actor) => {
      actor.send({ type: 'START', keys: theirKeys })
      actor.send({ type: 'STOP', keys: theirKeys })
    }).stop()
  }, THEIRS),
  'µs',
)

row(
  'a living machine store',
  bytes(() => keys.map((name) => createMachineStore(part, { name }))),
  undefined,
  'B',
)
row(
  'a living child',
  bytes(() => createSystem(store(keys))),
  bytes(() => xstate((actor) => actor.send({ type: 'START', keys: theirKeys })), THEIRS),
  'B',
)

const root = store(keys)
const system = createSystem(root)
let turn = 0
row(
  `one key more or less among ${COUNT}, a list`,
  microseconds(() => {
    turn += 1
    root.send({ type: 'WANT', keys: turn % 2 === 0 ? keys : [...keys, 'one'] })
  }, 1),
  undefined,
  'µs',
)
const entities = collection(keys.map((key) => [key, {}]))
root.send({ type: 'WANT', keys: entities })
row(
  `one key more or less among ${COUNT}, a collection`,
  microseconds(() => {
    turn += 1
    root.send({ type: 'WANT', keys: turn % 2 === 0 ? entities : entities.set('one', {}) })
  }, 1),
  undefined,
  'µs',
)

let left = 0
root.subscribe(
  () => {
    left -= 1
    if (left > 0) system.send('root', { type: 'WANT', keys: entities.set(String(left % 2), {}) })
  },
  { replay: false },
)
const chain = []
for (let round = 0; round < ROUNDS; round += 1) {
  left = 10_000
  const start = worked()
  system.send('root', { type: 'WANT', keys: [] })
  await system.idle()
  chain.push(((worked() - start) * 1_000) / 10_000)
}
row(
  'a message in a chain of 10 000, each of which starts and ends a child',
  median(() => chain.pop() ?? 0),
  undefined,
  'µs',
)

console.table(rows)
