/** What debounce has in common with the other time policies is tested in gated-strategy.test.ts. */
import { afterEach, describe, expect, test } from '@jest/globals'
import { debounce } from '../../src/backpressure/index.ts'
import { expectBalance, figures, openMailbox } from './support/open-mailbox.ts'

afterEach(expectBalance)

const policy = debounce({ ms: 10 })

describe('debounce', () => {
  test('is a frozen value', () => {
    expect(policy).toMatchObject({ kind: 'debounce', ms: 10 })
    expect(debounce({ ms: 0 }).ms).toBe(0)
    expect(policy).toBeFrozen()
  })

  test.each<[unknown, string]>([[-1, '-1 (number)']])('refuses %p milliseconds', (ms, received) => {
    expect(() => debounce({ ms: ms as number })).toThrow(
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

  test('hands one over once the writer has been silent', () => {
    const { offer, clock, lines } = openMailbox({ policy })
    offer(1)
    clock.advance(9)
    expect(lines()).toEqual([])
    clock.advance(1)
    expect(lines()).toEqual(['next 1'])
    expect(clock.liveTimers).toBe(0)
  })

  test('begins the silence again with each of many, and runs one timer', () => {
    const { mailbox, offer, clock, lines } = openMailbox({ policy })
    for (let version = 1; version <= 50; version += 1) {
      offer(version)
      expect(clock.liveTimers).toBe(1)
      clock.advance(9)
    }
    expect(lines()).toEqual([])
    clock.advance(1)
    expect(lines()).toEqual(['next 50 missed 49'])
    expect(figures(mailbox)).toEqual({ published: 50, delivered: 1, dropped: 0, conflated: 49, pending: 0 })
  })

  test('hands each over to a writer who pauses long enough', () => {
    const { offer, clock, log } = openMailbox({ policy })
    for (const version of [1, 2, 3]) {
      offer(version)
      clock.advance(10)
    }
    expect(log).toEqual(['next 1', 'next 2', 'next 3'])
  })

  test('gives up what it holds with a source error', () => {
    const { offer, error, clock, log } = openMailbox({ policy })
    offer(1)
    clock.advance(5)
    error(new Error('gone'))
    expect(log).toEqual(['drop 1 error', 'error gone'])
    expect(clock.liveTimers).toBe(0)
  })

  test('goes on after a callback that throws at the completion, which comes all the same', () => {
    const { offer, complete, log } = openMailbox({
      policy,
      next: () => {
        throw new Error('broken')
      },
    })
    offer(1)
    complete()
    expect(log).toEqual(['next 1', 'fault next 1 broken', 'complete'])
  })

  test('calls nobody after an early unsubscribe in the middle of the silence', () => {
    const { mailbox, offer, clock, log } = openMailbox({ policy })
    offer(1)
    clock.advance(5)
    mailbox.close('unsubscribed')
    clock.advance(100)
    expect(log).toEqual(['drop 1 unsubscribed'])
    expect(clock.liveTimers).toBe(0)
  })

  test('begins no silence with what is replayed to a late subscriber', () => {
    const { mailbox, clock, log } = openMailbox({ policy })
    mailbox.replay({ version: 7 })
    expect(log).toEqual(['next 7'])
    expect(clock.liveTimers).toBe(0)
  })

  test('begins the silence again with a write from inside the callback', () => {
    const { offer, clock, lines } = openMailbox({
      policy,
      next: (version, _delivery, mailbox) => {
        if (version === 1) mailbox.offer({ version: 2 })
      },
    })
    offer(1)
    clock.advance(10)
    expect(lines()).toEqual(['next 1'])
    clock.advance(9)
    expect(lines()).toEqual([])
    clock.advance(1)
    expect(lines()).toEqual(['next 2'])
  })

  test('hands what was silent long enough to a slow subscriber once it returns, without a timer', () => {
    const { offer, clock, finish, lines } = openMailbox({ policy, slow: true })
    offer(1)
    clock.advance(10)
    offer(2)
    clock.advance(10)
    expect(clock.liveTimers).toBe(0)
    expect(lines()).toEqual(['next 1'])
    finish()
    expect(lines()).toEqual(['next 2'])
  })
})
