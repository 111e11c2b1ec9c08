/** One write, and one state, to many clients of another process, beside bare `ws`; in turn, round by round. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { median } from '../support/statistics.mjs'
import { createStore, listening, pause, robots, rounds, serve, write, wsSocket } from './support.mjs'

const ms = (value) => `${value.toFixed(1)} ms`
/** The first rounds are of code that is not compiled yet. */
const WARM_UP = 3

export async function fanOut({ clients, most, seconds, target, print, progress }) {
  const store = createStore({ robots: robots(600) }, { freeze: false })
  const server = serve(store)
  const ports = {
    ours: await listening((socket, request) => server.accept(wsSocket(socket), request)),
    /** Told what Headgate tells, as one prepared frame: each message is answered at once, and the answer is read. */
    answered: await listening((socket) => socket.on('message', (data) => JSON.parse(data))),
    bare: await listening(() => {}),
  }
  const child = fork(join(import.meta.dirname, 'clients.mjs'))
  await once(child, 'message')

  /** Asks the clients for something, and waits until they have done it. */
  const ask = async (request) => {
    child.send(request)
    await once(child, 'message')
  }
  /** How long until all clients have one message, and what of it is this process's computing. */
  const timed = async (kind, send) => {
    await ask({ type: 'count', kind })
    const all = once(child, 'message')
    const cpu = process.cpuUsage()
    const began = performance.now()
    await send()
    await all
    const took = performance.now() - began
    // What comes back, such as acknowledgements, is of no round but this one.
    await pause(50)
    const { user, system } = process.cpuUsage(cpu)
    return { took, cpu: (user + system) / 1_000 }
  }
  /** The medians of rounds in which each kind had its turn. */
  const inTurn = async (kinds, send) => {
    const all = Object.fromEntries(kinds.map((kind) => [kind, []]))
    const done = await rounds({ most: most + WARM_UP, seconds }, async (round) => {
      for (const kind of kinds) {
        const one = await timed(kind, () => send(kind, round))
        if (round >= WARM_UP || round === 2) all[kind].push(one)
      }
    })
    const of = (key) => (kind) => median(all[kind].map((each) => each[key]))
    return { done, took: of('took'), cpu: of('cpu') }
  }
  const table = (title, { done, took, cpu }, names) => {
    print(`## ${title}, ${clients} clients, ${done} rounds\n`)
    print('| | until the last client has it | computing of the server |\n|---|---:|---:|')
    for (const [kind, name] of Object.entries(names)) {
      print(`| ${name} | ${ms(took(kind))} | ${ms(cpu(kind))} |`)
    }
    print('')
  }

  try {
    for (const [kind, { port }] of Object.entries(ports)) {
      progress(`connecting ${clients} clients: ${kind}`)
      await ask({ type: 'connect', kind, port, clients })
    }
    progress('one write to all')
    const delta = await inTurn(['ours', 'answered', 'bare'], (kind, round) => {
      if (kind === 'ours') return write(store, round + 0.5)
      const frame = Buffer.from(deltaText(round))
      for (const socket of ports[kind].sockets.clients) socket.send(frame, { binary: false })
    })
    table('One write to all', delta, {
      ours: 'Headgate, acknowledged within 20 ms',
      answered: '`ws`, one prepared frame, answered at once',
      bare: '`ws`, one prepared frame, no answers',
    })
    const ratio = delta.took('ours') / delta.took('bare')
    target('', `one write to ${clients} clients ≤ 1.3 × bare \`ws\``, `${ratio.toFixed(2)} ×`, ratio <= 1.3)
    const answered = delta.took('ours') / delta.took('answered')
    target('', 'the same, where `ws` is answered too', `${answered.toFixed(2)} ×`, answered <= 1.3)

    progress('a state to all')
    // Of 58 kB; all of it is another one each time, so a delta would be no shorter.
    const state = await inTurn(['ours', 'bare'], (kind, round) => {
      const next = { robots: robots(900, round) }
      if (kind === 'ours') return store.set(next)
      for (const socket of ports.bare.sockets.clients) socket.send(JSON.stringify(next))
    })
    table(`A state of ${JSON.stringify(store.state).length} bytes to all`, state, {
      ours: 'Headgate',
      bare: '`ws`, serialized for each',
    })
    const saved = state.cpu('bare') / state.cpu('ours')
    target(
      'S4',
      'a state to all: computing ≤ 1/8 of serializing for each',
      `1/${saved.toFixed(1)}`,
      saved >= 8,
    )
    await ask({ type: 'end' })
  } finally {
    child.kill()
    for (const { close } of Object.values(ports)) close()
    server[Symbol.dispose]()
  }
}

/** As long as what Headgate sends. */
const deltaText = (round) =>
  JSON.stringify({
    t: 'delta',
    from: round,
    version: round + 1,
    missed: 0,
    reason: 'UPDATE',
    source: 'store',
    tsWall: Date.now(),
    metadata: {},
    ops: [{ op: 'replace', path: '/robots/r7/pose/x', value: round + 0.5 }],
  })
