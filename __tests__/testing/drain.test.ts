import { describe, expect, jest, test } from '@jest/globals'
import { NEVER } from 'rxjs'
import { batch, buffer, createStore, debounce, latest, throttle } from '../../src/index.ts'
import { drain, manualClock } from '../../src/testing/index.ts'
import { gate, noteVersions, refusal, slowConsumer } from '../store/support.ts'

describe('drain', () => {
  test('resolves for a store that nobody follows', async () => {
    await drain(createStore(0))
    await drain(createStore())
  })

  test('waits for a microtask dispatch', async () => {
    const store = createStore(0)
    const seen: number[] = []
    store.subscribe(noteVersions(seen), { policy: latest({ dispatch: 'microtask' }), replay: false })
    store.set(1)
    expect(seen).toEqual([])
    await drain(store)
    expect(seen).toEqual([1])
  })

  test('waits for handlers, one after the other, and for the writes that they make', async () => {
    const store = createStore(0)
    const seen: number[] = []
    store.subscribe(
      async ({ state, version }) => {
        for (let turns = 0; turns < 3; turns += 1) await undefined
        seen.push(version)
        if (state === 1) store.set(10)
      },
      { policy: buffer() },
    )
    store.set(1)
    store.set(2)
    await drain(store)
    expect(seen).toEqual([0, 1, 2, 3])
  })

  test('looks twice, for a write that follows in the next turn', async () => {
    const store = createStore(0)
    const seen: number[] = []
    store.subscribe(({ version }) => {
      seen.push(version)
      if (version === 0) setImmediate(() => store.set(1))
    })
    await drain(store)
    expect(seen).toEqual([0, 1])
  })

  test('waits until a gate is opened', async () => {
    const store = createStore(0)
    const { next, gates } = slowConsumer()
    store.subscribe(next)
    let drained = false
    const done = drain(store).then(() => {
      drained = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(drained).toBe(false)
    gates[0]?.open()
    await done
    expect(drained).toBe(true)
  })

  test('advances a manual clock, as long as something is held', async () => {
    const clock = manualClock()
    const store = createStore(0, { clock, scheduler: clock })
    const seen: Record<string, unknown[]> = { throttled: [], debounced: [], batched: [] }
    store.subscribe(({ version }) => seen.throttled?.push(version), { policy: throttle({ ms: 50 }) })
    store.subscribe(({ version }) => seen.debounced?.push(version), { policy: debounce({ ms: 80 }) })
    store.subscribe((snapshots) => seen.batched?.push(snapshots.length), { policy: batch({ ms: 20 }) })
    store.set(1)
    store.set(2)
    await drain(store, { advance: clock })
    expect(seen).toEqual({ throttled: [0, 2], debounced: [0, 2], batched: [1, 2] })
    expect(clock.mono()).toBe(80)
  })

  test('names who is busy when the time is over', async () => {
    const store = createStore(0, { name: 'agent' })
    const work = gate()
    store.subscribe(() => work.promise, { id: 'log', policy: buffer({ capacity: 4 }) })
    store.subscribe(() => NEVER, { id: 'ui' })
    store.subscribe(() => {}, { id: 'idle' })
    store.set(1)
    await expect(drain(store, { timeoutMs: 0 })).rejects.toEqual(
      refusal(
        'DRAIN_TIMEOUT',
        'Store "agent" was not idle within 0 ms: subscriber "log" (buffer:4:drop-oldest) has 1 pending and 1 in flight; ' +
          'subscriber "ui" (latest) has 1 pending and 1 in flight. Let its consumers finish, or raise timeoutMs.',
      ),
    )
    store.destroy()
  })

  test('tells that a manual clock stands still', async () => {
    const clock = manualClock()
    const store = createStore(0, { clock, scheduler: clock })
    store.subscribe(() => {}, { policy: throttle({ ms: 50 }) })
    store.set(1)
    await expect(drain(store, { timeoutMs: 0 })).rejects.toThrow(
      '1 timer set on the manual clock: pass { advance: clock } or advance it',
    )
    store.destroy()
  })

  test('waits in real time under fake timers', async () => {
    jest.useFakeTimers()
    try {
      const store = createStore(0)
      store.subscribe(async () => {})
      await drain(store)
      expect(store.metrics().subscribers[0]?.inFlight).toBe(0)
    } finally {
      jest.useRealTimers()
    }
  })
})
