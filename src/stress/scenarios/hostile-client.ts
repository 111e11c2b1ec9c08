import { connect, type Socket } from 'node:net'
import type { ServedStore, Stranger } from '../adapter.ts'
import { NETWORK_FACTS, Network, SILENT_MS, until } from '../mirrored.ts'
import { costly, spoiled } from '../mutate.ts'
import { defineScenario, type Scenario, type ScenarioContext } from '../scenario.ts'
import { FLOOR } from '../thresholds.ts'

/** At scale 1; it rises with the square: a million under "full". */
const FRAMES = 62_500
/** Each sends a frame, and then hears what came of it. */
const STRANGERS = 64
/** Rounds between two writes. */
const WRITE_EVERY = 8
const DAWDLERS = 20
const HONEST = 0.2
const COSTLY_EVERY = 400
const BYTES_PER_MB = 1_000_000
/** In the state, and nowhere else. */
const SECRET = 'known to friends only'
const FACTS = [
  'strangers write nothing',
  'strangers are shown nothing',
  'whoever is slow to say who he is, is sent away',
  'the server goes on',
  ...NETWORK_FACTS,
] as const

type Context = ScenarioContext<'heapGrowthMb'>

/** What comes from a network is foreign until it is known: it may end its own connection, and that is all. */
export const hostileClient: Scenario<'heapGrowthMb'> = defineScenario({
  name: 'hostile-client',
  group: 'network',
  goal: 'Strangers who send what they like stop nobody, see nothing and change nothing.',
  method:
    '62 500 frames of honest clients, spoiled (1 000 000 under "full"); frames too deep and too long, noise, and 20 connections that dawdle, beside 2 mirrors and a writer.',
  thresholds: { heapGrowthMb: FLOOR.heapGrowthMb },
  async run(context) {
    const network = await Network.open(context, FACTS)
    if (network === undefined) return
    try {
      await attack(context, network)
    } finally {
      await network.close()
    }
  },
})

async function attack(context: Context, network: Network): Promise<void> {
  const { served } = network
  network.mirrors(2, served.port)
  await network.write('server', SECRET)
  await network.settled()
  const dawdlers = new Dawdlers(served.port)
  const crowd = new Crowd(context, served)
  const total = context.load(context.load(FRAMES))
  let writes = 1
  let before = 0
  for (let done = 0, round = 0; done < total; done += STRANGERS, round += 1) {
    crowd.send(Math.min(STRANGERS, total - done))
    if (round % COSTLY_EVERY === 0) crowd.sendCostly()
    await context.pause(0)
    if (round % WRITE_EVERY === 0) {
      await network.write('server', SECRET)
      writes += 1
    }
    // Once those who attack have what they need themselves.
    if (done === 0) before = await context.heap()
    context.progress(done, total)
  }
  crowd.leave()
  const isCurrent = await network.settled()
  const { sequence, current } = served.read()
  context.check(
    FACTS[0],
    sequence === writes && current !== 'STOLEN',
    `${sequence} of ${writes} writes, ${current}`,
  )
  context.check(FACTS[1], crowd.shown === 0, `shown ${crowd.shown} times`)
  const areGone = await until(context, () => dawdlers.open === 0)
  context.check(FACTS[2], areGone, `${dawdlers.open} of ${DAWDLERS} are there after ${SILENT_MS} ms and more`)
  dawdlers.leave()
  const [late] = network.mirrors(1, served.port, 'late')
  const isTaken = late !== undefined && (await network.settled([late]))
  context.check(FACTS[3], isCurrent && isTaken, `${crowd.ended} connections of strangers were ended`)
  network.check()
  context.threshold('heapGrowthMb', ((await context.heap()) - before) / BYTES_PER_MB)
}

/** Strangers who send spoiled frames, and connect again when they are sent away. */
class Crowd {
  shown = 0
  ended = 0
  readonly #context: Context
  readonly #served: ServedStore
  readonly #strangers: (Stranger | undefined)[] = []

  constructor(context: Context, served: ServedStore) {
    this.#context = context
    this.#served = served
  }

  send(count: number): void {
    const frames = this.#served.frames?.() ?? ['hello']
    for (let place = 0; place < count; place += 1) {
      const frame = frames[Math.floor(this.#context.random() * frames.length)] as string
      const isHonest = this.#context.random() < HONEST
      this.#say(place, isHonest ? frame : spoiled(frame, () => this.#context.random()))
    }
  }

  sendCostly(): void {
    for (const [place, frame] of costly.entries()) this.#say(place, frame)
  }

  leave(): void {
    for (const one of this.#strangers) one?.close()
  }

  #say(place: number, frame: string | Uint8Array): void {
    const known = this.#strangers[place]
    if (known?.isOpen !== true) {
      if (known !== undefined) this.ended += 1
      this.#strangers[place] = this.#connect()
    }
    this.#strangers[place]?.send(frame)
    this.#context.count('frame')
  }

  /** Every other one begins as clients do: what it sends then is looked at more closely. */
  #connect(): Stranger | undefined {
    const stranger = this.#served.stranger?.((heard) => {
      if (heard.includes(SECRET)) this.shown += 1
    })
    if (this.#context.random() < 0.5) return stranger
    for (const frame of this.#served.frames?.().slice(0, 2) ?? []) stranger?.send(frame)
    return stranger
  }
}

/** Connections that never say who they are: silent, a byte at a time, or noise. */
class Dawdlers {
  open = 0
  readonly #sockets: Socket[]
  readonly #timer: ReturnType<typeof setInterval>

  constructor(port: number) {
    const head = `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n${'X-Padding: '.padEnd(10_000, 'x')}`
    let sent = 0
    this.#sockets = Array.from({ length: DAWDLERS }, (_, index) => {
      const socket = connect(port, '127.0.0.1')
      this.open += 1
      socket.on('error', () => {}) // it is followed by the close
      socket.on('close', () => {
        this.open -= 1
      })
      socket.resume()
      if (index % 4 === 0) socket.write(Buffer.from(head.split('').reverse().join('')))
      return socket
    })
    this.#timer = setInterval(() => {
      for (const [index, socket] of this.#sockets.entries()) {
        if (index % 2 === 1 && socket.writable) socket.write(head.charAt(sent % head.length))
      }
      sent += 1
    }, SILENT_MS / 20)
  }

  leave(): void {
    clearInterval(this.#timer)
    for (const socket of this.#sockets) socket.destroy()
  }
}
