/** What throttle has in common with the other time policies is tested in gated-strategy.test.ts. */
import { afterEach, describe, expect, test } from '@jest/globals'
import { throttle } from '../../src/backpressure/index.ts'
import { expectBalance, figures, openMailbox } from './support/open-mailbox.ts'

afterEach(expectBalance)

const policy = throttle({ ms: 10 })

describe('throttle', () => {
  test('is a frozen value with both edges unless told otherwise', () => {
    expect(policy).toMatchObject({ kind: 'throttle', ms: 10, leading: true, trailing: true })
    expect(throttle({ ms: 0, leading: false })).toMatchObject({ ms: 0, leading: false, trailing: true })
    expect(throttle({ ms: 10, trailing: false })).toMatchObject({ leading: true, trailing: false })
    expect(policy).toBeFrozen()
  })

  test.each<[object, string]>([
    [{}, 'Expected "ms" to be milliseconds, an integer from 0 to 2147483647, got undefined.'],
    [{ ms: -1 }, 'Expected "ms" to be milliseconds, an integer from 0 to 2147483647, got -1 (number).'],
    [
      { ms: Number.NaN },
      'Expected "ms" to be milliseconds, an integer from 0 to 2147483647, got NaN (number).',
    ],
    [{ ms: 10, leading: null }, 'Expected "leading" to be true or false, got null.'],
    [{ ms: 10, trailing: 1 }, 'Expected "trailing" to be true or false, got 1 (number).'],
    [
      { ms: 10, leading: false, trailing: false },
      'Expected "trailing" to be true where leading is false, got false (boolean).',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => throttle(options as { ms: number })).toThrow(
      expect.objectContaining({ code: 'POLICY_INVALID', message }),
    )
  })

  test('runs no timer while nothing is offered', () => {
    const { clock, log } = openMailbox({ policy })
    clock.advance(100)
    expect(log).toEqual([])
    expect(clock.liveTimers).toBe(0)
  })

  test('completes at once with an empty source', () => {
    const { complete, log } = openMailbox({ policy })
    complete()
    expect(log).toEqual(['complete'])
  })

  test('hands one over at once, and opens a window that ends without a call', () => {
    const { offer, clock, lines } = openMailbox({ policy })
    offer(1)
    expect(lines()).toEqual(['next 1'])
    expect(clock.liveTimers).toBe(1)
    clock.advance(10)
    expect(lines()).toEqual([])
    expect(clock.liveTimers).toBe(0)
  })

  test('hands over the first of many, and the last at the end of the window', () => {
    const { offer, clock, lines } = openMailbox({ policy })
    offer(1, 2, 3, 4)
    expect(lines()).toEqual(['next 1'])
    clock.advance(9)
    expect(lines()).toEqual([])
    clock.advance(1)
    expect(lines()).toEqual(['next 4 missed 2'])
  })

  test('shows a writer that never pauses once a window, and its last version', () => {
    const { mailbox, offer, clock, log } = openMailbox({ policy })
    for (let version = 0; version < 100; version += 1) {
      offer(version)
      clock.advance(1)
    }
    clock.advance(10)
    const seen = log.map((line) => Number(line.split(' ')[1]))
    expect(seen).toEqual([0, 9, 19, 29, 39, 49, 59, 69, 79, 89, 99])
    expect(figures(mailbox)).toEqual({ published: 100, delivered: 11, dropped: 0, conflated: 89, pending: 0 })
    expect(clock.liveTimers).toBe(0)
  })

  test('opens the next window with a trailing delivery', () => {
    const { offer, clock, lines } = openMailbox({ policy })
    offer(1, 2)
    clock.advance(10)
    offer(3)
    expect(lines()).toEqual(['next 1', 'next 2'])
    expect(clock.liveTimers).toBe(1)
    clock.advance(10)
    expect(lines()).toEqual(['next 3'])
  })

  test('without a leading edge holds the first of a window', () => {
    const { offer, clock, lines } = openMailbox({ policy: throttle({ ms: 10, leading: false }) })
    offer(1)
    clock.advance(9)
    expect(lines()).toEqual([])
    clock.advance(1)
    expect(lines()).toEqual(['next 1'])
  })

  test('without a trailing edge drops what comes in a window, and tells it with the next delivery', () => {
    const { mailbox, offer, clock, lines } = openMailbox({ policy: throttle({ ms: 10, trailing: false }) })
    offer(1, 2, 3)
    expect(lines()).toEqual(['next 1', 'drop 2 window', 'drop 3 window'])
    clock.advance(10)
    expect(lines()).toEqual([])
    expect(clock.liveTimers).toBe(0)
    offer(4)
    expect(lines()).toEqual(['next 4 missed 2'])
    expect(figures(mailbox)).toEqual({ published: 4, delivered: 2, dropped: 2, conflated: 0, pending: 0 })
  })

  test('without a trailing edge tells a loss behind the slot with the delivery after it', () => {
    const { offer, clock, finish, lines } = openMailbox({
      policy: throttle({ ms: 10, trailing: false }),
      slow: true,
    })
    offer(1)
    clock.advance(10)
    offer(2, 3)
    expect(lines()).toEqual(['next 1', 'drop 3 window'])
    finish()
    expect(lines()).toEqual(['next 2'])
    clock.advance(10)
    finish()
    offer(4)
    expect(lines()).toEqual(['next 4 missed 1'])
  })

  test('leaves no timer when the subscriber leaves as it is told of a drop in the window', () => {
    const { offer, clock, log } = openMailbox({
      policy: throttle({ ms: 10, trailing: false }),
      onDrop: (_version, _reason, mailbox) => mailbox.close('unsubscribed'),
    })
    offer(1, 2)
    expect(log).toEqual(['next 1', 'drop 2 window'])
    expect(clock.liveTimers).toBe(0)
  })

  test('ends an open window that holds nothing when the source completes', () => {
    const { offer, complete, clock, log } = openMailbox({ policy })
    offer(1)
    complete()
    expect(log).toEqual(['next 1', 'complete'])
    expect(clock.liveTimers).toBe(0)
  })

  test('ends an open window that holds nothing when the source fails', () => {
    const { offer, error, clock, log } = openMailbox({ policy })
    offer(1)
    error(new Error('gone'))
    expect(log).toEqual(['next 1', 'error gone'])
    expect(clock.liveTimers).toBe(0)
  })

  test('goes on after a leading callback that throws, in the same window', () => {
    const { offer, clock, log } = openMailbox({
      policy,
      next: (version) => {
        if (version === 1) throw new Error('broken')
      },
    })
    offer(1, 2)
    clock.advance(10)
    expect(log).toEqual(['next 1', 'fault next 1 broken', 'next 2'])
  })

  test('leaves no timer when the leading callback throws and closes it', () => {
    const { offer, clock, log } = openMailbox({
      policy,
      onError: 'close',
      next: () => {
        throw new Error('broken')
      },
    })
    offer(1)
    expect(log).toEqual(['next 1', 'fault next 1 broken'])
    expect(clock.liveTimers).toBe(0)
  })

  test('leaves no timer when the subscriber leaves inside the leading delivery', () => {
    const { offer, clock } = openMailbox({
      policy,
      next: (_version, _delivery, mailbox) => mailbox.close('unsubscribed'),
    })
    offer(1)
    expect(clock.liveTimers).toBe(0)
  })

  test('leaves no timer when the subscriber leaves in an open window', () => {
    const { mailbox, offer, clock, log } = openMailbox({ policy })
    offer(1)
    mailbox.close('unsubscribed')
    expect(log).toEqual(['next 1'])
    expect(clock.liveTimers).toBe(0)
  })

  test('opens the window of a late subscriber with its replay', () => {
    const { mailbox, offer, clock, lines } = openMailbox({ policy })
    mailbox.replay({ version: 7 })
    expect(lines()).toEqual(['next 7'])
    expect(clock.liveTimers).toBe(1)
    clock.advance(9)
    offer(8)
    expect(lines()).toEqual([])
    clock.advance(1)
    expect(lines()).toEqual(['next 8'])
  })

  test('holds what the leading callback writes until the end of the window', () => {
    const { offer, clock, lines } = openMailbox({
      policy,
      next: (version, _delivery, mailbox) => {
        if (version === 1) mailbox.offer({ version: 2 })
      },
    })
    offer(1)
    expect(lines()).toEqual(['next 1'])
    clock.advance(10)
    expect(lines()).toEqual(['next 2'])
  })

  test('gives a slow subscriber the newest of the windows that passed', () => {
    const { offer, clock, finish, lines } = openMailbox({ policy, slow: true })
    for (const version of [1, 2, 3, 4]) {
      offer(version)
      clock.advance(10)
    }
    expect(lines()).toEqual(['next 1'])
    finish()
    expect(lines()).toEqual(['next 4 missed 2'])
  })
})
