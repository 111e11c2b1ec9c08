import { describe, expect, test } from '@jest/globals'
import { buffer, direct, latest, type Policy, policyLabel } from '../../src/backpressure/index.ts'

describe('policyLabel', () => {
  test.each<[Policy, string]>([
    [direct(), 'direct'],
    [latest(), 'latest'],
    [latest({ dispatch: 'microtask' }), 'latest:microtask'],
    [buffer(), 'buffer:64:drop-oldest'],
    [buffer({ capacity: 1, overflow: 'drop-incoming' }), 'buffer:1:drop-incoming'],
    [buffer({ capacity: 8, overflow: 'error', dispatch: 'microtask' }), 'buffer:8:error:microtask'],
    [buffer({ capacity: Number.POSITIVE_INFINITY, overflow: 'suspend' }), 'buffer:Infinity:suspend'],
  ])('names %j', (policy, label) => {
    expect(policyLabel(policy)).toBe(label)
  })
})
