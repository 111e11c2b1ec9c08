import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  audit,
  batch,
  buffer,
  type Dispatch,
  debounce,
  direct,
  exhaust,
  frame,
  latest,
  type Overflow,
  type Policy,
  parsePolicy,
  sample,
  switchLatest,
  throttle,
} from '../../src/backpressure/index.ts'

const SYNTAX =
  'direct, latest[:microtask], buffer[:CAPACITY[:OVERFLOW]][:microtask], exhaust, switchLatest, ' +
  'throttle:MS[:leading|:trailing], debounce:MS, audit:MS, sample:MS, ' +
  'batch:[MS]:[MAXSIZE][:first|:fixed[:CAPACITY]] or frame[:MS]'

const MAX_MS = 2_147_483_647
const dispatch = fc.constantFrom<Dispatch>('sync', 'microtask')
const ms = fc.integer({ min: 0, max: MAX_MS })
/** Of a clock that ticks without end. */
const period = fc.integer({ min: 1, max: MAX_MS })
const count = fc.oneof(
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  fc.constant(Number.POSITIVE_INFINITY),
)

/** Every policy that the factories make. */
const policies: fc.Arbitrary<Policy> = fc.oneof(
  fc.constantFrom(direct(), exhaust(), switchLatest()),
  fc.record({ dispatch }).map(latest),
  fc
    .record({
      capacity: count,
      overflow: fc.constantFrom<Overflow>('drop-oldest', 'drop-incoming', 'error', 'suspend'),
      dispatch,
    })
    .map(buffer),
  fc
    .record({
      ms,
      edges: fc.constantFrom({}, { leading: false }, { trailing: false }),
    })
    .map(({ ms, edges }) => throttle({ ms, ...edges })),
  fc.record({ ms }).map(debounce),
  fc.record({ ms }).map(audit),
  fc.record({ ms: period }).map(sample),
  fc.record({ maxWaitMs: ms }).map(frame),
  fc
    .record(
      { ms, maxSize: count, window: fc.constant('first' as const), capacity: count },
      { requiredKeys: ['ms'] },
    )
    .map(batch),
  fc
    .record(
      { ms: period, maxSize: count, window: fc.constant('fixed' as const), capacity: count },
      { requiredKeys: ['ms', 'window'] },
    )
    .map(batch),
  fc.record({ maxSize: count, capacity: count }, { requiredKeys: ['maxSize'] }).map(batch),
)

const refusal = (message: string): unknown => expect.objectContaining({ code: 'POLICY_INVALID', message })

