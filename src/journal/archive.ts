/** A journal without its store: for tools that inspect, repair or move one. */
import { checkKeys, HeadgateError } from '../kit/index.ts'
import type { Snapshot } from '../store/index.ts'
import { type Compaction, compact } from './compact.ts'
import type { JournalEngine } from './engine.ts'
import { JournalLog, type Verification } from './journal-log.ts'
import { journalNames } from './journal-names.ts'
import { checkKeep } from './journal-options.ts'
import { type Meta, readMeta, withDefaults } from './meta.ts'
import { openEngine } from './open-journal.ts'
import { JournalKeys, recordText, type Seal } from './record.ts'
import { recover } from './recover.ts'

export interface ArchiveOptions {
  /** The journal's name; default the only one in the database. */
  readonly name?: string | undefined
  /** The seal that encrypted or compressed its records. */
  readonly seal?: Seal | undefined
}

/** A journal opened without a store. It changes only what you ask it to. */
export interface JournalArchive<S> {
  readonly name: string
  readonly schema: number
  /** The versions that can be read, from the oldest whole state to the last intact one; -1 if there is none. */
  range(): Promise<{ readonly oldest: number; readonly newest: number }>
  /** The snapshot of a version. @throws `VERSION_NOT_KEPT` */
  at(version: number): Promise<Snapshot<S>>
  commits(range?: { from?: number; to?: number; newestFirst?: boolean }): AsyncIterable<Snapshot<S>>
  /** Reads everything, and reports what is damaged or missing. */
  verify(): Promise<Verification>
  /** Cuts off everything after the last intact version, and keeps a copy; returns where the cut began. */
  repair(): Promise<{ readonly lastGood: number; readonly truncatedAt: number | null }>
  /** Removes what is older than the newest `keep` versions; `keep` is an integer from 1. @throws `OPTION_INVALID` */
  compact(keep: number): Promise<Compaction>
  /** Yields the lines of JSON that `importJournal` reads: the journal's header, its records, and their count. */
  export(): AsyncIterable<string>
  /** Closes the engine. */
  close(): Promise<void>
}

/**
 * Opens one of an engine's journals without a store.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { memoryEngine, openArchive, openJournal } from 'headgate/journal'
 *
 * const engine = memoryEngine()
 * const store = createStore({ speed: 0 }, { name: 'rover' })
 * const journal = await openJournal(store, engine)
 * store.set({ speed: 3 })
 * await journal.close()
 *
 * const archive = await openArchive<{ speed: number }>(engine)
 * console.log(archive.name, await archive.range()) // → rover { oldest: 0, newest: 1 }
 * console.log((await archive.at(1)).state.speed) // → 3
 * await archive.close()
 * ```
 * @throws `JOURNAL_ABSENT`, `JOURNAL_LOCKED`, `JOURNAL_SEALED`, `JOURNAL_VERSION`, whatever the engine rejects with.
 */
export async function openArchive<S>(
  engine: JournalEngine,
  options: ArchiveOptions = {},
): Promise<JournalArchive<S>> {
  checkKeys(options, { name: true, seal: true }, 'openArchive()')
  const { name: wanted = null, seal } = options
  await openEngine(engine, wanted ?? engine.name)
  try {
    const found = await journalNames(engine)
    const name = wanted === null && found.length === 1 ? (found[0] as string) : wanted
    if (name === null || !found.includes(name)) {
      throw new HeadgateError('JOURNAL_ABSENT', { journal: name, found })
    }
    const log = new JournalLog<S>(engine, new JournalKeys(name), name, seal)
    const meta = (await readMeta(log, name)) ?? withDefaults({ format: 1, schema: 1 })
    return new EngineArchive(name, log, meta)
  } catch (error) {
    await engine.close().catch(() => {}) // the first error is the one that counts
    throw error
  }
}

class EngineArchive<S> implements JournalArchive<S> {
  readonly name: string
  readonly schema: number
  readonly #log: JournalLog<S>
  readonly #meta: Meta

  constructor(name: string, log: JournalLog<S>, meta: Meta) {
    this.name = name
    this.schema = meta.schema
    this.#log = log
    this.#meta = meta
  }

  async range(): Promise<{ oldest: number; newest: number }> {
    const { snapshot } = await this.#log.newestState()
    if (snapshot === undefined) return { oldest: -1, newest: -1 }
    let newest = snapshot
    for await (const next of this.#log.behind(snapshot)) newest = next
    const [oldest = -1] = await this.#log.states()
    return { oldest, newest: newest.version }
  }

  async at(version: number): Promise<Snapshot<S>> {
    return this.#log.at(version, (await this.range()).newest)
  }

  async *commits(
    range: { from?: number; to?: number; newestFirst?: boolean } = {},
  ): AsyncGenerator<Snapshot<S>, undefined> {
    const { newest } = await this.range()
    const { from = 0, to = newest, newestFirst = false } = range
    yield* this.#log.snapshots(from, Math.min(to, newest), newestFirst)
  }

  verify(): Promise<Verification> {
    return this.#log.verify()
  }

  async repair(): Promise<{ lastGood: number; truncatedAt: number | null }> {
    const { version, truncatedAt } = await recover(this.#log, this.name, true)
    return { lastGood: version, truncatedAt }
  }

  async compact(keep: number): Promise<Compaction> {
    checkKeep(keep)
    return compact(this.#log, (await this.range()).newest, keep)
  }

  async *export(): AsyncGenerator<string, undefined> {
    yield JSON.stringify({ journal: this.name, ...this.#meta })
    let records = 0
    for (const kind of ['s', 'c'] as const) {
      for await (const { version, record } of this.#log.records(kind)) {
        if (record === undefined) {
          const after = { lastGood: version - 1, firstAfter: version }
          throw new HeadgateError('JOURNAL_DAMAGED', { journal: this.name, ...after })
        }
        yield recordText(record)
        records += 1
      }
    }
    yield JSON.stringify({ records })
  }

  close(): Promise<void> {
    return this.#log.engine.close()
  }
}
