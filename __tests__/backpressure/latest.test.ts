import { afterEach, describe, expect, test } from '@jest/globals'
import { latest } from '../../src/backpressure/latest.ts'
import { expectBalance, figures, openMailbox, upTo } from './support/open-mailbox.ts'

afterEach(expectBalance)

describe('latest', () => {
  test('is a frozen value that dispatches synchronously unless told otherwise', () => {
    expect(latest()).toMatchObject({ kind: 'latest', dispatch: 'sync' })
    expect(latest({})).toEqual(latest())
    expect(latest({ dispatch: 'microtask' })).toMatchObject({ kind: 'latest', dispatch: 'microtask' })
    expect(latest()).toBeFrozen()
  })

  test.each([['later', '"later" (string)']])('refuses the dispatch %p', (dispatch, received) => {
    expect(() => latest({ dispatch: dispatch as never })).toThrow(
      expect.objectContaining({
        code: 'POLICY_INVALID',
        message: `Expected "dispatch" to be "sync" or "microtask", got ${received}.`,
      }),
    )
  })

  test('calls nobody while nothing is offered', () => {
    const { mailbox, log } = openMailbox({ policy: latest() })
    expect(log).toEqual([])
    expect(figures(mailbox)).toEqual({ published: 0, delivered: 0, dropped: 0, conflated: 0, pending: 0 })
    expect(mailbox.stats().capacity).toBe(1)
  })

  test('completes at once when the source ends without an entry', () => {
    const { complete, log } = openMailbox({ policy: latest() })
    complete()
    expect(log).toEqual(['complete'])
  })

  test('hands one over inside the offer while the consumer is idle', () => {
    const { offer, log } = openMailbox({ policy: latest() })
    offer(1)
    expect(log).toEqual(['next 1'])
  })

  test('hands each of many to a consumer that is always idle', () => {
    const { mailbox, offer, log } = openMailbox({ policy: latest() })
    offer(...upTo(100))
    expect(log).toEqual(upTo(100).map((version) => `next ${version}`))
    expect(mailbox.stats()).toMatchObject({ conflated: 0, pendingMax: 0 })
  })

  test('delivers the newest version once the slow subscriber returns, and tells how many it missed', () => {
    const { mailbox, offer, finish, lines } = openMailbox({ policy: latest(), slow: true })
    offer(1, 2, 3, 4)
    expect(lines()).toEqual(['next 1'])
    expect(figures(mailbox)).toEqual({ published: 4, delivered: 1, dropped: 0, conflated: 2, pending: 1 })
    finish()
    expect(lines()).toEqual(['next 4 missed 2'])
    expect(figures(mailbox)).toEqual({ published: 4, delivered: 2, dropped: 0, conflated: 2, pending: 0 })
    expect(mailbox.stats()).toMatchObject({ missed: 2, pendingMax: 1 })
  })

  test('tells nothing missed to a slow subscriber who lost nothing', () => {
    const { offer, finish, log } = openMailbox({ policy: latest(), slow: true })
    offer(1, 2)
    finish()
    expect(log).toEqual(['next 1', 'next 2'])
  })

  test('does not tell a loss twice', () => {
    const { offer, finish, log } = openMailbox({ policy: latest(), slow: true })
    offer(1, 2, 3)
    finish()
    offer(4)
    finish()
    expect(log).toEqual(['next 1', 'next 3 missed 1', 'next 4'])
  })

  test('converges on the last version, however late the subscriber returns', () => {
    const { offer, finish, log } = openMailbox({ policy: latest(), slow: true })
    offer(...upTo(1000))
    finish(2)
    expect(log.at(-1)).toBe('next 1000 missed 998')
  })

  test('delivers what it holds before a source error', () => {
    const { offer, finish, error, lines } = openMailbox({ policy: latest(), slow: true })
    offer(1, 2, 3)
    error(new Error('gone'))
    expect(lines()).toEqual(['next 1'])
    finish()
    expect(lines()).toEqual(['next 3 missed 1'])
    finish()
    expect(lines()).toEqual(['error gone'])
  })

  test('goes on after a callback that throws', () => {
    const { offer, log } = openMailbox({
      policy: latest(),
      next: (version) => {
        if (version === 1) throw new Error('broken')
      },
    })
    offer(1, 2)
    expect(log).toEqual(['next 1', 'fault next 1 broken', 'next 2'])
  })

  test('drops what it holds on an early unsubscribe, and calls nobody after it', () => {
    const { mailbox, offer, finish, log } = openMailbox({ policy: latest(), slow: true })
    offer(1, 2)
    mailbox.close('unsubscribed')
    offer(3)
    finish()
    expect(log).toEqual(['next 1', 'drop 2 unsubscribed'])
    expect(figures(mailbox)).toEqual({ published: 2, delivered: 1, dropped: 1, conflated: 0, pending: 0 })
  })

  test('gives a late subscriber only what is offered after it came', () => {
    const early = openMailbox({ policy: latest(), slow: true })
    early.offer(1, 2)
    const late = openMailbox({ policy: latest() })
    for (const { offer } of [early, late]) offer(3)
    expect(late.log).toEqual(['next 3'])
  })

  test('lets the replayed version occupy a slow subscriber first', () => {
    const { mailbox, offer, finish, log } = openMailbox({ policy: latest(), slow: true })
    mailbox.replay({ version: 7 })
    offer(8, 9)
    finish()
    expect(log).toEqual(['next 7', 'next 9 missed 1'])
  })

  test('holds what a callback writes until the callback has returned', () => {
    const log: string[] = []
    const { offer } = openMailbox({
      policy: latest(),
      next: (version, { missed }, mailbox) => {
        log.push(`begin ${version} missed ${missed}`)
        if (version === 1) for (const next of [2, 3, 4]) mailbox.offer({ version: next })
        log.push(`end ${version}`)
      },
    })
    offer(1)
    expect(log).toEqual(['begin 1 missed 0', 'end 1', 'begin 4 missed 2', 'end 4'])
  })

  describe('with dispatch "microtask"', () => {
    const policy = latest({ dispatch: 'microtask' })

    test('hands over the last of a synchronous burst, in one call', async () => {
      const { mailbox, offer, log } = openMailbox({ policy })
      offer(1, 2, 3)
      expect(log).toEqual([])
      await Promise.resolve()
      expect(log).toEqual(['next 3 missed 2'])
      expect(figures(mailbox)).toEqual({ published: 3, delivered: 1, dropped: 0, conflated: 2, pending: 0 })
    })

    test('hands over again in the next microtask', async () => {
      const { offer, log } = openMailbox({ policy })
      offer(1)
      await Promise.resolve()
      offer(2)
      expect(log).toEqual(['next 1'])
      await Promise.resolve()
      expect(log).toEqual(['next 1', 'next 2'])
    })

    test('holds what a slow subscriber cannot take yet', async () => {
      const { offer, finish, log } = openMailbox({ policy, slow: true })
      offer(1)
      await Promise.resolve()
      offer(2, 3)
      await Promise.resolve()
      expect(log).toEqual(['next 1'])
      finish()
      expect(log).toEqual(['next 1', 'next 3 missed 1'])
    })

    test('hands the replayed version over at once', () => {
      const { mailbox, log } = openMailbox({ policy })
      mailbox.replay({ version: 7 })
      expect(log).toEqual(['next 7'])
    })

    test('calls nobody when the subscriber leaves before the microtask', async () => {
      const { mailbox, offer, log } = openMailbox({ policy })
      offer(1, 2)
      mailbox.close('unsubscribed')
      await Promise.resolve()
      expect(log).toEqual(['drop 2 unsubscribed'])
    })

    test('completes after what it holds', async () => {
      const { offer, complete, log } = openMailbox({ policy })
      offer(1)
      complete()
      expect(log).toEqual([])
      await Promise.resolve()
      expect(log).toEqual(['next 1', 'complete'])
    })
  })
})
