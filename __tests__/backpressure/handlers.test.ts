import { describe, expect, jest, test } from '@jest/globals'
import { HandledDelivery } from '../../src/backpressure/delivery.ts'
import { ABORTED_MAX, Handlers } from '../../src/backpressure/handlers.ts'
import { createStore, switchLatest } from '../../src/index.ts'

const clock = { now: () => 5 }
const deliveryOf = (version: number): HandledDelivery => new HandledDelivery(version, 0, 'log')

describe('Handlers', () => {
  test('knows since when the consumer is busy, until the last call that runs has settled', () => {
    const handlers = new Handlers()
    const [first, second] = [deliveryOf(1), deliveryOf(2)]
    handlers.add(first, { now: () => 5 })
    handlers.add(second, { now: () => 9 })
    expect(handlers.settle(first)).toBe(true)
    expect(handlers.busySince).toBe(5)
    expect(handlers.settle(second)).toBe(true)
    expect(handlers.busySince).toBeNull()
    expect(handlers.settle(second)).toBe(false)
  })

  test('aborts a call once, however often it is told to', () => {
    const handlers = new Handlers()
    const delivery = deliveryOf(1)
    const abort = jest.spyOn(delivery, 'abort')
    handlers.add(delivery, clock)
    const told: number[] = []
    for (let turn = 0; turn < 3; turn += 1) handlers.abort(({ version }) => told.push(version))
    expect(abort).toHaveBeenCalledTimes(1)
    expect(told).toEqual([1])
    expect(handlers.busySince).toBeNull()
    expect(handlers.settle(delivery)).toBe(true)
  })

  test('keeps nobody busy with a call that was aborted before it returned', () => {
    const handlers = new Handlers()
    const delivery = deliveryOf(1)
    delivery.abort()
    handlers.add(delivery, clock)
    expect(handlers.busySince).toBeNull()
    expect(handlers.settle(delivery)).toBe(true)
  })

  test('lets go of the oldest that were aborted and go on, and counts them', () => {
    const handlers = new Handlers()
    const deliveries = Array.from({ length: ABORTED_MAX + 3 }, (_, version) => deliveryOf(version))
    for (const delivery of deliveries) handlers.add(delivery, clock)
    handlers.abort(() => {})
    expect(handlers.letGo()).toBe(3)
    expect(handlers.letGo()).toBe(0)
    expect(handlers.abandoned).toBe(3)
    expect(deliveries.map((delivery) => handlers.settle(delivery))).toEqual(
      deliveries.map((_, index) => index >= 3),
    )
  })
})

describe('a subscriber with switchLatest that never ends', () => {
  test('is aborted once for each version, and waited for in at most 1 000 calls', () => {
    const store = createStore(0)
    let heard = 0
    const abort = jest.spyOn(AbortController.prototype, 'abort')
    const handle = store.subscribe(
      (_snapshot, { signal }) => {
        signal.addEventListener('abort', () => {
          heard += 1
        })
        return new Promise(() => {})
      },
      { policy: switchLatest() },
    )
    for (let n = 1; n <= 5_000; n += 1) store.set(n)
    expect(heard).toBe(5_000)
    expect(abort).toHaveBeenCalledTimes(5_000)
    expect(handle.stats()).toMatchObject({ delivered: 5_001, inFlight: 1_001, abandoned: 4_000 })
  })

  test('is not waited for where calls that were let go of end after all', async () => {
    const store = createStore(0)
    const endings: (() => void)[] = []
    const handle = store.subscribe(() => new Promise<void>((resolve) => endings.push(resolve)), {
      policy: switchLatest(),
    })
    for (let n = 1; n <= 1_500; n += 1) store.set(n)
    for (const end of endings) end()
    await Promise.resolve()
    expect(handle.stats()).toMatchObject({ inFlight: 0, abandoned: 500, errors: 0, busySince: null })
  })
})
