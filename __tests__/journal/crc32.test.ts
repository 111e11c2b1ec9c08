import { describe, expect, test } from '@jest/globals'
import { crc32 } from '../../src/journal/crc32.ts'

describe('crc32', () => {
  test('is that of the standard, of the text in UTF-8', () => {
    expect(crc32('123456789')).toBe(0xcb_f4_39_26)
    expect(crc32('')).toBe(0)
    expect(crc32('é')).toBe(crc32(String.fromCodePoint(0xe9)))
    expect(crc32('é')).not.toBe(crc32('e'))
  })
})
