import { type Delivery, direct, type SinglePolicy } from '../../backpressure/index.ts'
import { checkKeys, describeValue, HeadgateError, isPromiseLike } from '../../kit/index.ts'
import { SUBSCRIBE_KEYS } from '../options.ts'
import type { Readable } from '../readable.ts'
import type { Snapshot } from '../snapshot.ts'
import type { SubscribeOptions } from './subscribe-options.ts'
import type { SubscriberHandle } from './subscriber-handle.ts'

/** The methods that pino, bunyan, roarr and the console share. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'

/** Writes one line: what is to be kept of it, and what is to be read. */
export type LogFunction = (record: object, message: string) => unknown

/** A logger of pino's or the console's shape; only the method of the level that is used must be there. */
export type SnapshotLogger = { readonly [Level in LogLevel]?: LogFunction }

/** Options of {@link logSnapshots}; those of a subscription among them. */
export interface LogSnapshotsOptions<S> extends Omit<SubscribeOptions<S>, 'policy'> {
  /** Default `direct()`: every version is logged, inside the write. */
  policy?: SinglePolicy | undefined
  /** Default `'info'`. */
  level?: LogLevel | undefined
  /** What is logged of a snapshot; default its label, times and metadata, what was missed, and not the state. */
  record?: ((snapshot: Snapshot<S>, delivery: Delivery) => object) | undefined
}

/**
 * Logs each snapshot as `logger.info(record, message)`.
 *
 * The message is `NAME version N: REASON`. A logger that throws, or whose promise rejects, is reported as any
 * consumer is, and disturbs nobody. Its method is looked up for each line, as pino swaps its own when the
 * level changes. Keep the handle, or pass a `signal`: a handle that is lost is a subscription that nobody can
 * end, and `health(store)` says so.
 *
 * @example
 * ```ts
 * import { createStore, logSnapshots } from 'headgate'
 *
 * const logger = { info: (record: object, message: string) => console.log(message, record) }
 * const store = createStore({ angle: 0 }, { name: 'arm' })
 * const handle = logSnapshots(store, logger, { record: ({ state }) => state })
 * // → arm version 0: INIT { angle: 0 }
 * store.set({ angle: 90 }, 'RAISE')
 * // → arm version 1: RAISE { angle: 90 }
 * handle.unsubscribe()
 * ```
 *
 * @throws `OPTION_INVALID` for a logger without the method, and what `subscribe` throws.
 */
export function logSnapshots<S>(
  store: Pick<Readable<S>, 'name' | 'subscribe'>,
  logger: SnapshotLogger,
  options: LogSnapshotsOptions<S> = {},
): SubscriberHandle {
  const { level = 'info', policy = direct(), record, ...subscription } = options
  check?.(logger, level, options)
  const recordOf = record ?? defaultRecord(store.name)
  const log = (snapshot: Snapshot<S>, delivery: Delivery): unknown => {
    const message = `${store.name} version ${snapshot.version}: ${snapshot.reason}`
    const result = logger[level]?.(recordOf(snapshot, delivery), message)
    // Nothing but a promise is waited for: winston's methods return a stream, which would be read.
    return isPromiseLike(result) ? result : undefined
  }
  return store.subscribe(log, { ...subscription, policy })
}

const defaultRecord =
  (store: string) =>
  (
    { version, reason, source, tsWall, tsMono, metadata }: Snapshot<unknown>,
    { missed }: Delivery,
  ): object => ({
    store,
    version,
    reason,
    source,
    tsWall,
    tsMono,
    missed,
    metadata,
  })

function checkArguments(logger: unknown, level: LogLevel, options: LogSnapshotsOptions<never>): void {
  checkKeys(options, { ...SUBSCRIBE_KEYS, level: true, record: true }, 'logSnapshots()')
  const method = (logger as Partial<Record<LogLevel, unknown>> | null | undefined)?.[level]
  if (typeof method !== 'function') refuse('logger', `an object with a function "${level}"`, logger)
  const { record } = options
  if (record !== undefined && typeof record !== 'function') refuse('record', 'a function', record)
}

function refuse(option: string, expected: string, value: unknown): never {
  throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(value) })
}

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

/** None in production; see check-keys.ts in kit. */
const check =
  typeof process === 'object' && process.env.NODE_ENV !== 'production' ? checkArguments : undefined
