import { describe, expect, test } from '@jest/globals'
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
  policyLabel,
  sample,
  switchLatest,
  throttle,
} from '../../src/backpressure/index.ts'

describe('policyLabel', () => {
  test.each<[Policy, string]>([
    [direct(), 'direct'],
    [latest(), 'latest'],
    [latest({ dispatch: 'microtask' }), 'latest:microtask'],
    [buffer(), 'buffer:64:drop-oldest'],
    [buffer({ capacity: 1, overflow: 'drop-incoming' }), 'buffer:1:drop-incoming'],
    [buffer({ capacity: 8, overflow: 'error', dispatch: 'microtask' }), 'buffer:8:error:microtask'],
    [buffer({ capacity: Number.POSITIVE_INFINITY, overflow: 'suspend' }), 'buffer:Infinity:suspend'],
    [exhaust(), 'exhaust'],
    [switchLatest(), 'switchLatest'],
    [throttle({ ms: 100 }), 'throttle:100'],
    [throttle({ ms: 100, trailing: false }), 'throttle:100:leading'],
    [throttle({ ms: 100, leading: false }), 'throttle:100:trailing'],
    [debounce({ ms: 0 }), 'debounce:0'],
    [audit({ ms: 20 }), 'audit:20'],
    [sample({ ms: 30 }), 'sample:30'],
    [frame(), 'frame:100'],
    [batch({ ms: 250 }), 'batch:250::first:65536'],
    [batch({ maxSize: 10, capacity: 20 }), 'batch::10:first:20'],
    [batch({ ms: 250, maxSize: 10, window: 'fixed' }), 'batch:250:10:fixed:65536'],
  ])('names %j', (policy, label) => {
    expect(policyLabel(policy)).toBe(label)
  })
})
