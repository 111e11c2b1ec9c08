import { describe, expect, test } from '@jest/globals'
import { printable } from '../../src/cli/printable.ts'

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

const CONTROLS = {
  C0: range(0x00, 0x1f),
  DEL: [0x7f],
  C1: range(0x80, 0x9f),
  bidi: [0x061c, 0x200e, 0x200f, ...range(0x202a, 0x202e), ...range(0x2066, 0x2069)],
  'line separators': [0x2028, 0x2029],
  'byte order mark': [0xfeff],
  'halves of characters': [0xd800, 0xdfff],
}

describe('printable', () => {
  test.each(Object.entries(CONTROLS))('shows each of %s by its number', (_, codes) => {
    for (const code of codes) {
      const hex = code.toString(16).padStart(4, '0')
      expect(printable(`a${String.fromCharCode(code)}b`)).toBe(`a\\u${hex}b`)
    }
  })

  test('leaves nothing of a sequence that sets a title, a link or a colour for a terminal to obey', () => {
    expect(printable('\u001b]0;title\u0007')).toBe('\\u001b]0;title\\u0007')
    expect(printable('\u001b]8;;http://evil\u001b\\here')).toBe('\\u001b]8;;http://evil\\u001b\\here')
    expect(printable('\u009b31mred')).toBe('\\u009b31mred')
  })

  test('leaves what is to be read as it is', () => {
    const text = 'Grüße, 世界 → שלום 👩‍🚀 naïve\u00a0space'
    expect(printable(text)).toBe(text)
  })

  test('leaves JSON the JSON of the same value', () => {
    const value = { event: '\u001b[2J\u009b\u202e\u007f' }
    expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value)
  })
})
