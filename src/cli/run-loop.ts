/**
 * Takes record after record from a source, each at its time, until the source or the run ends.
 *
 * It waits only where it has to. At full speed thousands of records are handled in one turn of the event
 * loop, so every few milliseconds it lets the loop go round: slow subscribers, timers, Ctrl-C and the live
 * view get their turn.
 */

import type { Cell, MachineStore } from '../machine/index.ts'
import type { Output } from './output.ts'
import type { Pace } from './pace.ts'
import type { RecordHandler } from './record-handler.ts'
import type { RawRecord, RecordBatch, RecordSource } from './record-source.ts'
import type { RunTime } from './run-time.ts'
import type { StopSwitch } from './stop-switch.ts'
import { messageOf } from './usage-error.ts'

/** The longest that the event loop is kept waiting, but for a single record that takes longer. */
const TURN_MS_MAX = 10

export interface RunLoopParts {
  readonly source: RecordSource
  readonly handler: RecordHandler
  readonly pace: Pace
  readonly store: MachineStore<unknown, Cell>
  /** Whether a subscriber suspends its writers, so that each write must wait for room. */
  readonly suspends: boolean
  readonly output: Output
  /** Whether the disk is to be waited for. */
  readonly room: () => Promise<unknown> | undefined
  readonly time: RunTime
  readonly stop: StopSwitch
  /** Told once, with the first batch that shows that the source is not all UTF-8. */
  readonly onMalformed: (batch: RecordBatch) => void
}

export class RunLoop {
  readonly #parts: RunLoopParts
  #firstAt: number | undefined
  #lastAt = 0
  #turnEndsAt = 0
  #batch: RecordBatch | undefined
  #index = 0

  constructor(parts: RunLoopParts) {
    this.#parts = parts
  }

  /** Milliseconds from when the first record was read until the last one was handled. */
  get elapsedMs(): number {
    return this.#firstAt === undefined ? 0 : this.#lastAt - this.#firstAt
  }

  /** How much of the source is handled, from 0 to 1; undefined where its length is unknown. */
  get progress(): number | undefined {
    const { progress, items } = this.#batch ?? {}
    if (progress === undefined || items === undefined) return undefined
    const [before, after] = progress
    return items.length === 0 ? after : before + ((after - before) * this.#index) / items.length
  }

  /** Resolves at the end of the records, or soon after the run was stopped; never rejects. */
  async run(): Promise<void> {
    const { source, stop, time } = this.#parts
    const batches = source.batches[Symbol.asyncIterator]()
    this.#turnEndsAt = time.now() + TURN_MS_MAX
    try {
      while (stop.cause === undefined) {
        const next = await unlessStopped(batches.next(), stop)
        if (next === undefined || next.done === true) break
        await this.#handle(next.value)
      }
    } catch (error) {
      stop.stop({
        kind: 'unreadable',
        sentence: `The records could not be read to their end: ${messageOf(error)}`,
      })
    } finally {
      source.close()
      // Not awaited: a module's own generator may be stuck in what it awaits.
      batches.return?.().catch(() => {})
    }
  }

  async #handle(batch: RecordBatch): Promise<void> {
    const { pace, stop, suspends } = this.#parts
    const { items, readAt } = batch
    if (batch.malformed && !this.#batch?.malformed) this.#parts.onMalformed(batch)
    this.#batch = batch
    this.#index = 0
    if (items.length > 0) this.#firstAt ??= readAt
    while (this.#index < items.length && stop.cause === undefined) {
      if (pace.waits || suspends) await this.#handleNext(batch)
      else this.#handleTurn(batch)
      if (this.#lastAt >= this.#turnEndsAt) await this.#breathe()
    }
  }

  /**
   * Handles records until the turn is over. Not part of an async function: the compiler would take this loop,
   * with all that it calls, for a part of each place where that function can wait.
   */
  #handleTurn({ items, firstNumber }: RecordBatch): void {
    const { handler, time, stop } = this.#parts
    do {
      // The cast holds: the index is below the length.
      handler.handle(items[this.#index] as RawRecord, firstNumber + this.#index)
      this.#index += 1
      this.#lastAt = time.now()
    } while (this.#index < items.length && this.#lastAt < this.#turnEndsAt && stop.cause === undefined)
  }

  /** Handles one record, and waits for its time, and for room for each of its writes. */
  async #handleNext({ items, firstNumber }: RecordBatch): Promise<void> {
    const { handler, store, stop, suspends } = this.#parts
    if (handler.read(items[this.#index] as RawRecord, firstNumber + this.#index)) {
      await this.#waitFor(handler.time)
      const writes = stop.cause === undefined ? handler.decide() : 0
      for (let write = 0; write < writes; write += 1) {
        if (suspends) await unlessStopped(store.ready(), stop)
        if (stop.cause !== undefined) return
        handler.write(write)
      }
      if (stop.cause !== undefined) return
      handler.done()
    }
    this.#index += 1
    this.#lastAt = this.#parts.time.now()
  }

  /** Waits until a record of time `t` is due. One timer may not reach that far. */
  async #waitFor(t: unknown): Promise<void> {
    const { pace, time, stop } = this.#parts
    for (;;) {
      const waitMs = pace.waitMs(t, time.now())
      if (waitMs === 0 || stop.cause !== undefined) return
      await time.sleep(waitMs, stop)
      this.#turnEndsAt = time.now() + TURN_MS_MAX
    }
  }

  async #breathe(): Promise<void> {
    const { time, output, room, stop } = this.#parts
    await time.breathe()
    for (const awaited of [output.room(), room()]) {
      if (awaited !== undefined) await unlessStopped(awaited, stop)
    }
    this.#turnEndsAt = time.now() + TURN_MS_MAX
  }
}

/** What a promise resolves with, or undefined as soon as the run is stopped. */
function unlessStopped<T>(promise: Promise<T>, stop: StopSwitch): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    // Not Promise.race: on a promise that lives as long as the run, each race would leave its listeners.
    const stopListening = stop.onStop(() => resolve(undefined))
    promise.then(resolve, reject).finally(stopListening)
  })
}
