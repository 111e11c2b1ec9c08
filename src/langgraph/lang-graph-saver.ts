/**
 * LangGraph's checkpoints in an engine of a journal, at O(what changed) a step.
 *
 *   checkpoint 1   messages @1   plan @1
 *   checkpoint 2   messages @2   plan @1      a channel that has not changed is where it was written
 *   checkpoint 3   messages @2   plan @3
 *
 * A value is stored beside the checkpoint that wrote it, and later ones name that one. So branches of a thread never
 * meet, though their channels have the same version numbers. A checkpoint and its values are one write.
 */
import {
  BaseCheckpointSaver,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  type CheckpointPendingWrite,
  type CheckpointTuple,
  compareWritesSortKeys,
  copyCheckpoint,
  maxChannelVersion,
  type PendingWrite,
  type SerializerProtocol,
  TASKS,
  WRITES_IDX_MAP,
  writesSortKey,
} from '@langchain/langgraph-checkpoint'
import type { JournalEngine, JournalEntry, JournalRange } from '../journal/index.ts'
import { HeadgateError } from '../kit/index.ts'
import { type Packed, pack, unpack } from './packed.ts'
import { below, keyOf, type Place, placeOf } from './saver-keys.ts'

type Config = CheckpointTuple['config']

interface Stored {
  readonly parent: string | undefined
  readonly checkpoint: Packed
  readonly metadata: Packed
  /** Which checkpoint wrote the value of each channel. */
  readonly channels: Readonly<Record<string, string>>
}

interface StoredWrite {
  readonly task: string
  readonly path: string
  readonly index: number
  readonly channel: string
  readonly value: Packed
}

/** A checkpointer for `graph.compile({ checkpointer })`. */
export interface LangGraphSaver extends BaseCheckpointSaver {
  /** Closes the engine. */
  close(): Promise<void>
}

/**
 * Makes a checkpointer for LangGraph of an engine of `headgate/journal`, which it opens.
 *
 * A value is stored once for each change of its channel, as `newVersions` tells them: a conversation of N turns grows
 * as it does itself, and not with N².
 *
 * @example
 * ```ts
 * import { memoryEngine } from 'headgate/journal'
 * import { langGraphSaver } from 'headgate/langgraph'
 *
 * const checkpointer = langGraphSaver(memoryEngine()) // graph.compile({ checkpointer })
 * console.log(await checkpointer.getTuple({ configurable: { thread_id: 't1' } })) // → undefined
 * await checkpointer.close()
 * ```
 * @param engine - in production `levelEngine(new ClassicLevel('./data'))`; nothing else may write keys under
 *   `langgraph!`
 * @param serde - makes bytes of values; default LangGraph's own
 */
export const langGraphSaver = (engine: JournalEngine, serde?: SerializerProtocol): LangGraphSaver =>
  new EngineSaver(engine, serde)

class EngineSaver extends BaseCheckpointSaver implements LangGraphSaver {
  readonly #engine: JournalEngine
  #opened: Promise<void> | undefined

  constructor(engine: JournalEngine, serde?: SerializerProtocol) {
    super(serde)
    this.#engine = engine
  }

  async close(): Promise<void> {
    await this.#opened
    await this.#engine.close()
  }

  async getTuple({ configurable = {} }: Config): Promise<CheckpointTuple | undefined> {
    const { thread_id: thread, checkpoint_ns: ns = '', checkpoint_id: id } = configurable
    if (thread === undefined) return undefined
    const range = id ? exactly(keyOf('c', { thread, ns, id })) : below('c', thread, ns)
    for await (const { key, text } of this.#read(range, true)) {
      return this.#tupleOf(placeOf(key), JSON.parse(text))
    }
    return undefined
  }

  async *list(
    { configurable = {} }: Config,
    { limit = Number.POSITIVE_INFINITY, before, filter = {} }: CheckpointListOptions = {},
  ): AsyncGenerator<CheckpointTuple> {
    const { thread_id: thread, checkpoint_ns, checkpoint_id } = configurable
    const first: unknown = before?.configurable?.checkpoint_id
    let left = limit
    const parts =
      thread === undefined ? [] : [thread, ...(checkpoint_ns === undefined ? [] : [checkpoint_ns])]
    for await (const { key, text } of this.#read(below('c', ...parts), true)) {
      if (left <= 0) return
      const place = placeOf(key)
      if (checkpoint_ns !== undefined && place.ns !== checkpoint_ns) continue
      if (checkpoint_id && place.id !== checkpoint_id) continue
      if (typeof first === 'string' && place.id >= first) continue
      const tuple = await this.#tupleOf(place, JSON.parse(text))
      const metadata: Record<string, unknown> = { ...tuple.metadata }
      if (!Object.entries(filter).every(([name, value]) => metadata[name] === value)) continue
      left -= 1
      yield tuple
    }
  }

