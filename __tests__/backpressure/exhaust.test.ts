import { afterEach, describe, expect, test } from '@jest/globals'
import { exhaust } from '../../src/backpressure/index.ts'
import { expectBalance, figures, openMailbox, upTo } from './support/open-mailbox.ts'

afterEach(expectBalance)

const policy = exhaust()

describe('exhaust', () => {
  test('is one frozen value', () => {
    expect(policy).toMatchObject({ kind: 'exhaust' })
    expect(policy).toBeFrozen()
    expect(exhaust()).toBe(policy)
  })

  test('calls nobody while nothing is offered', () => {
    const { mailbox, log } = openMailbox({ policy })
    expect(log).toEqual([])
    expect(figures(mailbox)).toEqual({ published: 0, delivered: 0, dropped: 0, conflated: 0, pending: 0 })
    expect(mailbox.stats().capacity).toBe(0)
  })

  test('completes at once with an empty source', () => {
    const { complete, log } = openMailbox({ policy })
    complete()
    expect(log).toEqual(['complete'])
  })

  test('hands one over inside the offer', () => {
    const { offer, log } = openMailbox({ policy })
    offer(1)
    expect(log).toEqual(['next 1'])
  })

  test('hands each of many to a consumer that is always idle', () => {
    const { offer, log } = openMailbox({ policy })
    offer(...upTo(100))
    expect(log).toEqual(upTo(100).map((version) => `next ${version}`))
  })

  test('drops what comes while a slow subscriber is busy, and tells it with the next delivery', () => {
    const { mailbox, offer, finish, lines } = openMailbox({ policy, slow: true })
    offer(1, 2, 3)
    expect(lines()).toEqual(['next 1', 'drop 2 busy', 'drop 3 busy'])
    expect(figures(mailbox)).toEqual({ published: 3, delivered: 1, dropped: 2, conflated: 0, pending: 0 })
    finish()
    expect(lines()).toEqual([])
    offer(4)
    expect(lines()).toEqual(['next 4 missed 2'])
    expect(mailbox.stats()).toMatchObject({ missed: 2, pendingMax: 0 })
  })

  test('does not converge: the last version is lost where it came at the wrong moment', () => {
    const { mailbox, offer, finish } = openMailbox({ policy, slow: true })
    offer(1, 2)
    finish()
    expect(mailbox.stats().lastVersion).toBe(1)
  })

  test('completes when the running handler has ended', () => {
    const { offer, finish, complete, lines } = openMailbox({ policy, slow: true })
    offer(1)
    complete()
    expect(lines()).toEqual(['next 1'])
    finish()
    expect(lines()).toEqual(['complete'])
  })

  test('tells a source error when the running handler has ended', () => {
    const { offer, finish, error, lines } = openMailbox({ policy, slow: true })
    offer(1, 2)
    error(new Error('gone'))
    expect(lines()).toEqual(['next 1', 'drop 2 busy'])
    finish()
    expect(lines()).toEqual(['error gone'])
  })

  test('is idle again after a callback that throws, and after a handler that fails late', () => {
    const { offer, fail, log } = openMailbox({
      policy,
      slow: true,
      next: (version) => {
        if (version === 1) throw new Error('broken')
      },
    })
    offer(1, 2)
    fail(new Error('late'))
    offer(3)
    expect(log).toEqual(['next 1', 'fault next 1 broken', 'next 2', 'fault next 2 late', 'next 3'])
  })

  test('calls nobody after an early unsubscribe', () => {
    const { mailbox, offer, log } = openMailbox({ policy, slow: true })
    offer(1)
    mailbox.close('unsubscribed')
    offer(2)
    expect(log).toEqual(['next 1'])
    expect(mailbox.stats()).toMatchObject({ published: 1, inFlight: 0 })
  })

  test('replays to a late subscriber, and drops what comes while it works on that', () => {
    const { mailbox, offer, log } = openMailbox({ policy, slow: true })
    mailbox.replay({ version: 7 })
    offer(8)
    expect(log).toEqual(['next 7', 'drop 8 busy'])
  })

  test('drops what the callback itself writes', () => {
    const { offer, log } = openMailbox({
      policy,
      next: (version, _delivery, mailbox) => {
        if (version === 1) mailbox.offer({ version: 2 })
      },
    })
    offer(1, 3)
    expect(log).toEqual(['next 1', 'drop 2 busy', 'next 3 missed 1'])
  })

  test('lets onDrop end the subscription', () => {
    const { mailbox, offer, log } = openMailbox({
      policy,
      slow: true,
      onDrop: (_version, _reason, mailbox) => mailbox.close('unsubscribed'),
    })
    offer(1, 2, 3)
    expect(log).toEqual(['next 1', 'drop 2 busy'])
    expect(mailbox.stats()).toMatchObject({ published: 2, dropped: 1, inFlight: 0 })
  })
})
