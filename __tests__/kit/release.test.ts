import { describe, expect, test } from '@jest/globals'
import { Subject } from 'rxjs'
import {
  backpressure,
  createMachineStore,
  createStore,
  defineMachine,
  direct,
  latest,
  switchLatest,
} from '../../src/index.ts'
import { ROUNDS_MAX, releaseWork } from '../../src/kit/index.ts'

/** Resolves when a timer that was set before has fired. */
const timer = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

describe('releaseWork', () => {
  test('runs the work at once in a synchronous run of any length', () => {
    let runs = 0
    for (let i = 0; i < 5 * ROUNDS_MAX; i += 1) releaseWork(() => (runs += 1))
    expect(runs).toBe(5 * ROUNDS_MAX)
  })

  test('waits for a macrotask past the bound, and keeps the order', async () => {
    const order: number[] = []
    for (let i = 0; i < ROUNDS_MAX + 200; i += 1) {
      releaseWork(() => order.push(i))
      await Promise.resolve()
    }
    expect(order.length).toBeLessThanOrEqual(ROUNDS_MAX)
    await timer()
    await timer()
    expect(order).toEqual(Array.from({ length: ROUNDS_MAX + 200 }, (_, i) => i))
  })
})

describe('a chain of writes that sets itself off behind promises lets a timer fire', () => {
  /** Far more than a timer needs; a chain that nobody bounds reaches it before any timer. */
  const END = 5_000

  test('by an async consumer', async () => {
    const store = createStore(0)
    const seen: number[] = []
    const handle = store.subscribe(async ({ version }) => {
      seen.push(version)
      await undefined
      if (version < END) store.update((n) => n + 1)
    })
    await timer()
    expect(seen.length).toBeWithin(ROUNDS_MAX / 10, END)
    expect(seen).toEqual(seen.map((_, i) => i))
    const { published, delivered, pending, conflated, dropped } = handle.stats()
    expect(delivered + pending + conflated + dropped).toBe(published)
    while (seen.length <= END) await timer()
    expect(handle.stats()).toMatchObject({ delivered: END + 1, dropped: 0, conflated: 0, pending: 0 })
  })

  test('by an async consumer whose calls overlap, which is given every version in order', async () => {
    const store = createStore(0)
    const seen: number[] = []
    const handle = store.subscribe(
      async ({ version }) => {
        seen.push(version)
        await undefined
        if (version < END) store.update((n) => n + 1)
      },
      { policy: direct() },
    )
    await timer()
    expect(seen.length).toBeWithin(ROUNDS_MAX / 10, END)
    while (seen.length <= END) await timer()
    expect(seen).toEqual(seen.map((_, i) => i))
    expect(handle.stats()).toMatchObject({ delivered: END + 1, dropped: 0, conflated: 0, pending: 0 })
  })

  test('by an async consumer whose calls replace each other, which ends on the newest', async () => {
    const store = createStore(0)
    let seen = 0
    const handle = store.subscribe(
      async ({ version }) => {
        seen = version
        await undefined
        if (version < END) store.update((n) => n + 1)
      },
      { policy: switchLatest() },
    )
    await timer()
    expect(seen).toBeWithin(ROUNDS_MAX / 10, END)
    while (seen < END) await timer()
    expect(handle.stats()).toMatchObject({ published: END + 1, dropped: 0, pending: 0, lastVersion: END })
  })

  test('by a consumer with dispatch "microtask"', async () => {
    const store = createStore(0)
    let seen = 0
    const handle = store.subscribe(
      ({ version }) => {
        seen += 1
        if (version < END) store.update((n) => n + 1)
      },
      { policy: latest({ dispatch: 'microtask' }) },
    )
    await timer()
    expect(seen).toBeLessThan(END)
    while (seen <= END) await timer()
    expect(handle.stats()).toMatchObject({ delivered: END + 1, dropped: 0, conflated: 0, pending: 0 })
  })

  test('by a loop over a stream', async () => {
    const store = createStore(0)
    let seen = 0
    const stream = store.stream()
    const loop = (async () => {
      for await (const { version } of stream) {
        seen += 1
        if (version === END) return
        store.update((n) => n + 1)
      }
    })()
    await timer()
    expect(seen).toBeLessThan(END)
    await loop
    expect(stream.stats()).toMatchObject({ delivered: END + 1, dropped: 0, conflated: 0, pending: 0 })
  })

  test('by a modify that a synchronous consumer starts', async () => {
    const store = createStore(0)
    let seen = 0
    store.subscribe(({ version }) => {
      seen += 1
      if (version < END) void store.modify(async (n) => n + 1)
    })
    await timer()
    expect(seen).toBeLessThan(END)
    while (seen <= END) await timer()
    expect(store.state).toBe(END)
    expect(store.metrics()).toMatchObject({ commits: END, versionConflicts: 0 })
  })

  test('by invoked work that completes at once in a cycle', async () => {
    const machine = defineMachine({
      id: 'cycle',
      initial: 'A',
      context: { n: 0 },
      states: {
        A: {
          invoke: {
            src: async () => 1,
            onDone: {
              target: 'B',
              update: (context) => {
                context.n += 1
              },
            },
          },
        },
        B: { invoke: { src: async () => 1, onDone: 'A' } },
      },
    })
    const store = createMachineStore(machine)
    await timer()
    expect(store.context.n).toBeWithin(100, END)
    const before = store.context.n
    await timer()
    await timer()
    expect(store.context.n).toBeGreaterThan(before)
    store.destroy()
  })

  test('by backpressure() fed by a subject that its project writes to', async () => {
    const source = new Subject<number>()
    let seen = 0
    source
      .pipe(
        backpressure(latest(), async (n) => {
          seen += 1
          await undefined
          if (n < END) source.next(n + 1)
        }),
      )
      .subscribe()
    source.next(0)
    await timer()
    expect(seen).toBeLessThan(END)
    while (seen <= END) await timer()
  })
})
