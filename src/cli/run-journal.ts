/**
 * The journal of a run: recovers where an earlier one stopped, and keeps every commit with the place in the input that
 * led to it.
 */
import { type Journal, type JournalEngine, type JournalStats, openJournal } from '../journal/index.ts'
import type { Cell, MachineStore } from '../machine/index.ts'
import type { Position } from './record-handler.ts'
import { messageOf } from './usage-error.ts'

/** From here on the records wait for the disk. */
const PENDING_MAX = 4_096
/** More than one turn of the event loop can commit, so that no version is skipped while the disk works. */
const PENDING_LIMIT = 65_536

const placeOf = ({ number, writes }: Position): string => `${number}:${writes}`

function readPlace(note: string | null): Position | undefined {
  const [, number, writes] = /^(\d+):(\d+)$/.exec(note ?? '') ?? []
  return number === undefined ? undefined : { number: Number(number), writes: Number(writes) }
}

export class RunJournal {
  readonly #journal: Journal<unknown>
  /** Where an earlier run stopped; undefined where there was none, or its journal says nothing of an input. */
  readonly start: Position | undefined
  readonly #failed: Promise<void>

  private constructor(journal: Journal<unknown>, onFault: (sentence: string) => void) {
    this.#journal = journal
    this.start = readPlace(journal.stats().recovered.note)
    this.#failed = new Promise((resolve) => {
      journal.faults$.subscribe(({ error, durableVersion }) => {
        onFault(`The journal cannot be written behind version ${durableVersion}: ${messageOf(error)}`)
        resolve()
      })
    })
  }

  /** @throws what `openJournal` rejects with; the store is what it was then. */
  static async open(
    engine: JournalEngine,
    store: MachineStore<unknown, Cell>,
    position: () => Position,
    onFault: (sentence: string) => void,
  ): Promise<RunJournal> {
    const journal = await openJournal(store, engine, {
      name: store.name.replace(/[!~]/g, '-'),
      pendingMax: PENDING_LIMIT,
      note: () => placeOf(position()),
    })
    return new RunJournal(journal as Journal<unknown>, onFault)
  }

  /** What tools read from it. */
  get kept(): Pick<Journal<unknown>, 'at'> {
    return this.#journal
  }

  /** Something to wait for before the next record; undefined where the disk keeps up, or has failed. */
  room(): Promise<unknown> | undefined {
    if (this.#journal.status === 'degraded' || this.#journal.stats().pending < PENDING_MAX) return undefined
    return Promise.race([this.#journal.durable(), this.#failed])
  }

  /** Writes what waits. @returns its figures, and what could not be written, in a sentence. */
  async close(): Promise<{ stats: JournalStats; problem: string | undefined }> {
    const problem = await this.#journal.close().then(
      () => undefined,
      (error: unknown) => messageOf(error),
    )
    return { stats: this.#journal.stats(), problem }
  }
}
