import type { JournalEngine } from '../../../src/journal/index.ts'

/** An engine that counts the entries that are read of it. */
export type CountedEngine = JournalEngine & { reads: number }

export function countedEngine(engine: JournalEngine): CountedEngine {
  const counting: CountedEngine = {
    ...engine,
    reads: 0,
    async *read(range) {
      for await (const entry of engine.read(range)) {
        counting.reads += 1
        yield entry
      }
    },
  }
  return counting
}
