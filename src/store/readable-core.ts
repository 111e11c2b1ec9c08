/**
 * What every readable is made of: whoever makes its snapshots publishes them through `subject`, and everybody who
 * follows is served here.
 *
 *   writes, or a feed ──> subject ──┬─> subscribers (mailboxes)
 *                                   ├─> observers of snapshot$, state$
 *                                   ├─> paths      select('robots', 'r1')
 *                                   └─> selectors  select(byBattery)
 *
 * A store writes its snapshots itself. Selections and views have a {@link Feed}, which runs while somebody follows;
 * they are branches of a readable, and share its audience.
 */
import { onAbort } from '../kit/index.ts'
import { type Activity, activity } from './activity.ts'
import { check } from './options.ts'
import type { Audience } from './publish/audience.ts'
import type { GivenConsumer } from './publish/consumer.ts'
import type { ReportFault } from './publish/contained-observable.ts'
import { type Feed, SnapshotSubject } from './publish/snapshot-subject.ts'
import type { SubscribeOptions } from './publish/subscribe-options.ts'
import { Subscriber } from './publish/subscriber.ts'
import { createHandle, type SubscriberHandle } from './publish/subscriber-handle.ts'
import type { Readable } from './readable.ts'
import { ReadableFace } from './readable-face.ts'
import { PathIndex } from './select/path-index.ts'
import { PathSelection } from './select/path-selection.ts'
import type { Selection } from './select/selection.ts'
import type { Selector } from './select/selector.ts'
import { type Equal, SelectorIndex } from './select/selector-index.ts'
import { SelectorSelection } from './select/selector-selection.ts'
import { NO_SNAPSHOT, type Snapshot } from './snapshot.ts'

export class ReadableCore<S> {
  /** What goes on in all readables of this copy of the library. */
  readonly activity: Activity = activity
  readonly name: string
  readonly audience: Audience
  readonly subject: SnapshotSubject<S>
  readonly report: ReportFault
  /** The snapshot that followers of `select` are being told. */
  telling: Snapshot<S> | undefined = undefined
  /** Has the newest write, also inside a batch; of a store. */
  writer: { readonly head: Snapshot<S> } | undefined = undefined
  /** Told when it is over, behind everybody who follows. */
  readonly endings: Set<() => void> = new Set()
  #paths: PathIndex<S> | undefined
  #selectors: SelectorIndex<S> | undefined

  constructor(name: string, first: Snapshot<S>, audience: Audience, drainMax: number) {
    this.name = name
    this.audience = audience
    this.report = (fault) => {
      const version = fault.phase === 'complete' ? -1 : this.subject.getValue().version
      audience.faults.report({ ...fault, version, failures: 1 })
    }
    this.subject = new SnapshotSubject(first, drainMax, (error, version) => {
      if (version === undefined) this.report({ subscriberId: 'snapshot$', phase: 'next', error })
      else audience.faults.report({ subscriberId: 'kernel', phase: 'kernel', error, version, failures: 1 })
    })
    this.select = this.select.bind(this)
  }

  /** A readable that is fed, and whose subscribers are of an audience. */
  static fed<S>(name: string, audience: Audience, drainMax: number, feed: Feed<S>): ReadableCore<S> {
    const core = new ReadableCore(name, NO_SNAPSHOT as Snapshot<S>, audience, drainMax)
    core.subject.feed = feed
    core.subject.broadcast.emptied = () => feed.emptied()
    return core
  }

  /** A readable that is fed by what this one is told. */
  branch<R>(name: string, feed: Feed<R>): ReadableCore<R> {
    return ReadableCore.fed(name, this.audience, this.subject.broadcast.queueMax, feed)
  }

  /** Itself, as others see it. */
  toReadable(): Readable<S> {
    return new ReadableFace(this)
  }

  /** What is current; of a store inside a batch its newest write. */
  get head(): Snapshot<S> {
    return this.writer === undefined ? this.subject.newest : this.writer.head
  }

  /** Followers of `select`. */
  get selectionCount(): number {
    return (this.#paths?.size ?? 0) + (this.#selectors?.size ?? 0)
  }

  /** Those among them who follow a path. */
  get pathCount(): number {
    return this.#paths?.size ?? 0
  }

  /** How many snapshots may still come of what has been written. */
  get underway(): number {
    const { broadcast, feed } = this.subject
    return broadcast.underway + (feed?.underway() ?? 0)
  }

  // One implementation for a selector and for a path; the overloads of Selectable type them.
  select(...args: readonly unknown[]): Selection<never> {
    const [selector, equal] = args
    const selection =
      typeof selector === 'function'
        ? this.#selectBy(selector as Selector, equal as Equal | undefined)
        : new PathSelection(this.#pathIndex() as unknown as PathIndex<unknown>, args)
    return selection as unknown as Selection<never>
  }

  #selectBy(selector: Selector, equal: Equal = Object.is): SelectorSelection {
    this.#selectors ??= new SelectorIndex(this)
    // The cast erases the state's type, which nobody in there looks at.
    return new SelectorSelection(this.#selectors as unknown as SelectorIndex<unknown>, selector, equal)
  }

  #pathIndex(): PathIndex<S> {
    this.#paths ??= new PathIndex(this)
    return this.#paths
  }

  /** Counts its subscribers among those of the store from now on; returns the end of it. */
  count(): () => void {
    return this.audience.count(this)
  }

  /** The subscribers that are there. */
  here(): Subscriber<S>[] {
    return this.subject.broadcast.receivers().filter((receiver) => receiver instanceof Subscriber)
  }

  /**
   * Adds a subscriber, and gives it the current snapshot unless `replay` is false. It is closed from the start where
   * the signal has aborted or nothing comes any more.
   *
   * @param consumer - its `next` is called without `this`
   */
  add(consumer: GivenConsumer<Snapshot<S>>, options: SubscribeOptions<S>, pulled = false): Subscriber<S> {
    const { signal } = options
    const { subject, audience } = this
    const { broadcast } = subject
    const subscriber = new Subscriber(this, consumer, options, audience.nextNumber(), pulled)
    subject.feed?.open()
    subscriber.since = broadcast.published
    broadcast.add(subscriber)
    audience.joined(subscriber)
    if (subject.isStopped) subscriber.complete()
    else if (signal !== undefined) {
      subscriber.stopListening = onAbort(signal, () => subscriber.close('unsubscribed'))
    }
    const current = subject.getValue()
    if (options.replay !== false && current.version >= 0 && !subscriber.closed) {
      broadcast.replay(subscriber, current)
    }
    return subscriber
  }

  /**
   * Attaches a consumer with a policy.
   *
   * @param calledBy - the function whose caller is the place that subscribed
   */
  attach(
    consumer: GivenConsumer<Snapshot<S>>,
    options: SubscribeOptions<S>,
    calledBy: (...args: never[]) => unknown,
  ): SubscriberHandle {
    check?.subscribeOptions(options)
    const subscriber = this.add(consumer, options)
    const handle = createHandle(subscriber)
    // A signal can end the subscription without the handle.
    if (!subscriber.closed && options.signal === undefined) {
      this.audience.leaks?.watch(handle, subscriber, calledBy)
    }
    return handle
  }

  /** Completes everybody: nothing more comes. */
  complete(): void {
    this.subject.complete()
    for (const end of [...this.endings]) end()
    this.endings.clear()
  }
}
