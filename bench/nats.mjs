/**
 * A store on many machines over one nats-server on loopback: what an update costs beside a bare publish with an
 * expectation, in one run, round about; how far a reader is behind; how fair four writers are. `npm run bench:nats`.
 */
import { jetstreamManager } from '@nats-io/jetstream'
import { headers } from '@nats-io/nats-core'
import { connect } from '@nats-io/transport-node'
import { createStore } from '../dist/esm/index.js'
import { joinNats } from '../dist/esm/nats/index.js'
import { natsServer, natsVersion } from '../dist/esm/testing/index.js'

const ROUNDS = 5
const WRITES = 300
const FAIR_WRITES = 100
const WRITERS = 4
const PACED = 1_000

const median = (values) => values.toSorted((one, other) => one - other)[values.length >> 1]
const percentile = (values, p) =>
  values.toSorted((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * p))]
const round = (value, digits = 0) => Number(value.toFixed(digits))

if (natsVersion() === undefined) {
  console.log('Skipped: nats-server is not installed.')
  process.exit(0)
}

const server = await natsServer()
const connections = []
const connection = async () => {
  const made = await connect({ servers: server.servers })
  connections.push(made)
  return made
}
const members = []
const join = async (stream, replicas = 1) => {
  const store = createStore({ n: 0, at: 0, robots: {} }, { name: stream })
  const member = await joinNats(store, await connection(), { stream, replicas, create: true })
  members.push(member)
  return { store, member }
}

/** Publishes records of the size of ours, each with an id and the expectation that nothing else came. */
async function bare() {
  const own = await connection()
  const manager = await jetstreamManager(own, { checkAPI: false })
  await manager.streams.add({ name: 'BARE', subjects: ['bare'] })
  const payload = 'x'.repeat(290)
  let sequence = 0
  let made = 0
  return async () => {
    const head = headers()
    made += 1
    head.set('Nats-Msg-Id', `bare-${made}`)
    if (sequence > 0) head.set('Nats-Expected-Last-Subject-Sequence', String(sequence))
    const reply = await own.request('bare', payload, { headers: head, timeout: 5_000 })
    sequence = reply.json().seq
  }
}

const rate = async (write) => {
  const began = performance.now()
  for (let n = 0; n < WRITES; n += 1) await write()
  return (WRITES * 1_000) / (performance.now() - began)
}

const { member } = await join('ONE')
const update = () =>
  member.update((draft) => {
    draft.n += 1
  })
const publish = await bare()
const rates = { bare: [], update: [] }
for (let n = 0; n < ROUNDS; n += 1) {
  rates.bare.push(await rate(publish))
  rates.update.push(await rate(update))
}
const ratio = median(rates.update.map((one, n) => one / rates.bare[n]))
console.log(
  `one writer: ${round(median(rates.update))} updates/s, ${round(median(rates.bare))} bare publishes/s, ratio ${round(ratio, 2)} (target 0.7)`,
)

const writers = await Promise.all(Array.from({ length: WRITERS }, () => join('FOUR')))
const waits = []
await Promise.all(
  writers.map(async ({ member: one }) => {
    for (let n = 0; n < FAIR_WRITES; n += 1) {
      const began = performance.now()
      await one.update(
        (draft) => {
          draft.n += 1
        },
        { retries: 10_000 },
      )
      waits.push(performance.now() - began)
    }
  }),
)
const { counting, void: voids } = writers[0].member.stats()
const lost = WRITERS * FAIR_WRITES - writers[0].store.state.n
console.log(
  `four writers: lost ${lost}, void records ${round(voids / counting, 2)} of counting ones (target 0.2), wait median ${round(median(waits), 1)} ms, longest ${round(Math.max(...waits), 1)} ms: ${round(Math.max(...waits) / median(waits), 1)} times (target 5)`,
)

const [reader, sender] = [await join('LAG'), await join('LAG')]
const lags = []
reader.store.subscribe(({ state }) => {
  if (state.at > 0) lags.push(performance.timeOrigin + performance.now() - state.at)
})
const began = performance.now()
for (let n = 0; n < PACED; n += 1) {
  while (performance.now() - began < n) await new Promise((resolve) => setImmediate(resolve))
  await sender.member.update((draft) => {
    draft.at = performance.timeOrigin + performance.now()
  })
}
const reached = (PACED * 1_000) / (performance.now() - began)
await reader.store.waitFor((_, { version }) => version >= sender.store.published.version)
console.log(
  `a reader at ${round(reached)} writes/s: lag median ${round(percentile(lags, 0.5), 1)} ms, 99 % ${round(percentile(lags, 0.99), 1)} ms (target 50)`,
)

await Promise.all(members.map((each) => each.close()))
await Promise.all(connections.map((each) => each.close()))
await server.close()
