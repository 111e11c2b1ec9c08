import { describe, expect, test } from '@jest/globals'
import { Chain } from '../../src/nats/chain.ts'
import type { LogRecord } from '../../src/nats/record.ts'

const commit = (base: number, version: number, fence?: number): LogRecord => ({
  format: 'headgate.commit',
  v: 1,
  base,
  version,
  member: 'm',
  reason: 'R',
  source: 's',
  tsWall: version,
  ops: [],
  fence,
})
const claim = (base: number, fence?: number): LogRecord => ({
  format: 'headgate.claim',
  v: 1,
  base,
  member: 'm',
  leaseMs: 1,
  fence,
})

describe('Chain', () => {
  test('counts what is based on the newest that counts, and a claim only once there is a state', () => {
    const chain = new Chain()
    expect(chain.counts(claim(0))).toBe(false)
    chain.take(commit(0, 1), 1)
    expect([chain.counts(commit(1, 2)), chain.counts(commit(0, 2)), chain.counts(claim(1))]).toEqual([
      true,
      false,
      true,
    ])
  })

  test('counts a fence only while its claim is the newest', () => {
    const chain = new Chain()
    chain.take(commit(0, 1), 1)
    expect(chain.counts(commit(1, 2, 1))).toBe(false)
    chain.take(claim(1), 3)
    expect(chain.counts(commit(3, 2, 3))).toBe(true)
    chain.take(claim(3, 3), 4)
    expect(chain.leader?.fence).toBe(3)
    chain.take(claim(4), 6)
    expect([chain.counts(commit(6, 2, 3)), chain.counts(claim(6, 3))]).toEqual([false, false])
    chain.take(commit(6, 2, 6), 7)
    expect(chain.ledAt).toBe(2)
    chain.take({ format: 'headgate.release', v: 1, base: 7, member: 'm', fence: 6 }, 8)
    expect(chain.leader).toBeUndefined()
    expect(chain.counts(commit(8, 3, 6))).toBe(false)
  })
})
