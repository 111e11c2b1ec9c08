/** Whole states in a log: in one message, or in parts under one id. */
import { Budget, parseJson, toJsonForm } from '../json/index.ts'
import { HeadgateError, randomUuid } from '../kit/index.ts'
import type { CommitLog } from './commit-log.ts'
import { type Parts, readSnapshot, readValue, type SnapshotRecord } from './record.ts'

/** How many parts are asked for at once. */
const AT_ONCE = 8

/** What a record that has the state in it is longer by. */
const LABELS_MAX = 1_024

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** How many bytes a text has as UTF-8, where it may be more than `most`. */
export const isWithin = (text: string, most: number): boolean =>
  text.length * 3 <= most || (text.length <= most && encoder.encode(text).length <= most)

/** A state as it goes into a record: in it, or as the parts that were written. */
export type StatePlace = { readonly state: unknown } | { readonly parts: Parts }

export class States {
  readonly #log: CommitLog
  readonly #store: string

  constructor(log: CommitLog, store: string) {
    this.#log = log
    this.#store = store
  }

  /** Writes a state that is too large for a record. @throws `STATE_TOO_LARGE`, `CODEC_INVALID`, what the servers say */
  async place(state: unknown): Promise<StatePlace> {
    const { payloadBytesMax, stateBytesMax } = this.#log
    const { form } = toJsonForm(state, 'state')
    const bytes = encoder.encode(JSON.stringify(form))
    if (bytes.length + LABELS_MAX <= payloadBytesMax) return { state: form }
    if (bytes.length > stateBytesMax) {
      throw new HeadgateError('STATE_TOO_LARGE', {
        store: this.#store,
        bytes: bytes.length,
        bytesMax: stateBytesMax,
      })
    }
    const id = randomUuid()
    const count = Math.ceil(bytes.length / payloadBytesMax)
    let first = 0
    for (let index = 0; index < count; index += 1) {
      const part = bytes.subarray(index * payloadBytesMax, (index + 1) * payloadBytesMax)
      const sequence = await this.#log.putPart(id, index, part)
      if (index === 0) first = sequence
    }
    return { parts: { id, count, first } }
  }

  /** The state of a record; undefined where its parts are there no more. @throws for what is no state */
  async read({
    state,
    parts,
  }: {
    state?: unknown
    parts?: Parts | undefined
  }): Promise<{ state: unknown } | undefined> {
    if (parts === undefined) return { state: readValue(state, 'state') }
    const pieces: Uint8Array[] = []
    for (let from = 0; from < parts.count; from += AT_ONCE) {
      const indices = Array.from({ length: Math.min(AT_ONCE, parts.count - from) }, (_, n) => from + n)
      const some = await Promise.all(indices.map((index) => this.#log.part(parts.id, index)))
      for (const piece of some) {
        if (piece === undefined) return undefined
        pieces.push(piece)
      }
    }
    const text = pieces.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode()
    const most = text.length + 1
    const budget = new Budget({ bytesMax: most, valuesMax: most })
    return { state: readValue(parseJson(text, budget, 'state'), 'state') }
  }

  /** @throws what the servers say, an Error for a record that cannot be read. */
  async newest(): Promise<SnapshotRecord | undefined> {
    const text = await this.#log.newestSnapshot()
    return text === undefined ? undefined : readSnapshot(text)
  }

  /**
   * Keeps a state to begin from, unless one is kept that is not so many records older, and lets go of what no one needs
   * who begins from it, or from the one before. Resolves with where the log was at the newest that is kept.
   *
   * @throws as {@link States.place}
   */
  async keep(
    state: unknown,
    facts: Omit<SnapshotRecord, 'format' | 'v' | 'state' | 'parts'>,
    every: number,
  ): Promise<number> {
    const before = await this.newest()
    if (before !== undefined && facts.upTo - before.upTo < every) return before.upTo
    const place = await this.place(state)
    // Somebody else may have been faster, and has let go of these parts then.
    const newest = await this.newest()
    if (newest !== undefined && newest.upTo >= facts.upTo) return newest.upTo
    const record: SnapshotRecord = { format: 'headgate.snapshot', v: 1, ...facts, ...place }
    await this.#log.putSnapshot(JSON.stringify(record))
    await this.#log.trim(before?.parts?.first ?? 0)
    return facts.upTo
  }
}
