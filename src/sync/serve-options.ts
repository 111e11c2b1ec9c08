import { asyncScheduler, type SchedulerLike } from 'rxjs'
import type { Policy } from '../backpressure/index.ts'
import { latest } from '../backpressure/index.ts'
import type { Delta } from '../delta/index.ts'
import { checkKeys, checkTimerMs, describeValue, HeadgateError, type Immutable } from '../kit/index.ts'
import type { Grant, Hello } from './frames.ts'
import { isLoopback, type Origins } from './origins.ts'

/** Identifies a client to the callbacks of a server. */
export interface ClientFacts {
  readonly clientId: string
  /** The name of the store it mirrors; `''` for a store without a name. */
  readonly store: string
  readonly grant: Grant
}

/** A client's write that is about to be committed. */
export interface Proposal<S> {
  readonly state: Immutable<S>
  readonly next: Immutable<S>
  readonly delta: Delta
  readonly client: ClientFacts
}

/**
 * Who may connect, what each client receives, and limits on what clients cost. Of the callbacks, `authorize` may be
 * asynchronous; a promise of another one is refused, with a fault.
 */
// biome-ignore lint/suspicious/noExplicitAny: what a record of stores of any kind is served with
export interface ServeOptions<S = any> {
  /** Versions kept, by reference, so that clients can resume from them; default 256. */
  historyVersions?: number | undefined
  /** How many frames a client may have without acknowledging them; default 8. */
  window?: number | undefined
  /** How many bytes of such frames, and how many bytes its socket may buffer; default 262 144. */
  windowBytes?: number | undefined
  /** Size of one chunk of a snapshot; bytes, default 65 536. */
  chunkBytes?: number | undefined
  /** Most bytes of a frame from a client; default 1 048 576. */
  frameBytesMax?: number | undefined
  /** Most frames per second from a connection, not counting acknowledgements; default 1 000. */
  framesPerSecondMax?: number | undefined
  /** How often a silent connection is asked for a sign of life; milliseconds, default 5 000. */
  heartbeatMs?: number | undefined
  /** How long a client may be silent; milliseconds, default 15 000. */
  deadMs?: number | undefined
  /** Most simultaneous connections; default 10 000. */
  clientsMax?: number | undefined
  /**
   * How many committed writes of all clients of one store together are remembered, so that a repeated one is answered
   * again but not done again; at most the newest 256 of each client. A server of several stores remembers so many of
   * each. Default 262 144.
   */
  resultsMax?: number | undefined
  /** Bytes that wait for all clients together, above which no new client is accepted; default 268 435 456. */
  heldBytesMax?: number | undefined
  /** The origins whose pages may connect, such as `https://app.example`; default those of loopback. */
  origins?: Origins | undefined
  /** The policy of each client; default `latest()`. It must be one that waits until the client is idle. */
  policy?: ((client: ClientFacts) => Policy) | undefined
  /** Called for every connection; returning undefined turns it away. Default: everyone may read, no one may write. */
  authorize?: ((hello: Hello) => Grant | undefined | Promise<Grant | undefined>) | undefined
  /** The part of the state that a client is shown, a function of the state that keeps identities. Default: all. */
  view?: ((state: Immutable<S>, client: ClientFacts) => unknown) | undefined
  /** Called before a client's write is committed: true, or why not. Default: what the grant says. */
  write?: ((proposal: Proposal<S>) => true | string) | undefined
  /** Called before a client's event is sent to a machine store: true, or why not. */
  send?: ((request: { readonly event: unknown; readonly client: ClientFacts }) => true | string) | undefined
  /** Runs the heartbeat; default `asyncScheduler`. */
  scheduler?: SchedulerLike | undefined
}

type Counts =
  | 'historyVersions'
  | 'window'
  | 'windowBytes'
  | 'chunkBytes'
  | 'frameBytesMax'
  | 'framesPerSecondMax'
  | 'heartbeatMs'
  | 'deadMs'
  | 'clientsMax'
  | 'resultsMax'
  | 'heldBytesMax'

export type ServeSettings = Readonly<Record<Counts, number>> & {
  readonly [Key in 'origins' | 'policy' | 'authorize' | 'scheduler']: NonNullable<ServeOptions[Key]>
} & {
  readonly [Key in 'view' | 'write' | 'send']: NonNullable<ServeOptions[Key]> | undefined
}

const COUNTS: Readonly<Record<Counts, number>> = {
  historyVersions: 256,
  window: 8,
  windowBytes: 262_144,
  chunkBytes: 65_536,
  frameBytesMax: 1_048_576,
  framesPerSecondMax: 1_000,
  heartbeatMs: 5_000,
  deadMs: 15_000,
  clientsMax: 10_000,
  resultsMax: 262_144,
  heldBytesMax: 268_435_456,
}

/** A character has four bytes. */
const CHUNK_BYTES_MIN = 4

const isText = (value: unknown): boolean => typeof value === 'string'

function refuse(option: string, expected: string, received: unknown): never {
  throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(received) })
}

/** @throws `OPTION_INVALID`, `OPTION_UNKNOWN` */
export function serveSettings(options: ServeOptions = {}): ServeSettings {
  checkKeys(
    options,
    {
      historyVersions: true,
      window: true,
      windowBytes: true,
      chunkBytes: true,
      frameBytesMax: true,
      framesPerSecondMax: true,
      heartbeatMs: true,
      deadMs: true,
      clientsMax: true,
      resultsMax: true,
      heldBytesMax: true,
      origins: true,
      policy: true,
      authorize: true,
      view: true,
      write: true,
      send: true,
      scheduler: true,
    },
    'serve()',
  )
  const counts = { ...COUNTS }
  for (const option of Object.keys(COUNTS) as Counts[]) {
    const least = option === 'chunkBytes' ? CHUNK_BYTES_MIN : 1
    const count = options[option] ?? COUNTS[option]
    if (!Number.isSafeInteger(count) || count < least) refuse(option, `an integer from ${least}`, count)
    counts[option] = count
  }
  for (const option of ['heartbeatMs', 'deadMs'] as const) checkTimerMs(option, counts[option], 1)
  for (const option of ['policy', 'authorize', 'view', 'write', 'send'] as const) {
    const given = options[option]
    if (given !== undefined && typeof given !== 'function') refuse(option, 'a function', given)
  }
  const { origins = isLoopback } = options
  if (typeof origins !== 'function' && !(Array.isArray(origins) && origins.every(isText))) {
    refuse('origins', 'an array of origins such as "https://app.example", or a function', origins)
  }
  const everybodyReads = { read: true, write: false }
  return {
    ...counts,
    origins,
    policy: options.policy ?? (() => latest()),
    authorize: options.authorize ?? (() => everybodyReads),
    view: options.view,
    write: options.write,
    send: options.send,
    scheduler: options.scheduler ?? asyncScheduler,
  }
}
