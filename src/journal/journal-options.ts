import { asyncScheduler } from 'rxjs'
import { checkKeys, checkTimerMs, describeValue, HeadgateError } from '../kit/index.ts'
import type { JournalOptions } from './journal.ts'

export type Settings<S> = Required<Omit<JournalOptions<S>, 'migrate' | 'note' | 'seal'>> &
  Pick<JournalOptions<S>, 'migrate' | 'note' | 'seal'>

function check(option: string, expected: string, received: unknown, holds: boolean): void {
  if (!holds)
    throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(received) })
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1

/** The options that say something. */
const given = <Options extends object>(options: Options): Options =>
  // The cast holds: an option that is undefined is one that is not there.
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options

/** The prefix of keys, which have `!` and `~` of their own. @throws `OPTION_INVALID` */
export const checkName = (name: unknown): void =>
  check('name', 'a text without "!" and "~"', name, typeof name === 'string' && /^[^!~]+$/.test(name))

/** How many versions are kept. @throws `OPTION_INVALID` */
export const checkKeep = (keep: unknown): void =>
  check('keep', 'an integer from 1, or Infinity', keep, isCount(keep) || keep === Number.POSITIVE_INFINITY)

/** @throws `OPTION_INVALID`, `OPTION_UNKNOWN` */
export function settingsOf<S>(options: JournalOptions<S>, storeName: string): Settings<S> {
  checkKeys(
    options,
    {
      name: true,
      snapshotEvery: true,
      pendingMax: true,
      behind: true,
      keep: true,
      retryMs: true,
      closeMs: true,
      schema: true,
      migrate: true,
      repair: true,
      follow: true,
      note: true,
      seal: true,
      scheduler: true,
    },
    'openJournal()',
  )
  const settings = {
    name: storeName,
    snapshotEvery: 1_000 as number | 'growth',
    pendingMax: 4_096,
    behind: 'skip' as const,
    keep: 10_000,
    retryMs: 1_000,
    closeMs: 10_000,
    schema: 1,
    repair: false,
    follow: false,
    scheduler: asyncScheduler,
    ...given(options),
  }
  const { name, behind, keep } = settings
  checkName(name)
  const { snapshotEvery } = settings
  const isRhythm = isCount(snapshotEvery) || snapshotEvery === 'growth'
  check('snapshotEvery', 'an integer from 1, or "growth"', snapshotEvery, isRhythm)
  for (const count of ['pendingMax', 'schema'] as const) {
    check(count, 'an integer from 1', settings[count], isCount(settings[count]))
  }
  check('behind', '"skip" or "suspend"', behind, behind === 'skip' || behind === 'suspend')
  checkKeep(keep)
  for (const time of ['retryMs', 'closeMs'] as const) checkTimerMs(time, settings[time])
  return settings
}
