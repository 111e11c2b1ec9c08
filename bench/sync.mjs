/**
 * What sync costs: one write to a thousand clients beside bare `ws`, states to all of them, stalled ones, and resuming.
 *
 *     npm run bench:sync
 *
 * The server is this process, the clients are another one, on loopback. What is compared is measured in turn, in one run;
 * quote the ratios. CLIENTS=200 ROUNDS=5 makes it shorter. The last table is what Headgate holds itself to.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { WebSocketServer } from 'ws'
import { median } from './support/statistics.mjs'

const dist = (path) => pathToFileURL(join(import.meta.dirname, '../dist/esm', path)).href
const { createStore } = await import(dist('index.js'))
const { serve, mirror, socketPair, wsSocket } = await import(dist('sync/index.js'))

const CLIENTS = Number(process.env.CLIENTS ?? 1_000)
const ROUNDS = Number(process.env.ROUNDS ?? 21)
const WINDOW_BYTES = 262_144
const SPARE_BYTES = 65_536
const turn = () => new Promise((resolve) => setImmediate(resolve))
const ms = (value) => `${value.toFixed(1)} ms`
const targets = []
const target = (name, text, value, holds) =>
  targets.push(`| ${name} | ${text} | ${value} | ${holds ? 'yes' : 'no'} |`)

console.log(`Node ${process.version}, ${cpus()[0]?.model}, ${cpus().length} cores, ${CLIENTS} clients.\n`)

const robots = (count) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, n) => [
      `r${n}`,
      { battery: 90, mode: 'IDLE', pose: { x: n, y: 0, z: 0 } },
    ]),
  )

/** Two ports: of a server of Headgate, and of bare `ws`. */
async function listening(accept) {
  const http = createServer()
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false })
  sockets.on('connection', accept)
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return { sockets, http, port: http.address().port }
}

const store = createStore({ robots: robots(600) }, { freeze: false })
const server = serve(store, { windowBytes: WINDOW_BYTES })
const ours = await listening((socket, request) => server.accept(wsSocket(socket), request))
const bare = await listening(() => {})
/** Told what Headgate is told: each message is answered, and the answer is read. */
const answered = await listening((socket) => socket.on('message', (data) => JSON.parse(data)))
const child = fork(join(import.meta.dirname, 'support/sync-clients.mjs'))
await once(child, 'message')

/** Asks the clients for something, and waits until they have done it. */
async function ask(request) {
  child.send(request)
  const [answer] = await once(child, 'message')
  return answer
}

/** How long until all clients have one message that `send` makes, and what of it is this process's computing. */
async function fanOut(kind, send) {
  await ask({ type: 'count', kind })
  const all = once(child, 'message')
  const cpu = process.cpuUsage()
  const began = performance.now()
  await send()
  await all
  const took = performance.now() - began
  const { user, system } = process.cpuUsage(cpu)
  // What comes back, such as acknowledgements, is of no round but this one.
  await new Promise((resolve) => setTimeout(resolve, 50))
  return { took, cpu: (user + system) / 1_000 }
}

await ask({ type: 'connect', kind: 'ours', port: ours.port, clients: CLIENTS })
await ask({ type: 'connect', kind: 'bare', port: bare.port, clients: CLIENTS })
await ask({ type: 'connect', kind: 'answered', port: answered.port, clients: CLIENTS })

