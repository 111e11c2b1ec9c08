/**
 * Tells many receivers of each entry, in the order in which they joined, one entry after the other.
 *
 *   publish 1 ──> [ a b c ]        a publishes 2 while it is told 1
 *                   1 1 1          2 waits in the queue ...
 *   drain     ──> [ a b c d ]      d joined after 2 was published and was replayed it:
 *                   2 2 2 .        the queue remembers the end of the list from when 2 came
 *
 * Around the receivers stand the followers, few and special: those at the front are told before all receivers,
 * those at the back behind them, in the same walk. They are given the note that was published with the entry.
 *
 * A receiver that is busy may park: the walk passes it, and it reads what comes from a {@link Backlog}, which takes
 * each entry before the walk begins. So an entry costs nothing for those who are parked.
 *
 * What must stay true:
 * - Every receiver and every follower sees the entries in order, each once, from the first that is published after
 *   it joined.
 * - The stack does not grow with the length of a chain of publications from inside the walk.
 * - Holes in the list are closed only while nothing is being told, or the remembered ends would lie.
 * - What a receiver throws stops nobody else; it is handed to `failed`.
 */
import {
  type CapturedContext,
  captureContext,
  RingBuffer,
  runInContext,
  SlotList,
  type Slotted,
} from '../kit/index.ts'
import { ALL_TOLD, Backlog, type Cursor, type Telling } from './backlog.ts'
import { PlainDelivery } from './delivery.ts'
import { type Failed, type Follower, Followers } from './followers.ts'
import type { PlainReceiver, Receiver } from './receiver.ts'
import type { Versioned } from './strategy.ts'

/** Below every slot: nobody has been told. */
const NONE_TOLD = -1

/** Where a follower stands in the walk. */
export type Place = 'before' | 'after'

/** An entry that waits, with what it was published with and when. */
interface Waiting<T, Note> {
  readonly entry: T
  readonly note: Note
  /** The end of the list when it was published. */
  readonly end: number
  readonly number: number
  /** The asynchronous context of whoever published it: it is told in its own, not in that of the walk before it. */
  readonly context: CapturedContext
}

export class Broadcast<T extends Versioned, Note = undefined> implements Telling {
  /** The slot of the receiver that is being told. */
  turn: number = ALL_TOLD
  /** Entries published so far, those that wait included. */
  published = 0
  /** The number of the entry that is told, or was told last; its version, and that of the one before. */
  #told = 0
  #version = -1
  #versionBefore = -1
  /** Called after each entry has been told to everyone. Must not throw. */
  told: (() => void) | undefined
  /** Called when the last of all who are told has left. Must not throw. */
  emptied: (() => void) | undefined
  readonly #receivers = new SlotList<Receiver<T> & Partial<PlainReceiver<T>>>()
  readonly #followers: Readonly<Record<Place, Followers<Note>>>
  readonly #queue: RingBuffer<Waiting<T, Note>>
  /** What waits for those who are parked; one for each of their capacities. */
  readonly #backlogs: Backlog<T>[] = []
  readonly #failed: Failed
  /** Who keeps entries in the queue: a walk, a replay, or a hold. */
  #holds = 0
  /** Whether it is over: everyone has been completed. */
  ended = false
  /** Entries that were queued since the queue was empty last. */
  #chained = 0

  /**
   * @param queueMax - how many entries may be published from inside the walk of one.
   * @param failed - given what a receiver or follower throws.
   */
  constructor(queueMax: number, failed: Failed) {
    this.#queue = new RingBuffer(queueMax)
    this.#failed = failed
    this.#followers = { before: new Followers(failed), after: new Followers(failed) }
  }

  /** Whether nobody is told. */
  get isEmpty(): boolean {
    const { before, after } = this.#followers
    return this.#receivers.size === 0 && before.isEmpty && after.isEmpty
  }

  /** How many entries have not been told to everybody yet. */
  get underway(): number {
    return this.published - this.#told + (this.turn === ALL_TOLD ? 0 : 1)
  }

  get queueMax(): number {
    return this.#queue.capacity
  }

  /** Whether one more publication would be more than one may set off. */
  get exhausted(): boolean {
    return this.#holds > 0 && this.#chained >= this.#queue.capacity
  }

  /** Everyone who is told, in order. */
  receivers(): Receiver<T>[] {
    return this.#receivers.toArray()
  }

  /** Adds a receiver at the end of the list. */
  add(receiver: Receiver<T>): void {
    this.#receivers.add(receiver)
  }

