/**
 * A journal engine that fails the way disks do, when a test says so: a write that is refused and was not done, one
 * that is refused and was done, one that is late, an engine that does not open, a record that was damaged.
 */
import type { JournalEngine, JournalEntry } from '../journal/index.ts'

/** What happens to a refused write: `lost` keeps nothing of it, `kept` keeps all of it. */
export type WriteFault = 'lost' | 'kept'

/** A journal engine whose disk fails on demand. */
export interface FaultyEngine extends JournalEngine {
  /** The faults of the next writes, one each; later writes succeed again. */
  failWrites(...faults: readonly WriteFault[]): void
  /** Refuses everything, including `open()`, until {@link FaultyEngine.repair}: a full or absent disk. */
  break(): void
  /** Ends `break()` and `hold()`. */
  repair(): void
  /** Keeps writes waiting until {@link FaultyEngine.repair}. */
  hold(): void
  /** Changes the text of a record without anyone noticing; `undefined` removes it. */
  damage(key: string, change: (text: string) => string | undefined): Promise<void>
  /** How often it was opened. */
  readonly opens: number
  /** The entries that are there, in order. */
  entries(): Promise<JournalEntry[]>
}

const ALL = { from: '', to: '\uffff' }

/**
 * Puts faults in front of an engine such as `memoryEngine()`.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { memoryEngine, openJournal } from 'headgate/journal'
 * import { faultyEngine } from 'headgate/testing'
 *
 * const engine = faultyEngine(memoryEngine())
 * const store = createStore({ count: 0 })
 * const journal = await openJournal(store, engine)
 * engine.failWrites('kept') // refused, and on the disk all the same
 * store.set({ count: 1 })
 * console.log(await journal.durable(), journal.stats().reopens) // → 1 1
 * await journal.close()
 * ```
 */
export function faultyEngine(inner: JournalEngine): FaultyEngine {
  const faults: WriteFault[] = []
  let isBroken = false
  let held: Promise<void> | undefined
  let release = (): void => {}
  let opens = 0
  const refuse = (): never => {
    throw new Error('ENOSPC: no space left on device')
  }
  const check = (): void => {
    if (isBroken) refuse()
  }
  return {
    name: `faulty ${inner.name}`,
    get turns() {
      return inner.turns
    },
    get opens() {
      return opens
    },
    async open() {
      check()
      await inner.open()
      opens += 1
    },
    close: () => inner.close(),
    async write(entries) {
      await held
      check()
      const fault = faults.shift()
      if (fault !== 'lost') await inner.write(entries)
      if (fault !== undefined) refuse()
    },
    async *read(range) {
      check()
      yield* inner.read(range)
    },
    async clear(range) {
      check()
      await inner.clear(range)
    },
    failWrites: (...next) => void faults.push(...next),
    break() {
      isBroken = true
    },
    repair() {
      isBroken = false
      held = undefined
      release()
    },
    hold() {
      held ??= new Promise((resolve) => {
        release = resolve
      })
    },
    async damage(key, change) {
      for await (const entry of inner.read({ from: key, to: `${key}~`, limit: 1 })) {
        const text = change(entry.text)
        if (text === undefined) await inner.clear({ from: key, to: `${key}~` })
        else await inner.write([{ key, text }])
      }
    },
    async entries() {
      const all: JournalEntry[] = []
      for await (const entry of inner.read(ALL)) all.push(entry)
      return all
    },
  }
}
