import { describe, expect, test } from '@jest/globals'
import { asyncScheduler } from 'rxjs'
import { BacklogStrategy, type ParkingPort } from '../../src/backpressure/backlog-strategy.ts'
import {
  audit,
  batch,
  buffer,
  debounce,
  direct,
  exhaust,
  frame,
  latest,
  type Policy,
  sample,
  switchLatest,
  throttle,
} from '../../src/backpressure/index.ts'
import type { Port, Versioned } from '../../src/backpressure/policy.ts'
import { openStrategy } from '../../src/backpressure/strategies.ts'

const port: Port<Versioned> = {
  idle: false,
  late: false,
  deliver() {},
  deliverAll() {},
  drop() {},
  conflate() {},
  overflow() {},
  abortHandlers() {},
  pump() {},
  scheduler: asyncScheduler,
}

const parked: ParkingPort<Versioned> = {
  idle: false,
  deliver() {},
  park: () => {
    throw new Error('Nothing parks before it is offered something.')
  },
  unpark() {},
  caughtUp() {},
}

describe('openStrategy', () => {
  test.each<[Policy, number]>([
    [direct(), 1_000],
    [latest(), 1],
    [buffer({ capacity: 3 }), 3],
    [buffer({ capacity: Number.POSITIVE_INFINITY }), Number.POSITIVE_INFINITY],
    [exhaust(), 0],
    [switchLatest(), 1],
    [throttle({ ms: 10 }), 2],
    [debounce({ ms: 10 }), 2],
    [audit({ ms: 10 }), 2],
    [sample({ ms: 10 }), 2],
    [frame(), 2],
    [batch({ ms: 10 }), 65_536],
    [batch({ maxSize: 2, capacity: 3 }), 3],
  ])('opens one that is empty, with the capacity of %j', (policy, capacity) => {
    const strategy = openStrategy(policy, port)
    expect([strategy.size, strategy.capacity, strategy.clear()]).toEqual([0, capacity, []])
  })

  describe('for a mailbox whose source keeps a backlog', () => {
    test.each<[Policy, number]>([
      [latest(), 1],
      [buffer({ capacity: 3 }), 3],
      [buffer({ capacity: Number.POSITIVE_INFINITY }), Number.POSITIVE_INFINITY],
    ])('opens one that reads it: %j', (policy, capacity) => {
      const strategy = openStrategy(policy, port, parked)
      expect(strategy).toBeInstanceOf(BacklogStrategy)
      expect([strategy.size, strategy.ready, strategy.capacity]).toEqual([0, false, capacity])
      expect(strategy.clear()).toEqual([])
      expect(openStrategy(policy, port)).not.toBeInstanceOf(BacklogStrategy)
    })

    test.each([
      latest({ dispatch: 'microtask' }),
      buffer({ dispatch: 'microtask' }),
      buffer({ overflow: 'drop-incoming' }),
      buffer({ overflow: 'error' }),
      buffer({ overflow: 'suspend' }),
      direct(),
      exhaust(),
      switchLatest(),
      throttle({ ms: 10 }),
      debounce({ ms: 10 }),
      audit({ ms: 10 }),
      sample({ ms: 10 }),
      frame(),
      batch({ ms: 10 }),
    ])('opens one that holds what waits itself: %j', (policy) => {
      expect(openStrategy(policy, port, parked)).not.toBeInstanceOf(BacklogStrategy)
    })

    test('refuses all the same what no factory made', () => {
      for (const policy of [null, { kind: 'latest', dispatch: 'sync' }]) {
        expect(() => openStrategy(policy as Policy, port, parked)).toThrow('Expected "policy" to be a policy')
      }
    })
  })

  test('opens another one for each subscriber', () => {
    const one = openStrategy(latest(), port)
    const other = openStrategy(latest(), port)
    one.offer({ version: 1 })
    expect([one.size, other.size]).toEqual([1, 0])
  })

  test.each([
    latest(),
    buffer({ capacity: 3 }),
    throttle({ ms: 10, leading: false }),
    debounce({ ms: 10 }),
    audit({ ms: 10 }),
    sample({ ms: 10 }),
    frame(),
    batch({ ms: 10 }),
    batch({ maxSize: 1 }),
  ])('gives back what was held, once: %j', (policy) => {
    const entry = { version: 1 }
    const strategy = openStrategy(policy, port)
    strategy.offer(entry)
    const held = strategy.clear()
    expect(held).toHaveLength(1)
    expect(held[0]).toBe(entry)
    expect([strategy.size, strategy.ready, strategy.clear()]).toEqual([0, false, []])
  })

  test.each<[unknown, string]>([
    [null, 'null'],
    ['latest', '"latest" (string)'],
    [latest, 'a function'],
    [{ kind: 'queue' }, 'an object'],
  ])('refuses %p, which no factory made', (policy, received) => {
    expect(() => openStrategy(policy as Policy, port)).toThrow(
      expect.objectContaining({
        code: 'POLICY_INVALID',
        message: `Expected "policy" to be a policy made by a factory, such as latest() or buffer({ capacity: 64 }), and no copy of one, got ${received}.`,
      }),
    )
  })

  test('refuses a policy that no factory made, and so none has checked', () => {
    const handMade = { kind: 'buffer', overflow: 'drop-oldest', dispatch: 'sync' } as Policy
    expect(() => openStrategy(handMade, port)).toThrow(
      'Expected "policy" to be a policy made by a factory, such as latest() or buffer({ capacity: 64 }), and no copy of one, got an object.',
    )
  })
})
