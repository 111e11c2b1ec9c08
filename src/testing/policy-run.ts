/** Runs a timeline on a mailbox with a policy, and notes what the laws are about. */
import { Observable, tap, timer } from 'rxjs'
import {
  type DropReason,
  Mailbox,
  type MailboxHost,
  type Policy,
  type SubscriberStats,
  type Versioned,
} from '../backpressure/index.ts'
import { isHeadgateError } from '../kit/index.ts'
import { manualClock } from './manual-clock.ts'
import type { Step, Timeline } from './policy-timeline.ts'
import { turn } from './real-time.ts'
import { watchedPolicy } from './watched-policy.ts'

/** One call of the consumer. */
export interface Call {
  readonly versions: readonly number[]
  readonly missed: number
  readonly atMs: number
  readonly isArray: boolean
  /** Calls that had not ended when it was made. */
  readonly running: number
  /** How many a pulled consumer still waited for; 1 for one that is pushed. */
  readonly asked: number
}

/** What was seen of one timeline. */
export interface PolicyRun {
  readonly timeline: Timeline
  readonly calls: Call[]
  readonly losses: { readonly version: number; readonly reason: DropReason | 'conflated' }[]
  /** Moments at which the figures did not add up. */
  readonly imbalances: string[]
  /** The most that was held, and what was then written. */
  pendingMax: number
  readonly ends: ('complete' | 'failed' | 'overflow' | { readonly thrown: unknown })[]
  /** What the policy threw when it was to let go. */
  readonly faults: unknown[]
  /** What was wrong with what the policy gave back when it was to let go. */
  readonly unclear: string[]
  /** How the source ended it, if it did. */
  ended: 'complete' | 'fail' | 'leave' | undefined
  /** Calls that came after the end. */
  late: number
  /** Once time and the consumer had done all that they can do. */
  settled: SubscriberStats | undefined
  /** After the end: what is still held, in flight, or set. */
  left: { pending: number; inFlight: number; timers: number } | undefined
}

const FAILURE = new Error('the source failed')
/** A consumer that writes stops at this version, or two might keep each other going. */
const WRITES_MAX = 120
/** More than any timeline needs, so that a clock that ticks for ever ends. */
const TIMERS_MAX = 2_000

class Bench {
  readonly #clock = manualClock()
  readonly #run: PolicyRun
  readonly #policy: Policy
  readonly #mailbox: Mailbox<Versioned>
  #version = 0
  #running = 0
  #asked = 0

