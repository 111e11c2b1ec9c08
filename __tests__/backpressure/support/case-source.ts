/**
 * What the cases write to and subscribe to.
 *
 * Most cases run on a store, as a user meets one. A store cannot complete what it has begun (it is
 * destroyed), cannot fail, does not carry `undefined`, and shows a pulled consumer no `missed`: cases
 * that need one of these run on a source built from the same parts, so order, replay and suspended
 * writers are the same.
 */
import { type Delivery, Mailbox, type Policy, type Versioned } from '../../../src/backpressure/index.ts'
import { createStore, type Snapshot, type Store } from '../../../src/store/index.ts'
import { Audience } from '../../../src/store/publish/audience.ts'
import { FaultReporter, type SubscriberFault } from '../../../src/store/publish/fault-reporter.ts'
import type { SubscribeOptions } from '../../../src/store/publish/subscribe-options.ts'
import type { Subscriber } from '../../../src/store/publish/subscriber.ts'
import { ReadableCore } from '../../../src/store/readable-core.ts'
import type { Case, Counters } from './case.ts'
import { subscribersOf } from './case.ts'
import type { VirtualClock } from './virtual-clock.ts'

export type SourceEnd = { readonly kind: 'complete' } | { readonly kind: 'error'; readonly error: unknown }

/** What a case's consumer is given: a snapshot, or an array of them by a policy that batches. */
export type Delivered = Snapshot<unknown> | readonly Snapshot<unknown>[]

export interface SourceConsumer {
  next(entry: Delivered, delivery: Delivery): PromiseLike<unknown> | undefined
  error(error: unknown): void
  complete(): void
}

export interface SourceSubscription {
  readonly closed: boolean
  unsubscribe(): void
  request(count: number): void
  stats(): Counters & { calls: number; inFlight: number }
}

export type SourceOptions = SubscribeOptions<unknown> & { id: string; policy: Policy; pulled: boolean }

export interface CaseSource {
  /** How many are subscribed. */
  readonly size: number
  write(value: unknown): void
  /** Makes a write that changes nothing. */
  keep(): void
  ready(): Promise<void>
  subscribe(consumer: SourceConsumer, options: SourceOptions): SourceSubscription
  /** The figures of one who is subscribed, also while `subscribe` has not returned. */
  statsOf(id: string): Counters | undefined
  end(end: SourceEnd): void
}

/** The value before the first write. */
const FIRST = 's0'

/** Opens the source that a case needs. */
export function openSource(
  line: Case,
  clock: VirtualClock,
  onFault: (fault: SubscriberFault) => void,
): CaseSource {
  const beyondStore =
    subscribersOf(line).some(({ consumer }) => consumer.mode === 'pull') ||
    line.timeline.some(
      (event) =>
        event.ev === 'complete' || event.ev === 'error' || (event.ev === 'write' && event.v === undefined),
    )
  return beyondStore ? new EndingSource(clock, onFault) : new StoreSource(clock, onFault)
}

class StoreSource implements CaseSource {
  readonly #store: Store<unknown>

  constructor(clock: VirtualClock, onFault: (fault: SubscriberFault) => void) {
    this.#store = createStore<unknown>(FIRST, { clock, scheduler: clock, onFault })
  }

  get size(): number {
    return this.#store.metrics().subscriberCount
  }

  write(value: unknown): void {
    this.#store.set(value)
  }

  keep(): void {
    this.#store.update((draft) => draft)
  }

  ready(): Promise<void> {
    return this.#store.ready()
  }

  subscribe(consumer: SourceConsumer, { pulled: _, ...options }: SourceOptions): SourceSubscription {
    const handle = this.#store.subscribe(consumer, options)
    const request = (): never => {
      throw new Error('A consumer of a store is pushed.')
    }
    const { unsubscribe, stats } = handle
    return {
      get closed() {
        return handle.closed
      },
      unsubscribe,
      stats,
      request,
    }
  }

  statsOf(id: string): Counters | undefined {
    return this.#store.metrics().subscribers.find((stats) => stats.id === id)
  }

  end(): never {
    throw new Error('A store neither completes what it holds nor fails.')
  }
}

class EndingSource implements CaseSource {
  readonly #clock: VirtualClock
  readonly #core: ReadableCore<unknown>
  readonly #audience: Audience
  readonly #members: Subscriber<unknown>[] = []
  #version = 0
  #end: SourceEnd | undefined

  constructor(clock: VirtualClock, onFault: (fault: SubscriberFault) => void) {
    this.#clock = clock
    this.#audience = new Audience({
      storeName: 'case',
      faults: new FaultReporter('case', onFault),
      leaks: undefined,
      clock,
      scheduler: clock,
      isOver: () => this.#core.subject.isStopped,
    })
    this.#core = new ReadableCore('case', this.#stamp(FIRST), this.#audience, 100_000)
    this.#core.count()
  }

  get size(): number {
    return this.#core.subject.broadcast.receivers().length
  }

  write(value: unknown): void {
    if (this.#end !== undefined) return
    this.#audience.admit()
    this.#version += 1
    this.#core.subject.next(this.#stamp(value))
  }

  keep(): void {}

  ready(): Promise<void> {
    return this.#audience.writers.whenReady(() => {}, {}, 'ready()')
  }

  subscribe(consumer: SourceConsumer, { pulled, ...options }: SourceOptions): SourceSubscription {
    const late = this.#end !== undefined && { replay: false }
    const subscriber = this.#core.add(consumer, { ...options, scheduler: this.#clock, ...late }, pulled)
    this.#members.push(subscriber)
    if (this.#end !== undefined) subscriber.box().end(this.#end)
    return {
      get closed() {
        return subscriber.closed
      },
      unsubscribe: () => subscriber.close('unsubscribed'),
      request: (count) => subscriber.box().request(count),
      stats: () => subscriber.stats(),
    }
  }

  statsOf(id: string): Counters | undefined {
    return this.#audience.stats().find((stats) => stats.id === id)
  }

  end(end: SourceEnd): void {
    if (this.#end !== undefined) return
    this.#end = end
    for (const subscriber of this.#members) subscriber.box().end(end)
  }

  #stamp(state: unknown): Snapshot<unknown> {
    const now = this.#clock.now()
    return { version: this.#version, state, reason: '', source: '', tsWall: now, tsMono: now, metadata: {} }
  }
}

/** Tells of each entry that a newer one replaces, and of the newer one; returns what stops it. */
export function observeConflations(
  tell: (subscriberId: string, replaced: Versioned, by: Versioned) => void,
): () => void {
  const { prototype } = Mailbox
  const { conflate } = prototype
  prototype.conflate = function (this: Mailbox<Versioned>, entry, by) {
    tell(this.id, entry, by)
    conflate.call(this, entry, by)
  }
  return () => Object.assign(prototype, { conflate })
}
