/**
 * `latest` and `drop-oldest` for a mailbox whose source keeps a {@link Backlog}: the same decisions, made later.
 *
 *   idle     the source offers each entry, and it is delivered
 *   parked  from the first entry that finds the consumer busy: the source offers nothing, and what waits is a
 *            cursor on its backlog
 *
 * So a busy consumer costs the source nothing. What came and what was lost meanwhile is counted when somebody
 * looks, before they see a figure, and before the next delivery tells what was missed. It parks until it is idle
 * with nothing held.
 *
 * Both policies keep the newest entries, so what they hold is always a range of a backlog. Not so `drop-incoming`; and
 * who is told of each loss with `onDrop` must be told at once. They hold what waits themselves.
 */
import type { Cursor } from './backlog.ts'
import type { Strategy, Versioned } from './strategy.ts'

/** As what a policy counts the oldest of what waits, where there is no room for it. */
export type Loss = 'conflated' | 'dropped'

/** What this strategy asks of its mailbox. */
export interface ParkingPort<T extends Versioned> {
  readonly idle: boolean
  deliver(entry: T): void
  /** See `MailboxHost.park`. */
  park(entry: T, before: T | undefined, capacity: number): Cursor<T>
  /** Has the source offer again. */
  unpark(): void
  /** Counts what the source published without offering it, what was lost of what waits, and how, and what is held now. */
  caughtUp(arrived: number, lost: number, how: Loss, held: number): void
  /** Counts a delivery that is not told: the consumer takes it. */
  taken(entry: T): void
}

/** A strategy that needs nobody to be told: what is asked for is given back. */
export interface Takeable<T extends Versioned> {
  /** As `release`, for a consumer that takes; `undefined` where nothing is ready. */
  take(): T | undefined
}

export class BacklogStrategy<T extends Versioned> implements Strategy<T>, Takeable<T> {
  readonly #capacity: number
  readonly #loss: Loss
  readonly #port: ParkingPort<T>
  #cursor: Cursor<T> | undefined
  /** A replay that a pulled consumer has not asked for; until the cursor begins, which begins with it. */
  #replay: T | undefined

  constructor(capacity: number, loss: Loss, port: ParkingPort<T>) {
    this.#capacity = capacity
    this.#loss = loss
    this.#port = port
  }

  get size(): number {
    return this.#cursor?.size ?? (this.#replay === undefined ? 0 : 1)
  }

  get ready(): boolean {
    return this.#cursor === undefined ? this.#replay !== undefined : !this.#cursor.isEmpty
  }

  offer(entry: T): void {
    if (this.#replay === undefined && this.#port.idle) {
      this.#port.deliver(entry)
      return
    }
    const cursor = this.#port.park(entry, this.#replay, this.#capacity)
    this.#cursor = cursor
    this.#replay = undefined
    // The replay, where the capacity is 1.
    this.#port.caughtUp(0, cursor.lost(), this.#loss, cursor.held)
  }

  replay(entry: T): void {
    this.#replay = entry
  }

  release(): void {
    this.catchUp()
    // The cast holds: it is called only while `ready`.
    this.#port.deliver(this.#shift() as T)
  }

  take(): T | undefined {
    this.catchUp()
    const entry = this.#shift()
    if (entry !== undefined) this.#port.taken(entry)
    return entry
  }

  catchUp(): void {
    const cursor = this.#cursor
    if (cursor === undefined) return
    const arrived = cursor.arrived()
    if (arrived > 0) this.#port.caughtUp(arrived, cursor.lost(), this.#loss, cursor.held)
  }

  settled(): void {
    if (this.#cursor === undefined || !this.#port.idle || this.ready) return
    this.#endCursor()
    this.#port.unpark()
  }

  clear(): T[] {
    this.catchUp()
    const held: T[] = []
    for (let entry = this.#shift(); entry !== undefined; entry = this.#shift()) held.push(entry)
    this.#endCursor()
    return held
  }

  /** The oldest of what has been counted; a replay comes before there is a cursor. */
  #shift(): T | undefined {
    if (this.#cursor !== undefined) return this.#cursor.shift()
    const replay = this.#replay
    this.#replay = undefined
    return replay
  }

  #endCursor(): void {
    this.#cursor?.leave()
    this.#cursor = undefined
  }
}
