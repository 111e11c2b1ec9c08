/** Recovers what a journal holds into its store, and writes from then on. */
import { sameValue } from '../delta/index.ts'
import { deferredOf, HeadgateError, type Immutable } from '../kit/index.ts'
import type { Kernel, Snapshot } from '../store/index.ts'
import type { JournalLog } from './journal-log.ts'
import type { Settings } from './journal-options.ts'
import { FORMAT, type Meta, metaEntry, readMeta, withDefaults } from './meta.ts'
import { wholeOf } from './record.ts'
import { recover } from './recover.ts'
import { StoreJournal } from './store-journal.ts'
import type { Takeover } from './takeover.ts'
import type { JournalTurn } from './turns.ts'

export async function beginToWrite<S>(
  kernel: Kernel<S>,
  log: JournalLog<S>,
  settings: Settings<S>,
  takeover: Takeover<S>,
  turn: JournalTurn | undefined,
): Promise<StoreJournal<S>> {
  try {
    const meta = await metaOf(log, settings)
    const { name, repair } = settings
    const { snapshot, schema, ...recovered } = await recover(log, name, repair, (found = meta.schema) =>
      requireSchema(found, settings),
    )
    // What a state says of itself counts: behind a damaged one of this schema there may be one of the schema before.
    const found = schema ?? meta.schema
    const migratedFrom = snapshot !== undefined && found < settings.schema ? found : null
    takeover.adopt(() => {
      if (snapshot === undefined) return
      if (migratedFrom !== null) adoptMigrated(kernel, snapshot, settings, migratedFrom)
      else if (!isCurrent(kernel.head, snapshot)) kernel.adopt(snapshot)
    })
    const { state, version, tsWall } = kernel.head
    const link = { from: recovered.version, note: recovered.note ?? undefined }
    const whole = wholeOf(kernel.head, link, settings.schema)
    const epoch = meta.epoch + 1
    const began = snapshot === undefined ? tsWall : (meta.began ?? snapshot.tsWall)
    // One write: a state that was migrated never stands beside the schema that it had.
    await log.engine.write([
      metaEntry(log, { schema: settings.schema, epoch, began }),
      ...(state === undefined || version === recovered.version ? [] : [await log.entryOf('s', whole)]),
    ])
    const journal = new StoreJournal(kernel, log, settings, {
      version: state === undefined ? -1 : version,
      epoch,
      recovered: { ...recovered, migratedFrom },
      turn,
    })
    takeover.done(snapshot === undefined ? undefined : began)
    return journal
  } catch (error) {
    turn?.end()
    throw error
  }
}

/** Whether a store stands where its journal does, as a new one does beside a journal of its first state. */
export const isCurrent = (head: Snapshot<unknown>, { version, state }: Snapshot<unknown>): boolean =>
  head.version === version && sameValue(head.state, state)

/** What the journal says of itself. @throws `JOURNAL_VERSION` for a schema that is not known here */
export async function metaOf<S>(
  log: JournalLog<S>,
  settings: Pick<Settings<S>, 'name' | 'schema' | 'migrate'>,
): Promise<Meta> {
  const { name, schema } = settings
  const meta = (await readMeta(log, name)) ?? withDefaults({ format: FORMAT, schema })
  requireSchema(meta.schema, settings)
  return meta
}

/** @throws `JOURNAL_VERSION` */
function requireSchema<S>(
  found: number,
  { name, schema, migrate }: Pick<Settings<S>, 'name' | 'schema' | 'migrate'>,
): void {
  if (found === schema || (found < schema && migrate !== undefined)) return
  throw new HeadgateError('JOURNAL_VERSION', { journal: name, what: 'schema', found, known: schema })
}

/**
 * Adopts what `migrate` makes of what was recovered, as one commit. The state of the earlier schema never enters the
 * store: who follows it could not read it, and a machine would refuse it.
 */
function adoptMigrated<S>(
  kernel: Kernel<S>,
  { version, state }: Snapshot<S>,
  { migrate }: Settings<S>,
  schema: number,
): void {
  // The cast holds: `migrate` returns a state of this schema, and a commit freezes it.
  const made = migrate?.(state, schema) as Immutable<S>
  const deferred = deferredOf(made)
  if (deferred !== undefined) {
    throw new HeadgateError('OPTION_INVALID', {
      option: 'migrate',
      expected: 'a function that returns a state at once',
      received: `one that returned ${deferred}`,
    })
  }
  const batch = kernel.begin({ reason: 'MIGRATE' })
  try {
    const stamped = kernel.commit(() => made, undefined, 'migrate()')
    kernel.adopt({ ...stamped, version: version + 1 })
  } catch (error) {
    batch.rollBack()
    throw error
  }
  batch.commit()
}
