/**
 * A disk for the scenarios of journals, as an engine in memory: it can be full, slow, refuse, lose, crash and rot, on
 * demand and at once.
 *
 * It fails as engines do. A refused write may be there all the same; and one that has refused a write is poisoned:
 * until it is closed and opened it acknowledges what it does not keep.
 */
import { type JournalEngine, type JournalEntry, memoryEngine } from '../journal/index.ts'

/** What becomes of a write. */
export type Fate = 'done' | 'lost' | 'done-but-refused'

const ALL = { from: '', to: '\uffff' }
const NEVER = new Promise<never>(() => {})

export class TestDisk implements JournalEngine {
  readonly name = 'a disk of the stress suite'
  /** How many characters it holds; a write that would be beyond is refused. */
  capacity: number = Number.POSITIVE_INFINITY
  /** Decides about each write. */
  fate: () => Fate = () => 'done'
  /** What a write takes. */
  delay: () => Promise<unknown> = () => Promise.resolve()
  used = 0
  refusals = 0
  #engine: JournalEngine
  #isPoisoned = false
  #isDead = false

  constructor(engine: JournalEngine = memoryEngine()) {
    this.#engine = engine
  }

  async open(): Promise<void> {
    await this.#alive()
    this.#isPoisoned = false
  }

  async close(): Promise<void> {
    await this.#alive()
  }

  async write(entries: readonly JournalEntry[]): Promise<void> {
    await this.#alive()
    await this.delay()
    await this.#alive()
    if (this.#isPoisoned) return
    const size = entries.reduce((sum, { key, text }) => sum + key.length + text.length, 0)
    const fate = this.used + size > this.capacity ? 'lost' : this.fate()
    if (fate !== 'lost') {
      await this.#engine.write(entries)
      this.used += size
    }
    await this.#alive()
    if (fate === 'done') return
    this.refusals += 1
    this.#isPoisoned = true
    throw new Error(this.used + size > this.capacity ? 'ENOSPC: no space left on device' : 'EIO: i/o error')
  }

  async *read(range: Parameters<JournalEngine['read']>[0]): AsyncGenerator<JournalEntry, undefined> {
    await this.#alive()
    yield* this.#engine.read(range)
  }

  async clear(range: { from: string; to: string }): Promise<void> {
    await this.#alive()
    await this.#engine.clear(range)
  }

  /**
   * The process that uses it is gone at this instant: nobody is answered any more. A write that is under way is there,
   * or is not.
   *
   * @returns the disk that the next process finds.
   */
  crash(): TestDisk {
    this.#isDead = true
    return new TestDisk(this.#engine)
  }

  async entries(): Promise<JournalEntry[]> {
    const all: JournalEntry[] = []
    for await (const entry of this.#engine.read(ALL)) all.push(entry)
    return all
  }

  /** Whoever is not answered waits for ever, and is garbage then. */
  #alive(): Promise<void> {
    return this.#isDead ? NEVER : Promise.resolve()
  }
}

/** A disk with these entries. */
export async function diskOf(entries: readonly JournalEntry[]): Promise<TestDisk> {
  const engine = memoryEngine()
  await engine.write(entries)
  return new TestDisk(engine)
}
