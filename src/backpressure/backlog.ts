/**
 * What waits for many mailboxes, kept once.
 *
 * The newest entries are numbered in the order in which they came. A reader is the number of the first one
 * that it has not taken, its cursor: what it holds is the range from there to the newest, and what it lost is a
 * subtraction. So a new entry is one store, whatever the number of readers.
 *
 *   entries   . . . 8 9 10          capacity 4
 *   readers   a: 8   b: 10   c: 11  a holds 3, b holds 1, c holds nothing
 *   push 11   . . . 8 9 10 11
 *   push 12   . . . . 9 10 11 12    a has lost one: its cursor begins at 9 now
 *
 * All readers of a backlog have its capacity, so what overflows is the oldest entry, for all whose cursor
 * begins with it. `starts` counts, for each entry, the readers whose cursor begins there: an entry older than
 * every cursor is let go at once.
 *
 * A source tells its mailboxes of an entry one after the other, and those who read must find it neither
 * earlier nor later than if they were told: a reader sees the newest entry once its turn has come. Until all
 * turns are over (`trim`) there may be one entry more than the capacity.
 *
 * The idea, a sequence of entries and a cursor for each consumer, is that of tokio's `broadcast` and of the LMAX
 * Disruptor.
 *
 * Rejected: one ring for all capacities, as long as the largest. It would keep entries that nobody holds.
 *
 * Invariants: between two walks at most `capacity` entries, and but for the newest none that is in no cursor; the
 * sum of `starts` and `waiting` is the number of readers.
 */
import type { Slotted } from '../kit/index.ts'
import type { Versioned } from './strategy.ts'

/** How far a source has come in telling the newest entry. */
export interface Telling {
  /** The slot of the mailbox that is being told, or was told last; {@link ALL_TOLD} when all have been. */
  readonly turn: number
}

/** Above every slot, and small enough for V8 to store it without a box. */
export const ALL_TOLD = 0x3fff_ffff

export class Backlog<T extends Versioned> {
  readonly capacity: number
  /** The number after that of the newest entry. */
  end = 0
  readonly #telling: Telling
  readonly #abandoned: () => void
  /** Slots by number, a power of two of them, so that an index wraps with a mask. */
  #entries: (T | undefined)[] = new Array(8)
  #starts: number[] = new Array(8).fill(0)
  /** The number of the oldest entry. */
  #first = 0
  /** Readers who have taken everything. */
  #waiting = 0
  #readers = 0
  #newestVersion = Number.NaN

  /**
   * @param capacity - an integer from 1, or `Infinity`.
   * @param abandoned - told when the last reader has left.
   */
  constructor(capacity: number, telling: Telling, abandoned: () => void) {
    this.capacity = capacity
    this.#telling = telling
    this.#abandoned = abandoned
  }

