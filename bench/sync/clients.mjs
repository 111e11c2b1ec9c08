/**
 * The clients of the benchmark of sync, in a process of their own: sockets that read each message. Those of Headgate
 * acknowledge as docs/protocol.md says and mirrors do: a delta within 20 ms, a chunk at once.
 */
import { WebSocket } from 'ws'

const ACK_MS = 20
const AT_A_TIME = 50

const crowds = { ours: [], bare: [], answered: [] }
/** Which crowd is counted, and how many of it have what they were to have. */
let counted
let count = 0

const done = () => process.send({ type: 'done' })

function heard(kind, isWhole) {
  if (kind !== counted || !isWhole) return
  count += 1
  if (count === crowds[kind].length) done()
}

function hello(socket, n) {
  socket.send(JSON.stringify({ t: 'hello', protocol: 1, clientId: `c${n}` }))
}

function receive(kind, socket, data) {
  const frame = JSON.parse(data)
  if (kind === 'bare') return heard(kind, true)
  if (frame.t !== 'delta' && frame.t !== 'chunk') return
  const acknowledge = () =>
    socket.send(JSON.stringify({ t: 'ack', version: frame.version, index: frame.index }))
  if (kind === 'ours' && frame.t === 'delta') setTimeout(acknowledge, ACK_MS)
  else acknowledge()
  heard(kind, frame.t === 'delta' || frame.index === frame.count - 1)
}

function open(kind, port, n) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false })
  crowds[kind].push(socket)
  socket.on('message', (data) => receive(kind, socket, data))
  socket.once('open', () => kind === 'ours' && hello(socket, n))
  return new Promise((resolve) => {
    socket.once(kind === 'ours' ? 'message' : 'open', resolve)
  })
}

async function connect({ kind, port, clients }) {
  for (let first = 0; first < clients; first += AT_A_TIME) {
    const some = Array.from({ length: Math.min(AT_A_TIME, clients - first) }, (_, n) => first + n)
    await Promise.all(some.map((n) => open(kind, port, n)))
  }
  setTimeout(done, 200)
}

process.on('message', (request) => {
  if (request.type === 'connect') void connect(request)
  else if (request.type === 'count') {
    counted = request.kind
    count = 0
    done()
  } else for (const socket of Object.values(crowds).flat()) socket.terminate()
  if (request.type === 'end') done()
})
process.send({ type: 'ready' })
