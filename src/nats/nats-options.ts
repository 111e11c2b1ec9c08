import { asyncScheduler, type SchedulerLike } from 'rxjs'
import { checkKeys, checkTimerMs, describeValue, HeadgateError } from '../kit/index.ts'

/**
 * Options of `joinNats`. Those about the stream apply only when `create` makes it; an existing one is used as it is.
 */
export interface NatsOptions {
  /** Name of the stream that holds the log. States to start from are in a second one, `<stream>_STATES`. */
  stream: string
  /** Prefix of the subjects: `<subject>.log`, `.snap`, `.part.>`. Default `hg.<store name>`. */
  subject?: string | undefined
  /** Servers that keep a copy of the stream, when it is created. Default 1. */
  replicas?: 1 | 3 | 5 | undefined
  /** Create the streams if they do not exist. Default false: `joinNats` rejects with `STREAM_ABSENT`. */
  create?: boolean | undefined
  /** Records the log keeps (`max_msgs`), when it is created. Must exceed `snapshotEvery`. Default 10 000. */
  historyCommits?: number | undefined
  /** Records between two states to start from. Default 500. */
  snapshotEvery?: number | undefined
  /**
   * Largest message in bytes, from 2048; larger states are split. Default: the server's `max_payload`, at most 524 288.
   */
  payloadBytesMax?: number | undefined
  /**
   * Milliseconds until an undecided write resolves with `'timeout'`, and for which `joinNats` looks for its streams.
   * Default 15 000. Keep it longer than an election, 4 to 10 s.
   */
  writeTimeoutMs?: number | undefined
  /** Machines: milliseconds a leader stays leader after it was last heard from. Default 15 000. */
  leaseMs?: number | undefined
  /** Machines: whether this member may become the leader. Default true. */
  lead?: boolean | undefined
  /** Set to true if the servers run with `sync_interval: always`, which cannot be asked of them. Default: unknown. */
  syncs?: boolean | undefined
  /** Runs timers. Default `asyncScheduler`. */
  scheduler?: SchedulerLike | undefined
}

type Optional = 'payloadBytesMax' | 'syncs'

export type NatsSettings = {
  readonly [Key in Exclude<keyof NatsOptions, Optional>]-?: Exclude<NatsOptions[Key], undefined>
} & Pick<NatsOptions, Optional>

function check(option: string, expected: string, received: unknown, holds: boolean): void {
  if (holds) return
  throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(received) })
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1

/** @throws `OPTION_INVALID`, `OPTION_UNKNOWN` */
export function settingsOf(options: NatsOptions, storeName: string): NatsSettings {
  checkKeys(
    options,
    {
      stream: true,
      subject: true,
      replicas: true,
      create: true,
      historyCommits: true,
      snapshotEvery: true,
      payloadBytesMax: true,
      writeTimeoutMs: true,
      leaseMs: true,
      lead: true,
      syncs: true,
      scheduler: true,
    },
    'joinNats()',
  )
  const defaults = {
    subject: `hg.${storeName}`,
    replicas: 1 as const,
    create: false,
    historyCommits: 10_000,
    snapshotEvery: 500,
    writeTimeoutMs: 15_000,
    leaseMs: 15_000,
    lead: true,
    scheduler: asyncScheduler,
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  // The cast claims what is checked below.
  const settings: NatsSettings = { ...defaults, ...(given as unknown as { stream: string }) }
  const { stream, subject, replicas, historyCommits, snapshotEvery, payloadBytesMax, syncs } = settings
  check(
    'stream',
    'a name without spaces, ".", "*" and ">"',
    stream,
    typeof stream === 'string' && /^[^\s.*>/\\]+$/.test(stream),
  )
  check(
    'subject',
    'words without spaces, "*" and ">", joined by "."',
    subject,
    typeof subject === 'string' && /^[^\s.*>]+(?:\.[^\s.*>]+)*$/.test(subject),
  )
  check('replicas', '1, 3 or 5', replicas, [1, 3, 5].includes(replicas))
  for (const option of ['create', 'lead'] as const) {
    check(option, 'true or false', settings[option], typeof settings[option] === 'boolean')
  }
  check('syncs', 'true or false', syncs, syncs === undefined || typeof syncs === 'boolean')
  for (const option of ['snapshotEvery', 'historyCommits'] as const) {
    check(option, 'an integer from 1', settings[option], isCount(settings[option]))
  }
  for (const option of ['writeTimeoutMs', 'leaseMs'] as const) checkTimerMs(option, settings[option], 1)
  check(
    'snapshotEvery',
    `less than historyCommits, ${historyCommits}: a member begins from a state, and needs all that came behind it`,
    snapshotEvery,
    snapshotEvery < historyCommits,
  )
  check(
    'payloadBytesMax',
    'an integer from 2048',
    payloadBytesMax,
    payloadBytesMax === undefined || (isCount(payloadBytesMax) && payloadBytesMax >= 2_048),
  )
  return settings
}
