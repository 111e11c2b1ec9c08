/** S1, S2, S3 and S6: counts, and what the server computes, over sockets of this process. */
import { median } from '../support/statistics.mjs'
import { createStore, mirror, robots, rounds, serve, socketPair, turn, write } from './support.mjs'

const WINDOW_BYTES = 262_144
const SPARE_BYTES = 65_536

/** A store that is served to mirrors. */
function bench(clients) {
  const store = createStore({ robots: robots(100) })
  const server = serve(store, { windowBytes: WINDOW_BYTES })
  const sockets = []
  const mirrors = Array.from({ length: clients }, (_, n) =>
    mirror(
      () => {
        const [here, there] = socketPair()
        server.accept(here)
        sockets[n] = here
        return there
      },
      { clientId: `c${n}`, backoffMs: { least: 0, most: 0 }, onFault: () => {} },
    ),
  )
  const close = () => {
    for (const each of mirrors) each.close()
    server[Symbol.dispose]()
  }
  return { store, server, mirrors, sockets, close }
}

/** Connects clients that stall: they say hello, and no more. */
function stall({ server }, count) {
  return Array.from({ length: count }, (_, n) => {
    const [here, there] = socketPair()
    const frames = []
    there.onFrame = (frame) => frames.push(JSON.parse(frame))
    server.accept(here)
    there.send(JSON.stringify({ t: 'hello', protocol: 1, clientId: `stalled-${n}` }))
    return { there, frames }
  })
}

/** How often one delta serves all. */
export async function s1({ target }) {
  const { store, server, mirrors, close } = bench(200)
  await turn()
  for (let n = 0; n < 500; n += 1) {
    write(store, n)
    if (n % 3 === 0) await turn()
  }
  const { version } = store.snapshot
  await Promise.all(mirrors.map((each) => each.store.waitFor((_, own) => own.version === version)))
  const deliveries = server.clients.reduce((sum, { deltas }) => sum + deltas, 0)
  const { deltasMade } = server.metrics()
  const share = `1/${Math.round(deliveries / deltasMade)}`
  target('S1', '200 clients: deltas made / deliveries ≤ 1/100', share, deltasMade / deliveries <= 0.01)
  close()
}

/** What a client that does not read costs. */
export async function s2({ target }) {
  const all = bench(1)
  const [{ there, frames }] = stall(all, 1)
  await turn()
  for (let n = 0; n < 5_000; n += 1) write(all.store, n)
  await turn()
  const held = all.server.metrics().heldBytes
  // It reads again: what was sent, and then what is newest.
  const versions = () =>
    frames.filter(({ t }) => t === 'delta' || t === 'chunk').map(({ version, index }) => ({ version, index }))
  for (let acknowledged = 0; acknowledged < versions().length; acknowledged += 1) {
    there.send(JSON.stringify({ t: 'ack', ...versions()[acknowledged] }))
    await turn()
  }
  const isCurrent = versions().at(-1)?.version === all.store.snapshot.version
  const count = versions().length
  const what = 'a stalled client: ≤ window + 1 frames until it is current'
  target('S2', what, isCurrent ? `${count} frames` : 'never', isCurrent && count <= 9)
  target('', 'held for it ≤ windowBytes + 64 KiB', `${held} B`, held <= WINDOW_BYTES + SPARE_BYTES)
  all.close()
}

/** What stalled clients cost the writer. */
export async function s3({ target, seconds }) {
  const calm = bench(200)
  const busy = bench(200)
  stall(busy, 20)
  await turn()
  const took = { calm: [], busy: [] }
  await rounds({ most: 45, seconds }, async (round) => {
    for (const [kind, { store }] of Object.entries({ calm, busy })) {
      const { user, system } = process.cpuUsage()
      for (let n = 0; n < 50; n += 1) {
        write(store, round * 50 + n)
        if (n % 5 === 0) await turn()
      }
      const now = process.cpuUsage()
      if (round >= 2) took[kind].push(now.user + now.system - user - system)
    }
  })
  const slower = median(took.busy) / median(took.calm)
  const what = '50 writes with 10 % stalled ≤ 1.1 × without, in computing'
  target('S3', what, `${slower.toFixed(2)} ×`, slower <= 1.1)
  calm.close()
  busy.close()
}

/** What a connection that is lost costs. */
export async function s6({ target }) {
  const { store, server, mirrors, sockets, close } = bench(1)
  const [only] = mirrors
  await only.store.waitFor(() => true)
  const before = server.clients[0].bytesSent
  write(store, -1)
  await turn()
  const deltaBytes = server.clients[0].bytesSent - before
  let bytes = 0
  let snapshots = 0
  let resumes = 0
  for (let round = 0; round < 100; round += 1) {
    sockets[0].close(1006, 'cut')
    for (let n = 0; n < 5; n += 1) write(store, round * 5 + n)
    const { version } = store.snapshot
    await only.store.waitFor((_, snapshot) => snapshot.version === version)
    const [client] = server.clients
    bytes += client.bytesSent
    snapshots += client.snapshots
    resumes += client.resumes
  }
  const holds = snapshots === 0 && resumes === 100
  target('S6', '100 cuts within the history: snapshots 0', `${snapshots}, ${resumes} resumed`, holds)
  const of = bytes / (100 * 5 * deltaBytes)
  target('', 'bytes ≤ 2 × the deltas missed', `${of.toFixed(2)} ×`, of <= 2)
  close()
}
