/**
 * What becomes of one record:
 *
 *   read ─> parse ─> decide ─> ingest ──┬─ events ───> store.send(event), one after the other
 *                                       └─ none ─────> store.updateContext(observe)
 *
 * `handle` takes all steps. They can also be taken one by one, by whoever has to wait between them: for the
 * record's time, or for room at a subscriber that suspends its writers.
 *
 * A record that was parsed is frozen before the module sees it. A state takes data in by reference and would
 * freeze it in any case; here it costs half of what the general walk through any kind of state does.
 *
 * A record that cannot be parsed, or whose handling throws, is rejected: counted, and reported with its
 * number. What its earlier events have written stays.
 */
import { describeValue } from '../kit/index.ts'
import type { Cell, MachineStore } from '../machine/index.ts'
import { LINE_LENGTH_MAX, LINE_TOO_LONG } from './line-splitter.ts'
import type { CheckedModule } from './load-module.ts'
import type { RawRecord } from './record-source.ts'
import type { RunRecord } from './run-module.ts'
import { messageOf } from './usage-error.ts'

type Event = Cell['event'] | string

/** A record that was not taken, and why. */
export interface Rejection {
  /** The number of the line, or of the record where there are no lines; from 1. */
  readonly number: number
  readonly reason: string
}

/** How far an input has been handled: all records before a number, and some writes of that one. */
export interface Position {
  readonly number: number
  readonly writes: number
}

const START: Position = { number: 1, writes: 0 }
const NO_EVENTS: readonly Event[] = Object.freeze([])

export class RecordHandler {
  /** Records handled; those that were rejected are not among them. */
  records = 0
  rejected = 0
  /** What the record that is writing has in its field of time; null while none is. */
  writingTime: unknown = null
  readonly #module: CheckedModule
  readonly #store: MachineStore<unknown, Cell>
  readonly #timeField: string
  readonly #onRejection: (rejection: Rejection) => void
  #start: Position = START
  #next = START.number
  #writes = START.writes
  #number = 0
  #record: RunRecord = {}
  #events: readonly Event[] = NO_EVENTS
  /** How many writes the record asks for. */
  #asked = 0
  #failed = false

  constructor(
    module: CheckedModule,
    store: MachineStore<unknown, Cell>,
    onRejection: (rejection: Rejection) => void,
  ) {
    this.#module = module
    this.#timeField = module.timeField
    this.#store = store
    this.#onRejection = onRejection
  }

  /** Leaves out what an earlier handler of the same records has done; before the first of them. */
  startAt(start: Position): void {
    this.#start = start
    this.#next = start.number
    this.#writes = start.writes
  }

  /** What whoever handles the same records again may leave out; while a write is made, that one too. */
  get position(): Position {
    return { number: this.#next, writes: this.#writes }
  }

  /** The number of the record that was read last; 0 before the first. */
  get number(): number {
    return this.#number
  }

  /** What the record that was read last has in its field of time. */
  get time(): unknown {
    return this.#record[this.#timeField]
  }

  /** Handles a record from its line to its last write. */
  handle(raw: RawRecord, number: number): void {
    if (!this.read(raw, number)) return
    const writes = this.decide()
    for (let index = 0; index < writes; index += 1) this.write(index)
    this.done()
  }

  /** Takes the next record; false where there is nothing to handle: it was a blank line, or rejected. */
  read(raw: RawRecord, number: number): boolean {
    this.#number = number
    this.#failed = false
    if (raw === '' || number < this.#start.number) return false
    try {
      const record: unknown = typeof raw === 'string' ? freezeJson(JSON.parse(raw)) : raw
      if (typeof record === 'object' && record !== null && !Array.isArray(record)) {
        this.#record = record as RunRecord
        return true
      }
      this.#reject(whyNoRecord(record))
    } catch (error) {
      // Only what failed to parse is looked at for being blank; it costs nothing otherwise.
      if ((raw as string).trim() !== '') this.#reject(messageOf(error))
    }
    return false
  }

  /** Asks the module what the record is; returns how many writes it asks for. */
  decide(): number {
    try {
      this.#events = toEvents(this.#module.ingest(this.#record))
    } catch (error) {
      this.#reject(messageOf(error))
      return 0
    }
    this.#asked = this.#events.length > 0 || this.#module.observe === undefined ? this.#events.length : 1
    return this.#asked
  }

  /** Makes one of the writes, unless an earlier one of this record has failed. */
  write(index: number): void {
    if (this.#failed || this.#isDone(index)) return
    const isLast = index + 1 === this.#asked
    this.#next = isLast ? this.#number + 1 : this.#number
    this.#writes = isLast ? 0 : index + 1
    this.writingTime = this.#record[this.#timeField] ?? null
    try {
      // The cast: index is below what decide() returned.
      if (this.#events.length > 0) this.#store.send(this.#events[index] as Event)
      else this.#store.updateContext(this.#recipe, 'OBSERVE')
    } catch (error) {
      this.#reject(messageOf(error))
    }
    this.writingTime = null
  }

  /** Ends the handling of a record that was read. */
  done(): void {
    if (!this.#failed) this.records += 1
    this.#next = this.#number + 1
    this.#writes = 0
  }

  /** Whether a write was made before this handler started. */
  #isDone(index: number): boolean {
    return this.#number === this.#start.number && index < this.#start.writes
  }

  /** One closure for all records; it observes the one that was read last. */
  readonly #recipe = (draft: unknown): void => this.#module.observe?.(draft as never, this.#record)

  #reject(reason: string): void {
    this.#failed = true
    this.rejected += 1
    this.#onRejection({ number: this.#number, reason })
  }
}

/** Freezes what `JSON.parse` has made: plain objects and arrays, in a tree. */
function freezeJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) for (let index = 0; index < value.length; index += 1) freezeJson(value[index])
  else for (const key in value) freezeJson((value as Record<string, unknown>)[key])
  return Object.freeze(value)
}

function whyNoRecord(value: unknown): string {
  if (value === LINE_TOO_LONG) return `The line is longer than ${LINE_LENGTH_MAX} characters.`
  return `Expected an object, got ${describeValue(value)}.`
}

function toEvents(ingested: ReturnType<CheckedModule['ingest']>): readonly Event[] {
  if (ingested === undefined || ingested === null) return NO_EVENTS
  // The casts: Array.isArray() does not narrow a readonly array away.
  return Array.isArray(ingested) ? (ingested as readonly Event[]) : [ingested as Event]
}