  /** Takes a new entry for everybody who reads; before anybody is told of it. */
  push(entry: T): void {
    if (this.end - this.#first === this.#entries.length) this.#grow()
    const index = this.#indexOf(this.end)
    this.#entries[index] = entry
    this.#starts[index] = this.#waiting
    this.#waiting = 0
    this.end += 1
    this.#newestVersion = entry.version
    this.#letGo()
  }

  /** Everybody has been told: what is more than the capacity is lost to those who hold it. */
  trim(): void {
    if (this.end - this.#first <= this.capacity) return
    const index = this.#indexOf(this.#first)
    this.#entries[index] = undefined
    this.#first += 1
    this.#count(this.#first, this.#starts[index] as number)
  }

  /**
   * Adds a reader, whose cursor begins with the entry that it is being told.
   *
   * @param before - the entry before that one, where the cursor begins with it.
   */
  join(entry: T, owner: Slotted, before?: T): Cursor<T> {
    if (this.#newestVersion !== entry.version) this.push(entry)
    const start = this.end - (before === undefined ? 1 : 2)
    if (start < this.#first) this.#takeBack(before)
    this.#readers += 1
    this.#count(start, 1)
    return new Cursor(this, owner, start)
  }

  /** Takes a reader away whose cursor begins at a number. */
  leave(start: number): void {
    this.#count(Math.max(start, this.#first), -1)
    this.#readers -= 1
    this.#letGo()
    if (this.#readers === 0) this.#abandoned()
  }

  /** Moves the beginning of a cursor over what its reader has lost. */
  skip(start: number, to: number): void {
    this.#count(Math.max(start, this.#first), -1)
    this.#count(to, 1)
    this.#letGo()
  }

  /** Takes the entry with which a cursor begins, and moves the beginning behind it. */
  take(start: number): T {
    // The cast holds for the numbers of a cursor.
    const entry = this.#entries[this.#indexOf(start)] as T
    this.#count(start, -1)
    this.#count(start + 1, 1)
    if (start === this.#first) this.#letGo()
    return entry
  }

  /** The number after that of the newest entry that the owner of a reader has been told. */
  endFor(owner: Slotted): number {
    const { turn } = this.#telling
    return turn === ALL_TOLD || owner.slot <= turn ? this.end : this.end - 1
  }

  #indexOf(number: number): number {
    return number & (this.#entries.length - 1)
  }

  #count(start: number, change: number): void {
    if (start === this.end) this.#waiting += change
    else {
      const index = this.#indexOf(start)
      this.#starts[index] = (this.#starts[index] as number) + change
    }
  }

  /** Lets go of what is in nobody's cursor. The newest stays: who is told of it after this may begin with it. */
  #letGo(): void {
    while (this.#first < this.end - 1) {
      const index = this.#indexOf(this.#first)
      if (this.#starts[index] !== 0) return
      this.#entries[index] = undefined
      this.#first += 1
    }
  }

  /** Keeps the entry before the oldest again, which nobody's cursor held. */
  #takeBack(entry: T | undefined): void {
    this.#first -= 1
    const index = this.#indexOf(this.#first)
    this.#entries[index] = entry
    this.#starts[index] = 0
  }

  #grow(): void {
    const { length } = this.#entries
    const entries = new Array<T | undefined>(length * 2)
    const starts = new Array<number>(length * 2).fill(0)
    for (let number = this.#first; number < this.end; number += 1) {
      const from = number & (length - 1)
      const to = number & (length * 2 - 1)
      entries[to] = this.#entries[from]
      starts[to] = this.#starts[from] as number
    }
    this.#entries = entries
    this.#starts = starts
  }
}

/** A reader's place in a {@link Backlog}: from the first entry that was not taken to the newest that was told. */
export class Cursor<T extends Versioned> {
  readonly #backlog: Backlog<T>
  readonly #owner: Slotted
  #start: number
  /** The number after that of the newest entry that has been counted as told. */
  #seen: number

  /** All that there is has been told to the owner. */
  constructor(backlog: Backlog<T>, owner: Slotted, start: number) {
    this.#backlog = backlog
    this.#owner = owner
    this.#start = start
    this.#seen = backlog.end
  }

  /** How many entries the cursor holds now. */
  get size(): number {
    const size = this.#backlog.endFor(this.#owner) - this.#start
    const { capacity } = this.#backlog
    return size < capacity ? size : capacity
  }

  get isEmpty(): boolean {
    return this.#backlog.endFor(this.#owner) === this.#start
  }

  /** How many entries were told since the last call. */
  arrived(): number {
    const end = this.#backlog.endFor(this.#owner)
    const arrived = end - this.#seen
    this.#seen = end
    return arrived
  }

  /** How many of those that have arrived, or were waiting, have been lost since the last call. */
  lost(): number {
    const first = this.#seen - this.#backlog.capacity
    const lost = first - this.#start
    if (lost <= 0) return 0
    this.#backlog.skip(this.#start, first)
    this.#start = first
    return lost
  }

  /** How many of those that have arrived it holds; the caller has asked what was lost. */
  get held(): number {
    return this.#seen - this.#start
  }

  /** Takes the oldest of those that have arrived; the caller has asked what was lost. */
  shift(): T | undefined {
    if (this.#seen === this.#start) return undefined
    const entry = this.#backlog.take(this.#start)
    this.#start += 1
    return entry
  }

  /** Ends the cursor. */
  leave(): void {
    this.#backlog.leave(this.#start)
  }
}