describe('parsePolicy', () => {
  test('reads every policy back from its label', () => {
    fc.assert(fc.property(policies, (policy) => expect(parsePolicy(policy.label)).toEqual(policy)))
  })

  test.each<[string, Policy]>([
    ['direct', direct()],
    ['latest', latest()],
    ['latest:microtask', latest({ dispatch: 'microtask' })],
    ['buffer', buffer()],
    ['buffer:microtask', buffer({ dispatch: 'microtask' })],
    ['buffer:3', buffer({ capacity: 3 })],
    ['buffer:3:microtask', buffer({ capacity: 3, dispatch: 'microtask' })],
    ['buffer:3:error', buffer({ capacity: 3, overflow: 'error' })],
    ['exhaust', exhaust()],
    ['switchLatest', switchLatest()],
    ['throttle:100', throttle({ ms: 100 })],
    ['throttle:100:leading', throttle({ ms: 100, trailing: false })],
    ['throttle:100:trailing', throttle({ ms: 100, leading: false })],
    ['debounce:0', debounce({ ms: 0 })],
    ['audit:20', audit({ ms: 20 })],
    ['sample:1', sample({ ms: 1 })],
    ['batch:10', batch({ ms: 10 })],
    ['batch:10:', batch({ ms: 10 })],
    ['batch:10:5', batch({ ms: 10, maxSize: 5 })],
    ['batch::5', batch({ maxSize: 5 })],
    ['batch::Infinity', batch({ maxSize: Number.POSITIVE_INFINITY })],
    ['batch:10::fixed', batch({ ms: 10, window: 'fixed' })],
    ['batch:10:5:fixed:8', batch({ ms: 10, maxSize: 5, window: 'fixed', capacity: 8 })],
    ['frame', frame()],
    ['frame:50', frame({ maxWaitMs: 50 })],
  ])('reads %s with the defaults of what it leaves out', (label, policy) => {
    expect(parsePolicy(label)).toEqual(policy)
  })

  test.each([
    '',
    'queue',
    'Latest',
    'direct:microtask',
    'latest:sync',
    'latest:microtask:microtask',
    'buffer:3:error:sync',
    'buffer:3:error:microtask:more',
    'exhaust:1',
    'switchlatest',
    'switchLatest:1',
    'throttle:10:leading:trailing',
    'debounce:10:leading',
    'audit:10:10',
    'sample:10:',
    'frame:50:50',
    'batch:10:5:fixed:8:1',
    'toString',
  ])('refuses %p with the syntax', (label) => {
    expect(() => parsePolicy(label)).toThrow(
      refusal(`Expected "policy" to be ${SYNTAX}, got ${JSON.stringify(label)} (string).`),
    )
  })

  test.each([
    ['buffer:', 'NaN (number)'],
    ['buffer::error', 'NaN (number)'],
    ['buffer:many', 'NaN (number)'],
    ['buffer:0', '0 (number)'],
    ['buffer:-1', '-1 (number)'],
    ['buffer:1.5', '1.5 (number)'],
  ])('refuses the capacity of %s', (label, received) => {
    expect(() => parsePolicy(label)).toThrow(
      refusal(`Expected "capacity" to be an integer from 1, got ${received}.`),
    )
  })

  test.each([
    ['throttle', 'ms', 'NaN', 0],
    ['throttle:', 'ms', 'NaN', 0],
    ['throttle:abc', 'ms', 'NaN', 0],
    ['throttle:-1:leading', 'ms', '-1', 0],
    ['debounce', 'ms', 'NaN', 0],
    ['debounce:1.5', 'ms', '1.5', 0],
    ['audit:', 'ms', 'NaN', 0],
    ['audit:2147483648', 'ms', '2147483648', 0],
    ['sample', 'ms', 'NaN', 1],
    ['sample:0', 'ms', '0', 1],
    ['batch:abc', 'ms', 'NaN', 0],
    ['batch:0::fixed', 'ms', '0', 1],
    ['frame:', 'maxWaitMs', 'NaN', 0],
    ['frame:soon', 'maxWaitMs', 'NaN', 0],
  ])('refuses the milliseconds of %s', (label, option, received, least) => {
    expect(() => parsePolicy(label)).toThrow(
      refusal(
        `Expected "${option}" to be milliseconds, an integer from ${least} to 2147483647, got ${received} (number).`,
      ),
    )
  })

  test.each([
    ['throttle:10:middle', '"middle"'],
    ['throttle:10:', '""'],
  ])('refuses the edge of %s', (label, received) => {
    expect(() => parsePolicy(label)).toThrow(
      refusal(`Expected "edge" to be "leading" or "trailing", got ${received} (string).`),
    )
  })

  test.each([
    ['batch:10:0', 'Expected "maxSize" to be an integer from 1, got 0 (number).'],
    ['batch:10:5:fixed:none', 'Expected "capacity" to be an integer from 1, got NaN (number).'],
    ['batch:10:5:fixed:', 'Expected "capacity" to be an integer from 1, got NaN (number).'],
    ['batch:10:5:last', 'Expected "window" to be "first" or "fixed", got "last" (string).'],
    ['batch:10:5:', 'Expected "window" to be "first" or "fixed", got "" (string).'],
    ['batch', 'Expected "ms" to be given where maxSize is not, got undefined.'],
    ['batch::', 'Expected "ms" to be given where maxSize is not, got undefined.'],
    ['batch::5:fixed', 'Expected "ms" to be given for a fixed window, got undefined.'],
  ])('refuses %s', (label, message) => {
    expect(() => parsePolicy(label)).toThrow(refusal(message))
  })

  test('refuses an overflow that it does not know', () => {
    expect(() => parsePolicy('buffer:3:drop')).toThrow(
      refusal(
        'Expected "overflow" to be "drop-oldest", "drop-incoming", "error" or "suspend", got "drop" (string).',
      ),
    )
  })

  test.each<[unknown, string]>([
    [undefined, 'undefined'],
    [42, '42 (number)'],
    [latest(), 'an object'],
  ])('refuses %p, which is no string', (label, received) => {
    expect(() => parsePolicy(label as string)).toThrow(
      refusal(`Expected "policy" to be ${SYNTAX}, got ${received}.`),
    )
  })
})
