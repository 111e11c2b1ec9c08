/** The clients of the benchmark of sync: sockets that read each message, and those of Headgate acknowledge it. */
import { WebSocket } from 'ws'

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
  socket.send(JSON.stringify({ t: 'ack', version: frame.version, index: frame.index }))
  heard(kind, frame.t === 'delta' || frame.index === frame.count - 1)
}

async function connect({ kind, port, clients }) {
  for (let n = 0; n < clients; n += 1) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false })
    crowds[kind].push(socket)
    const ready = new Promise((resolve) => {
      socket.once(kind === 'ours' ? 'message' : 'open', resolve)
    })
    socket.on('message', (data) => receive(kind, socket, data))
    socket.once('open', () => kind === 'ours' && hello(socket, n))
    await ready
  }
  setTimeout(done, 200)
}

process.on('message', (request) => {
  if (request.type === 'connect') void connect(request)
  else if (request.type === 'count') {
    counted = request.kind
    count = 0
    done()
  } else if (request.type === 'again') {
    for (const [n, socket] of crowds.ours.entries()) hello(socket, n)
  } else for (const socket of Object.values(crowds).flat()) socket.terminate()
  if (request.type === 'end') done()
})
process.send({ type: 'ready' })
