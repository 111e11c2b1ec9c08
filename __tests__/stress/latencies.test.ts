import { describe, expect, test } from '@jest/globals'
import { Latencies } from '../../src/stress/latencies.ts'

describe('Latencies', () => {
  test('are all zero for a kind that was never recorded', () => {
    const none = { kind: 'write', count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0, curve: [] }
    expect(new Latencies().summary('write')).toEqual(none)
    expect(new Latencies().summaries()).toEqual([])
  })

  test('keep each kind for itself, to three figures', () => {
    const latencies = new Latencies()
    for (let ms = 1; ms <= 100; ms += 1) latencies.record('write', ms)
    latencies.record('read', 0)
    const write = latencies.summary('write')
    expect(write.count).toBe(100)
    expect(write.mean).toBeCloseTo(50.5, 1)
    expect(write.p50).toBeCloseTo(50, 0)
    expect(write.p95).toBeCloseTo(95, 0)
    expect(write.p99).toBeCloseTo(99, 0)
    expect(write.max).toBeCloseTo(100, 0)
    expect(latencies.summaries().map(({ kind, count }) => [kind, count])).toEqual([
      ['write', 100],
      ['read', 1],
    ])
  })

  test('have a curve that rises from 0 to 100 percent', () => {
    const latencies = new Latencies()
    for (let ms = 1; ms <= 1_000; ms += 1) latencies.record('write', ms)
    const { curve } = latencies.summary('write')
    expect(curve.at(0)?.[0]).toBe(0)
    expect(curve.at(-1)?.[0]).toBe(100)
    const rising = (at: 0 | 1): boolean =>
      curve.every((point, index) => index === 0 || point[at] >= (curve[index - 1]?.[at] ?? 0))
    expect([rising(0), rising(1)]).toEqual([true, true])
  })
})
