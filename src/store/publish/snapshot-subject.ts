/**
 * The state as a `BehaviorSubject`: the RxJS face of a {@link Broadcast}.
 *
 * RxJS copies its observers for a write after each change of subscribers, searches them to remove one,
 * and delivers a re-entrant `next` at once, so that a later observer is told 2, then 1, and is left on 1.
 * Here everyone who follows the store is a receiver of one broadcast.
 *
 * It overrides what RxJS 7.8 calls internal (`_subscribe`); interop tests hold it, for every creation function and
 * operator. `error()` and `unsubscribe()` of a Subject are not overridden: a store's subject never errors, and nobody
 * outside holds it: what is handed out are observables of their own.
 */
import { BehaviorSubject, type Subscriber, Subscription } from 'rxjs'
import { Broadcast, type Receiver } from '../../backpressure/index.ts'
import { activity } from '../activity.ts'
import type { Commit } from '../kernel.ts'
import type { ReadableCore } from '../readable-core.ts'
import type { Snapshot } from '../snapshot.ts'

/** What a readable has that is a function of what another one has. */
export interface Part {
  readonly origin: ReadableCore<unknown>
  /** The value in a state of the origin. Throws what a selector throws. */
  read(state: unknown): unknown
}

/** Where the snapshots of a readable come from that nobody writes to; it runs while somebody follows. */
export interface Feed<S> {
  /** What is current now, also while nobody follows. */
  newest(): Snapshot<S>
  /** Somebody is about to follow. */
  open(): void
  /** The last of those who followed has left. Must not throw. */
  emptied(): void
  /** How many snapshots may still come of what has been written. */
  underway(): number
  /** Present where the snapshots have a part of those of another readable. */
  readonly part?: Part
}

class ObserverReceiver<S> implements Receiver<Snapshot<S>> {
  slot = -1
  readonly #observer: Subscriber<Snapshot<S>>

  constructor(observer: Subscriber<Snapshot<S>>) {
    this.#observer = observer
  }

  next(snapshot: Snapshot<S>): void {
    this.#observer.next(snapshot)
  }

  complete(): void {
    this.#observer.complete()
  }
}

export class SnapshotSubject<S> extends BehaviorSubject<Snapshot<S>> {
  /** Tells everyone who follows the store. */
  readonly broadcast: Broadcast<Snapshot<S>, Commit<S>>
  #value: Snapshot<S>
  /** Called when a snapshot has become current. */
  #notices: readonly (() => void)[] | undefined
  /** Plain RxJS observers among the receivers. */
  observerCount = 0
  /** Absent where the snapshots are written, to a store. */
  feed: Feed<S> | undefined = undefined

  /**
   * @param drainMax - how many publications one write may set off.
   * @param failed - given what an RxJS `Subscriber` that was made by hand throws (RxJS takes it without a wrapper), and
   *   what a follower throws, with the version that it was told.
   */
  constructor(first: Snapshot<S>, drainMax: number, failed: (error: unknown, followed?: number) => void) {
    // RxJS's own field would keep the first state alive for good; the value lives in #value.
    super(undefined as unknown as Snapshot<S>)
    this.#value = first
    this.broadcast = new Broadcast(drainMax, failed)
  }

  override getValue(): Snapshot<S> {
    return this.#value
  }

  /** What is current; of a readable with a feed also while nobody follows, when its value is no more than a memory. */
  get newest(): Snapshot<S> {
    return this.feed === undefined ? this.#value : this.feed.newest()
  }

  /** Lets go of what is current; while nobody follows, of one with a feed. */
  forget(empty: Snapshot<S>): void {
    this.#value = empty
  }

  /**
   * Calls at once when a snapshot has become current, ahead of everyone who is told, also while telling waits.
   *
   * @param call - must not throw, nor write, nor tell anybody anything.
   */
  notice(call: () => void): () => void {
    this.#notices = [...(this.#notices ?? []), call]
    return () => {
      const others = this.#notices?.filter((each) => each !== call)
      this.#notices = others?.length === 0 ? undefined : others
    }
  }

  /** Makes a snapshot the current one and delivers it, now or after the one being delivered. */
  override next(snapshot: Snapshot<S>): void {
    this.publish({ snapshot, before: this.#value, origin: undefined })
  }

  /** As `next`, with what those are told who follow from inside. */
  publish(commit: Commit<S>): void {
    if (this.isStopped) return
    this.#value = commit.snapshot
    activity.writes += 1
    if (this.#notices !== undefined) for (const notice of this.#notices) notice()
    this.broadcast.publish(commit.snapshot, commit)
  }

  override complete(): void {
    if (this.isStopped) return
    this.isStopped = true
    this.broadcast.complete()
  }

  // Called by RxJS's Observable.subscribe().
  _subscribe(observer: Subscriber<Snapshot<S>>): Subscription {
    this.feed?.open()
    if (this.isStopped) {
      observer.complete()
      return Subscription.EMPTY
    }
    const receiver = new ObserverReceiver(observer)
    this.broadcast.add(receiver)
    this.observerCount += 1
    if (this.#value.version >= 0) this.broadcast.exclusively(() => observer.next(this.#value))
    return new Subscription(() => {
      this.broadcast.remove(receiver)
      this.observerCount -= 1
    })
  }
}
