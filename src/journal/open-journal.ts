/**
 * Opens a journal: recovers what it holds into the store, then follows the store.
 *
 *   openJournal ──> open ─> meta ─> recover ─> adopt ─> follow ──> live
 *                   while it opens, writes of the store are refused: what they said would be overwritten
 */
import { sameValue } from '../delta/index.ts'
import { HeadgateError, type Immutable } from '../kit/index.ts'
import { type Kernel, kernelOf, type Snapshot, type Store } from '../store/index.ts'
import type { JournalEngine } from './engine.ts'
import type { Journal, JournalOptions } from './journal.ts'
import { JournalLog } from './journal-log.ts'
import { type Settings, settingsOf } from './journal-options.ts'
import { metaEntry, readMeta } from './meta.ts'
import { JournalKeys } from './record.ts'
import { recover } from './recover.ts'
import { StoreJournal } from './store-journal.ts'

/**
 * Opens a journal beside a store: recovers what it holds, and keeps every commit from then on.
 *
 * The store stays synchronous. A write never waits for the disk and never fails because of it, unless
 * `behind: 'suspend'`; `durable()` is the promise that a commit is on the disk. While the journal opens, writes of the
 * store are refused with `JOURNAL_OPENING`. A store that has a state and an empty journal: the state is its first
 * record.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { memoryEngine, openJournal } from 'headgate/journal'
 *
 * const store = createStore({ speed: 0 }, { name: 'rover' })
 * const journal = await openJournal(store, memoryEngine())
 * store.set({ speed: 3 })
 * console.log(await journal.durable()) // → 1
 * console.log((await journal.at(0)).state, (await journal.at(1)).state) // → { speed: 0 } { speed: 3 }
 * await journal.close()
 * ```
 * @throws `JOURNAL_DAMAGED`, `JOURNAL_LOCKED`, `JOURNAL_VERSION`, what the engine rejects with; nothing has changed then.
 */
export async function openJournal<S>(
  store: Store<S>,
  engine: JournalEngine,
  options: JournalOptions<NoInfer<S>> = {},
): Promise<Journal<S>> {
  const settings = settingsOf<S>(options, store.name)
  const kernel = kernelOf<S>(store)
  let isAdopting = false
  const welcome = kernel.guard(() => {
    if (!isAdopting) throw new HeadgateError('JOURNAL_OPENING', { journal: settings.name, store: store.name })
  })
  try {
    await openEngine(engine, settings.name)
    try {
      const log = new JournalLog<S>(engine, new JournalKeys(settings.name), settings.name, settings.seal)
      const schema = await schemaOf(log, settings)
      const { snapshot, ...recovered } = await recover(log, settings.name, settings.repair)
      const migratedFrom = snapshot !== undefined && schema < settings.schema ? schema : null
      isAdopting = true
      if (snapshot !== undefined && !isCurrent(kernel.head, snapshot)) kernel.adopt(snapshot)
      if (migratedFrom !== null) migrate(kernel, settings, migratedFrom)
      isAdopting = false
      const { state, ...labels } = kernel.head
      const whole = { ...labels, from: recovered.version, note: recovered.note ?? undefined, state }
      const { version } = labels
      // One write: a state that was migrated never stands beside the schema that it had.
      await engine.write([
        metaEntry(log, settings.schema),
        ...(state === undefined || version === recovered.version ? [] : [await log.entryOf('s', whole)]),
      ])
      return new StoreJournal(kernel, log, settings, state === undefined ? -1 : version, {
        ...recovered,
        migratedFrom,
      })
    } catch (error) {
      await engine.close().catch(() => {}) // the first error is the one that counts
      throw error
    }
  } finally {
    welcome()
  }
}

/** @throws `JOURNAL_LOCKED`, what the engine rejects with */
export async function openEngine(engine: JournalEngine, journal: string): Promise<void> {
  try {
    await engine.open()
  } catch (error) {
    const cause = (error as { cause?: { code?: unknown } } | null)?.cause
    if (cause?.code !== 'LEVEL_LOCKED') throw error
    throw new HeadgateError('JOURNAL_LOCKED', { journal }, { cause: error })
  }
}

/** Whether a store stands where its journal does, as a new one does beside a journal of its first state. */
const isCurrent = (head: Snapshot<unknown>, { version, state }: Snapshot<unknown>): boolean =>
  head.version === version && sameValue(head.state, state)

/** The schema of what is kept. @throws `JOURNAL_VERSION` */
async function schemaOf<S>(log: JournalLog<S>, { name, schema, migrate }: Settings<S>): Promise<number> {
  const { schema: found } = (await readMeta(log, name)) ?? { schema }
  if (found === schema || (found < schema && migrate !== undefined)) return found
  throw new HeadgateError('JOURNAL_VERSION', { journal: name, what: 'schema', found, known: schema })
}

/** Commits what `migrate` makes of the state that was recovered. */
function migrate<S>(kernel: Kernel<S>, settings: Settings<S>, schema: number): void {
  const made = settings.migrate?.(kernel.head.state, schema)
  // The cast holds: `migrate` returns a state of this schema, and a commit freezes it.
  kernel.commit(() => made as Immutable<S>, { reason: 'MIGRATE' }, 'migrate()')
}