  /** Takes a receiver away; it is told nothing more, also of the entry that is being told. */
  remove(receiver: Receiver<T>): void {
    this.#receivers.remove(receiver)
    if (this.#holds === 0) this.#receivers.compact()
    this.#noteEnd()
  }

  /** How many entries a plain receiver in the list was told that joined after the entry with the number `since`. */
  toldTo({ slot }: Slotted, since: number): number {
    return Math.max(0, this.#told - since - (slot > this.turn ? 1 : 0))
  }

  /** The version of the newest entry that a plain receiver in the list was told; it was told one. */
  versionToldTo({ slot }: Slotted): number {
    return slot > this.turn ? this.#versionBefore : this.#version
  }

  /** Adds a follower; returns its end. Behind the end of all it is completed at once. */
  follow(follower: Follower<Note>, place: Place): () => void {
    const leave = this.#followers[place].add(follower, this.published)
    return () => {
      leave()
      this.#noteEnd()
    }
  }

  #noteEnd(): void {
    if (this.emptied !== undefined && this.isEmpty) this.emptied()
  }

  /** Tells everyone of an entry, now or behind those that wait. */
  publish(entry: T, note: Note): void {
    if (this.ended) return
    this.published += 1
    const { end } = this.#receivers
    if (this.#holds > 0) {
      this.#chained += 1
      this.#queue.push({ entry, note, end, number: this.published, context: captureContext() })
      return
    }
    this.#holds = 1
    this.#tell(entry, note, end, this.published)
    this.#release()
  }

  /** Keeps what is published from now on in the queue; returns the end of it. */
  hold(): () => void {
    let held = true
    this.#holds += 1
    return () => {
      if (!held) return
      held = false
      this.#release()
    }
  }

  /** Runs foreign code that is told outside of a walk (a replay); what it publishes is told behind it. */
  exclusively(tell: () => void): void {
    this.#holds += 1
    try {
      tell()
    } finally {
      this.#release()
    }
  }

  /** Replays an entry to one that has joined, and that keeps its errors to itself; without a function for each. */
  replay(receiver: { replay(entry: T): void }, entry: T): void {
    this.#holds += 1
    receiver.replay(entry)
    this.#release()
  }

  /** Completes everyone. What waits is dropped, and nothing is told any more. */
  complete(): void {
    if (this.ended) return
    this.ended = true
    this.#queue.drain()
    const { before, after } = this.#followers
    before.complete()
    // Each stays in the list until its own turn: a callback that looks around finds everybody.
    for (const receiver of this.#receivers.toArray()) {
      // One that has left meanwhile is told nothing more, not the end either.
      if (receiver.slot < 0) continue
      try {
        receiver.complete()
      } catch (error) {
        this.#failed(error)
      }
      this.#receivers.remove(receiver)
    }
    after.complete()
  }

  /**
   * Tells a receiver nothing more until it is unparked: it reads what comes in a backlog that it shares with all
   * who are parked with its capacity. To be called by a receiver that is being told `entry`, with which its cursor
   * begins; or with the entry `before`, where it holds that.
   */
  park(receiver: Receiver<T>, capacity: number, entry: T, before: T | undefined): Cursor<T> {
    this.#receivers.park(receiver)
    const backlog = this.#backlogs.find((each) => each.capacity === capacity) ?? this.#openBacklog(capacity)
    return backlog.join(entry, receiver, before)
  }

  /** Tells a receiver each entry again that its cursor has not seen. */
  unpark(receiver: Receiver<T>): void {
    this.#receivers.unpark(receiver)
  }

  #openBacklog(capacity: number): Backlog<T> {
    const backlog = new Backlog<T>(capacity, this, () => {
      this.#backlogs.splice(this.#backlogs.indexOf(backlog), 1)
    })
    this.#backlogs.push(backlog)
    return backlog
  }

  /** One hold less; the last one to go tells what has waited. */
  #release(): void {
    // A walk is a hold itself, and one of those who are told may take another that outlasts it.
    while (this.#holds === 1 && this.#queue.size > 0) this.#tellNext()
    if (this.#holds === 1) {
      this.#chained = 0
      this.#receivers.compact()
    }
    this.#holds -= 1
  }

  #tellNext(): void {
    // The cast holds: the queue is not empty.
    const { entry, note, end, number, context } = this.#queue.shift() as Waiting<T, Note>
    runInContext(context, () => this.#tell(entry, note, end, number))
  }

  #tell(entry: T, note: Note, end: number, number: number): void {
    for (const backlog of this.#backlogs) backlog.push(entry)
    const { version } = entry
    const { before, after } = this.#followers
    before.next(note, number, version)
    this.#told = number
    this.#versionBefore = this.#version
    this.#version = version
    this.turn = NONE_TOLD
    this.#walk(entry, end)
    this.turn = ALL_TOLD
    for (const backlog of this.#backlogs) backlog.trim()
    after.next(note, number, version)
    this.told?.()
  }

  /** One `try` around the whole loop, resumed behind a receiver that threw. */
  #walk(entry: T, end: number): void {
    const receivers = this.#receivers
    const { walked } = receivers
    const { version } = entry
    let receiver: (Receiver<T> & Partial<PlainReceiver<T>>) | undefined
    let slot = 0
    while (slot < end) {
      try {
        for (; slot < end; slot += 1) {
          receiver = walked[slot]
          if (receiver === undefined) {
            slot = receivers.lastEmpty(slot)
            continue
          }
          this.turn = slot
          const { call } = receiver
          if (call === undefined) receiver.next(entry)
          else {
            // The cast holds: whoever has a call is plain. Nobody keeps the delivery, so a call that the engine
            // inlines makes none.
            const result = call(entry, new PlainDelivery(version, receiver as PlainReceiver<T>))
            if (result !== undefined || receiver.call !== call) receiver.answered?.(result)
          }
        }
      } catch (error) {
        slot += 1
        // What a plain receiver throws is its own affair; what keeps its errors to itself throws none.
        if (receiver?.failed === undefined) this.#failed(error)
        else receiver.failed(error)
      }
    }
  }
}
