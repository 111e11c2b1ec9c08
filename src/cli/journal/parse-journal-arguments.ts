/** Reads the arguments of `headgate journal`, and refuses what it does not know before a folder is opened. */
import { parseArgs } from 'node:util'
import { ownValues } from '../own-values.ts'
import { messageOf, UsageError } from '../usage-error.ts'

const ACTIONS = ['ls', 'cat', 'at', 'verify', 'repair', 'compact', 'export', 'import'] as const
export type JournalAction = (typeof ACTIONS)[number]

/** What `headgate journal` was asked to do. */
export interface JournalCall {
  readonly action: JournalAction
  readonly folder: string
  /** Of `at`. */
  readonly version: number
  /** Undefined for the only journal of the folder. */
  readonly name: string | undefined
  readonly from: number | undefined
  readonly to: number | undefined
  readonly newestFirst: boolean
  readonly keep: number
  readonly json: boolean
}

const OPTIONS = {
  name: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  'newest-first': { type: 'boolean' },
  keep: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h', default: false },
} as const
type OptionName = Exclude<keyof typeof OPTIONS, 'help'>

/** The actions that an option says something to. */
const READERS: Readonly<Record<OptionName, readonly JournalAction[]>> = {
  name: ['cat', 'at', 'verify', 'repair', 'compact', 'export', 'import'],
  from: ['cat'],
  to: ['cat'],
  'newest-first': ['cat'],
  keep: ['compact'],
  json: ['ls', 'cat', 'at', 'verify'],
}
const KEEP = 10_000

/**
 * Reads the words after `headgate journal`; undefined where help was asked for.
 *
 * @throws {@link UsageError}
 */
export function parseJournalArguments(words: readonly string[]): JournalCall | undefined {
  const { values, positionals } = parseWords(words)
  if (values.help) return undefined
  const [action, folder, ...rest] = positionals
  if (!isAction(action)) {
    throw new UsageError(
      action === undefined
        ? 'Expected an action.'
        : `Expected the action to be one of ${ACTIONS.join(', ')}, got "${action}".`,
    )
  }
  if (folder === undefined) throw new UsageError(`"${action}" expects the folder of a journal.`)
  const expected = action === 'at' ? 1 : 0
  if (rest.length > expected) throw new UsageError(`"${action}" does not expect "${rest[expected]}".`)
  if (rest.length < expected) throw new UsageError('"at" expects a version behind the folder.')
  for (const option of Object.keys(READERS) as OptionName[]) {
    if (values[option] !== undefined && !READERS[option].includes(action)) {
      throw new UsageError(`--${option} says nothing to "${action}".`)
    }
  }
  return {
    action,
    folder,
    version: readCount('the version', rest[0], 0) ?? -1,
    name: values.name,
    from: readCount('--from', values.from, 0),
    to: readCount('--to', values.to, 0),
    newestFirst: values['newest-first'] ?? false,
    keep: readCount('--keep', values.keep, 1) ?? KEEP,
    json: values.json ?? false,
  }
}

const isAction = (word: string | undefined): word is JournalAction =>
  (ACTIONS as readonly (string | undefined)[]).includes(word)

function parseWords(words: readonly string[]) {
  try {
    return parseArgs({ args: ownValues(words), options: OPTIONS, allowPositionals: true })
  } catch (error) {
    // Node's first sentence names the option; the others speak of other things that might have been meant.
    throw new UsageError(`${messageOf(error).split(/\.(?:\s|$)/)[0]}.`, { cause: error })
  }
}

function readCount(what: string, word: string | undefined, least: number): number | undefined {
  if (word === undefined) return undefined
  const count = Number(word)
  if (/^\d+$/.test(word) && Number.isSafeInteger(count) && count >= least) return count
  throw new UsageError(`Expected ${what} to be an integer from ${least}, got "${word}".`)
}
