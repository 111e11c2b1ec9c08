/**
 * Stores that are wrong on purpose: each is the store of Headgate with one fault, or a few lines of naive code.
 * A scenario that lets one through guards nothing.
 */
import type { StoreUnderTest, StressAdapter, StressState } from '../../../src/stress/adapter.ts'
import { headgateAdapter } from '../../../src/stress/headgate-adapter.ts'

/** An adapter for the store of Headgate with something replaced. */
export function broken(
  name: string,
  change: (store: StoreUnderTest) => Partial<StoreUnderTest>,
): StressAdapter {
  return {
    name,
    async create(initial) {
      const store = await headgateAdapter.create(initial)
      return { ...store, ...change(store) }
    },
  }
}

/** Whether this is the n-th call, again and again. */
function everyNth(n: number): () => boolean {
  let calls = 0
  return () => {
    calls += 1
    return calls % n === 0
  }
}

export const dropsAnUpdate: StressAdapter = broken('drops an update', (store) => ({
  subscribe(consumer, options) {
    const skips = everyNth(7)
    return store.subscribe((state) => (skips() ? undefined : consumer(state)), options)
  },
}))

export const outOfOrder: StressAdapter = broken('delivers out of order', (store) => ({
  subscribe(consumer, options) {
    const holds = everyNth(5)
    let held: StressState | undefined
    return store.subscribe((state) => {
      if (holds()) {
        held = state
        return
      }
      consumer(state)
      if (held !== undefined) consumer(held)
      held = undefined
    }, options)
  },
}))

export const forgetsToRelease: StressAdapter = broken('forgets to release', (store) => ({
  subscribe: (consumer, options) => ({ ...store.subscribe(consumer, options), unsubscribe: () => {} }),
}))

export const keepsConsumers: StressAdapter = broken('keeps its consumers', (store) => {
  const kept: unknown[] = []
  return {
    subscribe(consumer, options) {
      kept.push(consumer)
      return store.subscribe(consumer, options)
    },
  }
})

export const grows: StressAdapter = broken('grows with each write', (store) => {
  const kept: Buffer[] = []
  return {
    write(state, reason) {
      kept.push(Buffer.alloc(16_000_000))
      return store.write(state, reason)
    },
  }
})

export const losesAWrite: StressAdapter = broken('loses a write', (store) => {
  const loses = everyNth(10)
  return { write: (state, reason) => (loses() ? undefined : store.write(state, reason)) }
})

export const throwsOnRead: StressAdapter = broken('throws on read', (store) => {
  const throws = everyNth(5)
  return {
    read() {
      if (throws()) throw new Error('no state today')
      return store.read()
    },
  }
})

export const throwsOnWrite: StressAdapter = broken('throws on write', (store) => {
  const throws = everyNth(5)
  return {
    write(state, reason) {
      if (throws()) throw new Error('not now')
      return store.write(state, reason)
    },
  }
})

export const countsWrongly: StressAdapter = broken('counts wrongly', (store) => ({
  subscribe(consumer, options) {
    const handle = store.subscribe(consumer, options)
    return {
      unsubscribe: () => handle.unsubscribe(),
      ledger() {
        const ledger = handle.ledger?.() ?? { ...NO_LEDGER, id: options.id }
        return { ...ledger, published: ledger.published + 1 }
      },
    }
  },
}))

const NO_LEDGER = { published: 0, delivered: 0, dropped: 0, conflated: 0, pending: 0 }

export const readsTheStateBefore: StressAdapter = broken('reads the state before', (store) => {
  let before = store.read()
  return {
    read: () => before,
    write(state, reason) {
      before = store.read()
      return store.write(state, reason)
    },
  }
})

export const takesNothing: StressAdapter = broken('takes undefined for a write', (store) => ({
  write: (state: StressState | undefined, reason) =>
    state === undefined ? undefined : store.write(state, reason),
}))

export const garbles: StressAdapter = broken('garbles what it converts', (store) => ({
  convert() {
    const state = store.read()
    return { ...state, context: Object.fromEntries(Object.entries(state.context).slice(1)) }
  },
}))

export const alwaysWell: StressAdapter = broken('is always well', (store) => ({
  health: () => ({
    healthy: true,
    status: 'healthy',
    issues: [],
    metrics: store.metrics!(),
    journals: [],
    servers: [],
    mirrors: [],
    members: [],
  }),
}))

export const neverRecovers: StressAdapter = broken('never recovers', (store) => {
  let worst = store.health!()
  return {
    health() {
      const now = store.health!()
      if (!now.healthy) worst = now
      return worst
    },
  }
})

export const miscountsCommits: StressAdapter = broken('miscounts its commits', (store) => ({
  metrics: () => ({ ...store.metrics!(), commits: store.metrics!().commits - 1 }),
}))

export const keepsCopies: StressAdapter = broken('keeps copies', (store) => {
  const copies: Buffer[] = []
  const copiesNow = everyNth(10)
  return {
    write(state, reason) {
      if (copiesNow())
        for (const text of Object.values(state.context)) copies.push(Buffer.from(text, 'latin1'))
      return store.write(state, reason)
    },
  }
})

export const hangs: StressAdapter = broken('hangs on the third write', (store) => {
  const hangsNow = everyNth(3)
  return {
    write: (state, reason) => (hangsNow() ? new Promise<void>(() => {}) : store.write(state, reason)),
  }
})

/** The timers that {@link leavesATimer} left, for the test to clear. */
export const timersLeft: NodeJS.Timeout[] = []

export const leavesATimer: StressAdapter = broken('leaves a timer', () => {
  timersLeft.push(setInterval(() => {}, 100_000))
  return {}
})

/** A set of listeners and nothing else: what one throws reaches the writer, and those behind it are not told. */
export const naiveAdapter: StressAdapter = {
  name: 'naive',
  create: (initial) => naiveStore(initial, () => undefined),
}

/** Waits for every consumer before a write is over. */
export const waitsForTheSlowest: StressAdapter = {
  name: 'waits for the slowest',
  create: (initial) => naiveStore(initial, (told) => Promise.all(told).then(() => {})),
}

function naiveStore(
  initial: StressState,
  after: (told: (void | Promise<void>)[]) => void | Promise<void>,
): StoreUnderTest {
  let state = initial
  const listeners = new Set<(state: StressState) => void | Promise<void>>()
  return {
    read: () => state,
    write(next) {
      state = next
      return after([...listeners].map((listener) => listener(next)))
    },
    subscribe(consumer) {
      const listener = (next: StressState): void | Promise<void> => consumer(next)
      listeners.add(listener)
      return { unsubscribe: () => void listeners.delete(listener) }
    },
  }
}
