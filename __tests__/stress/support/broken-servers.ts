/** Servers and mirrors that are wrong on purpose: those of Headgate with one promise taken back. */
import { connect } from 'node:net'
import type { MirroredStore, ServedStore, StressAdapter, StressState } from '../../../src/stress/adapter.ts'
import { headgateAdapter } from '../../../src/stress/headgate-adapter.ts'

type OpenServed = NonNullable<StressAdapter['openServed']>

const serving = (name: string, change: (served: ServedStore) => Partial<ServedStore>): StressAdapter => ({
  ...headgateAdapter,
  name,
  async openServed(...given) {
    const served = (await (headgateAdapter.openServed as OpenServed)(...given)) as ServedStore
    // Through an object that has it: what is not changed stays a method of what was opened.
    return Object.assign(Object.create(served) as ServedStore, methodsOf(served), change(served))
  },
})

const methodsOf = (served: ServedStore): Partial<ServedStore> => ({
  port: served.port,
  read: () => served.read(),
  write: (state, reason) => served.write(state, reason),
  mirror: (port, id) => served.mirror(port, id),
  heldBytes: () => served.heldBytes?.() ?? 0,
  ledgers: () => served.ledgers?.() ?? [],
  frames: () => served.frames?.() ?? [],
  close: () => served.close(),
})

const mirroring = (name: string, change: (mirror: MirroredStore) => Partial<MirroredStore>): StressAdapter =>
  serving(name, (served) => ({
    mirror(port, id) {
      const mirror = served.mirror(port, id)
      return { ...mirror, ...change(mirror) }
    },
  }))

function everyNth(n: number): () => boolean {
  let calls = 0
  return () => {
    calls += 1
    return calls % n === 0
  }
}

export const losesWrites: StressAdapter = mirroring('says to have written what it has not', (mirror) => {
  const loses = everyNth(5)
  return { update: async (change) => loses() || (await mirror.update(change)) }
})

export const writesTwice: StressAdapter = mirroring('writes again what was not answered', (mirror) => {
  const doubles = everyNth(5)
  return {
    async update(change) {
      if (doubles()) await mirror.update(change)
      return await mirror.update(change)
    },
  }
})

export const turnsRound: StressAdapter = mirroring('tells an older state after a newer', (mirror) => ({
  subscribe(consumer) {
    let before: StressState | undefined
    const turns = everyNth(5)
    mirror.subscribe((state, missed) => {
      consumer(state, missed)
      if (turns() && before !== undefined) consumer(before, 0)
      before = state
    })
  },
}))

export const forgetsMissed: StressAdapter = mirroring('forgets what was missed', (mirror) => ({
  subscribe: (consumer) => mirror.subscribe((state) => consumer(state, 0)),
}))

export const losesMembers: StressAdapter = mirroring('loses a member on the way', (mirror) => ({
  read() {
    const state = mirror.read()
    return state && { ...state, context: {} }
  },
}))

const PATIENCE_MS = 20

export const waitsForTheSlowest: StressAdapter = serving('waits for the slowest', (served) => {
  const mirrors: MirroredStore[] = []
  return {
    mirror(port, id) {
      const mirror = served.mirror(port, id)
      mirrors.push(mirror)
      return mirror
    },
    async write(state, reason) {
      const began = performance.now()
      await served.write(state, reason)
      const isBehind = (one: MirroredStore): boolean => one.read()?.sequence !== state.sequence
      // On a busy machine as many times longer as the quickest mirror needs.
      let patienceMs = PATIENCE_MS
      while (mirrors.some(isBehind) && performance.now() < began + patienceMs) {
        if (mirrors.every(isBehind)) patienceMs = Math.max(PATIENCE_MS, 2 * (performance.now() - began))
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
})

export const holdsEverything: StressAdapter = serving('holds all that a client does not take', (served) => {
  let held = 0
  return {
    write(state, reason) {
      held += JSON.stringify(state).length * 10
      return served.write(state, reason)
    },
    heldBytes: () => held,
  }
})

/** Whoever reads nothing keeps the others from reading. */
export const servesInTurn: StressAdapter = serving('serves one behind the other', (served) => {
  const mirrors = new Map<string, MirroredStore>()
  const isBehind = (): boolean => {
    const { sequence } = served.read()
    return [...mirrors].some(([id, one]) => id.startsWith('stalled') && one.read()?.sequence !== sequence)
  }
  return {
    mirror(port, id) {
      const mirror = served.mirror(port, id)
      mirrors.set(id, mirror)
      let shown = mirror.read()
      return {
        ...mirror,
        read() {
          if (id.startsWith('stalled') || !isBehind()) shown = mirror.read()
          return shown
        },
      }
    },
  }
})

/** It has one state, and no other. */
export const staysStale: StressAdapter = mirroring('stays stale', (mirror) => {
  let first: StressState | undefined
  return {
    read() {
      first ??= mirror.read()
      return first
    },
  }
})

/** So many more than it needs. */
const CONNECTIONS = 15

export const hammers: StressAdapter = serving('connects again and again', (served) => ({
  mirror(port, id) {
    const mirror = served.mirror(port, id)
    return {
      ...mirror,
      subscribe(consumer) {
        mirror.subscribe((state, missed) => {
          consumer(state, missed)
          for (let time = 0; time < CONNECTIONS; time += 1) {
            const socket = connect(port, '127.0.0.1', () => socket.destroy())
            socket.on('error', () => {})
          }
        })
      },
    }
  },
}))

export const letsStrangersWrite: StressAdapter = serving('lets strangers write', (served) => ({
  stranger(heard) {
    const stranger = served.stranger?.(heard)
    if (stranger === undefined) throw new Error('strangers can connect')
    return Object.assign(Object.create(stranger) as typeof stranger, {
      send(frame: string | Uint8Array) {
        if (String(frame).includes('"t":"write"'))
          served.write({ ...served.read(), current: 'STOLEN' }, 'STOLEN')
        stranger.send(frame)
      },
      close: () => stranger.close(),
    })
  },
}))

export const letsAnybodyIn: StressAdapter = serving('lets anybody in', (served) => ({
  stranger(heard) {
    const stranger = served.stranger?.(heard)
    if (stranger === undefined) throw new Error('strangers can connect')
    return {
      send: (frame) => stranger.send(String(frame).replace('guess', 'friend')),
      get isOpen() {
        return stranger.isOpen
      },
      close: () => stranger.close(),
    }
  },
}))

export const connectsTwice: StressAdapter = serving('connects twice', (served) => ({
  mirror(port, id) {
    served.mirror(port, `${id}-again`)
    return served.mirror(port, id)
  },
}))

const CROWD_MS = 10_000

/** A write waits for those who are away. */
export const waitsForTheCrowd: StressAdapter = serving('waits for the crowd', (served) => {
  let mirrors = 0
  return {
    mirror(port, id) {
      mirrors += 1
      return served.mirror(port, id)
    },
    async write(state, reason) {
      const clients = (): number => served.ledgers?.().length ?? 0
      const deadline = performance.now() + CROWD_MS
      while (clients() < mirrors && performance.now() < deadline)
        await new Promise((resolve) => setImmediate(resolve))
      await served.write(state, reason)
    },
  }
})
