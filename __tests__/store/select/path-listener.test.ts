/** `select(...path).subscribe(callback)` is a subscriber of our own; it must do what RxJS's own would. */
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { config, firstValueFrom, map, type Observable, Subscription, toArray } from 'rxjs'
import { createStore } from '../../../src/index.ts'
import { inspectStore } from '../../../src/store/inspect.ts'

interface State {
  robots: Record<string, { battery: number }>
}

const openStore = () => createStore<State>({ robots: { r1: { battery: 90 }, r2: { battery: 40 } } })

const setBattery = (store: ReturnType<typeof openStore>, id: string, battery: number): void => {
  store.update((draft) => {
    draft.robots[id] = { battery }
  })
}

afterEach(() => {
  config.onUnhandledError = null
  config.useDeprecatedSynchronousErrorHandling = false
  jest.useRealTimers()
})

describe('select(...path).subscribe(callback)', () => {
  test('returns a subscription of RxJS', () => {
    const subscription = openStore()
      .select('robots', 'r1')
      .subscribe(() => {})
    expect(subscription).toBeInstanceOf(Subscription)
    expect(subscription.closed).toBeFalse()
  })

  test('tells the current value and each that differs, and nothing after the end', () => {
    const store = openStore()
    const seen: unknown[] = []
    const subscription = store.select('robots', 'r1', 'battery').subscribe((value) => seen.push(value))
    setBattery(store, 'r1', 80)
    setBattery(store, 'r2', 30)
    setBattery(store, 'r1', 80)
    subscription.unsubscribe()
    subscription.unsubscribe()
    setBattery(store, 'r1', 70)
    expect(seen).toEqual([90, 80])
    expect([subscription.closed, inspectStore(store)?.paths]).toEqual([true, 0])
  })

  test('ends with what it was added to, and ends what was added to it', () => {
    const store = openStore()
    const parent = new Subscription()
    const ended = jest.fn()
    const subscription = store.select('robots', 'r1').subscribe(() => {})
    parent.add(subscription)
    subscription.add(ended)
    parent.unsubscribe()
    expect([subscription.closed, ended.mock.calls.length, inspectStore(store)?.paths]).toEqual([true, 1, 0])
  })

  test('ends when the store does, and at once when it has', () => {
    const store = openStore()
    const ended = jest.fn()
    const subscription = store.select('robots', 'r1').subscribe(() => {})
    subscription.add(ended)
    store.destroy()
    const late = store.select('robots', 'r1').subscribe(() => {})
    expect([subscription.closed, ended.mock.calls.length, late.closed]).toEqual([true, 1, true])
  })

  test('may leave inside its own callback', () => {
    const store = openStore()
    const seen: unknown[] = []
    const subscription = store.select('robots', 'r1', 'battery').subscribe((value) => {
      seen.push(value)
      if (value === 80) subscription.unsubscribe()
    })
    setBattery(store, 'r1', 80)
    setBattery(store, 'r1', 70)
    expect(seen).toEqual([90, 80])
  })
})

describe('select(...path).subscribe()', () => {
  test.each<[string, (values: Observable<unknown>, complete: () => void) => Subscription]>([
    ['three callbacks', (values, complete) => values.subscribe(() => {}, null, complete)],
    ['an observer', (values, complete) => values.subscribe({ complete })],
    ['an operator', (values, complete) => values.pipe(map(String)).subscribe({ complete })],
    [
      'nothing',
      (values, complete) => {
        const subscription = values.subscribe()
        subscription.add(complete)
        return subscription
      },
    ],
  ])('takes %s, and completes it', (_name, subscribe) => {
    const store = openStore()
    const complete = jest.fn()
    const subscription = subscribe(store.select('robots', 'r1'), complete)
    expect([subscription.closed, inspectStore(store)?.paths]).toEqual([false, 1])
    store.destroy()
    expect([subscription.closed, complete.mock.calls.length]).toEqual([true, 1])
  })

  test('serves those who take one value, or wait for the end', async () => {
    const store = openStore()
    const battery = store.select('robots', 'r1', 'battery')
    expect(await firstValueFrom(battery)).toBe(90)
    const all = firstValueFrom(battery.pipe(toArray()))
    setBattery(store, 'r1', 80)
    store.destroy()
    expect(await all).toEqual([90, 80])
  })
})
