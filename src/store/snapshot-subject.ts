/**
 * The state as a `BehaviorSubject`, with a multicast of its own.
 *
 * RxJS copies its observers for a write after each change of subscribers, searches them to remove one,
 * and delivers a re-entrant `next` at once, so that a later observer is told 2, then 1, and is left on 1.
 * Here everyone who follows the store is a {@link Sink} in one {@link SlotList} (O(1) to join and leave,
 * no copy), and a write made while a version is being delivered waits in a queue:
 *
 *   write 1 ──> [ a b c ]          a writes 2 while told 1
 *                 1 1 1            2 is queued ...
 *   drain   ──> [ a b c d ]        d joined after write 2 and was replayed 2:
 *                 2 2 2 .          the publication remembers the list's end from when it was written
 *
 * A sink that is busy may rest: the walk passes it, and it reads what comes in a backlog, which takes each version
 * before the walk begins. So a version costs nothing for those who rest.
 *
 * What must stay true:
 * - Every sink sees strictly rising versions, in the order in which sinks joined.
 * - The stack does not grow with the length of a chain of re-entrant writes.
 * - Holes are closed only while nothing is being delivered, or the remembered ends would lie.
 *
 * It overrides what RxJS 7.8 calls internal (`_subscribe`); interop tests hold it, for every creation function and
 * operator. `error()` and `unsubscribe()` of a Subject are not overridden: a store's subject never errors, and nobody
 * outside holds it, only `asObservable()`.
 */
import { BehaviorSubject, type Subscriber, Subscription } from 'rxjs'
import { ALL_TOLD, Backlog, type BacklogReader, type Telling } from '../backpressure/index.ts'
import { RingBuffer, SlotList, type Slotted } from '../kit/index.ts'
import type { Snapshot } from './snapshot.ts'

/** Whoever is told of each version. Neither method throws. */
export interface Sink<S> extends Slotted {
  next(snapshot: Snapshot<S>): void
  complete(): void
}

/** A version that waits, and the end of the list when it was written. */
interface Publication<S> {
  readonly snapshot: Snapshot<S>
  readonly end: number
}

class ObserverSink<S> implements Sink<S> {
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

export class SnapshotSubject<S> extends BehaviorSubject<Snapshot<S>> implements Telling {
  #value: Snapshot<S>
  readonly #sinks = new SlotList<Sink<S>>()
  readonly #queue: RingBuffer<Publication<S>>
  /** What waits for the sinks who rest; one for each of their capacities. */
  readonly #backlogs: Backlog<Snapshot<S>>[] = []
  #delivering = false
  /** Publications that were queued since the drain began. */
  #chained = 0
  /** The slot of the sink that is being told. */
  turn: number = ALL_TOLD
  /** Plain RxJS observers among the sinks. */
  observerCount = 0
  /** Versions published so far, those that wait included. */
  publications = 0
  /** Called after each version has been handed to everyone; for timing. Must not throw. */
  delivered: (() => void) | undefined

  /** @param drainMax - how many publications one write may set off. */
  constructor(first: Snapshot<S>, drainMax: number) {
    // RxJS's own field would keep the first state alive for good; the value lives in #value.
    super(undefined as unknown as Snapshot<S>)
    this.#value = first
    this.#queue = new RingBuffer(drainMax)
  }

  override getValue(): Snapshot<S> {
    return this.#value
  }

  override get observed(): boolean {
    return this.#sinks.size > 0
  }

  get drainMax(): number {
    return this.#queue.capacity
  }

  /** Whether one more publication would be more than one write may set off. */
  get exhausted(): boolean {
    return this.#delivering && this.#chained >= this.#queue.capacity
  }

  /** Makes a snapshot the current one and delivers it, now or after the one being delivered. */
  override next(snapshot: Snapshot<S>): void {
    if (this.isStopped) return
    this.#value = snapshot
    this.publications += 1
    if (this.#delivering) {
      this.#chained += 1
      this.#queue.push({ snapshot, end: this.#sinks.end })
      return
    }
    this.#delivering = true
    this.#deliver(snapshot, this.#sinks.end)
    this.delivered?.()
    this.#drain()
  }

