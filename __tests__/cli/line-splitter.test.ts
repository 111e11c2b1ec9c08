import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { LINE_TOO_LONG, LineSplitter } from '../../src/cli/line-splitter.ts'

/** All lines of some chunks. */
function split(chunks: readonly (string | Uint8Array)[], lengthMax?: number): unknown[] {
  const splitter = new LineSplitter(lengthMax)
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()]
}

describe('LineSplitter', () => {
  test('gives nothing for nothing', () => {
    expect(split([])).toEqual([])
    expect(split([''])).toEqual([])
  })

  test('gives each line without its newline', () => {
    expect(split(['a\nb\n'])).toEqual(['a', 'b'])
  })

  test('gives the last line also without a newline', () => {
    expect(split(['a\nb'])).toEqual(['a', 'b'])
  })

  test('joins a line that comes in several chunks', () => {
    expect(split(['a', 'b', 'c\nd', '\n', 'e'])).toEqual(['abc', 'd', 'e'])
  })

  test('keeps empty lines, so that line numbers stay right', () => {
    expect(split(['\na\n\n', '\n', 'b\n'])).toEqual(['', 'a', '', '', 'b'])
  })

  test('leaves the carriage return of CRLF to the parser, for which it is space', () => {
    expect(split(['{"a":1}\r', '\n{}\r\n']).map((line) => JSON.parse(String(line)))).toEqual([{ a: 1 }, {}])
  })

  test('joins a character that a chunk cuts in two', () => {
    const bytes = Buffer.from('über\n😀→\n')
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(split([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(['über', '😀→'])
    }
  })

  test('gives a character that the end cuts off as one that cannot be read', () => {
    expect(split([Buffer.from('a→').subarray(0, 3)])).toEqual(['a\uFFFD'])
  })

  test('leaves a byte order mark out, at the start only', () => {
    expect(split([Buffer.from('\uFEFFa\n\uFEFFb\n')])).toEqual(['a', '\uFEFFb'])
  })

  test('gives the same lines however the bytes are cut', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '{', '\r') })
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(9)), (lines, cuts) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''))
        const chunks: Buffer[] = []
        let start = 0
        for (const length of cuts) {
          chunks.push(bytes.subarray(start, start + length))
          start += length
        }
        expect(split([...chunks, bytes.subarray(start)])).toEqual(lines)
      }),
    )
  })

  test('tells a line that is too long, and goes on behind it', () => {
    expect(split(['abc\nabcd\nab\n'], 3)).toEqual(['abc', LINE_TOO_LONG, 'ab'])
  })

  test('tells a line once that is too long over many chunks', () => {
    expect(split(['ab', 'cd', 'ef', 'gh\nab', 'c\nd'], 3)).toEqual([LINE_TOO_LONG, 'abc', 'd'])
    expect(split(['ab', 'cd', 'ef'], 3)).toEqual([LINE_TOO_LONG])
  })

  test('keeps nothing of a line that is too long', () => {
    // Together they would be longer than any string may be.
    const chunk = 'x'.repeat(2 ** 26)
    expect(split([...Array.from({ length: 9 }, () => chunk), '\nab\n'], 3)).toEqual([LINE_TOO_LONG, 'ab'])
  })

  test('tells a line that only its last chunk makes too long', () => {
    expect(split(['ab', 'cd\n', 'e'], 3)).toEqual([LINE_TOO_LONG, 'e'])
  })
})
