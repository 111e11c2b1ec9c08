/**
 * An engine on any abstract-level database: classic-level in Node, browser-level in browsers, memory-level in tests.
 *
 * A database syncs to the disk only if it is asked to, and each in its own way: LevelDB by an option of the write,
 * IndexedDB by one of the transaction, which browser-level does not hand on.
 */
import { checkKeys, describeValue, HeadgateError } from '../kit/index.ts'
import type { JournalEngine } from './engine.ts'
import { type JournalTurns, webTurns } from './turns.ts'

interface Put {
  readonly type: 'put'
  readonly key: string
  readonly value: string
}

interface Range {
  readonly gte: string
  readonly lt: string
}

/** The part of an abstract-level database that is used. */
export interface LevelLike {
  open(): Promise<void>
  close(): Promise<void>
  batch(puts: Put[], options: object): Promise<void>
  iterator(
    options: Range & { reverse: boolean; limit: number; highWaterMarkBytes: number } & typeof TEXTS,
  ): AsyncIterable<[key: string, value: string]>
  clear(options: Range & Pick<typeof TEXTS, 'keyEncoding'>): Promise<void>
}

/** How safe a write of {@link levelEngine} is when it resolves. */
export interface LevelEngineOptions {
  /** Whether a write is on the disk when it resolves, or on its way there. Default `'strict'`. */
  readonly durability?: 'strict' | 'relaxed'
}

const TEXTS = { keyEncoding: 'utf8', valueEncoding: 'utf8' } as const
/** LevelDB reads 16 KiB at a time unless it is told otherwise, which is three times slower. */
const READ_AHEAD = 1 << 20
const ALL = -1

/**
 * Creates an engine from a database, which the caller creates and the journal opens.
 *
 * @throws `OPTION_INVALID`, `OPTION_UNKNOWN`
 */
export function levelEngine(db: LevelLike, options: LevelEngineOptions = {}): JournalEngine {
  checkKeys(options, { durability: true }, 'levelEngine()')
  const { durability = 'strict' } = options
  if (durability !== 'strict' && durability !== 'relaxed') {
    const received = describeValue(durability)
    throw new HeadgateError('OPTION_INVALID', {
      option: 'durability',
      expected: '"strict" or "relaxed"',
      received,
    })
  }
  let turns: JournalTurns | undefined
  return {
    name: db.constructor.name,
    get turns() {
      return turns
    },
    open: async () => {
      await db.open()
      // IndexedDB opens in any number of tabs.
      if (syncTransactions(db, durability)) turns ??= webTurns()
    },
    close: () => db.close(),
    write: (entries) =>
      db.batch(
        entries.map(({ key, text }) => ({ type: 'put', key, value: text })),
        { ...TEXTS, sync: durability === 'strict' },
      ),
    async *read({ from, to, newestFirst = false, limit = ALL }) {
      const range = { gte: from, lt: to, reverse: newestFirst, limit, highWaterMarkBytes: READ_AHEAD }
      for await (const [key, text] of db.iterator({ ...range, ...TEXTS })) yield { key, text }
    },
    clear: ({ from, to }) => db.clear({ gte: from, lt: to, keyEncoding: 'utf8' }),
  }
}

type Transaction = (stores: unknown, mode?: unknown, options?: object) => unknown

/**
 * Asks IndexedDB, where the database stands on it, to sync each transaction; it is a new one after each `open()`.
 * Whether it does.
 */
function syncTransactions(db: LevelLike, durability: 'strict' | 'relaxed'): boolean {
  const inner = (db as { db?: { transaction?: Transaction } }).db
  if (typeof inner?.transaction !== 'function') return false
  const transaction = inner.transaction.bind(inner)
  inner.transaction = (stores, mode, options) => transaction(stores, mode, { durability, ...options })
  return true
}