let x = 0
const delta = { ours: [], bare: [], answered: [] }
for (let round = 0; round < ROUNDS + 3; round += 1) {
  x += 1
  const oursTook = await fanOut('ours', () => {
    store.update((draft) => {
      draft.robots.r7.pose.x = x
    })
  })
  const frame = Buffer.from(
    JSON.stringify({
      t: 'delta',
      from: x - 1,
      version: x,
      missed: 0,
      reason: 'UPDATE',
      source: 'store',
      tsWall: Date.now(),
      metadata: {},
      ops: [{ op: 'replace', path: '/robots/r7/pose/x', value: x }],
    }),
  )
  const toAll =
    ({ sockets }) =>
    () => {
      for (const socket of sockets.clients) socket.send(frame, { binary: false })
    }
  const bareTook = await fanOut('bare', toAll(bare))
  const answeredTook = await fanOut('answered', toAll(answered))
  // The first rounds are of code that is not compiled yet.
  if (round < 3) continue
  delta.ours.push(oursTook)
  delta.bare.push(bareTook)
  delta.answered.push(answeredTook)
}
const of = (rounds, key) => median(rounds.map((each) => each[key]))
console.log('## One write to all\n')
console.log('| | until the last client has it | computing of the server |\n|---|---:|---:|')
console.log(
  `| Headgate, with acknowledgements | ${ms(of(delta.ours, 'took'))} | ${ms(of(delta.ours, 'cpu'))} |`,
)
console.log(
  `| \`ws\`, one prepared frame, answered by each | ${ms(of(delta.answered, 'took'))} | ${ms(of(delta.answered, 'cpu'))} |`,
)
console.log(`| \`ws\`, one prepared frame | ${ms(of(delta.bare, 'took'))} | ${ms(of(delta.bare, 'cpu'))} |\n`)
const ratio = of(delta.ours, 'took') / of(delta.bare, 'took')
target('', `one write to ${CLIENTS} clients ≤ 1.3 × \`ws\``, `${ratio.toFixed(2)} ×`, ratio <= 1.3)
const answeredRatio = of(delta.ours, 'took') / of(delta.answered, 'took')
target('', 'the same, where `ws` is answered too', `${answeredRatio.toFixed(2)} ×`, answeredRatio <= 1.3)

const state = { ours: [], bare: [] }
for (let round = 0; round < Math.ceil(ROUNDS / 3) + 1; round += 1) {
  const oursTook = await fanOut('ours', () => ask({ type: 'again' }))
  const bareTook = await fanOut('bare', () => {
    for (const socket of bare.sockets.clients) socket.send(JSON.stringify(store.state))
  })
  if (round === 0) continue
  state.ours.push(oursTook)
  state.bare.push(bareTook)
}
const stateBytes = JSON.stringify(store.state).length
console.log(`## A state of ${stateBytes} bytes to all\n`)
console.log('| | until the last client has it | computing of the server |\n|---|---:|---:|')
console.log(`| Headgate, asked for by each | ${ms(of(state.ours, 'took'))} | ${ms(of(state.ours, 'cpu'))} |`)
console.log(
  `| serialized for each, \`ws\` | ${ms(of(state.bare, 'took'))} | ${ms(of(state.bare, 'cpu'))} |\n`,
)
const stateRatio = of(state.ours, 'cpu') / of(state.bare, 'cpu')
target(
  'S4',
  'a state to all: computing ≤ 1/8 of serializing for each',
  `1/${(1 / stateRatio).toFixed(1)}`,
  stateRatio <= 1 / 8,
)

await ask({ type: 'end' })
child.kill()
for (const { sockets, http } of [ours, bare, answered]) {
  for (const socket of sockets.clients) socket.terminate()
  http.close()
}
server[Symbol.dispose]()

/** Sockets in this process, so that nothing but the work of the server is in the figures. */
function bench(clients, options) {
  const own = createStore({ robots: robots(100) })
  const its = serve(own, options)
  const sockets = []
  const mirrors = Array.from({ length: clients }, (_, n) =>
    mirror(
      () => {
        const [here, there] = socketPair()
        its.accept(here)
        sockets[n] = here
        return there
      },
      { clientId: `c${n}`, backoffMs: { least: 0, most: 0 }, onFault: () => {} },
    ),
  )
  return { own, its, mirrors, sockets }
}
const write = (own, n) =>
  own.update((draft) => {
    draft.robots.r7.pose.x = n
  })

/** Connects clients that stall: they say hello, and no more. */
function stall({ its }, count) {
  return Array.from({ length: count }, (_, n) => {
    const [here, there] = socketPair()
    const frames = []
    there.onFrame = (frame) => frames.push(JSON.parse(frame))
    its.accept(here)
    there.send(JSON.stringify({ t: 'hello', protocol: 1, clientId: `stalled-${n}` }))
    return { there, frames }
  })
}

