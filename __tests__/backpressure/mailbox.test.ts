import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { asyncScheduler, EMPTY, NEVER, Observable, of, Subject, throwError } from 'rxjs'
import {
  buffer,
  type Delivery,
  definePolicy,
  direct,
  latest,
  Mailbox,
  type Policy,
  type Port,
  type Versioned,
} from '../../src/backpressure/index.ts'
import {
  expectBalance,
  figures,
  type OpenMailbox,
  openMailbox,
  type Setup,
  upTo,
} from './support/open-mailbox.ts'
import { settle } from './support/virtual-clock.ts'

afterEach(expectBalance)

const queue = buffer({ capacity: 8 })

/** A promise, and what settles it. */
function deferred(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let resolve = (): void => {}
  let reject = (_error: unknown): void => {}
  const promise = new Promise<void>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}

type Then = (onValue: () => void, onError: (error: unknown) => void) => void

/** An object with a `then`, which is no promise. */
const thenable = (then: unknown): { then: unknown } => ({ then })
const resolvedAtOnce: Then = (onValue) => onValue()

describe('Mailbox', () => {
  test('refuses a policy that no factory made', () => {
    expect(() => openMailbox({ policy: { kind: 'queue' } as never })).toThrow(
      expect.objectContaining({
        code: 'POLICY_INVALID',
        message:
          'Expected "policy" to be a policy made by a factory, such as latest() or buffer({ capacity: 64 }), and no copy of one, got an object.',
      }),
    )
  })

  describe('stats', () => {
    test('tells everything about a subscriber', () => {
      let now = 10
      const { mailbox, offer, finish } = openMailbox({
        policy: buffer({ capacity: 2 }),
        id: 'log',
        slow: true,
        now: () => now,
      })
      expect(mailbox.stats()).toEqual({
        id: 'log',
        policy: 'buffer:2:drop-oldest',
        published: 0,
        delivered: 0,
        dropped: 0,
        conflated: 0,
        pending: 0,
        calls: 0,
        errors: 0,
        inFlight: 0,
        abandoned: 0,
        capacity: 2,
        pendingMax: 0,
        missed: 0,
        lastVersion: -1,
        busySince: null,
      })
      offer(1, 2, 3, 4)
      now = 20
      finish()
      expect(mailbox.stats()).toMatchObject({
        published: 4,
        delivered: 2,
        dropped: 1,
        pending: 1,
        calls: 2,
        inFlight: 1,
        pendingMax: 2,
        missed: 1,
        lastVersion: 3,
        busySince: 20,
      })
    })

    test('remembers the most that ever was pending', () => {
      const { mailbox, offer, finish } = openMailbox({ policy: queue, slow: true })
      offer(1, 2, 3, 4)
      finish(3)
      offer(5)
      expect(mailbox.stats()).toMatchObject({ pending: 1, pendingMax: 3 })
    })

    test('counts a delivery before its callback runs, and calls nothing pending that is being handled', () => {
      const seen: unknown[] = []
      const { offer } = openMailbox({
        policy: queue,
        next: (_version, _delivery, mailbox) => seen.push(mailbox.stats()),
      })
      offer(1)
      expect(seen).toEqual([
        expect.objectContaining({
          published: 1,
          delivered: 1,
          pending: 0,
          calls: 1,
          inFlight: 1,
          lastVersion: 1,
        }),
      ])
    })

    test('says since when the consumer has been busy, and null while it is idle', () => {
      let now = 5
      const { mailbox, offer, finish } = openMailbox({ policy: direct(), slow: true, now: () => now })
      expect(mailbox.stats().busySince).toBeNull()
      offer(1)
      now = 6
      offer(2)
      finish()
      expect(mailbox.stats().busySince).toBe(5)
      finish()
      expect(mailbox.stats().busySince).toBeNull()
    })

    test('is not busy with a handler that has returned nothing', () => {
      const { mailbox, offer } = openMailbox({ policy: queue, now: () => 5 })
      offer(1)
      expect(mailbox.stats()).toMatchObject({ busySince: null, inFlight: 0 })
    })

    test('can be read after the end, and does not change then', async () => {
      const { promise, reject } = deferred()
      const { mailbox, offer } = openMailbox({ policy: queue, next: () => promise, now: () => 5 })
      offer(1, 2)
      mailbox.close('unsubscribed')
      const after = mailbox.stats()
      expect(after).toMatchObject({ delivered: 1, dropped: 1, pending: 0, inFlight: 1, busySince: null })
      reject(new Error('late'))
      await settle()
      expect(mailbox.stats()).toEqual({ ...after, inFlight: 0 })
    })
  })

  describe('waits for what the consumer returned', () => {
    /** Offers two to a consumer whose first call returns `result`; tells what it has been given so far. */
    function offerTwo(result: unknown): OpenMailbox {
      const opened = openMailbox({ policy: queue, next: (version) => (version === 1 ? result : undefined) })
      opened.offer(1, 2)
      return opened
    }

    test('a promise', async () => {
      const { promise, resolve } = deferred()
      const { log } = offerTwo(promise)
      await settle()
      expect(log).toEqual(['next 1'])
      resolve()
      await settle()
      expect(log).toEqual(['next 1', 'next 2'])
    })

    test('a thenable that is no promise', () => {
      let resolve = (): void => {}
      const later: Then = (onValue) => {
        resolve = onValue
      }
      const { log } = offerTwo(thenable(later))
      expect(log).toEqual(['next 1'])
      resolve()
      expect(log).toEqual(['next 1', 'next 2'])
    })

    test('an observable that completes later', () => {
      const work = new Subject<number>()
      const { log } = offerTwo(work)
      work.next(1)
      expect(log).toEqual(['next 1'])
      work.complete()
      expect(log).toEqual(['next 1', 'next 2'])
      expect(work.observed).toBe(false)
    })

    test('an async iterable, to its end', async () => {
      const { promise, resolve } = deferred()
      let ran = false
      const { log } = offerTwo(
        (async function* () {
          yield 1
          await promise
          ran = true
        })(),
      )
      await settle()
      expect(log).toEqual(['next 1'])
      resolve()
      await settle()
      expect([ran, log]).toEqual([true, ['next 1', 'next 2']])
    })

    test('a generator, which it runs', () => {
      let ran = 0
      const { log } = offerTwo(
        (function* () {
          ran += 1
          yield
          ran += 1
        })(),
      )
      expect([ran, log]).toEqual([2, ['next 1', 'next 2']])
    })

    test.each<[string, unknown]>([
      ['nothing', undefined],
      ['null', null],
      ['a number', 3],
      ['a string', 'done'],
      ['an array', [NEVER, new Promise(() => {})]],
      ['an object', thenable('not a function')],
      ['a function', () => {}],
      ['a Map', new Map([[1, 2]])],
      ['an observable that completes at once', EMPTY],
      ['an observable that emits and completes at once', of(1, 2, 3)],
      ['a thenable that is resolved at once', thenable(resolvedAtOnce)],
    ])('not for %s', (_name, result) => {
      const { mailbox, log } = offerTwo(result)
      expect(log).toEqual(['next 1', 'next 2'])
      expect(mailbox.stats()).toMatchObject({ inFlight: 0, errors: 0, busySince: null })
    })

    test('without walking a collection that a consumer happens to return', () => {
      const walked = jest.fn()
      class Seen extends Set<number> {
        override [Symbol.iterator]() {
          walked()
          return super[Symbol.iterator]()
        }
      }
      const seen = new Seen()
      const { offer } = openMailbox({ policy: queue, next: (version) => seen.add(version) })
      offer(1, 2, 3)
      expect(seen.size).toBe(3)
      expect(walked).not.toHaveBeenCalled()
    })

    test('once, however often a thenable settles', () => {
      const often: Then = (onValue, onError) => {
        onValue()
        onError(new Error('twice'))
        throw new Error('thrice')
      }
      const { mailbox, log } = offerTwo(thenable(often))
      expect(log).toEqual(['next 1', 'next 2'])
      expect(mailbox.stats()).toMatchObject({ errors: 0, inFlight: 0 })
    })
  })

  describe('reports a failure of the consumer and goes on', () => {
    /** Offers two to a consumer whose first call fails in some way. */
    function offerTwo(failing: () => unknown): OpenMailbox {
      const opened = openMailbox({
        policy: queue,
        next: (version) => (version === 1 ? failing() : undefined),
      })
      opened.offer(1, 2)
      return opened
    }

    const broken = new Error('broken')
    const fail = (): never => {
      throw broken
    }

    test.each<[string, () => unknown]>([
      ['throws', fail],
      ['returns a promise that rejects', () => Promise.reject(broken)],
      ['is an async function that throws', async () => fail()],
      ['returns an observable that fails', () => throwError(() => broken)],
      ['returns a thenable that throws', () => thenable(fail)],
      [
        'returns an object whose "then" cannot be read',
        () => Object.defineProperty({}, 'then', { get: fail }),
      ],
      [
        'returns an async iterable that fails',
        () =>
          (async function* () {
            yield fail()
          })(),
      ],
    ])('when it %s', async (_name, failing) => {
      const { mailbox, faults, log } = offerTwo(failing)
      await settle()
      expect(log).toEqual(['next 1', 'fault next 1 broken', 'next 2'])
      expect(faults[0]?.error).toBe(broken)
      expect(mailbox.stats()).toMatchObject({
        errors: 1,
        calls: 2,
        delivered: 2,
        inFlight: 0,
        busySince: null,
      })
    })

    test('when it returns what looks like an observable and is none', () => {
      const { log } = offerTwo(() => ({ subscribe() {} }))
      expect(log).toEqual([
        'next 1',
        expect.stringMatching(/^fault next 1 You provided an invalid object where a stream was expected/),
        'next 2',
      ])
    })

    test('or closes the subscription, if that is what a failure leads to', () => {
      const {
        mailbox,
        offer,
        fail: failFirst,
        finish,
        lines,
      } = openMailbox({
        policy: queue,
        slow: true,
        onError: 'close',
      })
      offer(1, 2, 3)
      lines()
      failFirst(broken)
      offer(4)
      finish()
      expect(lines()).toEqual(['fault next 1 broken', 'drop 2 consumer-error', 'drop 3 consumer-error'])
      expect(mailbox.stats()).toMatchObject({ errors: 1, published: 3, inFlight: 0 })
      expect(mailbox.closed).toBe(true)
    })

    test('also where the callback has unsubscribed in the same call', async () => {
      const leave = (mailbox: OpenMailbox['mailbox']) => mailbox.close('unsubscribed')
      const failing: NonNullable<Setup['next']>[] = [
        (_version, _delivery, mailbox) => {
          leave(mailbox)
          throw new Error('broken')
        },
        async (_version, _delivery, mailbox) => {
          leave(mailbox)
          throw new Error('broken')
        },
        (_version, _delivery, mailbox) => {
          leave(mailbox)
          return throwError(() => new Error('broken'))
        },
      ]
      for (const next of failing) {
        const { offer, mailbox, log } = openMailbox({ policy: queue, next })
        offer(1)
        await settle()
        expect(log).toEqual(['next 1', 'fault next 1 broken'])
        expect(mailbox.stats()).toMatchObject({ errors: 1, inFlight: 0 })
      }
    })

    test('but not where it only gives up, having unsubscribed', async () => {
      const { offer, mailbox, log } = openMailbox({
        policy: queue,
        next: (_version, { signal }, mailbox) => {
          const asked = signal
          mailbox.close('unsubscribed')
          asked.throwIfAborted()
        },
      })
      offer(1)
      expect(log).toEqual(['next 1'])
      expect(mailbox.stats()).toMatchObject({ errors: 0, inFlight: 0 })
    })

    test('and lets whoever is told of the failure unsubscribe', () => {
      const { offer, closings, log } = openMailbox({
        policy: queue,
        onError: 'close',
        next: fail,
        onFault: (_fault, mailbox) => mailbox.close('unsubscribed'),
      })
      offer(1, 2)
      expect(log).toEqual(['next 1', 'fault next 1 broken'])
      expect(closings()).toBe(1)
    })
  })

  describe('reports a failure beside the consumer', () => {
    const broken = new Error('broken')

    test.each<[string, () => unknown]>([
      [
        'throws',
        () => {
          throw broken
        },
      ],
      ['rejects', () => Promise.reject(broken)],
    ])('of onDrop, complete and error, when it %s', async (_name, failing) => {
      const dropping = openMailbox({ policy: buffer({ capacity: 1 }), slow: true, onDrop: failing })
      dropping.offer(1, 2, 3)
      const completing = openMailbox({ policy: queue, complete: failing })
      completing.complete()
      const erring = openMailbox({ policy: queue, error: failing })
      erring.error(new Error('gone'))
      await settle()
      expect(dropping.log).toEqual(['next 1', 'drop 2 overflow', 'fault drop 2 broken'])
      expect(completing.log).toEqual(['complete', 'fault complete -1 broken'])
      expect(erring.log).toEqual(['error gone', 'fault error -1 broken'])
    })

    test('of each drop, and drops the rest', () => {
      const { mailbox, offer, log } = openMailbox({
        policy: queue,
        slow: true,
        onDrop: () => {
          throw broken
        },
      })
      offer(1, 2, 3)
      mailbox.close('unsubscribed')
      expect(log).toEqual([
        'next 1',
        'drop 2 unsubscribed',
        'fault drop 2 broken',
        'drop 3 unsubscribed',
        'fault drop 3 broken',
      ])
    })

    test('of the teardown of a running observable, and lets go of the others too', () => {
      const ended: number[] = []
      const { mailbox, offer, log } = openMailbox({
        policy: direct(),
        next: (version) =>
          new Observable(() => () => {
            ended.push(version)
            if (version === 1) throw broken
          }),
      })
      offer(1, 2)
      mailbox.close('unsubscribed')
      expect(ended).toEqual([1, 2])
      expect(log).toEqual(['next 1', 'next 2', expect.stringMatching(/^fault next 1 1 errors occurred/)])
      expect(mailbox.stats().inFlight).toBe(0)
    })

    test('of the teardown of an observable that has left while it began', () => {
      const { mailbox, offer, log } = openMailbox({
        policy: direct(),
        next: (_version, _delivery, self) =>
          new Observable(() => {
            self.close('unsubscribed')
            return () => {
              throw broken
            }
          }),
      })
      offer(1)
      expect(log).toEqual(['next 1', 'fault next 1 broken'])
      expect(mailbox.stats().inFlight).toBe(0)
    })

    test('of a source error that nobody hears', () => {
      const { error, log } = openMailbox({ policy: queue, hearsEnd: false })
      error(broken)
      expect(log).toEqual(['fault error -1 broken'])
    })

    test('but not a completion that nobody hears', () => {
      const { complete, log } = openMailbox({ policy: queue, hearsEnd: false })
      complete()
      expect(log).toEqual([])
    })
  })

  describe('the signal of a delivery', () => {
    /** Keeps every delivery of a consumer. */
    function keepDeliveries(
      policy: Policy,
      next: (version: number, mailbox: Mailbox<{ version: number }>) => unknown,
    ) {
      const signals: AbortSignal[] = []
      const opened = openMailbox({
        policy,
        next: (version, delivery: Delivery, mailbox) => {
          signals.push(delivery.signal)
          return next(version, mailbox)
        },
      })
      return { ...opened, aborted: () => signals.map(({ aborted }) => aborted) }
    }

    test('aborts when the subscription ends while a promise is waited for', () => {
      const { mailbox, offer, aborted } = keepDeliveries(queue, () => new Promise(() => {}))
      offer(1)
      expect(aborted()).toEqual([false])
      mailbox.close('unsubscribed')
      expect(aborted()).toEqual([true])
    })

    test('aborts for each of several calls that overlap', () => {
      const { mailbox, offer, aborted } = keepDeliveries(direct(), () => NEVER)
      offer(1, 2)
      mailbox.close('unsubscribed')
      expect(aborted()).toEqual([true, true])
    })

    test('aborts at once when the callback itself unsubscribes', () => {
      let inside: boolean | undefined
      const { offer } = openMailbox({
        policy: queue,
        next: (_version, { signal }, mailbox) => {
          mailbox.close('unsubscribed')
          inside = signal.aborted
        },
      })
      offer(1)
      expect(inside).toBe(true)
    })

    test('aborts at once for an outer call when an inner one unsubscribes', () => {
      const inside: boolean[] = []
      const { offer } = openMailbox({
        policy: direct(),
        next: (version, { signal }, mailbox) => {
          if (version < 3) mailbox.offer({ version: version + 1 })
          else mailbox.close('unsubscribed')
          inside.push(signal.aborted)
        },
      })
      offer(1)
      expect(inside).toEqual([true, true, true])
    })

    test('does not abort when the handler had ended before', () => {
      const endings = [
        () => undefined,
        () => EMPTY,
        () => throwError(() => new Error('broken')),
        () => {
          throw new Error('broken')
        },
      ]
      const { mailbox, offer, aborted } = keepDeliveries(queue, (version) => endings[version - 1]!())
      offer(1, 2, 3, 4)
      mailbox.close('unsubscribed')
      expect(aborted()).toEqual([false, false, false, false])
    })

    test('tells the consumer which delivery it is', () => {
      let told: Delivery | undefined
      const { offer } = openMailbox({
        policy: queue,
        id: 'log',
        next: (_version, delivery) => {
          told = delivery
        },
      })
      offer(7)
      expect(told).toMatchObject({ version: 7, missed: 0, subscriberId: 'log' })
    })
  })

  describe('close', () => {
    test('ends a running observable', () => {
      const work = new Subject<never>()
      const { mailbox, offer } = openMailbox({ policy: queue, next: () => work })
      offer(1)
      expect(work.observed).toBe(true)
      mailbox.close('unsubscribed')
      expect(work.observed).toBe(false)
      expect(mailbox.stats().inFlight).toBe(0)
    })

    test('ends an observable that a callback returns after it has unsubscribed', () => {
      const work = new Subject<never>()
      const { offer, mailbox } = openMailbox({
        policy: queue,
        next: (_version, _delivery, self) => {
          self.close('unsubscribed')
          return work
        },
      })
      offer(1)
      expect(work.observed).toBe(false)
      expect(mailbox.stats()).toMatchObject({ inFlight: 0, busySince: null })
    })

    test('lets a promise go: its later rejection is nobody’s failure', async () => {
      const { promise, reject } = deferred()
      const { mailbox, offer, log } = openMailbox({ policy: queue, next: () => promise })
      offer(1)
      mailbox.close('unsubscribed')
      reject(new Error('late'))
      // An unhandled rejection would fail this test.
      await settle()
      expect(log).toEqual(['next 1'])
      expect(mailbox.stats()).toMatchObject({ errors: 0, inFlight: 0 })
    })

    test('tells the host once, and has no effect a second time', () => {
      const { mailbox, closings } = openMailbox({ policy: queue })
      mailbox.close('unsubscribed')
      mailbox.close('consumer-error')
      mailbox.destroy()
      expect(closings()).toBe(1)
    })

    test('has counted every loss before it tells the first', () => {
      const seen: unknown[] = []
      const { mailbox, offer } = openMailbox({
        policy: queue,
        slow: true,
        onDrop: (version, _reason, self) => seen.push([version, self.stats().dropped, self.closed]),
      })
      offer(1, 2, 3)
      mailbox.close('unsubscribed')
      expect(seen).toEqual([
        [2, 2, true],
        [3, 2, true],
      ])
    })

    test('in the middle of a long drain calls nobody any more', () => {
      const { offer, finish, log } = openMailbox({
        policy: queue,
        next: (version, _delivery, mailbox) => {
          if (version === 3) mailbox.close('unsubscribed')
          return version === 1 ? first : undefined
        },
      })
      const first = new Subject<never>()
      offer(1, 2, 3, 4, 5)
      finish()
      first.complete()
      expect(log).toEqual(['next 1', 'next 2', 'next 3', 'drop 4 unsubscribed', 'drop 5 unsubscribed'])
    })
  })

  describe('end', () => {
    test('is told after the running handler has ended', () => {
      const { offer, finish, complete, log } = openMailbox({ policy: queue, slow: true })
      offer(1)
      complete()
      expect(log).toEqual(['next 1'])
      finish()
      expect(log).toEqual(['next 1', 'complete'])
    })

    test('counts the first of two ends', () => {
      const { offer, finish, complete, error, log } = openMailbox({ policy: queue, slow: true })
      offer(1)
      complete()
      error(new Error('too late'))
      finish()
      expect(log).toEqual(['next 1', 'complete'])
    })

    test('takes nothing more', () => {
      const { mailbox, offer, finish, complete } = openMailbox({ policy: queue, slow: true })
      offer(1)
      complete()
      offer(2)
      finish()
      expect(figures(mailbox)).toEqual({ published: 1, delivered: 1, dropped: 0, conflated: 0, pending: 0 })
    })

    test('inside a callback waits for that callback', () => {
      const log: string[] = []
      const { offer } = openMailbox({
        policy: queue,
        next: (_version, _delivery, mailbox) => {
          mailbox.end({ kind: 'complete' })
          log.push('end of next')
        },
        complete: () => log.push('complete'),
      })
      offer(1)
      expect(log).toEqual(['end of next', 'complete'])
    })

    test('is over when the consumer is told', () => {
      const seen: boolean[] = []
      const opened = openMailbox({ policy: queue, complete: () => seen.push(opened.mailbox.closed) })
      opened.complete()
      expect(seen).toEqual([true])
    })

    test('is not told to one who unsubscribes while it waits', () => {
      const { mailbox, offer, complete, log } = openMailbox({ policy: queue, slow: true })
      offer(1, 2)
      complete()
      mailbox.close('unsubscribed')
      expect(log).toEqual(['next 1', 'drop 2 unsubscribed'])
    })
  })

  describe('destroy', () => {
    test('drops what waits, aborts what runs, and completes', () => {
      const { mailbox, offer, finish, lines } = openMailbox({ policy: queue, slow: true })
      offer(1, 2, 3)
      lines()
      mailbox.destroy()
      expect(lines()).toEqual(['drop 2 complete', 'drop 3 complete', 'complete'])
      finish()
      expect(lines()).toEqual([])
      expect(mailbox.stats().inFlight).toBe(0)
    })

    test('tells the error that was about to be told', () => {
      const { mailbox, offer, error, log } = openMailbox({ policy: queue, slow: true })
      offer(1)
      error(new Error('gone'))
      mailbox.destroy()
      expect(log).toEqual(['next 1', 'error gone'])
    })

    test('calls nobody who has left', () => {
      const { mailbox, log } = openMailbox({ policy: queue })
      mailbox.close('unsubscribed')
      mailbox.destroy()
      expect(log).toEqual([])
    })
  })

  describe('request', () => {
    test('is what a pulled consumer is given, and no more', () => {
      const { mailbox, offer, lines } = openMailbox({ policy: queue, pulled: true })
      offer(1, 2, 3)
      expect(lines()).toEqual([])
      mailbox.request(2)
      expect(lines()).toEqual(['next 1', 'next 2'])
      expect(mailbox.stats().pending).toBe(1)
    })

    test('beforehand lets the next ones through inside the offer', () => {
      const { mailbox, offer, log } = openMailbox({ policy: queue, pulled: true })
      mailbox.request(2)
      offer(1, 2, 3)
      expect(log).toEqual(['next 1', 'next 2'])
    })

    test('from inside the callback is served after it, without recursion', () => {
      const log: string[] = []
      const { mailbox, offer } = openMailbox({
        policy: queue,
        pulled: true,
        next: (version, _delivery, self) => {
          log.push(`begin ${version}`)
          self.request(1)
          log.push(`end ${version}`)
        },
      })
      offer(1, 2)
      mailbox.request(1)
      expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2'])
    })

    test('left over does not let what a callback writes overtake the callback', () => {
      const log: string[] = []
      const { mailbox, offer } = openMailbox({
        policy: queue,
        pulled: true,
        next: (version, _delivery, self) => {
          log.push(`begin ${version}`)
          if (version === 1) self.offer({ version: 2 })
          log.push(`end ${version}`)
        },
      })
      offer(1)
      mailbox.request(2)
      expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2'])
    })

    test('is not given back by a handler that ends', () => {
      const { mailbox, offer, finish, log } = openMailbox({ policy: queue, pulled: true, slow: true })
      mailbox.request(1)
      offer(1, 2)
      finish()
      expect(log).toEqual(['next 1'])
    })

    test('brings the replayed entry of a pulled consumer', () => {
      const { mailbox, log } = openMailbox({ policy: latest(), pulled: true })
      mailbox.replay({ version: 7 })
      expect(log).toEqual([])
      mailbox.request(1)
      expect(log).toEqual(['next 7'])
    })

    test('brings the completion once nothing is held', () => {
      const { mailbox, offer, complete, lines } = openMailbox({ policy: queue, pulled: true })
      offer(1)
      complete()
      expect(lines()).toEqual([])
      mailbox.request(1)
      expect(lines()).toEqual(['next 1', 'complete'])
    })
  })

  describe('take', () => {
    test('returns what a request would have told, with the same figures', () => {
      for (const policy of [
        latest(),
        buffer({ capacity: 2 }),
        buffer({ capacity: 2, overflow: 'drop-incoming' }),
      ]) {
        const told = openMailbox({ policy, pulled: true })
        const taken = openMailbox({ policy, pulled: true })
        for (const versions of [[1, 2, 3, 4], [5], [], [6, 7, 8]]) {
          told.offer(...versions)
          taken.offer(...versions)
          for (const _ of upTo(3)) {
            told.lines()
            if (told.mailbox.ready) told.mailbox.request(1)
            const entry = taken.mailbox.take()
            expect(told.lines().map((line) => line.split(' ')[1])).toEqual(
              entry === undefined ? [] : [String(entry.version)],
            )
            expect(taken.mailbox.stats()).toEqual(told.mailbox.stats())
          }
        }
        expect(taken.log.filter((line) => line.startsWith('next'))).toEqual([])
      }
    })

    test('ends what was to end once nothing is held', () => {
      const { mailbox, offer, complete, log } = openMailbox({ policy: queue, pulled: true })
      offer(1)
      complete()
      expect(log).toEqual([])
      expect(mailbox.take()?.version).toBe(1)
      expect(log).toEqual(['complete'])
      expect([mailbox.closed, mailbox.take()]).toEqual([true, undefined])
    })

    test('tells that there is room, after it was counted', () => {
      const rooms: number[] = []
      const { mailbox, offer } = openMailbox({
        policy: buffer({ capacity: 2, overflow: 'suspend' }),
        pulled: true,
        onRoom: (self) => rooms.push(self.pending),
      })
      offer(1, 2)
      mailbox.take()
      mailbox.take()
      mailbox.take()
      expect(rooms).toEqual([1, 0])
    })

    test('gives what a policy has handed over before it throws, and ends with its error', () => {
      const broken = new Error('broken')
      const { mailbox, offer, lines } = openMailbox({
        policy: definePolicy({
          kind: 'broken',
          capacity: 1,
          converges: true,
          lossless: false,
          open(port) {
            let held: Versioned | undefined
            return {
              size: 0,
              get ready() {
                return held !== undefined
              },
              offer(entry) {
                held = entry
              },
              release() {
                port.deliver(held as Versioned)
                throw broken
              },
              clear: () => [],
            }
          },
        }),
        pulled: true,
      })
      offer(1)
      expect(mailbox.take()?.version).toBe(1)
      expect(lines()).toEqual(['error broken'])
      expect(mailbox.stats()).toMatchObject({ published: 1, delivered: 1, pending: 0 })
    })

    /** A policy that holds whatever it is offered, until it is asked. */
    const holding = (release: (held: Versioned[], port: Port<Versioned>) => void) =>
      definePolicy({
        kind: 'holding',
        capacity: 3,
        converges: false,
        lossless: false,
        open(port) {
          const held: Versioned[] = []
          return {
            get size() {
              return held.length
            },
            get ready() {
              return held.length > 0
            },
            offer: (entry) => void held.push(entry),
            release: () => release(held, port),
            clear: () => held.splice(0),
          }
        },
      })

    test('inside another one gives nothing', () => {
      const inner: unknown[] = []
      const { mailbox, offer } = openMailbox({
        policy: holding((held, port) => {
          port.drop(held.shift() as Versioned, 'window')
          port.deliver(held.shift() as Versioned)
        }),
        pulled: true,
        onDrop: (_version, _reason, self) => inner.push(self.take()),
      })
      offer(1, 2)
      expect([mailbox.take()?.version, mailbox.take()]).toEqual([2, undefined])
      expect(inner).toEqual([undefined])
    })

    test('hands over what lies behind an entry that its policy gives up when asked', () => {
      const { mailbox, offer } = openMailbox({
        policy: holding((held, port) => {
          const entry = held.shift() as Versioned
          if (entry.version % 2 === 0) port.deliver(entry)
          else port.drop(entry, 'window')
        }),
        pulled: true,
      })
      offer(1, 2, 3)
      expect([mailbox.take()?.version, mailbox.take()]).toEqual([2, undefined])
      expect(mailbox.stats()).toMatchObject({ published: 3, delivered: 1, dropped: 2, missed: 1, pending: 0 })
      expectBalance()
    })
  })

  describe('a strategy', () => {
    const settling = (settled: () => void) =>
      definePolicy({
        kind: 'settling',
        capacity: 1,
        converges: false,
        lossless: false,
        open(port) {
          const held: Versioned[] = []
          return {
            get size() {
              return held.length
            },
            get ready() {
              return held.length > 0
            },
            offer(entry) {
              if (port.idle) port.deliver(entry)
              else held.push(entry)
            },
            release: () => port.deliver(held.shift() as Versioned),
            settled,
            clear: () => held.splice(0),
          }
        },
      })

    test('hears that the consumer has been given all, once that is idle', () => {
      const heard: string[] = []
      const { offer, finish, lines } = openMailbox({
        policy: settling(() => heard.push('settled')),
        slow: true,
      })
      offer(1)
      expect([lines(), heard]).toEqual([['next 1'], []])
      finish()
      expect(heard).toEqual(['settled'])
    })

    test('hears it of a consumer that has taken', () => {
      const heard: string[] = []
      const { mailbox, offer } = openMailbox({ policy: settling(() => heard.push('settled')), pulled: true })
      offer(1)
      expect([mailbox.take()?.version, mailbox.take()]).toEqual([1, undefined])
      expect(heard).toEqual(['settled'])
    })

    test('that throws at that ends its subscription, and nothing leaves the mailbox', () => {
      const { mailbox, offer, lines } = openMailbox({
        policy: settling(() => {
          throw new Error('broken')
        }),
      })
      expect(() => offer(1)).not.toThrow()
      expect(lines()).toEqual(['next 1', 'error broken'])
      expect(mailbox.closed).toBe(true)
    })

    test('hears nothing of a consumer that has left', () => {
      const heard: string[] = []
      const { offer, finish, log } = openMailbox({
        policy: settling(() => heard.push('settled')),
        slow: true,
        next: (version, _delivery, mailbox) => {
          if (version === 2) mailbox.close('unsubscribed')
        },
      })
      offer(1, 2)
      finish()
      expect([log, heard]).toEqual([['next 1', 'next 2'], []])
    })
  })

  describe('does not recurse', () => {
    const MANY = 100_000
    const broken = new Error('broken')

    test.each<[string, () => unknown]>([
      ['returns nothing', () => undefined],
      ['returns an observable that completes at once', () => EMPTY],
      ['returns a thenable that is resolved at once', () => thenable(resolvedAtOnce)],
      [
        'throws',
        () => {
          throw broken
        },
      ],
    ])('when a long buffer is drained by a consumer that %s', (_name, handle) => {
      const first = new Subject<never>()
      let delivered = 0
      const mailbox = new Mailbox<{ version: number }>({
        id: 'subscriber',
        policy: buffer({ capacity: MANY }),
        onError: 'continue',
        pulled: false,
        scheduler: asyncScheduler,
        consumer: {
          next: (entry) => {
            const { version } = entry as { version: number }
            delivered += 1
            return version === 0 ? first : handle()
          },
        },
        now: () => 0,
        dropped() {},
        faulted() {},
        roomMade() {},
        closed() {},
      })
      for (let version = 0; version <= MANY; version += 1) mailbox.offer({ version })
      expect(mailbox.stats()).toMatchObject({ delivered: 1, pending: MANY })
      first.complete()
      expect(delivered).toBe(MANY + 1)
      expect(figures(mailbox)).toEqual({
        published: MANY + 1,
        delivered: MANY + 1,
        dropped: 0,
        conflated: 0,
        pending: 0,
      })
    })

    test('when each callback writes the next entry', () => {
      let last = 0
      const { mailbox, offer } = openMailbox({
        policy: latest(),
        next: (version, _delivery, self) => {
          last = version
          if (version < 20_000) self.offer({ version: version + 1 })
        },
      })
      offer(1)
      expect(last).toBe(20_000)
      expect(mailbox.stats()).toMatchObject({ delivered: 20_000, conflated: 0, pendingMax: 1 })
    })
  })

  test('keeps the order of a long run with a slow consumer', () => {
    const { offer, finish, log } = openMailbox({ policy: buffer({ capacity: 1000 }), slow: true })
    offer(...upTo(1000))
    finish(1000)
    expect(log).toEqual(upTo(1000).map((version) => `next ${version}`))
  })
})
