/**
 * A log in two streams of JetStream. The records have one of their own, so that their sequences have no gap: where one
 * is missing, the stream has let go of it, for whatever reason, and a member knows.
 *
 *   FLEET          hg.fleet.log             records
 *   FLEET_STATES   hg.fleet.snap            states to begin from, the newest two
 *                  hg.fleet.part.ID.INDEX   parts of states
 */
import {
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream'
import { headers, type NatsConnection, TimeoutError } from '@nats-io/nats-core'
import { HeadgateError } from '../kit/index.ts'
import type { CommitLog, LogFollower, ServerFacts } from './commit-log.ts'
import { ConnectionWatch } from './connection-watch.ts'
import type { NatsSettings } from './nats-options.ts'
import { PushReader } from './push-reader.ts'

const PAYLOAD_MAX = 524_288
const STATE_BYTES_MAX = 268_435_456
/** What headers and the names of subjects take of a message. */
const OVERHEAD = 4_096
const PUT_MS = 8_000
const API_MS = 5_000
/** A request sent while there is no leader is never answered. */
const FIND_MS = 2_000
const STREAM_ABSENT = 10_059
/** How long the server knows a message by its id: longer than a write is tried. */
const DUPLICATE_NANOS = 120_000_000_000

/** Before 2.10 no server could sync what it acknowledges. */
const SYNCS_FROM = [2, 10] as const

export class JetStreamLog implements CommitLog {
  readonly server: ServerFacts
  readonly payloadBytesMax: number
  readonly stateBytesMax: number
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager
  readonly #settings: NatsSettings
  readonly #watch: ConnectionWatch
  #closed = (): void => {}
  #isClosed = false

  /** @throws `STREAM_ABSENT`, what the servers say */
  static async open(
    connection: NatsConnection,
    settings: NatsSettings,
    store: string,
  ): Promise<JetStreamLog> {
    const asking = await jetstreamManager(connection, { checkAPI: false, timeout: FIND_MS })
    const { log, states } = await streamsOf(asking, settings, store)
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: API_MS })
    return new JetStreamLog(connection, manager, settings, log.config, states.config)
  }

  private constructor(
    connection: NatsConnection,
    manager: JetStreamManager,
    settings: NatsSettings,
    config: StreamConfig,
    states: StreamConfig,
  ) {
    this.#connection = connection
    this.#manager = manager
    this.#settings = settings
    this.#watch = new ConnectionWatch(connection)
    const { version = '0.0.0', max_payload = PAYLOAD_MAX } = connection.info ?? {}
    const [major = 0, minor = 0] = version.split('.').map(Number)
    const maySync = major > SYNCS_FROM[0] || (major === SYNCS_FROM[0] && minor >= SYNCS_FROM[1])
    const syncs = maySync ? (settings.syncs ?? 'unknown') : false
    this.server = { version, replicas: config.num_replicas, syncs }
    const most = Math.min(settings.payloadBytesMax ?? PAYLOAD_MAX, max_payload)
    this.payloadBytesMax = Math.max(1, Math.min(most, max_payload - OVERHEAD))
    // Two states to begin from are kept.
    const room = states.max_bytes > 0 ? Math.floor(states.max_bytes / 2) : STATE_BYTES_MAX
    this.stateBytesMax = Math.min(room, STATE_BYTES_MAX)
    void connection.closed().then(() => {
      if (!this.#isClosed) this.#closed()
    })
  }

  publish(text: string, id: string, expected: number): void {
    const head = headers()
    head.set('Nats-Msg-Id', id)
    // 0 makes the replicas of some servers fall apart: nats-server#5644.
    if (expected > 0) head.set('Nats-Expected-Last-Subject-Sequence', String(expected))
    try {
      this.#connection.publish(`${this.#settings.subject}.log`, text, { headers: head })
    } catch {
      // The connection is closed, or has been for a moment: it is published again, if there is a next time.
    }
  }

  follow(from: number, follower: LogFollower): () => void {
    const { stream, subject, scheduler } = this.#settings
    const reader = new PushReader(this.#connection, this.#watch, follower, scheduler, async (inbox) => {
      const { name, num_pending } = await this.#manager.consumers.add(stream, {
        deliver_subject: inbox,
        filter_subject: `${subject}.log`,
        ack_policy: 'none',
        ...(from > 0
          ? { deliver_policy: 'by_start_sequence', opt_start_seq: from }
          : { deliver_policy: 'all' }),
        flow_control: true,
        idle_heartbeat: PushReader.HEARTBEAT_MS * 1_000_000,
        mem_storage: true,
        num_replicas: 1,
      })
      return {
        pending: num_pending,
        remove: () => void this.#manager.consumers.delete(stream, name).catch(() => {}), // it ends by itself, later
      }
    })
    return reader.start()
  }

  async newest(): Promise<number> {
    return (await this.#manager.streams.info(this.#settings.stream)).state.last_seq
  }

  async newestSnapshot(): Promise<string | undefined> {
    const { stream, subject } = this.#settings
    const last_by_subj = `${subject}.snap`
    const message = await this.#manager.streams.getMessage(statesOf(stream), { last_by_subj })
    return message?.string()
  }

  async putSnapshot(text: string): Promise<void> {
    await this.#put('snap', text)
  }

  putPart(id: string, index: number, bytes: Uint8Array): Promise<number> {
    return this.#put(`part.${id}.${index}`, bytes)
  }

  async part(id: string, index: number): Promise<Uint8Array | undefined> {
    const { stream, subject } = this.#settings
    const last_by_subj = `${subject}.part.${id}.${index}`
    return (await this.#manager.streams.getMessage(statesOf(stream), { last_by_subj }))?.data
  }

  async trim(partsBefore: number): Promise<void> {
    const { stream, subject } = this.#settings
    const { streams } = this.#manager
    await streams.purge(statesOf(stream), { filter: `${subject}.snap`, keep: 2 })
    if (partsBefore > 1) {
      await streams.purge(statesOf(stream), { filter: `${subject}.part.>`, seq: partsBefore })
    }
  }

  onClosed(closed: () => void): void {
    this.#closed = closed
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#closed = () => {}
    this.#watch.close()
  }

  /** @throws what the servers say */
  async #put(name: string, payload: string | Uint8Array): Promise<number> {
    const { subject } = this.#settings
    const reply = await this.#connection.request(`${subject}.${name}`, payload, { timeout: PUT_MS })
    const { seq, error } = reply.json<{ seq?: number; error?: { description: string } }>()
    if (seq === undefined) throw new Error(error?.description ?? 'The servers did not acknowledge it.')
    return seq
  }
}

