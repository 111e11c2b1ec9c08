/** What journals say of themselves to the health and the figures of their store. */
import type { Kernel } from '../store/index.ts'

/** A journal of a store, in figures. */
export interface JournalHealth {
  readonly name: string
  readonly status: 'live' | 'behind' | 'degraded' | 'following' | 'closed'
  /** The newest version on the disk; -1 where there is none. */
  readonly durableVersion: number
  readonly committed: number
  readonly durable: number
  readonly skipped: number
  readonly pending: number
  /** Writes to the engine. */
  readonly batches: number
  /** Characters of records that were written. */
  readonly bytes: number
  readonly snapshots: number
  readonly reopens: number
  readonly lastError: string | null
}

type Source = () => JournalHealth

/** Kept on the kernel, so that both copies of the package know the journals of a store. */
const sourcesSymbol: unique symbol = Symbol.for('headgate.journals')

interface Kept {
  [sourcesSymbol]?: Set<Source>
}

/** Adds a journal to the health and the figures of a store; returns what takes it away. */
export function reportJournal<S>(kernel: Kernel<S>, source: Source): () => void {
  const kept = kernel as Kept
  kept[sourcesSymbol] ??= new Set()
  const sources = kept[sourcesSymbol]
  sources.add(source)
  return () => void sources.delete(source)
}

/** The journals of a store, in the order in which they were opened. */
export const journalsOf = (kernel: Kernel<unknown>): JournalHealth[] =>
  Array.from((kernel as Kept)[sourcesSymbol] ?? [], (source) => source())
