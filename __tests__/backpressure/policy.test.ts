import { describe, expect, test } from '@jest/globals'
import { asyncScheduler } from 'rxjs'
import { BacklogStrategy, type ParkingPort } from '../../src/backpressure/backlog-strategy.ts'
import { open } from '../../src/backpressure/policy.ts'
import {
  audit,
  batch,
  buffer,
  createStore,
  debounce,
  direct,
  exhaust,
  frame,
  latest,
  type Policy,
  type Port,
  parsePolicy,
  type SinglePolicy,
  sample,
  switchLatest,
  throttle,
  type Versioned,
} from '../../src/index.ts'

const endless = Number.POSITIVE_INFINITY

/** Each with its label, its capacity, and what is true of it. */
const POLICIES: readonly (readonly [Policy, string, number, string])[] = [
  [direct(), 'direct', 1_000, 'converges, lossless, straight'],
  [latest(), 'latest', 1, 'converges, waits, straight'],
  [latest({ dispatch: 'microtask' }), 'latest:microtask', 1, 'converges, waits'],
  [buffer(), 'buffer:64:drop-oldest', 64, 'converges, waits, straight'],
  [
    buffer({ capacity: endless }),
    'buffer:Infinity:drop-oldest',
    endless,
    'converges, lossless, waits, straight',
  ],
  [buffer({ capacity: 2, overflow: 'drop-incoming' }), 'buffer:2:drop-incoming', 2, 'waits, straight'],
  [buffer({ capacity: 2, overflow: 'error' }), 'buffer:2:error', 2, 'converges, lossless, waits, straight'],
  [
    buffer({ capacity: 2, overflow: 'suspend', dispatch: 'microtask' }),
    'buffer:2:suspend:microtask',
    2,
    'converges, lossless, waits, suspends',
  ],
  [exhaust(), 'exhaust', 0, 'waits, straight'],
  [switchLatest(), 'switchLatest', 1, 'converges'],
  [throttle({ ms: 1 }), 'throttle:1', 2, 'converges, waits'],
  [throttle({ ms: 1, leading: false }), 'throttle:1:trailing', 2, 'converges, waits'],
  [throttle({ ms: 1, trailing: false }), 'throttle:1:leading', 2, 'waits'],
  [debounce({ ms: 1 }), 'debounce:1', 2, 'converges, waits'],
  [audit({ ms: 1 }), 'audit:1', 2, 'converges, waits'],
  [sample({ ms: 1 }), 'sample:1', 2, 'converges, waits'],
  [frame(), 'frame:100', 2, 'converges, waits'],
  [batch({ ms: 1 }), 'batch:1::first:65536', 65_536, 'converges, lossless, waits, batches'],
  [batch({ maxSize: 2, capacity: 3 }), 'batch::2:first:3', 3, 'lossless, waits, batches'],
]

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
  parking: undefined,
}

const parking: ParkingPort<Versioned> = {
  idle: false,
  deliver() {},
  park: () => {
    throw new Error('Nothing parks before it is offered something.')
  },
  unpark() {},
  caughtUp() {},
  taken() {},
}

const refused = expect.objectContaining({
  code: 'POLICY_INVALID',
  message:
    'Expected "policy" to be a policy made by a factory, such as latest() or buffer({ capacity: 64 }), and no copy of one, got an object.',
})

describe.each(POLICIES)('%s', (policy, label, capacity, facts) => {
  test('says what it is', () => {
    const told = Object.entries(policy).filter(([, value]) => value === true)
    const names = told.map(([name]) => name).filter((name) => !['leading', 'trailing'].includes(name))
    expect([policy.label, policy.capacity, names.sort().join(', ')]).toEqual([
      label,
      capacity,
      facts.split(', ').sort().join(', '),
    ])
  })

  test('opens a strategy for each subscriber, which holds nothing', () => {
    const one = policy[open](port)
    expect([one.size, one.ready, one.clear()]).toEqual([0, false, []])
    expect(policy[open](port)).not.toBe(one)
  })

  test('is taken as its factory made it', () => {
    const store = createStore({ policy: policy as unknown })
    expect(policy).toBeFrozen()
    expect(store.subscribe(() => {}, { policy }).closed).toBe(false)
    // A state keeps it as it is: it is frozen already.
    expect(store.subscribe(() => {}, { policy: store.state.policy as Policy }).closed).toBe(false)
    // The timers of `sample` would keep the process.
    store.destroy()
  })

  test('is refused as a copy, however frozen', () => {
    const store = createStore({ policy: JSON.parse(JSON.stringify(policy)) as Policy })
    const copies: unknown[] = [
      Object.freeze({ ...policy }),
      Object.freeze(structuredClone({ ...policy })),
      Object.freeze(Object.create(policy)),
      store.state.policy,
    ]
    for (const copy of copies) {
      expect(() => store.subscribe(() => {}, { policy: copy as never })).toThrow(refused)
      expect(() => store.stream({ policy: copy as never })).toThrow(
        expect.objectContaining({ code: 'POLICY_INVALID' }),
      )
    }
    expect(store.metrics().subscriberCount).toBe(0)
  })
})

describe('a policy', () => {
  test('without what its factory would have checked is refused', () => {
    const store = createStore(0)
    expect(() => store.subscribe(() => {}, { policy: Object.freeze({ kind: 'buffer' }) as never })).toThrow(
      refused,
    )
  })

  test('that keeps the newest reads a backlog, where its source keeps one', () => {
    const parks = POLICIES.filter(([policy]) => policy[open]({ ...port, parking }) instanceof BacklogStrategy)
    expect(parks.map(([{ label }]) => label)).toEqual([
      'latest',
      'buffer:64:drop-oldest',
      'buffer:Infinity:drop-oldest',
    ])
  })

  test.each([
    [null, 'null'],
    ['latest', '"latest" (string)'],
    [latest, 'a function'],
    [{ kind: 'queue' }, 'an object'],
  ])('is not %p, which no factory made', (policy, received) => {
    const store = createStore(0)
    expect(() => store.subscribe(() => {}, { policy: policy as never })).toThrow(
      `and no copy of one, got ${received}.`,
    )
  })

  test('read from its label is one', () => {
    const store = createStore(0)
    expect(store.subscribe(() => {}, { policy: parsePolicy('buffer:8') as SinglePolicy }).closed).toBe(false)
  })
})
