/** How windows end, and what is past the capacity; the rest is tested in batch.test.ts. */
import { afterEach, describe, expect, test } from '@jest/globals'
import { batch } from '../../src/backpressure/index.ts'
import { expectBalance, openMailbox } from './support/open-mailbox.ts'

afterEach(expectBalance)

describe('batch', () => {
  describe('with maxSize', () => {
    test('ends a window that has so many, inside the offer', () => {
      const { offer, clock, lines } = openMailbox({ policy: batch({ ms: 10, maxSize: 3 }) })
      offer(1, 2, 3, 4)
      expect(lines()).toEqual(['next [1 2 3]'])
      expect(clock.liveTimers).toBe(1)
      clock.advance(9)
      expect(lines()).toEqual([])
      clock.advance(1)
      expect(lines()).toEqual(['next [4]'])
    })

    test('leaves no timer of a window that was filled', () => {
      const { offer, clock } = openMailbox({ policy: batch({ ms: 10, maxSize: 2 }) })
      offer(1, 2)
      expect(clock.liveTimers).toBe(0)
    })

    test('alone runs no timer at all', () => {
      const { offer, complete, clock, lines } = openMailbox({ policy: batch({ maxSize: 2 }) })
      offer(1, 2, 3)
      expect(clock.liveTimers).toBe(0)
      expect(lines()).toEqual(['next [1 2]'])
      complete()
      expect(lines()).toEqual(['next [3]', 'complete'])
    })

    test('of one hands each over at once', () => {
      const { offer, log } = openMailbox({ policy: batch({ maxSize: 1 }) })
      offer(1, 2)
      expect(log).toEqual(['next [1]', 'next [2]'])
    })

    test('delivers what a callback fills up after it has returned', () => {
      const seen: string[] = []
      const { offer } = openMailbox({
        policy: batch({ maxSize: 2 }),
        next: (version, _delivery, mailbox) => {
          seen.push(`begin ${version}`)
          if (version === 2) for (const next of [3, 4]) mailbox.offer({ version: next })
          seen.push(`end ${version}`)
        },
      })
      offer(1, 2)
      expect(seen).toEqual(['begin 2', 'end 2', 'begin 4', 'end 4'])
    })
  })

  describe('with a fixed window', () => {
    const fixed = batch({ ms: 10, window: 'fixed' })

    test('runs one window after the other from the subscription on, and makes no call for an empty one', () => {
      const { offer, clock, lines } = openMailbox({ policy: fixed })
      for (let window = 0; window < 3; window += 1) {
        expect(clock.liveTimers).toBe(1)
        clock.advance(10)
      }
      expect(lines()).toEqual([])
      clock.advance(8)
      offer(1)
      clock.advance(2)
      expect(lines()).toEqual(['next [1]'])
      expect(clock.liveTimers).toBe(1)
    })

    test('begins again when maxSize ends it', () => {
      const { offer, clock, lines } = openMailbox({
        policy: batch({ ms: 10, maxSize: 2, window: 'fixed' }),
      })
      clock.advance(6)
      offer(1, 2, 3)
      expect(lines()).toEqual(['next [1 2]'])
      expect(clock.liveTimers).toBe(1)
      clock.advance(9)
      expect(lines()).toEqual([])
      clock.advance(1)
      expect(lines()).toEqual(['next [3]'])
    })

    test.each<[string, (opened: ReturnType<typeof openMailbox>) => void]>([
      ['completion', ({ complete }) => complete()],
      ['a source error', ({ error }) => error(new Error('gone'))],
      ['unsubscribing', ({ mailbox }) => mailbox.close('unsubscribed')],
      ['destroy', ({ mailbox }) => mailbox.destroy()],
    ])('ends with %s, without a timer', (_name, end) => {
      const opened = openMailbox({ policy: fixed })
      opened.clock.advance(15)
      end(opened)
      expect(opened.clock.liveTimers).toBe(0)
    })

    test('leaves no timer when the subscriber leaves inside the delivery', () => {
      const { offer, clock } = openMailbox({
        policy: fixed,
        next: (_version, _delivery, mailbox) => mailbox.close('unsubscribed'),
      })
      offer(1)
      clock.advance(10)
      expect(clock.liveTimers).toBe(0)
    })
  })

  describe('past its capacity', () => {
    test('delivers everything held while the consumer is idle, then fails', () => {
      const { mailbox, offer, clock, log } = openMailbox({ policy: batch({ ms: 10, capacity: 2 }) })
      offer(1, 2, 3)
      expect(log).toEqual(['drop 3 overflow', 'next [1 2]', 'error BUFFER_OVERFLOW'])
      expect(mailbox.stats()).toMatchObject({ dropped: 1, missed: 0, pendingMax: 2 })
      expect(clock.liveTimers).toBe(0)
    })

    test('does so too where no timer would ever end the window', () => {
      const { offer, log } = openMailbox({ policy: batch({ maxSize: 3, capacity: 2 }) })
      offer(1, 2, 3)
      expect(log).toEqual(['drop 3 overflow', 'next [1 2]', 'error BUFFER_OVERFLOW'])
    })

    test('delivers the windows that wait for a slow subscriber one by one, then fails with the whole sentence', () => {
      const errors: unknown[] = []
      const { offer, clock, finish, lines } = openMailbox({
        policy: batch({ ms: 10, capacity: 3 }),
        slow: true,
        error: (error) => errors.push(error),
      })
      offer(1)
      clock.advance(10)
      offer(2, 3)
      clock.advance(10)
      offer(4, 5, 6)
      expect(lines()).toEqual(['next [1]', 'drop 5 overflow'])
      expect(clock.liveTimers).toBe(0)
      finish()
      expect(lines()).toEqual(['next [2 3]'])
      finish()
      expect(lines()).toEqual(['next [4]'])
      finish()
      expect(lines()).toEqual(['error BUFFER_OVERFLOW'])
      expect(errors).toEqual([
        expect.objectContaining({
          message:
            'Subscriber "subscriber" was closed: its buffer of 3 was full when version 5 arrived. ' +
            'Raise the capacity, consume faster, or choose another overflow.',
        }),
      ])
    })

    test('calls nobody when onDrop leaves', () => {
      const { offer, clock, log } = openMailbox({
        policy: batch({ ms: 10, capacity: 1 }),
        onDrop: (version, _reason, mailbox) => {
          if (version === 2) mailbox.close('unsubscribed')
        },
      })
      offer(1, 2)
      clock.advance(10)
      expect(log).toEqual(['drop 2 overflow', 'drop 1 unsubscribed'])
      expect(clock.liveTimers).toBe(0)
    })
  })
})
