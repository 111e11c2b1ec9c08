/** What a member makes of a state, as the text of a record. */
import { deltaToJSON, diff } from '../delta/index.ts'
import { HeadgateError, type Immutable } from '../kit/index.ts'
import type { CommitLog } from './commit-log.ts'
import type { CommitRecord } from './record.ts'
import { isWithin, type States } from './states.ts'

/** What a write makes of a state. */
export interface Made<S> {
  readonly next: Immutable<S>
  readonly labels: Pick<CommitRecord, 'reason' | 'source' | 'tsWall' | 'fence' | 'event'>
}

/** Where a record stands. */
export type Place = Pick<CommitRecord, 'base' | 'version' | 'turnMs'>

/** Bytes that the names of a record, its base and its version take at most. */
const HEAD_MAX = 512

export class RecordTexts<S> {
  readonly #member: string
  readonly #log: CommitLog
  readonly #states: States
  readonly #store: string

  constructor(member: string, log: CommitLog, states: States, store: string) {
    this.#member = member
    this.#log = log
    this.#states = states
    this.#store = store
  }

  /** What a version changed; undefined where that is too long for a record in which so many bytes are taken. */
  change(before: Immutable<S>, { next, labels }: Made<S>, taken: number): string | undefined {
    const text = JSON.stringify({ ...labels, ops: deltaToJSON(diff<unknown>(before, next)) })
    return isWithin(text, this.#log.payloadBytesMax - taken - HEAD_MAX) ? text : undefined
  }

  /** A record of changes, each a version. */
  ofChanges({ base, version, turnMs }: Place, [first = '{}', ...more]: readonly string[]): string {
    const head = { format: 'headgate.commit', v: 1, base, version, member: this.#member, turnMs }
    const start = `${JSON.stringify(head).slice(0, -1)},${first.slice(1, -1)}`
    return more.length === 0 ? `${start}}` : `${start},"more":[${more.join(',')}]}`
  }

  /** A record of all of a state. @throws `STATE_TOO_LARGE`, `CODEC_INVALID`, what the servers say */
  async ofState(place: Place, { next, labels }: Made<S>): Promise<string> {
    const head: CommitRecord = {
      format: 'headgate.commit',
      v: 1,
      ...place,
      member: this.#member,
      ...labels,
    }
    const text = JSON.stringify({ ...head, ...(await this.#states.place(next)) })
    const { payloadBytesMax: bytesMax } = this.#log
    if (isWithin(text, bytesMax)) return text
    const { length: bytes } = text
    throw new HeadgateError('STATE_TOO_LARGE', { store: this.#store, bytes, bytesMax })
  }
}
