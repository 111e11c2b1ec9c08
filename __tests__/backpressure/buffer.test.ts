import { afterEach, describe, expect, test } from '@jest/globals'
import { buffer } from '../../src/backpressure/buffer.ts'
import { HeadgateError } from '../../src/kit/index.ts'
import { expectBalance, figures, openMailbox, upTo } from './support/open-mailbox.ts'

afterEach(expectBalance)

const refusal = (message: string): unknown => expect.objectContaining({ code: 'POLICY_INVALID', message })

describe('buffer', () => {
  test('is a frozen value with its defaults written out', () => {
    const defaults = { kind: 'buffer', capacity: 64, overflow: 'drop-oldest', dispatch: 'sync' }
    expect(buffer()).toMatchObject(defaults)
    expect(buffer({})).toMatchObject(defaults)
    expect(buffer({ capacity: undefined as never })).toMatchObject(defaults)
    expect(buffer()).toBeFrozen()
  })

  test('keeps what it is given', () => {
    const given = { capacity: 3, overflow: 'drop-incoming', dispatch: 'microtask' } as const
    expect(buffer(given)).toMatchObject({ kind: 'buffer', ...given })
  })

  test('has no bound only when Infinity is written out', () => {
    expect(buffer({ capacity: Number.POSITIVE_INFINITY }).capacity).toBe(Number.POSITIVE_INFINITY)
  })

  test.each<[unknown, string]>([
    [0, '0 (number)'],
    [-1, '-1 (number)'],
    [1.5, '1.5 (number)'],
    [Number.NaN, 'NaN (number)'],
    [Number.NEGATIVE_INFINITY, '-Infinity (number)'],
    [3n, '3 (bigint)'],
    ['64', '"64" (string)'],
    [null, 'null'],
    [{}, 'an object'],
  ])('refuses the capacity %p', (capacity, received) => {
    expect(() => buffer({ capacity: capacity as never })).toThrow(
      refusal(`Expected "capacity" to be an integer from 1, got ${received}.`),
    )
  })

  test.each<[unknown, string]>([
    ['drop', '"drop" (string)'],
    ['DROP-OLDEST', '"DROP-OLDEST" (string)'],
    [null, 'null'],
    [1, '1 (number)'],
  ])('refuses the overflow %p', (overflow, received) => {
    expect(() => buffer({ overflow: overflow as never })).toThrow(
      refusal(
        `Expected "overflow" to be "drop-oldest", "drop-incoming", "error" or "suspend", got ${received}.`,
      ),
    )
  })

  test.each(['drop-latest', 'drop-newest'])(
    'refuses the overflow %p, and names both things people mean',
    (name) => {
      expect(() => buffer({ overflow: name as never })).toThrow(
        refusal(
          `Expected "overflow" to be "drop-oldest", "drop-incoming", "error" or "suspend" ("${name}" can mean two things: "drop-incoming" drops the version being published, latest() keeps only the newest), got "${name}" (string).`,
        ),
      )
    },
  )

  test('refuses a dispatch that it does not know', () => {
    expect(() => buffer({ dispatch: 'async' as never })).toThrow(
      refusal('Expected "dispatch" to be "sync" or "microtask", got "async" (string).'),
    )
  })

  // What holds whatever happens on overflow.
  describe.each(['drop-oldest', 'drop-incoming', 'error', 'suspend'] as const)(
    'with overflow "%s"',
    (overflow) => {
      const policy = buffer({ capacity: 3, overflow })

      test('calls nobody while nothing is offered', () => {
        const { mailbox, log } = openMailbox({ policy })
        expect(log).toEqual([])
        expect(figures(mailbox)).toEqual({ published: 0, delivered: 0, dropped: 0, conflated: 0, pending: 0 })
        expect(mailbox.stats().capacity).toBe(3)
      })

      test('completes at once when the source ends without an entry', () => {
        const { complete, log } = openMailbox({ policy })
        complete()
        expect(log).toEqual(['complete'])
      })

      test('hands one over inside the offer while the consumer is idle', () => {
        const { offer, log } = openMailbox({ policy })
        offer(1)
        expect(log).toEqual(['next 1'])
      })

      test('hands many to a consumer that is always idle, and never fills', () => {
        const { mailbox, offer, log } = openMailbox({ policy })
        offer(...upTo(100))
        expect(log).toEqual(upTo(100).map((version) => `next ${version}`))
        expect(mailbox.stats()).toMatchObject({ dropped: 0, pendingMax: 0 })
      })

      test('holds its whole capacity for a slow subscriber, beside the one in progress', () => {
        const { mailbox, offer, finish, log } = openMailbox({ policy, slow: true })
        offer(1, 2, 3, 4)
        expect(log).toEqual(['next 1'])
        expect(mailbox.stats()).toMatchObject({ inFlight: 1, pending: 3, dropped: 0, pendingMax: 3 })
        finish(4)
        expect(log).toEqual(['next 1', 'next 2', 'next 3', 'next 4'])
      })

      test('delivers what it holds before a source error', () => {
        const { offer, finish, error, lines } = openMailbox({ policy, slow: true })
        offer(1, 2, 3)
        error(new Error('gone'))
        finish(2)
        expect(lines()).toEqual(['next 1', 'next 2', 'next 3'])
        finish()
        expect(lines()).toEqual(['error gone'])
      })

      test('goes on after a callback that throws', () => {
        const { offer, log } = openMailbox({
          policy,
          next: (version) => {
            if (version === 1) throw new Error('broken')
          },
        })
        offer(1, 2)
        expect(log).toEqual(['next 1', 'fault next 1 broken', 'next 2'])
      })

      test('drops what it holds on an early unsubscribe, oldest first', () => {
        const { mailbox, offer, finish, log } = openMailbox({ policy, slow: true })
        offer(1, 2, 3)
        mailbox.close('unsubscribed')
        offer(4)
        finish()
        expect(log).toEqual(['next 1', 'drop 2 unsubscribed', 'drop 3 unsubscribed'])
        expect(figures(mailbox)).toEqual({ published: 3, delivered: 1, dropped: 2, conflated: 0, pending: 0 })
      })

      test('gives a late subscriber nothing of the backlog of another', () => {
        const early = openMailbox({ policy, slow: true })
        early.offer(1, 2)
        const late = openMailbox({ policy })
        late.mailbox.replay({ version: 2 })
        for (const { offer } of [early, late]) offer(3)
        expect(late.log).toEqual(['next 2', 'next 3'])
      })

      test('holds what a callback writes until the callback has returned', () => {
        const log: string[] = []
        const { offer } = openMailbox({
          policy,
          next: (version, _delivery, mailbox) => {
            log.push(`begin ${version}`)
            if (version === 1) for (const next of [2, 3, 4]) mailbox.offer({ version: next })
            log.push(`end ${version}`)
          },
        })
        offer(1)
        expect(log).toEqual([1, 2, 3, 4].flatMap((version) => [`begin ${version}`, `end ${version}`]))
      })
    },
  )

  describe('with overflow "drop-oldest"', () => {
    test('loses the longest held, and tells the next delivery how many', () => {
      const { mailbox, offer, finish, lines } = openMailbox({ policy: buffer({ capacity: 2 }), slow: true })
      offer(1, 2, 3, 4, 5)
      expect(lines()).toEqual(['next 1', 'drop 2 overflow', 'drop 3 overflow'])
      expect(figures(mailbox)).toEqual({ published: 5, delivered: 1, dropped: 2, conflated: 0, pending: 2 })
      finish(2)
      expect(lines()).toEqual(['next 4 missed 2', 'next 5'])
    })

    test('keeps only the newest with capacity 1', () => {
      const { offer, finish, log } = openMailbox({ policy: buffer({ capacity: 1 }), slow: true })
      offer(...upTo(100))
      finish(2)
      expect(log.filter((line) => line.startsWith('next'))).toEqual(['next 1', 'next 100 missed 98'])
    })

    test('has counted the loss, and holds the newcomer, when onDrop is called', () => {
      const seen: unknown[] = []
      const { offer } = openMailbox({
        policy: buffer({ capacity: 1 }),
        slow: true,
        onDrop: (version, _reason, mailbox) => seen.push([version, figures(mailbox)]),
      })
      offer(1, 2, 3)
      expect(seen).toEqual([[2, { published: 3, delivered: 1, dropped: 1, conflated: 0, pending: 1 }]])
    })
  })

  describe('with overflow "drop-incoming"', () => {
    const policy = buffer({ capacity: 2, overflow: 'drop-incoming' })

    test('loses the one being published', () => {
      const { mailbox, offer, lines } = openMailbox({ policy, slow: true })
      offer(1, 2, 3, 4, 5)
      expect(lines()).toEqual(['next 1', 'drop 4 overflow', 'drop 5 overflow'])
      expect(figures(mailbox)).toEqual({ published: 5, delivered: 1, dropped: 2, conflated: 0, pending: 2 })
    })

    test('tells the loss with the version that follows the gap, not with those held before it', () => {
      const { mailbox, offer, finish, lines } = openMailbox({ policy, slow: true })
      offer(1, 2, 3, 4, 5)
      finish()
      offer(6)
      lines()
      finish(2)
      expect(lines()).toEqual(['next 3', 'next 6 missed 2'])
      expect(mailbox.stats().missed).toBe(2)
    })

    test('keeps several gaps apart', () => {
      const { offer, finish, lines } = openMailbox({ policy, slow: true })
      offer(1, 2, 3, 4) // 4 is lost behind 3
      finish()
      offer(5, 6, 7) // 6 and 7 are lost behind 5
      finish()
      offer(8)
      lines()
      finish(3)
      expect(lines()).toEqual(['next 5 missed 1', 'next 8 missed 2'])
    })

    test('tells a gap behind everything held with the first that comes after it', () => {
      const { offer, finish, lines } = openMailbox({ policy, slow: true })
      offer(1, 2, 3, 4)
      finish(3)
      lines()
      offer(5, 6)
      finish()
      expect(lines()).toEqual(['next 5 missed 1', 'next 6'])
    })
  })

  describe('with overflow "error"', () => {
    const policy = buffer({ capacity: 2, overflow: 'error' })

    test('delivers what it holds, then ends with BUFFER_OVERFLOW', () => {
      const { mailbox, offer, finish, lines } = openMailbox({ policy, slow: true })
      offer(1, 2, 3, 4)
      expect(lines()).toEqual(['next 1', 'drop 4 overflow'])
      expect(mailbox.closed).toBe(false)
      finish(2)
      expect(lines()).toEqual(['next 2', 'next 3'])
      finish()
      expect(lines()).toEqual(['error BUFFER_OVERFLOW'])
      expect(mailbox.closed).toBe(true)
    })

    test('tells who, how much and when in the error', () => {
      let told: unknown
      const { offer, finish } = openMailbox({
        policy,
        id: 'archive',
        slow: true,
        error: (error) => {
          told = error
        },
      })
      offer(1, 2, 3, 4)
      finish(3)
      expect(told).toBeInstanceOf(HeadgateError)
      expect(told).toMatchObject({
        message:
          'Subscriber "archive" was closed: its buffer of 2 was full when version 4 arrived. Raise the capacity, consume faster, or choose another overflow.',
        details: { subscriberId: 'archive', capacity: 2, version: 4 },
      })
    })

    test('reports a fault where the consumer has no error callback', () => {
      const { offer, finish, faults, lines } = openMailbox({ policy, slow: true, hearsEnd: false })
      offer(1, 2, 3, 4)
      finish(2)
      expect(faults).toEqual([])
      lines()
      finish()
      expect(lines()).toEqual(['fault error -1 BUFFER_OVERFLOW'])
    })

    test('takes nothing more once it has overflowed', () => {
      const { mailbox, offer } = openMailbox({ policy, slow: true })
      offer(1, 2, 3, 4, 5, 6)
      expect(figures(mailbox)).toEqual({ published: 4, delivered: 1, dropped: 1, conflated: 0, pending: 2 })
    })

    test('drops the rest, and is told no error, when the subscriber leaves while it drains', () => {
      const { mailbox, offer, finish, lines } = openMailbox({ policy, slow: true })
      offer(1, 2, 3, 4)
      finish()
      lines()
      mailbox.close('unsubscribed')
      finish()
      expect(lines()).toEqual(['drop 3 unsubscribed'])
    })

    test('still tells the overflow when the source is destroyed while it drains', () => {
      const { mailbox, offer, lines } = openMailbox({ policy, slow: true })
      offer(1, 2, 3, 4)
      lines()
      mailbox.destroy()
      expect(lines()).toEqual(['drop 2 complete', 'drop 3 complete', 'error BUFFER_OVERFLOW'])
    })
  })

  describe('with overflow "suspend"', () => {
    const policy = buffer({ capacity: 2, overflow: 'suspend' })

    test('says how much room there is, the idle consumer included', () => {
      const { mailbox, offer, finish } = openMailbox({ policy, slow: true })
      expect(mailbox.room(0)).toBe(3)
      offer(1)
      expect(mailbox.room(0)).toBe(2)
      offer(2, 3)
      expect(mailbox.room(0)).toBe(0)
      finish()
      expect(mailbox.room(0)).toBe(1)
      expect(mailbox.room(1)).toBe(0)
    })

    test('tells when room was made: by a handler that ended, and by leaving', () => {
      const rooms: number[] = []
      const { mailbox, offer, finish } = openMailbox({
        policy,
        slow: true,
        onRoom: (self) => rooms.push(self.room(0)),
      })
      offer(1, 2, 3)
      expect(rooms).toEqual([])
      finish()
      expect(rooms).toEqual([1])
      mailbox.close('unsubscribed')
      expect(rooms).toHaveLength(2)
    })

    test('drops its oldest where a source offers without asking for room', () => {
      const { offer, finish, log } = openMailbox({ policy, slow: true })
      offer(1, 2, 3, 4)
      finish(3)
      expect(log).toEqual(['next 1', 'drop 2 overflow', 'next 3 missed 1', 'next 4'])
    })
  })

  describe('with dispatch "microtask"', () => {
    test('hands a burst over in one microtask, as far as it fits', async () => {
      const { offer, log } = openMailbox({
        policy: buffer({ capacity: 2, overflow: 'drop-incoming', dispatch: 'microtask' }),
      })
      offer(1, 2, 3)
      expect(log).toEqual(['drop 3 overflow'])
      await Promise.resolve()
      expect(log).toEqual(['drop 3 overflow', 'next 1', 'next 2'])
    })

    test('has no room for one more than its capacity, for nothing is handed over inside the write', () => {
      const { mailbox } = openMailbox({
        policy: buffer({ capacity: 2, overflow: 'suspend', dispatch: 'microtask' }),
      })
      expect(mailbox.room(0)).toBe(2)
    })
  })
})
