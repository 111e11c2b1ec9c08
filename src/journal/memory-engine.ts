import type { JournalEngine, JournalEntry } from './engine.ts'

/**
 * Creates an engine that keeps its entries in memory, for as long as the engine itself exists; for tests and trials.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { memoryEngine, openJournal } from 'headgate/journal'
 *
 * const engine = memoryEngine()
 * const store = createStore({ count: 0 })
 * const journal = await openJournal(store, engine)
 * store.set({ count: 1 })
 * await journal.close()
 *
 * const again = createStore({ count: 0 })
 * await (await openJournal(again, engine)).close()
 * console.log(again.state, again.snapshot.version) // → { count: 1 } 1
 * ```
 */
export function memoryEngine(): JournalEngine {
  const entries = new Map<string, string>()
  const keysIn = (from: string, to: string): string[] =>
    [...entries.keys()].filter((key) => key >= from && key < to).sort()
  return {
    name: 'memory',
    open: async () => {},
    close: async () => {},
    write: async (written) => {
      for (const { key, text } of written) entries.set(key, text)
    },
    async *read({ from, to, newestFirst = false, limit = Number.POSITIVE_INFINITY }) {
      const keys = keysIn(from, to)
      if (newestFirst) keys.reverse()
      for (const key of keys.slice(0, limit)) {
        const text = entries.get(key)
        if (text !== undefined) yield { key, text } satisfies JournalEntry
      }
    },
    clear: async ({ from, to }) => {
      for (const key of keysIn(from, to)) entries.delete(key)
    },
  }
}
