import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  buffer,
  type Dispatch,
  direct,
  latest,
  type Overflow,
  type Policy,
  parsePolicy,
  policyLabel,
} from '../../src/backpressure/index.ts'

const SYNTAX = 'direct, latest[:microtask] or buffer[:CAPACITY[:OVERFLOW[:microtask]]]'

const dispatches = fc.constantFrom<Dispatch>('sync', 'microtask')
const policies: fc.Arbitrary<Policy> = fc.oneof(
  fc.constant(direct()),
  dispatches.map((dispatch) => latest({ dispatch })),
  fc
    .record({
      capacity: fc.oneof(
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.constant(Number.POSITIVE_INFINITY),
      ),
      overflow: fc.constantFrom<Overflow>('drop-oldest', 'drop-incoming', 'error', 'suspend'),
      dispatch: dispatches,
    })
    .map(buffer),
)

const refusal = (message: string): unknown => expect.objectContaining({ code: 'POLICY_INVALID', message })

describe('parsePolicy', () => {
  test('reads every policy back from its label', () => {
    fc.assert(fc.property(policies, (policy) => expect(parsePolicy(policyLabel(policy))).toEqual(policy)))
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
