import { describe, expect, test } from '@jest/globals'
import { NEVER } from 'rxjs'
import { buffer, createStore, type Store, throttle } from '../../src/index.ts'
import {
  assertNoLeaks,
  collectGarbage,
  manualClock,
  ReleaseWatch,
  trackTimers,
} from '../../src/testing/index.ts'
import { refusal } from '../store/support.ts'

const UNCHECKED_TIMERS =
  'timers: the scheduler does not count them; make the store with { scheduler: trackTimers() }'

const leaksOf = async (check: Promise<unknown>): Promise<string[]> => {
  try {
    await check
  } catch (error) {
    expect(error).toEqual(refusal('LEAK_FOUND'))
    return (error as { details: { leaks: string[] } }).details.leaks
  }
  return []
}

function subscribeAndForget(store: Store<number>): void {
  store.subscribe(() => {}, { id: 'lost' })
}

describe('assertNoLeaks', () => {
  test('resolves with what it looked at, and what it could not look at', async () => {
    expect(await assertNoLeaks(createStore(0))).toEqual({
      checked: ['subscribers', 'observers', 'pending deliveries'],
      unchecked: [UNCHECKED_TIMERS],
    })
    expect(await assertNoLeaks(createStore(0, { scheduler: trackTimers() }))).toEqual({
      checked: ['subscribers', 'observers', 'pending deliveries', 'timers'],
      unchecked: [],
    })
  })

  test('names who is still subscribed, with what it holds', async () => {
    const store = createStore(0, { name: 'cart' })
    const busy = store.subscribe(() => NEVER, { id: 'busy', policy: buffer({ capacity: 8 }) })
    const idle = store.subscribe(() => {}, { id: 'idle' })
    store.set(1)
    store.set(2)
    await expect(assertNoLeaks(store)).rejects.toEqual(
      refusal(
        'LEAK_FOUND',
        'Store "cart" leaks: subscriber "busy" (buffer:8:drop-oldest) is still subscribed: 2 pending, 1 in flight; ' +
          `subscriber "idle" (latest) is still subscribed. Not checked: ${UNCHECKED_TIMERS}.`,
      ),
    )
    busy()
    expect(await leaksOf(assertNoLeaks(store))).toEqual(['subscriber "idle" (latest) is still subscribed'])
    idle()
    await assertNoLeaks(store)
  })

  test('tells where a subscriber was subscribed whose handle is lost', async () => {
    const store = createStore(0)
    subscribeAndForget(store)
    const [leak] = await leaksOf(assertNoLeaks(store))
    expect(leak).toMatch(
      /^subscriber "lost" \(latest\) is still subscribed; its handle is lost, it was subscribed at .*assert-no-leaks\.test\.ts/,
    )
    store.destroy()
  })

  test('lets stay whom it is told to', async () => {
    const store = createStore({ a: 1 })
    const log = store.subscribe(() => {}, { id: 'log' })
    const rx = store.state$.subscribe()
    expect(await leaksOf(assertNoLeaks(store, { except: ['log'], observers: 1 }))).toEqual([])
    expect(await leaksOf(assertNoLeaks(store, { except: ['log'] }))).toHaveLength(1)
    expect(await leaksOf(assertNoLeaks(store, { observers: 1 }))).toHaveLength(1)
    log()
    rx.unsubscribe()
  })

  test('counts observers by their kind', async () => {
    const store = createStore({ a: 1 })
    store.snapshot$.subscribe()
    store.select((state) => state.a).subscribe()
    store.select('a').subscribe()
    expect(await leaksOf(assertNoLeaks(store))).toEqual([
      'its observables still have 3 observers (2 of snapshot$, state$, a selector or waitFor(), 1 of a path)',
    ])
    store.destroy()
    await assertNoLeaks(store)
  })

  test('tells of calls of modify that have not ended', async () => {
    const store = createStore(0)
    const modified = store.modify(() => new Promise(() => {}))
    expect(await leaksOf(assertNoLeaks(store))).toEqual(['modify() is still under way: 1 call'])
    store.destroy()
    await expect(modified).rejects.toEqual(refusal('STORE_DESTROYED'))
    await assertNoLeaks(store)
  })

  test('names each timer that is set', async () => {
    const clock = manualClock()
    const store = createStore(0, { clock, scheduler: clock })
    const stop = store.subscribe(() => {}, { id: 'ui', policy: throttle({ ms: 100 }) })
    const leaks = await leaksOf(assertNoLeaks(store, { except: ['ui'] }))
    expect(leaks).toEqual([
      expect.stringMatching(/^a timer of 100 ms is still set, by .*assert-no-leaks\.test\.ts/),
    ])
    stop()
    await assertNoLeaks(store)
  })

  test('takes the timers of another scheduler where it is given one', async () => {
    const clock = manualClock()
    clock.schedule(() => {}, 5)
    const leaks = await leaksOf(assertNoLeaks(createStore(0), { timers: clock }))
    expect(leaks).toEqual([expect.stringContaining('a timer of 5 ms is still set')])
  })

  test('names what was to be released and is still held', async () => {
    const store = createStore(0)
    const released = new ReleaseWatch()
    const held: object[] = []
    class Panel {}
    const open = (): void => {
      for (let count = 0; count < 3; count += 1) held.push(released.track(new Panel()))
      released.track({}, 'gone')
    }
    open()
    expect(await leaksOf(assertNoLeaks(store, { released }))).toEqual([
      '3 × Panel is still held after garbage collection',
    ])
    held.length = 0
    expect((await assertNoLeaks(store, { released })).checked).toContain('4 released objects')
  })

  test('looks at a store of another make as far as its metrics go', async () => {
    const { name, ...store } = { name: 'wrapped', metrics: () => real.metrics() }
    const real = createStore(0)
    real.state$.subscribe()
    expect(await leaksOf(assertNoLeaks({ name, ...store }))).toEqual([
      'its observables still have 1 observer',
    ])
  })
})

describe('ReleaseWatch', () => {
  test('calls what has no name by its class', async () => {
    const watch = new ReleaseWatch()
    const held = [
      watch.track(new Map()),
      watch.track({}),
      watch.track(function named() {}),
      watch.track(Object.create(null) as object),
      watch.track([], 'list'),
    ]
    expect(await watch.survivors()).toEqual(['Map', 'an object', 'named', 'an object', 'list'])
    expect([watch.size, held.length]).toEqual([5, 5])
  })

  test('returns what it is given', () => {
    const object = {}
    expect(new ReleaseWatch().track(object)).toBe(object)
  })
})

describe('collectGarbage', () => {
  test('collects what nobody holds', async () => {
    const references = Array.from({ length: 3 }, () => new WeakRef({}))
    await collectGarbage()
    expect(references.map((reference) => reference.deref())).toEqual([undefined, undefined, undefined])
  })
})