  async put(
    { configurable = {} }: Config,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<Config> {
    const { checkpoint_ns: ns = '', checkpoint_id: parent } = configurable
    const place = { thread: required(configurable, 'thread_id'), ns, id: checkpoint.id }
    const { channel_values, ...rest } = copyCheckpoint(checkpoint)
    const values: Record<string, unknown> = channel_values
    const written = Object.keys(newVersions).filter((channel) => Object.hasOwn(values, channel))
    const before = parent === undefined ? undefined : await this.#stored({ ...place, id: parent })
    // A channel that has a new version and no value was emptied.
    const kept = Object.entries(before?.channels ?? {}).filter(
      ([channel]) => Object.hasOwn(values, channel) && !Object.hasOwn(newVersions, channel),
    )
    const stored: Stored = {
      parent,
      checkpoint: await pack(this.serde, rest),
      metadata: await pack(this.serde, metadata),
      channels: Object.fromEntries([...kept, ...written.map((channel) => [channel, place.id])]),
    }
    const entries = written.map(async (channel) => ({
      key: keyOf('v', place, channel),
      text: JSON.stringify(await pack(this.serde, values[channel])),
    }))
    await this.#write([
      ...(await Promise.all(entries)),
      { key: keyOf('c', place), text: JSON.stringify(stored) },
    ])
    return configOf(place)
  }

  async putWrites(
    { configurable = {} }: Config,
    writes: PendingWrite[],
    task: string,
    path = '',
  ): Promise<void> {
    const place = {
      thread: required(configurable, 'thread_id'),
      ns: configurable.checkpoint_ns ?? '',
      id: required(configurable, 'checkpoint_id'),
    }
    const entries: JournalEntry[] = []
    for (const [at, [channel, value]] of writes.entries()) {
      const index = WRITES_IDX_MAP[channel] ?? at
      const key = keyOf('w', place, task, String(index))
      // A task that runs again writes what it has written; errors and interrupts are the newest.
      if (index >= 0 && (await this.#has(key))) continue
      const stored: StoredWrite = { task, path, index, channel, value: await pack(this.serde, value) }
      entries.push({ key, text: JSON.stringify(stored) })
    }
    if (entries.length > 0) await this.#write(entries)
  }

  async deleteThread(thread: string): Promise<void> {
    await this.#open()
    for (const kind of ['c', 'v', 'w'] as const) await this.#engine.clear(below(kind, thread))
  }

  async #tupleOf(place: Place, { parent, checkpoint, metadata, channels }: Stored): Promise<CheckpointTuple> {
    // The casts hold: `put` has packed them.
    const values = Object.entries(channels).map(async ([channel, id]) => [
      channel,
      await this.#valueOf({ ...place, id }, channel),
    ])
    const rest = (await unpack(this.serde, checkpoint)) as Omit<Checkpoint, 'channel_values'>
    const found = { ...rest, channel_values: Object.fromEntries(await Promise.all(values)) }
    return {
      config: configOf(place),
      checkpoint: parent === undefined ? found : await this.#migrated(found, { ...place, id: parent }),
      metadata: (await unpack(this.serde, metadata)) as CheckpointMetadata,
      pendingWrites: await this.#writesOf(place),
      ...(parent !== undefined && { parentConfig: configOf({ ...place, id: parent }) }),
    }
  }

  /** Up to format 3 what was sent was a write of the parent; from then on it is a channel. */
  async #migrated(checkpoint: Checkpoint, parent: Place): Promise<Checkpoint> {
    if (checkpoint.v >= 4) return checkpoint
    const writes = await this.#writesOf(parent)
    const sent = writes.filter(([, channel]) => channel === TASKS).map(([, , value]) => value)
    const versions = Object.values(checkpoint.channel_versions)
    const version = versions.length > 0 ? maxChannelVersion(...versions) : this.getNextVersion(undefined)
    return {
      ...checkpoint,
      channel_values: { ...checkpoint.channel_values, [TASKS]: sent },
      channel_versions: { ...checkpoint.channel_versions, [TASKS]: version },
    }
  }

  async #valueOf(place: Place, channel: string): Promise<unknown> {
    for await (const { text } of this.#read(exactly(keyOf('v', place, channel)))) {
      return unpack(this.serde, JSON.parse(text))
    }
    return undefined
  }

  async #writesOf({ thread, ns, id }: Place): Promise<CheckpointPendingWrite[]> {
    const stored: StoredWrite[] = []
    for await (const { text } of this.#read(below('w', thread, ns, id))) stored.push(JSON.parse(text))
    stored.sort((one, other) => compareWritesSortKeys(sortKey(one), sortKey(other)))
    return Promise.all(
      stored.map(
        async ({ task, channel, value }): Promise<CheckpointPendingWrite> => [
          task,
          channel,
          await unpack(this.serde, value),
        ],
      ),
    )
  }

  async #stored(place: Place): Promise<Stored | undefined> {
    for await (const { text } of this.#read(exactly(keyOf('c', place)))) return JSON.parse(text)
    return undefined
  }

  async #has(key: string): Promise<boolean> {
    for await (const _ of this.#read(exactly(key))) return true
    return false
  }

  /** Where it does not open, whoever asks next tries again. */
  #open(): Promise<void> {
    this.#opened ??= this.#engine.open().catch((error: unknown) => {
      this.#opened = undefined
      throw error
    })
    return this.#opened
  }

  async *#read(range: JournalRange, newestFirst = false): AsyncGenerator<JournalEntry> {
    await this.#open()
    yield* this.#engine.read({ ...range, newestFirst })
  }

  async #write(entries: readonly JournalEntry[]): Promise<void> {
    await this.#open()
    await this.#engine.write(entries)
  }
}

const exactly = (key: string): JournalRange => ({ from: key, to: `${key}\0` })

const sortKey = ({ path, task, index }: StoredWrite) => writesSortKey(path, task, index)

const configOf = ({ thread, ns, id }: Place): Config => ({
  configurable: { thread_id: thread, checkpoint_ns: ns, checkpoint_id: id },
})

function required(configurable: Record<string, unknown>, name: string): string {
  const value = configurable[name]
  if (typeof value === 'string' && value !== '') return value
  const received = value === undefined ? 'nothing' : JSON.stringify(value)
  throw new HeadgateError('OPTION_INVALID', { option: `configurable.${name}`, expected: 'a text', received })
}
