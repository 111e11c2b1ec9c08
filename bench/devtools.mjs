/**
 * What Redux DevTools cost the writer: 1 000 recipes on a plain object of 1 000 entities, in alternating rounds, against
 * a fake of the extension, which makes text of each state as the real one does. What that does with the text afterwards
 * is not counted.
 *
 *     npm run bench:devtools
 */
import { setTimeout as delay } from 'node:timers/promises'
import { connectDevtools } from '../dist/esm/devtools/index.js'
import { buffer, createStore, frame, throttle } from '../dist/esm/index.js'

const ENTITIES = 1_000
const WRITES = 1_000
/** A turn of the event loop each so many writes, so that policies have their turn. */
const WRITES_A_TURN = 10
const ROUNDS = 7

const cases = {
  'no devtools': undefined,
  'every version': buffer({ capacity: 64 }),
  'throttle(100)': throttle({ ms: 100 }),
  'throttle(500)': throttle({ ms: 500 }),
  'frame()': frame(),
}

async function run(policy) {
  const robots = Object.fromEntries(
    Array.from({ length: ENTITIES }, (_, n) => [`r${n}`, { battery: 90, x: n, y: n }]),
  )
  const store = createStore({ robots })
  let sentBytes = 0
  const send = (...message) => {
    sentBytes += JSON.stringify(message).length
  }
  const connection = {
    init: send,
    send,
    subscribe: () => () => {},
    error: () => {},
  }
  const handle = policy && connectDevtools(store, { policy, extension: { connect: () => connection } })
  const before = process.cpuUsage()
  for (let write = 0; write < WRITES; ) {
    for (let turn = 0; turn < WRITES_A_TURN; turn += 1, write += 1) {
      store.update((draft) => {
        draft.robots[`r${write % ENTITIES}`].battery -= 1
      })
    }
    // The timers of the policy run in here.
    await delay(0)
  }
  // Of the processor, not of the clock: others use the machine too.
  const { user, system } = process.cpuUsage(before)
  const ms = (user + system) / 1_000
  handle?.()
  store.destroy()
  return { ms, sentBytes }
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
const results = Object.fromEntries(Object.keys(cases).map((name) => [name, []]))
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const [name, policy] of Object.entries(cases)) {
    const result = await run(policy)
    // The first round warms up.
    if (round > 0) results[name].push(result)
  }
}
const base = median(results['no devtools'].map(({ ms }) => ms))
for (const [name, rounds] of Object.entries(results)) {
  const ratio = median(rounds.map(({ ms }) => ms)) / base
  const megabytes = median(rounds.map(({ sentBytes }) => sentBytes)) / 1_000_000
  console.log(`${name.padEnd(16)} ${ratio.toFixed(2)} of the writes alone, ${megabytes.toFixed(1)} MB sent`)
}