async function s1() {
  const { own, its, mirrors } = bench(200)
  await turn()
  for (let n = 0; n < 500; n += 1) {
    write(own, n)
    if (n % 3 === 0) await turn()
  }
  await turn()
  const deliveries = its.clients.reduce((sum, { deltas }) => sum + deltas, 0)
  const made = its.metrics().deltasMade
  target(
    'S1',
    '200 clients: deltas made / deliveries ≤ 1/100',
    `1/${Math.round(deliveries / made)}`,
    made / deliveries <= 0.01,
  )
  for (const each of mirrors) each.close()
  its[Symbol.dispose]()
}

async function s2() {
  const all = bench(1)
  const [{ there, frames }] = stall(all, 1)
  await turn()
  for (let n = 0; n < 5_000; n += 1) write(all.own, n)
  await turn()
  const held = all.its.metrics().heldBytes
  // It reads again: what was sent, and then what is newest.
  const versions = () =>
    frames.filter(({ t }) => t === 'delta' || t === 'chunk').map(({ version, index }) => ({ version, index }))
  for (let acknowledged = 0; acknowledged < versions().length; acknowledged += 1) {
    there.send(JSON.stringify({ t: 'ack', ...versions()[acknowledged] }))
    await turn()
  }
  const { version } = all.own.snapshot
  const isCurrent = versions().at(-1)?.version === version
  const count = versions().length
  target(
    'S2',
    'a stalled client: ≤ window + 1 frames until it is current',
    isCurrent ? `${count} frames` : 'never',
    isCurrent && count <= 9,
  )
  target('', 'held for it ≤ windowBytes + 64 KiB', `${held} B`, held <= WINDOW_BYTES + SPARE_BYTES)
  all.mirrors[0].close()
  all.its[Symbol.dispose]()
}

async function s3() {
  const calm = bench(200)
  const busy = bench(200)
  stall(busy, 20)
  await turn()
  const took = { calm: [], busy: [] }
  for (let round = 0; round < 45; round += 1) {
    for (const [kind, { own }] of [
      ['calm', calm],
      ['busy', busy],
    ]) {
      const began = performance.now()
      for (let n = 0; n < 50; n += 1) {
        write(own, round * 50 + n)
        if (n % 5 === 0) await turn()
      }
      if (round >= 5) took[kind].push(performance.now() - began)
    }
  }
  const slower = median(took.busy) / median(took.calm)
  target('S3', '50 writes with 10 % stalled ≤ 1.1 × without', `${slower.toFixed(2)} ×`, slower <= 1.1)
  for (const { mirrors, its } of [calm, busy]) {
    for (const each of mirrors) each.close()
    its[Symbol.dispose]()
  }
}

async function s6() {
  const { own, its, mirrors, sockets } = bench(1)
  const [only] = mirrors
  await only.store.waitFor(() => true)
  const before = its.clients[0].bytesSent
  write(own, -1)
  await turn()
  const deltaBytes = its.clients[0].bytesSent - before
  let bytes = 0
  let snapshots = 0
  let resumes = 0
  for (let round = 0; round < 100; round += 1) {
    sockets[0].close(1006, 'cut')
    for (let n = 0; n < 5; n += 1) write(own, round * 5 + n)
    const { version } = own.snapshot
    await only.store.waitFor((_, snapshot) => snapshot.version === version)
    const [client] = its.clients
    bytes += client.bytesSent
    snapshots += client.snapshots
    resumes += client.resumes
  }
  target(
    'S6',
    '100 cuts within the history: snapshots 0',
    `${snapshots}, ${resumes} resumed`,
    snapshots === 0 && resumes === 100,
  )
  const of = bytes / (100 * 5 * deltaBytes)
  target('', 'bytes ≤ 2 × the deltas missed', `${of.toFixed(2)} ×`, of <= 2)
  only.close()
  its[Symbol.dispose]()
}

for (const row of [s1, s2, s3, s6]) await row()
console.log('## Targets\n')
console.log('| | target | this run | holds |\n|---|---|---:|---|')
console.log(targets.join('\n'))
console.log('\nS5 is `headgate stress network-cuts --profile full`, S7 `npm run memlab -- --only mirrors`.')
process.exit(0)
