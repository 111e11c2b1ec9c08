/**
 * A mailbox whose every callback is written down, as one line each:
 *
 *   next 4 missed 2 · next [5 6] · drop 5 overflow · fault next 4 broken · error BUFFER_OVERFLOW · complete
 *
 * A *slow* consumer returns an observable that ends when the test says so: `finish()` ends the oldest
 * handler, so a test of a slow consumer needs neither time nor promises. The timers of the policy run on a
 * virtual clock, which stands still until it is advanced. Inside every callback the
 * figures are added up; `expectBalance()` after each test tells where they did not.
 */
import { expect } from '@jest/globals'
import { Subject } from 'rxjs'
import {
  type Delivery,
  type DropReason,
  Mailbox,
  type MailboxFault,
  type MailboxHost,
  type Policy,
  type Versioned,
} from '../../../src/backpressure/index.ts'
import { isHeadgateError } from '../../../src/kit/index.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface Setup {
  readonly policy: Policy
  readonly id?: string
  readonly slow?: boolean
  readonly pulled?: boolean
  readonly onError?: 'continue' | 'close'
  /** False for a consumer without `error` and `complete`. */
  readonly hearsEnd?: boolean
  /** What the consumer does, and returns; after the line is written down. */
  readonly next?: (version: number, delivery: Delivery, mailbox: Mailbox<Versioned>) => unknown
  readonly error?: (error: unknown) => unknown
  readonly complete?: () => unknown
  readonly onDrop?: (version: number, reason: DropReason, mailbox: Mailbox<Versioned>) => unknown
  readonly onFault?: (fault: MailboxFault, mailbox: Mailbox<Versioned>) => void
  readonly onRoom?: (mailbox: Mailbox<Versioned>) => void
  readonly now?: () => number
}

export interface OpenMailbox {
  readonly mailbox: Mailbox<Versioned>
  /** Runs the timers of the policy. */
  readonly clock: VirtualClock
  readonly log: string[]
  readonly faults: MailboxFault[]
  /** How often the host was told that the mailbox is over. */
  readonly closings: () => number
  offer(...versions: number[]): void
  /** Ends the running handlers of a slow consumer, the oldest first; one unless `count` says more. */
  finish(count?: number): void
  /** Makes the oldest running handler of a slow consumer fail. */
  fail(error: unknown): void
  complete(): void
  error(error: unknown): void
  /** Takes the lines written down since the last call. */
  lines(): string[]
}

const opened: Mailbox<Versioned>[] = []
const imbalances: string[] = []

function addUp(mailbox: Mailbox<Versioned>, where: string): void {
  const { published, delivered, dropped, conflated, pending } = mailbox.stats()
  if (published === delivered + dropped + conflated + pending) return
  imbalances.push(
    `${where}: ${published} published, ${delivered} delivered, ${dropped} dropped, ${conflated} conflated, ${pending} pending`,
  )
}

/** Checks `published = delivered + dropped + conflated + pending` for all mailboxes of a test. */
export function expectBalance(): void {
  for (const mailbox of opened.splice(0)) addUp(mailbox, `the end of ${mailbox.id}`)
  expect(imbalances.splice(0)).toEqual([])
}

const messageOf = (error: unknown): string =>
  isHeadgateError(error) ? error.code : error instanceof Error ? error.message : String(error)

/** The version of an entry, or those of a batch: `[5 6]`. */
const nameOf = (entry: Versioned | readonly Versioned[]): string =>
  'version' in entry ? String(entry.version) : `[${entry.map(({ version }) => version).join(' ')}]`

export function openMailbox(setup: Setup): OpenMailbox {
  const log: string[] = []
  const faults: MailboxFault[] = []
  const running: Subject<never>[] = []
  const clock = new VirtualClock()
  let closings = 0
  const note = (line: string): void => {
    log.push(line)
    addUp(mailbox, line)
  }
  const host: MailboxHost<Versioned> = {
    id: setup.id ?? 'subscriber',
    policy: setup.policy,
    onError: setup.onError ?? 'continue',
    pulled: setup.pulled === true,
    scheduler: clock,
    consumer: {
      next(entry, delivery) {
        const { version } = delivery
        note(`next ${nameOf(entry)}${delivery.missed > 0 ? ` missed ${delivery.missed}` : ''}`)
        const result = setup.next?.(version, delivery, mailbox)
        if (setup.slow !== true) return result
        const work = new Subject<never>()
        running.push(work)
        return work
      },
      ...(setup.hearsEnd !== false && {
        error(error: unknown) {
          note(`error ${messageOf(error)}`)
          return setup.error?.(error)
        },
        complete() {
          note('complete')
          return setup.complete?.()
        },
      }),
    },
    now: setup.now ?? (() => 0),
    dropped({ version }, reason) {
      note(`drop ${version} ${reason}`)
      return setup.onDrop?.(version, reason, mailbox)
    },
    faulted(fault) {
      faults.push(fault)
      note(`fault ${fault.phase} ${fault.version} ${messageOf(fault.error)}`)
      setup.onFault?.(fault, mailbox)
    },
    roomMade: () => setup.onRoom?.(mailbox),
    closed() {
      closings += 1
    },
  }
  const mailbox: Mailbox<Versioned> = new Mailbox(host)
  opened.push(mailbox)
  return {
    mailbox,
    clock,
    log,
    faults,
    closings: () => closings,
    offer(...versions) {
      for (const version of versions) mailbox.offer({ version })
    },
    finish(count = 1) {
      for (let ended = 0; ended < count; ended += 1) running.shift()?.complete()
    },
    fail(error) {
      running.shift()?.error(error)
    },
    complete: () => mailbox.end({ kind: 'complete' }),
    error: (error) => mailbox.end({ kind: 'error', error }),
    lines: () => log.splice(0),
  }
}

/** Picks figures out of a mailbox's stats, for one comparison. */
export function figures(mailbox: Mailbox<Versioned>): Record<string, number> {
  const { published, delivered, dropped, conflated, pending } = mailbox.stats()
  return { published, delivered, dropped, conflated, pending }
}

/** The numbers from 1 to a last one. */
export const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1)
