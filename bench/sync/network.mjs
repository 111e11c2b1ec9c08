/** S5: three mirrors that write over WebSocket, and a network that fails under them. S7: the heap claims. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { createStore, faultProxy, listening, mirror, pause, serve, wsSocket } from './support.mjs'

const WRITES = 1_500
const SECONDS_MAX = 60
const CUTS_MIN = 30
/** Each is followed by a cut; then all is well, until the next. */
const FAULTS = [
  {},
  { piecesMax: 7 },
  { resetAfterBytes: 300 },
  { blackHole: true },
  { delayMs: 3, piecesMax: 100 },
  { refuse: true },
]

export async function s5({ target, progress }) {
  const store = createStore({ counts: {} })
  const server = serve(store, { authorize: () => ({ read: true, write: true }) })
  const port = await listening((socket) => server.accept(wsSocket(socket)))
  const proxy = await faultProxy({ port: port.port })
  const connect = () => wsSocket(new WebSocket(`ws://127.0.0.1:${proxy.port}`, { perMessageDeflate: false }))
  const mirrors = ['a', 'b', 'c'].map((clientId) =>
    mirror(connect, { clientId, backoffMs: { least: 1, most: 50 }, onFault: () => {} }),
  )
  await Promise.all(mirrors.map((each) => each.store.waitFor(() => true)))
  let falling = 0
  for (const each of mirrors) {
    let newest = -1
    each.store.subscribe(({ version }) => {
      if (version <= newest) falling += 1
      newest = version
    })
  }
  const until = performance.now() + SECONDS_MAX * 1_000
  const committed = { a: 0, b: 0, c: 0 }
  const plusOne = (who) => (draft) => {
    draft.counts[who] = (draft.counts[who] ?? 0) + 1
  }
  let unsure = 0
  const writing = mirrors.map(async (each) => {
    const who = each.clientId
    while (committed[who] < WRITES && performance.now() < until) {
      const result = await each.update(plusOne(who), { retries: 100_000, timeoutMs: 600_000 })
      if (result.committed) committed[who] += 1
      else unsure += 1
    }
  })
  let isOver = false
  const over = Promise.all(writing).then(() => {
    isOver = true
  })
  let cuts = 0
  while (!isOver || cuts < CUTS_MIN) {
    proxy.set(FAULTS[cuts % FAULTS.length])
    await pause(Math.random() * 20)
    proxy.cut()
    proxy.set()
    cuts += 1
    if (cuts % 50 === 0) progress(`S5: ${cuts} cuts, ${Object.values(committed).join(' + ')} committed`)
    await pause(Math.random() * 200)
  }
  await over
  const { version } = store.snapshot
  await Promise.all(mirrors.map((each) => each.store.waitFor((_, own) => own.version === version)))
  const there = Object.values(store.state.counts).reduce((sum, count) => sum + count, 0)
  const sum = Object.values(committed).reduce((total, count) => total + count, 0)
  const areEqual = mirrors.every((each) => JSON.stringify(each.store.state) === JSON.stringify(store.state))
  const lost = Math.max(0, sum - there)
  const twice = Math.max(0, there - sum - unsure)
  target(
    'S5',
    `${sum} write-backs of 3 mirrors through ${cuts} cuts: lost 0, twice 0, not rising 0, equal in the end`,
    `${lost}, ${twice}, ${falling}, ${areEqual ? 'equal' : 'NOT EQUAL'}`,
    lost + twice + falling === 0 && areEqual && cuts >= CUTS_MIN,
  )
  for (const each of mirrors) each.close()
  server[Symbol.dispose]()
  await proxy.close()
  port.close()
}

export async function s7({ target }) {
  const memlab = join(import.meta.dirname, '../../scripts/memlab.mjs')
  const child = spawn(process.execPath, [memlab, '--only', 'mirrors'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (piece) => {
    said += piece
  })
  const [code] = await once(child, 'close')
  const rows = said.match(/^mirrors .*$/gm) ?? []
  const leaked = rows.reduce((sum, row) => sum + Number(row.trim().split(/\s+/)[3]), 0)
  const what = '1 000 mirrors that connect and are closed: leaks 0, and the twin that leaks is found'
  target('S7', what, `${leaked}`, code === 0)
}
