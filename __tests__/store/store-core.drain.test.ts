import { describe, expect, test } from '@jest/globals'
import { createStore, direct, type Store, type StoreOptions } from '../../src/index.ts'
import { noteStates, noteVersions, refusal } from './support.ts'

/** A store with a subscriber that writes on every delivery of a version, for ever. */
function runaway(options: StoreOptions): { store: Store<number>; errors: unknown[]; stop: () => void } {
  const errors: unknown[] = []
  const store = createStore(0, { ...options, onFault: ({ error }) => errors.push(error) })
  const stop = store.subscribe(({ state }) => void store.set(state + 1), { replay: false })
  return { store, errors, stop }
}

describe('a drain', () => {
  test('delivers a write of the replay after the replay', () => {
    const store = createStore(0)
    const order: string[] = []
    store.subscribe(({ state }) => void order.push(`first ${state}`))
    store.subscribe(({ state }) => {
      order.push(`second ${state}`)
      if (state === 0) store.set(1)
      order.push(`second done ${state}`)
    })
    expect(order).toEqual(['first 0', 'second 0', 'second done 0', 'first 1', 'second 1', 'second done 1'])
  })

  test('keeps to the order of writing when several subscribers write', () => {
    const store = createStore(0)
    const seen: number[] = []
    for (const factor of [10, 100]) {
      store.subscribe(({ state }) => {
        if (state !== 1) return
        store.set(factor)
        store.set(factor + 1)
      })
    }
    store.subscribe(noteStates(seen), { policy: direct() })
    store.set(1)
    expect(seen).toEqual([0, 1, 10, 11, 100, 101])
  })

  test('is finished when the write that began it returns, however long the chain', () => {
    const store = createStore(0)
    store.subscribe(({ state }) => {
      if (state < 5_000) store.set(state + 1)
    })
    expect(store.state).toBe(5_000)
    expect(store.set(4_000).state).toBe(4_000)
    expect(store.state).toBe(5_000)
  })
})

describe('drainMax', () => {
  const message =
    'One write on store "arm" set off more than 3 further publications; this one was refused. Look for a subscriber that writes on each delivery, or raise drainMax.'

  test('is how many publications one write may set off; the next is refused to who makes it', () => {
    const { store, errors } = runaway({ name: 'arm', drainMax: 3 })
    const seen: number[] = []
    store.subscribe(noteVersions(seen))
    expect(store.set(1).version).toBe(1)
    expect(seen).toEqual([0, 1, 2, 3, 4])
    expect(errors).toEqual([refusal('RUNAWAY_WRITES', message)])
    expect(store.metrics()).toMatchObject({ commits: 4, failedWrites: 1 })
  })

  test('counts from anew for each write from outside', () => {
    const { store, errors, stop } = runaway({ drainMax: 3 })
    store.set(0)
    store.set(0)
    expect(errors).toHaveLength(2)
    expect(store.snapshot.version).toBe(8)
    stop()
    expect(store.set(0).version).toBe(9)
    expect(errors).toHaveLength(2)
  })

  test('counts the writes of a replay too', () => {
    const errors: unknown[] = []
    const store = createStore(0, { drainMax: 2, onFault: ({ error }) => errors.push(error) })
    store.subscribe(() => {
      for (let n = 1; n <= 3; n += 1) store.set(n)
    })
    expect(errors.length).toBeGreaterThan(0)
    expect(errors[0]).toEqual(refusal('RUNAWAY_WRITES'))
    expect(store.snapshot.version).toBe(2)
  })

  test('counts a batch as the one publication that it is', () => {
    const store = createStore(0, { drainMax: 1 })
    const seen: number[] = []
    store.subscribe(({ version }) => {
      if (version !== 1) return
      store.batch(() => {
        for (let n = 1; n <= 10; n += 1) store.set(n)
      })
    })
    store.subscribe(noteStates(seen))
    store.set(100)
    expect(seen).toEqual([0, 100, 10])
  })

  test('is 100 000 unless another is given', () => {
    const { store, errors } = runaway({ name: 'arm' })
    store.set(1)
    expect(errors).toEqual([refusal('RUNAWAY_WRITES', message.replace('3 further', '100000 further'))])
    expect(store.snapshot.version).toBe(100_001)
  })
})
