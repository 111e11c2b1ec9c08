import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { crc32, crc32ByTable } from '../../src/journal/crc32.ts'
import { runs } from '../support/runs.ts'

describe.each([
  ['crc32', crc32],
  ['crc32ByTable', crc32ByTable],
])('%s', (_name, sum) => {
  test('is that of the standard, of the text in UTF-8', () => {
    expect(sum('123456789')).toBe(0xcb_f4_39_26)
    expect(sum('')).toBe(0)
    expect(sum('é')).toBe(sum(String.fromCodePoint(0xe9)))
    expect(sum('é')).not.toBe(sum('e'))
  })
})

describe('crc32', () => {
  test('is the same on every platform: what the one has written, the other reads', () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xff_ff })) // also halves of pairs, which UTF-8 has no form for
    fc.assert(
      fc.property(units, (codes) => {
        const text = String.fromCharCode(...codes)
        expect(crc32(text)).toBe(crc32ByTable(text))
      }),
      { numRuns: runs(100) },
    )
  })
})
