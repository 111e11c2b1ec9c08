import { describe, expect, test } from '@jest/globals'
import type { SubscriberLedger } from '../../../src/stress/adapter.ts'
import {
  heapChart,
  latencyChart,
  ledgerChart,
  percentileAt,
  SUBSCRIBERS_SHOWN_MAX,
  shownLedgers,
  throughputChart,
} from '../../../src/stress/report/chart-models.ts'
import { sampleLatency, sampleResult } from './support/sample-report.ts'

const ledger = (index: number, dropped: number): SubscriberLedger => ({
  id: `s${index}`,
  published: 10,
  delivered: 10 - dropped,
  dropped,
  conflated: 0,
  pending: 0,
})

describe('percentileAt', () => {
  test('gives each further nine the same room', () => {
    expect([0, 90, 99, 99.9].map(percentileAt)).toEqual([0, 1, 2, 3])
  })
})

describe('throughputChart', () => {
  test('has a bar a scenario: its writes, else what it did most', () => {
    const chart = throughputChart([
      sampleResult(),
      sampleResult({ name: 'reads', counts: { read: 100, subscribe: 4 } }),
      sampleResult({ name: 'idle', counts: {} }),
    ])
    expect(chart?.model).toEqual({
      kind: 'rates',
      labels: ['sustained-writes', 'reads'],
      values: [50_000, 50],
      texts: ['50 000 writes/s overall', '50 reads/s overall'],
    })
    expect(chart?.alternative).toBe(
      'Operations a second of 2 scenarios, on a logarithmic axis; most in sustained-writes: 50 000 writes/s overall.',
    )
  })

  test('is left out where nothing was counted', () => {
    expect(throughputChart([sampleResult({ counts: {} })])).toBeUndefined()
  })
})

describe('latencyChart', () => {
  test('rises along the percentiles and ends at the last one that is told', () => {
    const { model } = latencyChart(sampleResult()) ?? {}
    if (model?.kind !== 'latency') throw new Error('no latency chart')
    const xs = model.series[0]?.points.map(([x]) => x) ?? []
    expect(xs).toEqual([...xs].sort((one, other) => one - other))
    expect(model.ticks.map(([, label]) => label)).toEqual(['50', '90', '99', '99.9', '99.99'])
  })

  test('puts the maximum where one of the count stands', () => {
    const latency = {
      ...sampleLatency('write', 1, 1_000),
      curve: [
        [50, 1],
        [100, 9],
      ] as const,
    }
    const { model } = latencyChart(sampleResult({ latencies: [latency] })) ?? {}
    expect(model).toMatchObject({
      series: [
        {
          label: 'write',
          points: [
            [percentileAt(50), 1],
            [3, 9],
          ],
        },
      ],
    })
  })

  test('gives kinds the same order everywhere, so the same colours', () => {
    const latencies = [sampleLatency('own', 1, 9), sampleLatency('read', 1, 8), sampleLatency('write', 1, 7)]
    const { model } = latencyChart(sampleResult({ latencies })) ?? {}
    expect(model?.kind === 'latency' && model.series.map(({ label }) => label)).toEqual([
      'write',
      'read',
      'own',
    ])
  })

  test('is left out where no durations were taken', () => {
    expect(latencyChart(sampleResult({ latencies: [] }))).toBeUndefined()
  })
})

describe('heapChart', () => {
  test('keeps both ends and the peak of a long curve', () => {
    const heap = Array.from(
      { length: 5_000 },
      (_, index) => [index * 1_000, index === 2_345 ? 9e6 : 1e6] as const,
    )
    const { model } = heapChart(sampleResult({ heap })) ?? {}
    if (model?.kind !== 'heap') throw new Error('no heap chart')
    expect(model.points.length).toBeLessThanOrEqual(402)
    expect(model.points.at(0)).toEqual([0, 1])
    expect(model.points.at(-1)).toEqual([4_999, 1])
    expect(model.points).toContainEqual([2_345, 9])
  })

  test('is left to words for two points', () => {
    expect(
      heapChart(
        sampleResult({
          heap: [
            [0, 1],
            [1, 2],
          ],
        }),
      ),
    ).toBeUndefined()
  })
})

describe('ledgerChart', () => {
  test('has a bar of each fate that befell somebody', () => {
    expect(ledgerChart(sampleResult())?.model).toEqual({
      kind: 'ledgers',
      labels: ['fast', 'slow'],
      series: [
        { label: 'delivered', values: [100, 30] },
        { label: 'conflated', values: [0, 19] },
        { label: 'dropped', values: [0, 50] },
        { label: 'pending', values: [0, 1] },
      ],
    })
  })

  test('is left out for one subscriber that got everything', () => {
    expect(ledgerChart(sampleResult({ ledgers: [ledger(0, 0)] }))).toBeUndefined()
    expect(ledgerChart(sampleResult({ ledgers: [ledger(0, 1)] }))).toBeDefined()
  })
})

describe('shownLedgers', () => {
  test('shows all of a few', () => {
    const ledgers = [ledger(0, 0), ledger(1, 5)]
    expect(shownLedgers(ledgers)).toEqual({ shown: ledgers, others: undefined })
  })

  test('shows those that lost most of many, in their order, and sums the others up', () => {
    const ledgers = Array.from({ length: 20 }, (_, index) => ledger(index, index))
    const { shown, others } = shownLedgers(ledgers)
    expect(shown).toEqual(ledgers.slice(20 - SUBSCRIBERS_SHOWN_MAX))
    expect(others).toEqual({
      id: '4 more',
      published: 40,
      delivered: 34,
      dropped: 6,
      conflated: 0,
      pending: 0,
    })
  })
})