  constructor(policy: Policy, timeline: Timeline) {
    this.#policy = policy
    this.#run = {
      timeline,
      calls: [],
      losses: [],
      imbalances: [],
      pendingMax: 0,
      ends: [],
      faults: [],
      unclear: [],
      ended: undefined,
      late: 0,
      settled: undefined,
      left: undefined,
    }
    this.#mailbox = new Mailbox(this.#host())
  }

  async play(): Promise<PolicyRun> {
    const { replay, steps } = this.#run.timeline
    if (replay) {
      this.#version = 1
      this.#mailbox.replay({ version: 1 })
      this.#look('the replay')
    }
    for (const step of steps) await this.#take(step)
    await this.#settle()
    this.#run.settled = this.#mailbox.stats()
    await this.#end()
    return this.#run
  }

  #host(): MailboxHost<Versioned> {
    return {
      id: 'consumer',
      policy: watchedPolicy(this.#policy, (wrong) => this.#run.unclear.push(wrong)),
      onError: 'continue',
      pulled: this.#run.timeline.pulled,
      scheduler: this.#clock,
      consumer: {
        next: (entry, { missed }) => this.#consume([entry].flat(), Array.isArray(entry), missed),
        error: (error) => void this.#run.ends.push(endOf(error)),
        complete: () => void this.#run.ends.push('complete'),
      },
      now: () => this.#clock.mono(),
      conflated: ({ version }) => this.#lost(version, 'conflated'),
      dropped: ({ version }, reason) => this.#lost(version, reason),
      faulted: ({ error, phase }) => {
        if (phase === 'policy') this.#run.faults.push(error)
      },
      closed() {},
    }
  }

  #consume(entries: readonly Versioned[], isArray: boolean, missed: number): unknown {
    const { busyMs, throwsEvery, writesEvery, pulled } = this.#run.timeline
    if (this.#mailbox.closed) this.#run.late += 1
    const asked = pulled ? this.#asked : 1
    this.#asked -= 1
    this.#run.calls.push({
      versions: entries.map(({ version }) => version),
      missed,
      atMs: this.#clock.mono(),
      isArray,
      running: this.#running,
      asked,
    })
    this.#look('a delivery')
    const count = this.#run.calls.length
    this.#running += 1
    try {
      if (writesEvery > 0 && count % writesEvery === 0 && this.#version < WRITES_MAX) this.#write()
      if (throwsEvery > 0 && count % throwsEvery === 0) throw new Error('the consumer failed')
    } catch (error) {
      this.#running -= 1
      throw error
    }
    if (busyMs === 0 || pulled) {
      this.#running -= 1
      return undefined
    }
    return new Observable((observer) => {
      let isRunning = true
      const ended = (): void => {
        if (isRunning) this.#running -= 1
        isRunning = false
      }
      // Before whoever waits for it is told.
      const inner = timer(busyMs, this.#clock)
        .pipe(tap({ complete: ended }))
        .subscribe(observer)
      return () => {
        inner.unsubscribe()
        ended()
      }
    })
  }

  #write(): void {
    if (this.#policy.suspends && this.#mailbox.room(0) <= 0) return
    this.#version += 1
    this.#mailbox.offer({ version: this.#version })
    this.#look(`version ${this.#version}`)
  }

  #lost(version: number, reason: DropReason | 'conflated'): void {
    this.#run.losses.push({ version, reason })
    this.#look(`the loss of version ${version}`)
  }

  async #take(step: Step): Promise<void> {
    const [what, count = '1'] = step.split(' ')
    if (what === 'write') for (let written = 0; written < Number(count); written += 1) this.#write()
    else if (what === 'wait') this.#clock.advance(Number(count))
    else if (what === 'take') this.#ask()
    else this.#finish(step as 'complete' | 'fail' | 'leave')
    // For what is dispatched in a microtask.
    await Promise.resolve()
    this.#look(step)
  }

  #ask(): void {
    if (!this.#run.timeline.pulled || this.#mailbox.closed) return
    this.#asked += 1
    this.#mailbox.request(1)
  }

  #finish(how: 'complete' | 'fail' | 'leave'): void {
    if (this.#mailbox.closed || this.#run.ended !== undefined) return
    this.#run.ended = how
    if (how === 'leave') this.#mailbox.close('unsubscribed')
    else this.#mailbox.end(how === 'complete' ? { kind: 'complete' } : { kind: 'error', error: FAILURE })
  }

  /** Goes on until nothing is held and nothing runs, or time does not help. */
  async #settle(): Promise<void> {
    // A turn of the event loop: what has gone on for many microtasks waits for one.
    await turn()
    for (let ran = 0; ran < TIMERS_MAX; ran += 1) {
      while (this.#run.timeline.pulled && this.#mailbox.ready && !this.#mailbox.closed) this.#ask()
      await Promise.resolve()
      if (this.#mailbox.pending + this.#mailbox.inFlight === 0 || !this.#clock.advanceToNext()) break
    }
    this.#look('all has settled')
  }

  /** Leaves, and looks whether anything goes on. */
  async #end(): Promise<void> {
    this.#mailbox.close('unsubscribed')
    const timers = this.#clock.pendingTimers
    const made = this.#run.calls.length
    this.#mailbox.offer({ version: this.#version + 1 })
    this.#clock.advance(20_000)
    await Promise.resolve()
    this.#run.late += this.#run.calls.length - made
    const { pending, inFlight } = this.#mailbox.stats()
    this.#run.left = { pending, inFlight, timers }
  }

  #look(where: string): void {
    const { published, delivered, dropped, conflated, pending } = this.#mailbox.stats()
    this.#run.pendingMax = Math.max(this.#run.pendingMax, pending)
    if (published === delivered + dropped + conflated + pending) return
    this.#run.imbalances.push(
      `at ${where}: ${published} published, but ${delivered} delivered + ${dropped} dropped + ${conflated} conflated + ${pending} held`,
    )
  }
}

function endOf(error: unknown): PolicyRun['ends'][number] {
  if (error === FAILURE) return 'failed'
  return isHeadgateError(error) && error.code === 'BUFFER_OVERFLOW' ? 'overflow' : { thrown: error }
}

/** Runs a timeline with a policy, whose subscriber is its own. */
export const runTimeline = (policy: Policy, timeline: Timeline): Promise<PolicyRun> =>
  new Bench(policy, timeline).play()
