import { describe, expect, test } from '@jest/globals'
import { VirtualTimeScheduler } from 'rxjs'
import { buffer, createStore } from '../../../src/index.ts'
import { microtasks, refusal, slowConsumer } from '../support.ts'

/** A store whose subscriber holds two versions and is busy with version 0. */
function suspended() {
  const scheduler = new VirtualTimeScheduler()
  const store = createStore(0, { name: 'arm', scheduler })
  const { seen, gates, next } = slowConsumer()
  const policy = buffer({ capacity: 2, overflow: 'suspend' })
  const handle = store.subscribe(next, { id: 'archive', policy })
  store.set(1)
  store.set(2)
  const release = async (): Promise<void> => {
    gates[seen.length - 1]?.open()
    await microtasks()
  }
  return { store, scheduler, seen, handle, release }
}

describe('Store.whenReady', () => {
  test('lets four writers write 200 times, in order and without one refusal', async () => {
    const store = createStore(0)
    const seen: number[] = []
    const policy = buffer({ capacity: 1, overflow: 'suspend' })
    store.subscribe(async (snapshot) => void seen.push(snapshot.state), { policy })
    const writer = async (): Promise<void> => {
      for (let i = 0; i < 50; i += 1) await store.whenReady(() => store.update((n) => n + 1))
    }
    await Promise.all([writer(), writer(), writer(), writer()])
    await microtasks()
    expect(store.metrics()).toMatchObject({ commits: 200, failedWrites: 0 })
    expect(seen).toEqual(Array.from({ length: 201 }, (_, n) => n))
  })

  test('keeps the turn of whoever awaits ready() until it has written', async () => {
    const store = createStore(0)
    const policy = buffer({ capacity: 1, overflow: 'suspend' })
    const slow = async (): Promise<void> => {
      for (let hop = 0; hop < 20; hop += 1) await undefined
    }
    store.subscribe(slow, { policy })
    const writer = async (): Promise<void> => {
      for (let i = 0; i < 50; i += 1) {
        await store.ready()
        store.update((n) => n + 1)
      }
    }
    await Promise.all([writer(), writer(), writer(), writer()])
    expect(store.metrics()).toMatchObject({ commits: 200, failedWrites: 0 })
  })

  test('resolves with what the write returned, and rejects with what it threw', async () => {
    const store = createStore(0)
    expect(await store.whenReady(() => store.set(5))).toBe(store.snapshot)
    await expect(
      store.whenReady(() => {
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await store.whenReady(() => 7)).toBe(7)
  })

  test('gives up when its time is over, and lets the next one in', async () => {
    const { store, scheduler, release } = suspended()
    const late = store.whenReady(() => store.set(3), { timeoutMs: 5 })
    const next = store.whenReady(() => store.set(4))
    const refused = expect(late).rejects.toThrow(
      refusal(
        'READY_TIMEOUT',
        'whenReady() on store "arm" got no turn within 5 ms; subscriber without room: archive. Make it consume faster, or raise timeoutMs.',
      ),
    )
    scheduler.flush()
    await refused
    await release()
    expect((await next).state).toBe(4)
  })

  test.each(['ready', 'whenReady'] as const)('%s() ends with its signal', async (method) => {
    const { store } = suspended()
    const leaving = new AbortController()
    const { signal } = leaving
    const waiting = method === 'ready' ? store.ready({ signal }) : store.whenReady(() => 1, { signal })
    const refused = expect(waiting).rejects.toThrow('left')
    leaving.abort(new Error('left'))
    await refused
  })
})

describe('whenFull', () => {
  test('"overrule" commits; the full subscriber drops its oldest, counted', async () => {
    const { store, seen, handle, release } = suspended()
    expect(() => store.set(3)).toThrow(refusal('SUBSCRIBER_FULL', expect.any(String) as never))
    store.set(3, { whenFull: 'overrule' })
    store.batch(() => store.set(4), { whenFull: 'overrule' })
    expect(handle.stats()).toMatchObject({ published: 5, delivered: 1, dropped: 2, pending: 2 })
    for (let i = 0; i < 3; i += 1) await release()
    expect(seen).toEqual([0, 3, 4])
    expect(handle.closed).toBeFalse()
    expect(handle.stats()).toMatchObject({ delivered: 3, missed: 2 })
  })

  test('of the store holds for writes that say nothing', () => {
    const store = createStore(0, { whenFull: 'overrule' })
    store.subscribe(() => new Promise(() => {}), { policy: buffer({ capacity: 1, overflow: 'suspend' }) })
    for (let n = 1; n < 5; n += 1) store.set(n)
    expect(store.state).toBe(4)
    expect(() => store.set(5, { whenFull: 'throw' })).toThrow(/suspends its writers/)
  })

  test('refuses what is neither', () => {
    const message = 'Expected "whenFull" to be "throw" or "overrule", got "wait" (string).'
    const whenFull = 'wait' as 'throw'
    expect(() => createStore(0, { whenFull })).toThrow(refusal('OPTION_INVALID', message))
    expect(() => createStore(0).set(1, { whenFull })).toThrow(refusal('OPTION_INVALID', message))
  })
})
