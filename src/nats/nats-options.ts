import { asyncScheduler, type SchedulerLike } from 'rxjs'
import { checkKeys, describeValue, HeadgateError } from '../kit/index.ts'

/** Which stream a member reads and writes, and how long it waits. */
export interface NatsOptions {
  /** The stream that holds the log. */
  stream: string
  /** The subjects begin with it; default `hg.` and the name of the store. */
  subject?: string | undefined
  /** On how many servers the stream is kept, where it is made; default 1. */
  replicas?: 1 | 3 | 5 | undefined
  /** Whether the stream is made where there is none; default false. */
  create?: boolean | undefined
  /** Records that the log keeps, where the stream is made; default 10 000. */
  historyCommits?: number | undefined
  /** Versions from one state to begin from to the next; default 500. */
  snapshotEvery?: number | undefined
  /** Bytes of a message; what is larger goes in parts. Default what the server takes, at most 524 288. */
  payloadBytesMax?: number | undefined
  /** How long a write may take; default 15 000 milliseconds: longer than the servers need to elect a leader. */
  writeTimeoutMs?: number | undefined
  /** Of a machine: for how long a member leads after it was last heard of; default 15 000 milliseconds. */
  leaseMs?: number | undefined
  /** Of a machine: whether this member leads where nobody does; default true. */
  lead?: boolean | undefined
  /** Says that the servers sync what they acknowledge, by `sync_interval: always`: they cannot be asked. */
  syncs?: boolean | undefined
  /** Runs timers; default `asyncScheduler`. */
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
  for (const option of ['snapshotEvery', 'historyCommits', 'writeTimeoutMs', 'leaseMs'] as const) {
    check(option, 'an integer from 1', settings[option], isCount(settings[option]))
  }
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
