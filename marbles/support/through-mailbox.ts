/**
 * Puts a mailbox between a source and an observer, so that a policy can be drawn in marbles: what comes
 * out is what the consumer was handed, when it was handed over.
 *
 *   source   -a-b-c------|        handle returns timer(5 ms)
 *   output   -a----c-----|        latest(): b was conflated
 *
 * The consumer is busy until what `handle` returned has ended. A `timer` of the scheduler under test makes
 * it slow in virtual time; a promise would escape it.
 */

import { expect } from '@jest/globals'
import { asyncScheduler, Observable, type ObservableInput, Subscription } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import {
  type DropReason,
  Mailbox,
  type MailboxConsumer,
  type MailboxFault,
  type MailboxHost,
  type Policy,
} from '../../src/backpressure/index.ts'

/** A letter of a diagram on its way. */
interface Letter<V> {
  readonly version: number
  readonly value: V
}

/** What a diagram does not show. */
export interface Ledger {
  readonly drops: string[]
  readonly faults: string[]
  /** Before which letters something was missed, and how many. */
  readonly missed: string[]
  /** Figures of each mailbox when it ended, and each moment at which they did not add up. */
  readonly ends: { published: number; delivered: number; dropped: number; conflated: number }[]
  readonly imbalances: string[]
}

export const openLedger = (): Ledger => ({ drops: [], faults: [], missed: [], ends: [], imbalances: [] })

type Handle<V> = (value: V) => ObservableInput<unknown> | undefined | void

/** Drives a mailbox of its own for each subscriber. */
export function throughMailbox<V>(
  source$: Observable<V>,
  policy: Policy,
  handle: Handle<V> = () => {},
  ledger: Ledger = openLedger(),
): Observable<V> {
  return new Observable((observer) => {
    const subscription = new Subscription()
    const addUp = (where: string): void => {
      const { published, delivered, dropped, conflated, pending } = mailbox.stats()
      if (published !== delivered + dropped + conflated + pending) ledger.imbalances.push(where)
    }
    const consumer: MailboxConsumer<Letter<V>> = {
      next(letter, { missed }) {
        const { value } = letter as Letter<V> // no policy here hands over arrays
        addUp(`next ${value}`)
        if (missed > 0) ledger.missed.push(`${missed} before ${value}`)
        observer.next(value)
        return handle(value)
      },
      error: (error) => observer.error(error),
      complete: () => observer.complete(),
    }
    const host: MailboxHost<Letter<V>> = {
      id: 'marbles',
      policy,
      consumer,
      onError: 'continue',
      pulled: false,
      scheduler: asyncScheduler,
      now: () => 0,
      dropped({ value }: Letter<V>, reason: DropReason) {
        addUp(`drop ${value}`)
        ledger.drops.push(`${value} ${reason}`)
      },
      faulted: ({ error, phase }: MailboxFault) => ledger.faults.push(`${phase} ${(error as Error).message}`),
      roomMade() {},
      closed() {
        addUp('the end')
        const { published, delivered, dropped, conflated } = mailbox.stats()
        ledger.ends.push({ published, delivered, dropped, conflated })
        subscription.unsubscribe()
      },
    }
    const mailbox: Mailbox<Letter<V>> = new Mailbox(host)
    let version = 0
    subscription.add(
      source$.subscribe({
        next(value) {
          version += 1
          mailbox.offer({ version, value })
        },
        error: (error) => mailbox.end({ kind: 'error', error }),
        complete: () => mailbox.end({ kind: 'complete' }),
      }),
    )
    return () => mailbox.close('unsubscribed')
  })
}

/** A test scheduler whose diagrams are compared by jest. */
export const openScheduler = (): TestScheduler =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected))
