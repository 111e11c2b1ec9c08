import { afterEach, describe, expect, test } from '@jest/globals'
import { batch } from '../../src/backpressure/index.ts'
import { expectBalance, figures, openMailbox, upTo } from './support/open-mailbox.ts'

afterEach(expectBalance)

const policy = batch({ ms: 10 })

describe('batch', () => {
  test('is a frozen value', () => {
    expect(policy).toMatchObject({
      kind: 'batch',
      ms: 10,
      maxSize: undefined,
      window: 'first',
      capacity: 65_536,
    })
    expect(batch({ maxSize: 3, capacity: 9 })).toMatchObject({ ms: undefined, maxSize: 3, capacity: 9 })
    expect(batch({ ms: 0 })).toMatchObject({ ms: 0, window: 'first' })
    expect(batch({ ms: 1, window: 'fixed' })).toMatchObject({ ms: 1, window: 'fixed' })
    expect(policy).toBeFrozen()
  })

  test.each<[object, string]>([
    [{}, 'Expected "ms" to be given where maxSize is not, got undefined.'],
    [{ window: 'fixed', maxSize: 3 }, 'Expected "ms" to be given for a fixed window, got undefined.'],
    [{ ms: -1 }, 'Expected "ms" to be milliseconds, an integer from 0 to 2147483647, got -1 (number).'],
    [
      { ms: 0, window: 'fixed' },
      'Expected "ms" to be milliseconds, an integer from 1 to 2147483647, got 0 (number).',
    ],
    [{ ms: null }, 'Expected "ms" to be milliseconds, an integer from 0 to 2147483647, got null.'],
    [{ maxSize: 0 }, 'Expected "maxSize" to be an integer from 1, got 0 (number).'],
    [{ ms: 10, capacity: 1.5 }, 'Expected "capacity" to be an integer from 1, got 1.5 (number).'],
    [{ ms: 10, window: 'last' }, 'Expected "window" to be "first" or "fixed", got "last" (string).'],
    [{ ms: 10, window: null }, 'Expected "window" to be "first" or "fixed", got null.'],
  ])('refuses %j', (options, message) => {
    expect(() => batch(options)).toThrow(expect.objectContaining({ code: 'POLICY_INVALID', message }))
  })

  test('runs no timer while nothing is offered', () => {
    const { mailbox, clock, log } = openMailbox({ policy })
    clock.advance(100)
    expect([log, clock.liveTimers]).toEqual([[], 0])
    expect(figures(mailbox)).toEqual({ published: 0, delivered: 0, dropped: 0, conflated: 0, pending: 0 })
  })

  test('completes at once with an empty source', () => {
    const { complete, log } = openMailbox({ policy })
    complete()
    expect(log).toEqual(['complete'])
  })

  test('hands one over in an array at the end of the window that it opened', () => {
    const { mailbox, offer, clock, lines } = openMailbox({ policy })
    clock.advance(5)
    offer(1)
    clock.advance(9)
    expect(lines()).toEqual([])
    expect(clock.liveTimers).toBe(1)
    expect(mailbox.pending).toBe(1)
    clock.advance(1)
    expect(lines()).toEqual(['next [1]'])
    expect(clock.liveTimers).toBe(0)
  })

  test('hands many over in order, in one call a window, and loses none', () => {
    const { mailbox, offer, clock, lines } = openMailbox({ policy })
    offer(...upTo(100))
    clock.advance(10)
    offer(101, 102)
    clock.advance(10)
    expect(lines()).toEqual([`next [${upTo(100).join(' ')}]`, 'next [101 102]'])
    expect(figures(mailbox)).toEqual({ published: 102, delivered: 102, dropped: 0, conflated: 0, pending: 0 })
    expect(mailbox.stats()).toMatchObject({ calls: 2, missed: 0, pendingMax: 100, lastVersion: 102 })
  })

  test('gives each call an array of its own, and the version of its newest', () => {
    const versions: number[] = []
    const { offer, clock } = openMailbox({ policy, next: (version) => void versions.push(version) })
    offer(1, 2)
    clock.advance(10)
    offer(5, 6)
    clock.advance(10)
    expect(versions).toEqual([2, 6])
  })

  test('counts a whole batch as delivered before it calls', () => {
    const inside: object[] = []
    const { offer, clock } = openMailbox({
      policy,
      next: (_version, _delivery, mailbox) => void inside.push({ ...figures(mailbox), calls: mailbox.calls }),
    })
    offer(1, 2, 3)
    clock.advance(10)
    expect(inside).toEqual([{ published: 3, delivered: 3, dropped: 0, conflated: 0, pending: 0, calls: 1 }])
  })

  test('delivers what it holds before a source error, at once', () => {
    const { offer, error, clock, log } = openMailbox({ policy })
    offer(1, 2)
    error(new Error('gone'))
    expect(log).toEqual(['next [1 2]', 'error gone'])
    expect(clock.liveTimers).toBe(0)
  })

  test('delivers what it holds at completion at once, then completes', () => {
    const { offer, complete, clock, log } = openMailbox({ policy })
    offer(1, 2)
    complete()
    expect(log).toEqual(['next [1 2]', 'complete'])
    expect(clock.liveTimers).toBe(0)
  })

  test('goes on after a callback that throws', () => {
    const { offer, clock, log } = openMailbox({
      policy,
      next: (version) => {
        if (version === 2) throw new Error('broken')
      },
    })
    offer(1, 2)
    clock.advance(10)
    offer(3)
    clock.advance(10)
    expect(log).toEqual(['next [1 2]', 'fault next 2 broken', 'next [3]'])
  })

  test('drops closed and open windows, the oldest first, when a handler fails late and closes it', () => {
    const { offer, clock, fail, lines } = openMailbox({ policy, slow: true, onError: 'close' })
    for (const version of [1, 2, 3]) {
      offer(version)
      if (version < 3) clock.advance(10)
    }
    fail(new Error('late'))
    expect(lines()).toEqual([
      'next [1]',
      'fault next 1 late',
      'drop 2 consumer-error',
      'drop 3 consumer-error',
    ])
    expect(clock.liveTimers).toBe(0)
  })

  test('drops what it holds at an early unsubscribe, and calls nobody after it', () => {
    const { mailbox, offer, clock, log } = openMailbox({ policy })
    offer(1, 2)
    mailbox.close('unsubscribed')
    clock.advance(100)
    offer(3)
    expect(log).toEqual(['drop 1 unsubscribed', 'drop 2 unsubscribed'])
    expect(clock.liveTimers).toBe(0)
  })

  test('drops what it holds when the store is destroyed in the middle of a window', () => {
    const { mailbox, offer, clock, log } = openMailbox({ policy })
    offer(1)
    mailbox.destroy()
    expect(log).toEqual(['drop 1 complete', 'complete'])
    expect(clock.liveTimers).toBe(0)
  })

  test('leaves no timer when the subscriber leaves inside the delivery', () => {
    const { offer, clock, log } = openMailbox({
      policy,
      next: (_version, _delivery, mailbox) => mailbox.close('unsubscribed'),
    })
    offer(1)
    clock.advance(10)
    expect(log).toEqual(['next [1]'])
    expect(clock.liveTimers).toBe(0)
  })

  test('gives a late subscriber only what is offered after it came', () => {
    const early = openMailbox({ policy })
    early.offer(1)
    const late = openMailbox({ policy })
    for (const { offer } of [early, late]) offer(2)
    for (const { clock } of [early, late]) clock.advance(10)
    expect([early.log, late.log]).toEqual([['next [1 2]'], ['next [2]']])
  })

  test('replays to a late subscriber at once, in an array, and opens no window', () => {
    const { mailbox, clock, log } = openMailbox({ policy })
    mailbox.replay({ version: 7 })
    expect(log).toEqual(['next [7]'])
    expect(clock.liveTimers).toBe(0)
    expect(mailbox.stats()).toMatchObject({ published: 1, delivered: 1, calls: 1, lastVersion: 7 })
  })

  test('opens a window with what a callback writes', () => {
    const { offer, clock, lines } = openMailbox({
      policy,
      next: (version, _delivery, mailbox) => {
        if (version > 2) return
        for (const next of [3, 4]) mailbox.offer({ version: next })
      },
    })
    offer(1, 2)
    clock.advance(10)
    expect(lines()).toEqual(['next [1 2]'])
    expect(clock.liveTimers).toBe(1)
    clock.advance(10)
    expect(lines()).toEqual(['next [3 4]'])
  })

  test('keeps the windows that end while a slow subscriber is busy, for one call each', () => {
    const { mailbox, offer, clock, finish, lines } = openMailbox({ policy, slow: true })
    offer(1)
    clock.advance(10)
    offer(2, 3)
    clock.advance(10)
    offer(4)
    clock.advance(10)
    offer(5)
    expect(lines()).toEqual(['next [1]'])
    expect(mailbox.pending).toBe(4)
    finish()
    expect(lines()).toEqual(['next [2 3]'])
    finish()
    expect(lines()).toEqual(['next [4]'])
    finish()
    expect(lines()).toEqual([])
    clock.advance(10)
    expect(lines()).toEqual(['next [5]'])
  })

  test('delivers the windows that wait before the terminal, one call each', () => {
    const { offer, clock, complete, finish, lines } = openMailbox({ policy, slow: true })
    offer(1)
    clock.advance(10)
    offer(2)
    clock.advance(10)
    offer(3)
    complete()
    expect(clock.liveTimers).toBe(0)
    finish(3)
    expect(lines()).toEqual(['next [1]', 'next [2]', 'next [3]', 'complete'])
  })
})
