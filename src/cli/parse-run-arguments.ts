/**
 * Reads the arguments of `headgate run`, and refuses what it does not know before anything is started.
 */
import { type Policy, parsePolicy } from '../backpressure/index.ts'
import { readPort } from './port.ts'
import { TIME_UNITS } from './record-time.ts'
import type { TimeUnit } from './run-module.ts'
import { type RunWords, readRunWords } from './run-words.ts'
import { messageOf, UsageError } from './usage-error.ts'

/** A subscriber asked for on the command line. */
export interface RequestedSubscriber {
  readonly id: string
  readonly policy: Policy
}

/** How fast records are fed: times their own speed, or without waiting. */
export type Speed = number | 'max'

/** What `headgate run` was asked to do. */
export interface RunOptions {
  readonly help: boolean
  /** Undefined for the demonstration. */
  readonly module: string | undefined
  /** A file, or `-` for standard input. */
  readonly events: string | undefined
  readonly speed: Speed | undefined
  readonly seed: number | undefined
  /** Where the records have their times; goes over what the module says. */
  readonly time: { readonly timeField: string; readonly timeUnit?: TimeUnit } | undefined
  /** The folder of the journal; undefined for none. */
  readonly journal: string | undefined
  /** The port at which mirrors find the store; undefined for none. */
  readonly serve: number | undefined
  /** The port of the inspector; undefined for none. */
  readonly inspect: number | undefined
  readonly subscribers: readonly RequestedSubscriber[]
  readonly json: boolean
  readonly strict: boolean
}

/**
 * Reads the words after `headgate run`.
 *
 * @throws {@link UsageError}
 */
export function parseRunArguments(words: readonly string[]): RunOptions {
  const { values, modules, subscribers } = parseWords(words)
  if (modules.length > 1) {
    throw new UsageError(`Expected one MODULE, got ${modules.length}: ${modules.join(', ')}.`)
  }
  return {
    help: values.help,
    module: modules[0],
    events: values.events,
    speed: readSpeed(values.speed),
    seed: readSeed(values.seed),
    time: readTime(values.time),
    journal: values.journal,
    serve: readPort('--serve', values.serve),
    inspect: readPort('--inspect', values.inspect),
    subscribers: readSubscribers(subscribers),
    json: values.json,
    strict: values.strict,
  }
}

function parseWords(words: readonly string[]): RunWords {
  try {
    return readRunWords(words)
  } catch (error) {
    // Node's first sentence names the option; the others speak of other things that might have been meant.
    throw new UsageError(`${messageOf(error).split(/\.(?:\s|$)/)[0]}.`, { cause: error })
  }
}

function readSpeed(word: string | undefined): Speed | undefined {
  if (word === undefined || word === 'max') return word
  const factor = word.trim() === '' ? Number.NaN : Number(word)
  if (Number.isFinite(factor) && factor > 0) return factor
  throw new UsageError(`Expected --speed to be "max" or a number greater than 0, got "${word}".`)
}

function readSeed(word: string | undefined): number | undefined {
  if (word === undefined) return undefined
  if (/^\d+$/.test(word) && Number.isSafeInteger(Number(word))) return Number(word)
  throw new UsageError(`Expected --seed to be an integer from 0, got "${word}".`)
}

/** `FIELD`, or `FIELD:UNIT`; the field itself may hold colons. */
function readTime(word: string | undefined): RunOptions['time'] {
  if (word === undefined) return undefined
  const [, timeField = '', unit] = /^(.*?)(?::([^:]*))?$/s.exec(word) ?? []
  if (timeField !== '' && unit === undefined) return { timeField }
  if (timeField !== '' && Object.hasOwn(TIME_UNITS, unit as string))
    return { timeField, timeUnit: unit as TimeUnit }
  throw new UsageError(
    `Expected --time to be FIELD or FIELD:UNIT, UNIT one of ${Object.keys(TIME_UNITS).join(', ')}, got "${word}".`,
  )
}

function readSubscribers(words: readonly string[]): RequestedSubscriber[] {
  const subscribers = words.map(readSubscriber)
  const ids = subscribers.map(({ id }) => id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) throw new UsageError(`--subscriber names "${twice}" twice.`)
  return subscribers
}

function readSubscriber(word: string): RequestedSubscriber {
  const end = word.indexOf('=')
  if (end < 1) throw new UsageError(`Expected --subscriber ID=POLICY, such as log=buffer:64, got "${word}".`)
  try {
    return { id: word.slice(0, end), policy: parsePolicy(word.slice(end + 1)) }
  } catch (error) {
    throw new UsageError(`--subscriber ${word}: ${messageOf(error)}`, { cause: error })
  }
}