  override complete(): void {
    if (this.isStopped) return
    this.isStopped = true
    this.#queue.drain()
    const sinks = this.#sinks.toArray()
    // Each stays in the list until its own turn: a callback that reads the metrics finds everybody.
    for (const sink of sinks) {
      sink.complete()
      this.#sinks.remove(sink)
    }
  }

  /** Everyone who is told, in order. */
  sinks(): Sink<S>[] {
    return this.#sinks.toArray()
  }

  /** Adds a sink at the end of the list. */
  attach(sink: Sink<S>): void {
    this.#sinks.add(sink)
  }

  /** Takes a sink away; it is told nothing more, also of the version being delivered. */
  detach(sink: Sink<S>): void {
    this.#sinks.remove(sink)
    if (!this.#delivering) this.#sinks.compact()
  }

  /**
   * Tells a sink nothing more until it is roused: it reads what comes in a backlog that it shares with all who
   * rest with its capacity. To be called by a sink that is being told `snapshot`, with which its window begins; or
   * with the snapshot `before`, where it holds that.
   */
  rest(
    sink: Sink<S>,
    capacity: number,
    snapshot: Snapshot<S>,
    before: Snapshot<S> | undefined,
  ): BacklogReader<Snapshot<S>> {
    this.#sinks.rest(sink)
    const backlog = this.#backlogs.find((each) => each.capacity === capacity) ?? this.#openBacklog(capacity)
    return backlog.join(snapshot, sink, before)
  }

  /** Tells a sink each version again that it has not seen in its backlog. */
  rouse(sink: Sink<S>): void {
    this.#sinks.rouse(sink)
  }

  /**
   * Runs foreign code that is told of the current version outside a delivery (a replay), so that a write
   * made inside it is delivered after it, as everywhere else.
   */
  exclusively(tell: () => void): void {
    if (this.#delivering) {
      tell()
      return
    }
    this.#delivering = true
    try {
      tell()
    } finally {
      this.#drain()
    }
  }

  // Called by RxJS's Observable.subscribe().
  _subscribe(observer: Subscriber<Snapshot<S>>): Subscription {
    if (this.isStopped) {
      observer.complete()
      return Subscription.EMPTY
    }
    const sink = new ObserverSink(observer)
    this.attach(sink)
    this.observerCount += 1
    if (this.#value.version >= 0) this.exclusively(() => observer.next(this.#value))
    return new Subscription(() => {
      this.detach(sink)
      this.observerCount -= 1
    })
  }

  #openBacklog(capacity: number): Backlog<Snapshot<S>> {
    const backlog = new Backlog<Snapshot<S>>(capacity, this, () => {
      this.#backlogs.splice(this.#backlogs.indexOf(backlog), 1)
    })
    this.#backlogs.push(backlog)
    return backlog
  }

  #drain(): void {
    for (let waiting = this.#queue.shift(); waiting !== undefined; waiting = this.#queue.shift()) {
      this.#deliver(waiting.snapshot, waiting.end)
      this.delivered?.()
    }
    this.#delivering = false
    this.#chained = 0
    this.#sinks.compact()
  }

  /**
   * One `try` around the whole loop, resumed behind a sink that threw. Sinks do not throw, but an RxJS
   * `Subscriber` that was made by hand does: RxJS takes it as it is, without a wrapper that catches.
   */
  #deliver(snapshot: Snapshot<S>, end: number): void {
    for (const backlog of this.#backlogs) backlog.push(snapshot)
    const sinks = this.#sinks
    let slot = 0
    while (slot < end) {
      try {
        for (; slot < end; slot += 1) {
          const sink = sinks.at(slot)
          if (sink === undefined) slot = sinks.lastEmpty(slot)
          else {
            this.turn = slot
            sink.next(snapshot)
          }
        }
      } catch (error) {
        slot += 1
        setTimeout(() => {
          throw error
        })
      }
    }
    this.turn = ALL_TOLD
    for (const backlog of this.#backlogs) backlog.trim()
  }
}
