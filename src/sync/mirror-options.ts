import type { SchedulerLike } from 'rxjs'
import { checkKeys, checkTimerMs, describeValue, HeadgateError } from '../kit/index.ts'
import type { Store, SubscriberFault } from '../store/index.ts'
import { type Backoff, LINK_DEFAULTS } from './link.ts'

/** How a link reconnects, and how much it accepts. */
export interface LinkingOptions {
  /** The delay before reconnecting; default 100 to 10 000 milliseconds. */
  backoffMs?: Backoff | undefined
  /** Most bytes of a frame from the server; default 16 777 216. */
  frameBytesMax?: number | undefined
  /** Runs timers; default `asyncScheduler`. */
  scheduler?: SchedulerLike | undefined
}

/** The part of a journal that a mirror needs; a journal of `headgate/journal` has it. */
export interface MirrorJournal {
  stats(): { readonly recovered: { readonly note: string | null } }
  close(): Promise<void>
}

/**
 * Opens a journal beside the store of a mirror: `(store, note) => openJournal(store, engine, { note })`. The note
 * records where the mirror resumes from.
 */
// biome-ignore lint/suspicious/noExplicitAny: options of mirrors are the same for states of any kind
export type OpenMirrorJournal = (store: Store<any>, note: () => string) => Promise<MirrorJournal>

/** Which store is mirrored, under which client id, and over which connection. */
export interface MirrorOptions extends LinkingOptions {
  /** Which of the server's stores; default the one without a name. */
  store?: string | undefined
  /** The id by which the server recognizes it, unique to this mirror; default a UUID. */
  clientId?: string | undefined
  /** Called for every connection; its result is what the server's `authorize` receives. */
  token?: (() => string | Promise<string>) | undefined
  /** Most unanswered writes; default 256. */
  writesMax?: number | undefined
  /** Most bytes of a state from the server; default 268 435 456. */
  snapshotBytesMax?: number | undefined
  /** Keeps its state: the next mirror starts from it, before it has connected, and resumes from there. */
  journal?: OpenMirrorJournal | undefined
  /** Closes the mirror when it aborts. */
  signal?: AbortSignal | undefined
  /** Called with each fault; default the console. */
  onFault?: ((fault: SubscriberFault) => void) | undefined
}

function refuse(option: string, expected: string, received: unknown): never {
  throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(received) })
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1

const LINKING_KEYS = { backoffMs: true, frameBytesMax: true, scheduler: true } as const

/** @throws `OPTION_INVALID`, `OPTION_UNKNOWN` */
export function checkLinking(options: LinkingOptions, where: string): void {
  checkKeys(options, LINKING_KEYS, where)
  const { backoffMs = LINK_DEFAULTS.backoff, frameBytesMax = LINK_DEFAULTS.frameBytesMax } = options
  for (const end of ['least', 'most'] as const) checkTimerMs(`backoffMs.${end}`, Object(backoffMs)[end])
  if (!isCount(frameBytesMax)) refuse('frameBytesMax', 'an integer from 1', frameBytesMax)
}

/** @throws `OPTION_INVALID`, `OPTION_UNKNOWN` */
export function checkMirror(options: MirrorOptions, where: string): void {
  checkKeys(
    options,
    {
      ...LINKING_KEYS,
      store: true,
      clientId: true,
      token: true,
      writesMax: true,
      snapshotBytesMax: true,
      journal: true,
      signal: true,
      onFault: true,
    },
    where,
  )
  const { backoffMs, frameBytesMax, scheduler, ...own } = options
  checkLinking({ backoffMs, frameBytesMax, scheduler }, where)
  for (const option of ['store', 'clientId'] as const) {
    if (own[option] !== undefined && typeof own[option] !== 'string') refuse(option, 'a text', own[option])
  }
  for (const option of ['writesMax', 'snapshotBytesMax'] as const) {
    if (own[option] !== undefined && !isCount(own[option])) refuse(option, 'an integer from 1', own[option])
  }
  for (const option of ['token', 'journal'] as const) {
    if (own[option] !== undefined && typeof own[option] !== 'function')
      refuse(option, 'a function', own[option])
  }
}
