import { describe, expect, test } from '@jest/globals'
import type { LogRecord } from '../../src/nats/record.ts'
import { Turns } from '../../src/nats/turns.ts'

const recordOf = (member: string): LogRecord => ({ member }) as LogRecord

/** How long a member lets others go first that has won, after records of its own that took so long. */
function waitsAfter(...tookMs: number[]): number {
  let now = 0
  const turns = new Turns('me', () => now)
  for (const [n, ms] of tookMs.entries()) {
    turns.sent(`me-${n}`)
    now += ms
    turns.read(`you-${n}`, recordOf('you'), true)
    turns.read(`me-${n}`, recordOf('me'), true)
  }
  turns.won()
  return turns.waitMs()
}

describe('a member that has won', () => {
  test('lets a round trip pass', () => {
    expect(waitsAfter(40)).toBeGreaterThanOrEqual(40)
    expect(waitsAfter(40)).toBeLessThanOrEqual(80)
    expect(waitsAfter(200, ...Array.from({ length: 10 }, () => 20))).toBeLessThanOrEqual(80)
    expect(waitsAfter(20, ...Array.from({ length: 10 }, () => 200))).toBeGreaterThanOrEqual(100)
  })

  test('takes a record that had to wait for the servers for no round trip', () => {
    expect(waitsAfter(60_000)).toBeLessThanOrEqual(500)
    expect(waitsAfter(8, 200)).toBeLessThanOrEqual(20)
  })
})
