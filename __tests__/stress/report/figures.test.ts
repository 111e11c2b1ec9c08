import { describe, expect, test } from '@jest/globals'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatFigure,
  formatLatency,
  formatLimit,
  formatMoment,
  formatNumber,
  formatRate,
  formatRatio,
  formatThroughput,
} from '../../../src/stress/report/figures.ts'

describe('the figures of a report', () => {
  test.each([
    [0, '0'],
    [7, '7'],
    [9_707, '9 707'],
    [1_234_567.8, '1 234 568'],
    [-1_234, '-1 234'],
    [12.345, '12.3'],
    [1.5, '1.5'],
    [0.041_92, '0.042'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ])('write the number %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text)
  })

  test.each([
    [999, '999 B'],
    [12_300, '12.3 kB'],
    [12_345_678, '12.3 MB'],
    [2_500_000_000, '2.5 GB'],
  ])('write %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  test.each([
    [0, '0 ms'],
    [0.000_42, '420 ns'],
    [0.0123, '12.3 µs'],
    [4.2, '4.2 ms'],
    [1_300, '1.3 s'],
  ])('write a latency of %d ms as %s', (ms, text) => {
    expect(formatLatency(ms)).toBe(text)
  })

  test.each([
    [340.4, '340 ms'],
    [12_340, '12.3 s'],
    [59_990, '1 min 0 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
  ])('write a duration of %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  test('write ratios, rates and counts', () => {
    expect([formatRatio(1), formatRatio(0.5), formatRatio(0.0042), formatRatio(1_234.5)]).toEqual([
      '1.00×',
      '0.50×',
      '0.0042×',
      '1 235×',
    ])
    expect([formatRate(12_290.6), formatRate(1.234)]).toEqual(['12 291', '1.23'])
    expect(formatThroughput({ kind: 'write', perSecond: 12_290.6 })).toBe('12 291 writes/s overall')
    expect([formatCount(1, 'check'), formatCount(2, 'check')]).toEqual(['1 check', '2 checks'])
  })

  test('write a value in its unit', () => {
    expect([
      formatFigure(5_000, 'writes/s'),
      formatFigure(3, ''),
      formatFigure(2e6, 'bytes'),
      formatFigure(0.5, 'ms'),
    ]).toEqual(['5 000 writes/s', '3', '2 MB', '500 µs'])
  })

  test('write a limit as it is meant', () => {
    const unit = 'MB'
    expect(formatLimit({ unit, atLeast: 1, atMost: null })).toBe('at least 1 MB')
    expect(formatLimit({ unit, atLeast: null, atMost: 20 })).toBe('at most 20 MB')
    expect(formatLimit({ unit, atLeast: 1, atMost: 20 })).toBe('from 1 MB to 20 MB')
    expect(formatLimit({ unit, atLeast: null, atMost: null })).toBe('no limit')
  })

  test('leave a text that is no moment as it is', () => {
    expect(formatMoment('2026-11-22T19:55:01.000Z')).toBe('2026-11-22 19:55 UTC')
    expect(formatMoment('yesterday')).toBe('yesterday')
  })
})
