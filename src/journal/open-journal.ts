/**
 * Opens a journal: recovers what it holds into the store, then follows the store.
 *
 *   openJournal ──> open ─> meta ─> recover ─> adopt ─> follow ──> live
 *                   while it opens, writes to the store are refused: recovery would overwrite them
 */
import { HeadgateError } from '../kit/index.ts'
import { kernelOf, type Store } from '../store/index.ts'
import { beginToWrite } from './begin-to-write.ts'
import type { JournalEngine } from './engine.ts'
import { FollowingJournal } from './following-journal.ts'
import type { Journal, JournalOptions } from './journal.ts'
import { JournalLog } from './journal-log.ts'
import { settingsOf } from './journal-options.ts'
import { JournalKeys } from './record.ts'
import { Takeover } from './takeover.ts'

/**
 * Opens a journal beside a store: recovers what it holds, and keeps every commit from then on.
 *
 * The store stays synchronous. A write never waits for the disk and never fails because of it, unless
 * `behind: 'suspend'`; `durable()` is the promise that a commit is on the disk. While the journal opens, writes of the
 * store are refused with `JOURNAL_OPENING`. If the store has a state and the journal is empty, that state becomes the
 * first record.
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
 * @throws `JOURNAL_DAMAGED`, `JOURNAL_LOCKED`, `JOURNAL_VERSION`, whatever `migrate` throws; nothing has changed then.
 *   Whatever the engine rejects with.
 */
export async function openJournal<S>(
  store: Store<S>,
  engine: JournalEngine,
  options: JournalOptions<NoInfer<S>> = {},
): Promise<Journal<S>> {
  const settings = settingsOf<S>(options, store.name)
  const kernel = kernelOf<S>(store)
  const { name } = settings
  const opening = (): HeadgateError =>
    new HeadgateError('JOURNAL_OPENING', { journal: name, store: store.name })
  const takeover = new Takeover(kernel, opening)
  try {
    await openEngine(engine, name)
    try {
      const log = new JournalLog<S>(engine, new JournalKeys(name), name, settings.seal)
      const turn = await engine.turns?.take(name)
      if (engine.turns === undefined || turn !== undefined) {
        return await beginToWrite(kernel, log, settings, takeover, turn)
      }
      if (settings.follow) return await FollowingJournal.begin(kernel, log, settings, takeover, engine.turns)
      throw new HeadgateError('JOURNAL_LOCKED', { journal: name })
    } catch (error) {
      await engine.close().catch(() => {}) // the first error is the one that counts
      throw error
    }
  } catch (error) {
    takeover.failed()
    throw error
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
