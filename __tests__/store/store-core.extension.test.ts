/** What StoreCore offers to stores that are built on it. */
import { describe, expect, test } from '@jest/globals'
import type { Receiver } from '../../src/backpressure/index.ts'
import { HeadgateError, type Snapshot, type SubscriberFault } from '../../src/index.ts'
import { StoreCore } from '../../src/store/index.ts'
import { refusal } from './support.ts'

class Follower implements Receiver<Snapshot<number>> {
  slot = -1
  readonly told: unknown[] = []

  next({ version }: Snapshot<number>): void {
    this.told.push(version)
  }

  complete(): void {
    this.told.push('complete')
  }
}

/** Lays the protected members open. */
class OpenStore extends StoreCore<number> {
  readonly follower = new Follower()

  constructor(onFault: (fault: SubscriberFault) => void = () => {}) {
    super(1, { name: 'arm', onFault })
    this.follow(this.follower)
  }

  step(make: (state: number) => number, write?: Parameters<StoreCore<number>['set']>[1]): Snapshot<number> {
    return this.transact('step()', 'STEP', write, make)
  }

  get newest(): Snapshot<number> {
    return this.head
  }

  unhandled(): void {
    this.countUnhandled()
  }

  fail(error: unknown): void {
    this.reportFault({ subscriberId: 'arm', error, phase: 'after', version: 3 })
  }

  protected override checkState(state: number): void {
    if (state < 0) throw new RangeError(`${state} is below 0`)
  }

  protected override stateName(state: number): string {
    return `N${state}`
  }
}

describe('transact', () => {
  test('commits what a step makes of the state', () => {
    const store = new OpenStore()
    expect(store.step((n) => n + 1)).toMatchObject({ version: 1, state: 2, reason: 'STEP', source: 'arm' })
    expect(store.step((n) => n + 1, 'TICK')).toMatchObject({ version: 2, state: 3, reason: 'TICK' })
  })

  test('commits nothing for a step that returns the state as it was, and counts nothing', () => {
    const store = new OpenStore()
    const before = store.snapshot
    expect(store.step((n) => n)).toBe(before)
    expect(store.metrics()).toMatchObject({ commits: 0, noopWrites: 0, failedWrites: 0 })
  })

  test('reaches its caller with what the step throws, and changes nothing', () => {
    const store = new OpenStore()
    const error = new Error('step')
    expect(() =>
      store.step(() => {
        throw error
      }),
    ).toThrow(error)
    expect(store.snapshot.version).toBe(0)
    expect(store.metrics().failedWrites).toBe(1)
  })

  test('is refused as every write is', () => {
    const store = new OpenStore()
    expect(() => store.step((n) => n + 1, { expectedVersion: 5 })).toThrow(refusal('VERSION_CONFLICT'))
    const inside = 'set() was called inside a recipe of its own store "arm"; nothing was written.'
    expect(() => store.step(() => store.set(9).state)).toThrow(inside)
    expect(() => store.update(() => store.step((n) => n + 1).state)).toThrow(refusal('WRITE_IN_RECIPE'))
    expect(store.snapshot.version).toBe(0)
    store.destroy()
    expect(() => store.step((n) => n + 1)).toThrow(refusal('STORE_DESTROYED'))
  })

  test('writes nothing where its step destroys the store', () => {
    const store = new OpenStore()
    const before = store.snapshot
    expect(() =>
      store.step((n) => {
        store.destroy()
        return n + 1
      }),
    ).toThrow(refusal('STORE_DESTROYED'))
    expect(store.snapshot).toBe(before)
    expect(store.metrics().commits).toBe(0)
  })

  test('takes part in a batch', () => {
    const store = new OpenStore()
    store.batch(() => {
      store.step((n) => n + 1)
      store.step((n) => n * 10)
    })
    expect(store.snapshot).toMatchObject({ version: 1, state: 20 })
  })
})

describe('follow', () => {
  test('tells a sink each version before the subscribers, and counts it nowhere', () => {
    const store = new OpenStore()
    const order: unknown[] = []
    store.subscribe(({ version }) => void order.push([version, store.follower.told.at(-1)]), {
      replay: false,
    })
    store.set(5)
    expect(order).toEqual([[1, 1]])
    expect(store.metrics()).toMatchObject({ subscriberCount: 1, published: 1 })
    store.destroy()
    expect(store.follower.told).toEqual([1, 'complete'])
  })
})

describe('checkState', () => {
  test('refuses a state that the store cannot be in, whoever writes it', () => {
    const store = new OpenStore()
    const before = store.snapshot
    const error = new RangeError('-1 is below 0')
    expect(() => store.set(-1)).toThrow(error)
    expect(() => store.update(() => -1)).toThrow(error)
    expect(() => store.put({ ...before, version: 4, state: -1 })).toThrow(error)
    expect(() => store.step(() => -1)).toThrow(error)
    expect(() => store.batch(() => store.set(-1))).toThrow(error)
    expect(store.snapshot).toBe(before)
    expect(store.metrics()).toMatchObject({ commits: 0, failedWrites: 6 })
    expect(store.set(2).version).toBe(1)
  })
})

describe('the other members', () => {
  test('head is the newest write and no read', () => {
    const store = new OpenStore()
    store.batch(() => {
      const written = store.set(7)
      expect(store.newest).toBe(written)
    })
    expect(store.metrics().reads).toBe(0)
  })

  test('stateName, countUnhandled and reportFault reach the metrics and onFault', () => {
    const faults: SubscriberFault[] = []
    const store = new OpenStore((fault) => faults.push(fault))
    const error = new HeadgateError('RECIPE_ASYNC', { store: 'arm' })
    store.unhandled()
    store.fail(error)
    expect(store.metrics()).toMatchObject({ currentState: 'N1', unhandledEvents: 1, subscriberErrors: 0 })
    expect(faults).toEqual([{ subscriberId: 'arm', error, phase: 'after', version: 3, failures: 1 }])
  })
})
