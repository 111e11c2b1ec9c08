/** What audit has in common with the other time policies is tested in gated-strategy.test.ts. */
import { afterEach, describe, expect, test } from '@jest/globals'
import { audit } from '../../src/backpressure/index.ts'
import { expectBalance, openMailbox } from './support/open-mailbox.ts'

afterEach(expectBalance)

const policy = audit({ ms: 10 })

describe('audit', () => {
  test('is a frozen value', () => {
    expect(policy).toMatchObject({ kind: 'audit', ms: 10 })
    expect(audit({ ms: 0 }).ms).toBe(0)
    expect(policy).toBeFrozen()
  })

  test.each<[unknown, string]>([[-1, '-1 (number)']])('refuses %p milliseconds', (ms, received) => {
    expect(() => audit({ ms: ms as number })).toThrow(
      expect.objectContaining({
        code: 'POLICY_INVALID',
        message: `Expected "ms" to be milliseconds, an integer from 0 to 2147483647, got ${received}.`,
      }),
    )
  })

  test('runs no timer while nothing is offered', () => {
    const { clock, log } = openMailbox({ policy })
    clock.advance(100)
    expect([log, clock.liveTimers]).toEqual([[], 0])
  })

  test('completes at once with an empty source', () => {
    const { complete, log } = openMailbox({ policy })
    complete()
    expect(log).toEqual(['complete'])
  })

  test('hands one over at the end of the window that it opened, and runs no timer then', () => {
    const { offer, clock, lines } = openMailbox({ policy })
    offer(1)
    clock.advance(9)
    expect(lines()).toEqual([])
    clock.advance(1)
    expect(lines()).toEqual(['next 1'])
    expect(clock.liveTimers).toBe(0)
  })

  test('shows a writer that never pauses once a window', () => {
    const { offer, clock, log } = openMailbox({ policy })
    for (let version = 0; version < 33; version += 1) {
      offer(version)
      clock.advance(1)
    }
    clock.advance(10)
    expect(log).toEqual(['next 9 missed 9', 'next 19 missed 9', 'next 29 missed 9', 'next 32 missed 2'])
    expect(clock.liveTimers).toBe(0)
  })

  test('delivers at the end of the window what it holds at completion, then completes', () => {
    const { offer, complete, clock, lines } = openMailbox({ policy })
    offer(1)
    clock.advance(4)
    offer(2)
    complete()
    clock.advance(5)
    expect(lines()).toEqual([])
    expect(clock.liveTimers).toBe(1)
    clock.advance(1)
    expect(lines()).toEqual(['next 2 missed 1', 'complete'])
    expect(clock.liveTimers).toBe(0)
  })

  test('gives up what it holds with a source error', () => {
    const { offer, error, clock, log } = openMailbox({ policy })
    offer(1)
    error(new Error('gone'))
    clock.advance(10)
    expect(log).toEqual(['drop 1 error', 'error gone'])
  })

  test('opens the next window after a callback that throws', () => {
    const { offer, clock, log } = openMailbox({
      policy,
      next: (version) => {
        if (version === 1) throw new Error('broken')
      },
    })
    offer(1)
    clock.advance(10)
    offer(2)
    clock.advance(10)
    expect(log).toEqual(['next 1', 'fault next 1 broken', 'next 2'])
  })

  test('calls nobody after an early unsubscribe', () => {
    const { mailbox, offer, clock, log } = openMailbox({ policy })
    offer(1)
    mailbox.close('unsubscribed')
    clock.advance(10)
    expect(log).toEqual(['drop 1 unsubscribed'])
    expect(clock.liveTimers).toBe(0)
  })

  test('opens no window with what is replayed to a late subscriber', () => {
    const { mailbox, offer, clock, lines } = openMailbox({ policy })
    mailbox.replay({ version: 7 })
    expect(lines()).toEqual(['next 7'])
    expect(clock.liveTimers).toBe(0)
    clock.advance(5)
    offer(8)
    clock.advance(9)
    expect(lines()).toEqual([])
    clock.advance(1)
    expect(lines()).toEqual(['next 8'])
  })

  test('opens a window with a write from inside the callback', () => {
    const { offer, clock, lines } = openMailbox({
      policy,
      next: (version, _delivery, mailbox) => {
        if (version === 1) mailbox.offer({ version: 2 })
      },
    })
    offer(1)
    clock.advance(10)
    expect(lines()).toEqual(['next 1'])
    expect(clock.liveTimers).toBe(1)
    clock.advance(10)
    expect(lines()).toEqual(['next 2'])
  })

  test('goes on auditing while a subscriber is slower than the window', () => {
    const { offer, clock, finish, lines } = openMailbox({ policy, slow: true })
    for (const version of [1, 2, 3]) {
      offer(version)
      clock.advance(10)
    }
    expect(lines()).toEqual(['next 1'])
    finish()
    expect(lines()).toEqual(['next 3 missed 1'])
  })
})
