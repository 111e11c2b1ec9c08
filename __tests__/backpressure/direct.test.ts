import { afterEach, describe, expect, test } from '@jest/globals'
import { direct, LATE_MAX } from '../../src/backpressure/direct.ts'
import { ROUNDS_MAX, releaseWork } from '../../src/kit/index.ts'
import { expectBalance, figures, openMailbox, upTo } from './support/open-mailbox.ts'

afterEach(expectBalance)

describe('direct', () => {
  test('is one frozen value', () => {
    expect(direct()).toMatchObject({ kind: 'direct' })
    expect(direct()).toBeFrozen()
    expect(direct()).toBe(direct())
  })

  test('calls nobody while nothing is offered', () => {
    const { mailbox, log } = openMailbox({ policy: direct() })
    expect(log).toEqual([])
    expect(figures(mailbox)).toEqual({ published: 0, delivered: 0, dropped: 0, conflated: 0, pending: 0 })
  })

  test('completes at once when the source ends without an entry', () => {
    const { complete, log } = openMailbox({ policy: direct() })
    complete()
    expect(log).toEqual(['complete'])
  })

  test('hands one over inside the offer', () => {
    const { offer, log } = openMailbox({ policy: direct() })
    offer(1)
    expect(log).toEqual(['next 1'])
  })

  test('hands many over in order, and holds none', () => {
    const { mailbox, offer, log } = openMailbox({ policy: direct() })
    offer(...upTo(100))
    expect(log).toEqual(upTo(100).map((version) => `next ${version}`))
    expect(mailbox.stats()).toMatchObject({ delivered: 100, pending: 0, pendingMax: 0 })
  })

  test('tells a source error after what came before it', () => {
    const { offer, error, log } = openMailbox({ policy: direct() })
    offer(1)
    error(new Error('gone'))
    expect(log).toEqual(['next 1', 'error gone'])
  })

  test('goes on after a callback that throws', () => {
    const { offer, log } = openMailbox({
      policy: direct(),
      next: (version) => {
        if (version === 1) throw new Error('broken')
      },
    })
    offer(1, 2)
    expect(log).toEqual(['next 1', 'fault next 1 broken', 'next 2'])
  })

  test('calls nobody after an early unsubscribe', () => {
    const { mailbox, offer, log } = openMailbox({ policy: direct() })
    offer(1)
    mailbox.close('unsubscribed')
    offer(2)
    expect(log).toEqual(['next 1'])
    expect(mailbox.stats().published).toBe(1)
  })

  test('gives a late subscriber only what is offered after it came', () => {
    const early = openMailbox({ policy: direct() })
    early.offer(1)
    const late = openMailbox({ policy: direct() })
    for (const { offer } of [early, late]) offer(2)
    expect(late.log).toEqual(['next 2'])
  })

  test('replays to a late subscriber at once', () => {
    const { mailbox, offer, log } = openMailbox({ policy: direct() })
    mailbox.replay({ version: 7 })
    offer(8)
    expect(log).toEqual(['next 7', 'next 8'])
  })

  test('hands over, inside the callback, what the callback offers', () => {
    const log: string[] = []
    const { offer } = openMailbox({
      policy: direct(),
      next: (version, _delivery, mailbox) => {
        log.push(`begin ${version}`)
        if (version < 3) mailbox.offer({ version: version + 1 })
        log.push(`end ${version}`)
      },
    })
    offer(1)
    expect(log).toEqual(['begin 1', 'begin 2', 'begin 3', 'end 3', 'end 2', 'end 1'])
  })

  test('lets the calls of a slow consumer overlap', () => {
    const { mailbox, offer, finish, log } = openMailbox({ policy: direct(), slow: true })
    offer(1, 2, 3)
    expect(log).toEqual(['next 1', 'next 2', 'next 3'])
    expect(mailbox.stats()).toMatchObject({ delivered: 3, pending: 0, inFlight: 3 })
    finish(3)
    expect(mailbox.stats().inFlight).toBe(0)
  })

  test('completes when the last of the overlapping calls has ended', () => {
    const { offer, finish, complete, lines } = openMailbox({ policy: direct(), slow: true })
    offer(1, 2)
    complete()
    finish()
    expect(lines()).toEqual(['next 1', 'next 2'])
    finish()
    expect(lines()).toEqual(['complete'])
  })

  describe('past the bound on rounds of microtasks', () => {
    /** Uses up the rounds of this macrotask. */
    async function exhaustRounds(): Promise<void> {
      for (let round = 0; round <= ROUNDS_MAX; round += 1) {
        releaseWork(() => {})
        await undefined
      }
    }

    test('hands over inside the offer while no call runs', async () => {
      const { offer, log } = openMailbox({ policy: direct() })
      await exhaustRounds()
      offer(1, 2)
      expect(log).toEqual(['next 1', 'next 2'])
    })

    test('keeps what would overlap for the next macrotask, in order', async () => {
      const { mailbox, offer, log } = openMailbox({ policy: direct(), slow: true })
      offer(1)
      await exhaustRounds()
      offer(2, 3)
      expect(log).toEqual(['next 1'])
      expect(figures(mailbox)).toMatchObject({ published: 3, delivered: 1, pending: 2 })
      await new Promise((resolve) => setTimeout(resolve))
      expect(log).toEqual(['next 1', 'next 2', 'next 3'])
      offer(4)
      expect(log.at(-1)).toBe('next 4')
    })

    test('keeps no more than its bound: the oldest is handed over inside the offer', async () => {
      const { mailbox, offer, log } = openMailbox({ policy: direct(), slow: true })
      offer(0)
      await exhaustRounds()
      offer(...upTo(LATE_MAX + 2))
      expect(log).toEqual(['next 0', 'next 1', 'next 2'])
      expect(mailbox.stats()).toMatchObject({ pending: LATE_MAX, capacity: LATE_MAX })
      await new Promise((resolve) => setTimeout(resolve))
      expect(log).toEqual([0, ...upTo(LATE_MAX + 2)].map((version) => `next ${version}`))
    })

    test('drops what it keeps when the subscriber leaves', async () => {
      const { mailbox, offer, log } = openMailbox({ policy: direct(), slow: true })
      offer(1)
      await exhaustRounds()
      offer(2)
      mailbox.close('unsubscribed')
      await new Promise((resolve) => setTimeout(resolve))
      expect(log).not.toContain('next 2')
      expect(figures(mailbox)).toMatchObject({ delivered: 1, dropped: 1, pending: 0 })
    })
  })
})