/**
 * Finds both streams, or makes them; while a leader is elected nobody answers, and they are asked again.
 *
 * @throws `STREAM_ABSENT`, what the servers say
 */
async function streamsOf(
  manager: JetStreamManager,
  settings: NatsSettings,
  store: string,
): Promise<{ log: StreamInfo; states: StreamInfo }> {
  const { stream, subject, create, replicas: num_replicas, historyCommits, writeTimeoutMs } = settings
  const deadline = performance.now() + writeTimeoutMs
  const find = async (name: string, subjects: string[], own: Partial<StreamConfig>): Promise<StreamInfo> => {
    const absent = new HeadgateError('STREAM_ABSENT', { store, stream: name, subjects })
    try {
      const found = await manager.streams.info(name)
      if (String(found.config.subjects) === String(subjects)) return found
      throw absent
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || error.code !== STREAM_ABSENT) throw error
    }
    if (!create) throw absent
    return await manager.streams.add({ name, subjects, num_replicas, allow_direct: true, ...own })
  }
  const found = async (...asked: Parameters<typeof find>): Promise<StreamInfo> => {
    for (;;) {
      try {
        return await find(...asked)
      } catch (error) {
        if (!(error instanceof TimeoutError) || performance.now() >= deadline) throw error
      }
    }
  }
  const log = await found(stream, [`${subject}.log`], {
    max_msgs: historyCommits,
    duplicate_window: DUPLICATE_NANOS,
  })
  return { log, states: await found(statesOf(stream), [`${subject}.snap`, `${subject}.part.>`], {}) }
}

const statesOf = (stream: string): string => `${stream}_STATES`
