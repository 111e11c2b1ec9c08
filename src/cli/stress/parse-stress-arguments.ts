/**
 * Reads the arguments of `headgate stress` and the environment, and refuses what it does not know before
 * anything is started. A value names its place when it is refused: `--scale`, or `HEADGATE_STRESS_SCALE`.
 */
import { parseArgs } from 'node:util'
import { type ProfileName, profiles } from '../../stress/index.ts'
import { ownValues } from '../own-values.ts'
import { messageOf, UsageError } from '../usage-error.ts'

/** What `headgate stress` was asked to do; what is undefined is left to the profile. */
export interface StressOptions {
  readonly help: boolean
  readonly list: boolean
  /** Names of scenarios and groups; none for all. */
  readonly names: readonly string[]
  readonly profile: ProfileName
  readonly durationMs: number | undefined
  readonly scale: number | undefined
  readonly seed: number | undefined
  readonly timeoutMs: number | undefined
  /** The module of an adapter; undefined for Headgate's own store. */
  readonly store: string | undefined
  readonly report: string | undefined
  readonly json: string | undefined
  readonly baseline: string | undefined
}

/** Options with a value. */
const VALUES = [
  'profile',
  'duration',
  'scale',
  'seed',
  'timeout',
  'store',
  'report',
  'json',
  'baseline',
] as const
type ValueName = (typeof VALUES)[number]

const OPTIONS = {
  ...(Object.fromEntries(VALUES.map((name) => [name, { type: 'string' }])) as Record<
    ValueName,
    { type: 'string' }
  >),
  list: { type: 'boolean' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** Two weeks: beyond it a timer of the platform would not wait. */
const SECONDS_MAX = 1_209_600

/** A value and the place that it came from. */
interface Given {
  readonly text: string
  readonly place: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the words after `headgate stress`, and for what they leave open the environment.
 *
 * @throws {@link UsageError}
 */
export function parseStressArguments(words: readonly string[], environment: Environment): StressOptions {
  const { values, positionals } = parseWords(words)
  const given = (name: ValueName): Given | undefined => find(name, values[name], environment)
  return {
    help: values.help,
    list: values.list ?? readSwitch('list', environment),
    names: positionals,
    profile: readProfile(given('profile')),
    durationMs: readSeconds(given('duration')),
    scale: readScale(given('scale')),
    seed: readSeed(given('seed')),
    timeoutMs: readSeconds(given('timeout')),
    store: readPath(given('store')),
    report: readPath(given('report')),
    json: readPath(given('json')),
    baseline: readPath(given('baseline')),
  }
}

function parseWords(words: readonly string[]) {
  try {
    return parseArgs({ args: ownValues(words), options: OPTIONS, allowPositionals: true })
  } catch (error) {
    // Node's first sentence names the option; the others speak of other things that might have been meant.
    throw new UsageError(`${messageOf(error).split(/\.(?:\s|$)/)[0]}.`, { cause: error })
  }
}

const variableOf = (name: string): string => `HEADGATE_STRESS_${name.toUpperCase()}`

function find(name: ValueName, word: string | undefined, environment: Environment): Given | undefined {
  if (word !== undefined) return { text: word, place: `--${name}` }
  const place = variableOf(name)
  const text = environment[place]
  // An empty variable is one that somebody took back.
  return text === undefined || text === '' ? undefined : { text, place }
}

function refuse({ place, text }: Given, expected: string): never {
  throw new UsageError(`Expected ${place} to be ${expected}, got "${text}".`)
}

function readProfile(given: Given | undefined): ProfileName {
  if (given === undefined) return 'quick'
  if (!Object.hasOwn(profiles, given.text)) refuse(given, `one of ${Object.keys(profiles).join(', ')}`)
  return given.text as ProfileName
}

const numberOf = ({ text }: Given): number => (text.trim() === '' ? Number.NaN : Number(text))

function readSeconds(given: Given | undefined): number | undefined {
  if (given === undefined) return undefined
  const seconds = numberOf(given)
  if (seconds > 0 && seconds <= SECONDS_MAX) return Math.max(1, Math.round(seconds * 1_000))
  return refuse(given, `a number of seconds greater than 0 and up to ${SECONDS_MAX}`)
}

function readScale(given: Given | undefined): number | undefined {
  if (given === undefined) return undefined
  const scale = numberOf(given)
  return Number.isFinite(scale) && scale > 0 ? scale : refuse(given, 'a number greater than 0')
}

function readSeed(given: Given | undefined): number | undefined {
  if (given === undefined) return undefined
  const seed = Number(given.text)
  return /^\d+$/.test(given.text) && Number.isSafeInteger(seed) ? seed : refuse(given, 'an integer from 0')
}

function readPath(given: Given | undefined): string | undefined {
  return given?.text === '' ? refuse(given, 'a path') : given?.text
}

function readSwitch(name: string, environment: Environment): boolean {
  const place = variableOf(name)
  const text = environment[place] ?? ''
  if (text === '' || text === '0' || text === 'false') return false
  return text === '1' || text === 'true' || refuse({ place, text }, '1, true, 0 or false')
}
