import { describe, expect, test } from '@jest/globals'
import { LineSplitter } from '../../src/cli/line-splitter.ts'

/** Whether bytes, cut after each `size`, are found to be no UTF-8. */
function malformed(bytes: Uint8Array, size: number): boolean {
  const splitter = new LineSplitter()
  for (let start = 0; start < bytes.length; start += size) splitter.push(bytes.slice(start, start + size))
  splitter.end()
  return splitter.malformed
}

const sizes = [1, 2, 3, 4, 5, 7, 100]
const text = (value: string): Buffer => Buffer.from(value, 'utf8')

describe('LineSplitter.malformed', () => {
  test.each([
    ['text of one to four bytes', text('a é € 👩‍🚀 ש')],
    ['a replacement character that is meant', text('a\uFFFDb 👩 \uFFFD\uFFFD')],
  ])('is false for %s, wherever it is cut', (_, bytes) => {
    for (const size of sizes) expect([size, malformed(bytes, size)]).toEqual([size, false])
  })

  test.each([
    ['a byte of Latin-1', Buffer.from('caf\xe9s', 'latin1')],
    ['a continuation that continues nothing', Buffer.from([0x61, 0x80, 0x62])],
    ['a character that is cut short', Buffer.concat([text('👩').subarray(0, 3), text('abcd')])],
    ['an overlong character', Buffer.from([0xc0, 0xaf, 0x61])],
    ['half of a pair', Buffer.from([0xed, 0xa0, 0x80, 0x61])],
    ['an end in the middle of a character', text('ab€').subarray(0, 4)],
  ])('is true for %s, wherever it is cut', (_, bytes) => {
    for (const size of sizes) expect([size, malformed(bytes, size)]).toEqual([size, true])
  })
})
