import { checkKeys, checkTimerMs, describeValue, HeadgateError, type KnownKeys } from '../kit/index.ts'
import type { Journals, WatchedStore } from './watched.ts'

/** What is watched, and how. */
export interface InspectorOptions {
  /** What the page calls the program; default `'headgate'`. */
  program?: string | undefined
  /** How often pages are updated; milliseconds, default 250. Nothing happens while no page is open. */
  intervalMs?: number | undefined
  /** Commits remembered per store, by reference, to scrub through; an integer from 1, default 200. */
  historyLimit?: number | undefined
  /** Returns what pages see instead of a state: remove secrets here. */
  sanitize?: ((state: unknown, store: WatchedStore) => unknown) | undefined
  /** Journals by store, to scrub through everything they keep. */
  journals?: Journals | undefined
  /** Whether a page may send events to machines; default false. */
  allowControl?: boolean | undefined
}

export interface InspectorSettings {
  readonly program: string
  readonly intervalMs: number
  readonly historyLimit: number
  readonly sanitize: InspectorOptions['sanitize']
  readonly journals: Journals | undefined
  readonly allowControl: boolean
}

const INSPECTOR_KEYS: KnownKeys<InspectorOptions> = {
  program: true,
  intervalMs: true,
  historyLimit: true,
  sanitize: true,
  journals: true,
  allowControl: true,
}

export function refuse(option: string, expected: string, received: unknown): never {
  throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(received) })
}

/** @throws `OPTION_INVALID`, `OPTION_UNKNOWN` */
export function inspectorSettings(options: InspectorOptions, where: string): InspectorSettings {
  checkKeys(options, INSPECTOR_KEYS, where)
  const { program = 'headgate', intervalMs = 250, historyLimit = 200, allowControl = false } = options
  const { sanitize, journals } = options
  if (typeof program !== 'string') refuse('program', 'a text', program)
  checkTimerMs('intervalMs', intervalMs, 10)
  if (!Number.isSafeInteger(historyLimit) || historyLimit < 1)
    refuse('historyLimit', 'an integer from 1', historyLimit)
  if (sanitize !== undefined && typeof sanitize !== 'function') refuse('sanitize', 'a function', sanitize)
  if (journals !== undefined && !(journals instanceof Map)) refuse('journals', 'a Map', journals)
  if (typeof allowControl !== 'boolean') refuse('allowControl', 'true or false', allowControl)
  return { program, intervalMs, historyLimit, sanitize, journals, allowControl }
}
