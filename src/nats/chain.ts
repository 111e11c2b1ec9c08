/**
 * The rule by which every member decides for itself, and all alike, which records of a log count.
 *
 *   sequence  1       2        3        4        5
 *   base      0       1        1        2        4
 *             counts  counts   void     counts   counts        3 came too late: 1 was not the newest any more
 *
 * A record counts if its base is the newest record that counts before it; one that states a fence, if also nobody has
 * claimed to lead since the claim of that sequence. What counts is never undone, so who has read a record knows for
 * good what became of it.
 */
import type { CommitRecord, Leader, LogRecord, SnapshotRecord } from './record.ts'

export class Chain {
  /** Of the newest record that counts; 0 before the first. */
  sequence = 0
  /** Of the newest commit that counts; -1 before the first. */
  version = -1
  /** The wall time of the first commit. */
  began = 0
  /** The wall time of the newest commit of a leader; 0 before the first. */
  ledAt = 0
  /** Who claimed last, until it releases. */
  leader: Leader | undefined

  /** Whether a record counts that stands behind all that were taken. */
  counts({ base, fence, format }: LogRecord): boolean {
    if (base !== this.sequence || (fence !== undefined && fence !== this.leader?.fence)) return false
    // There is nothing to lead before there is a state.
    return format === 'headgate.commit' || this.version >= 0
  }

  /** Goes on to a record that counts. @throws an Error for a commit that skips a version. */
  take(record: LogRecord, sequence: number): void {
    if (record.format === 'headgate.commit') this.#version(record)
    else if (record.format === 'headgate.release') this.leader = undefined
    else {
      const { member, leaseMs, fence = sequence } = record
      this.leader = { member, fence, leaseMs }
    }
    this.sequence = sequence
  }

  /** Goes on from a state that was kept. */
  begin({ at, version, began, ledAt = 0, leader }: SnapshotRecord): void {
    this.sequence = at
    this.version = version
    this.began = began
    this.ledAt = ledAt
    this.leader = leader
  }

  #version({ version, tsWall, fence, more = [] }: CommitRecord): void {
    if (this.version >= 0 && version !== this.version + 1) {
      throw new Error(`it makes version ${version} of version ${this.version}`)
    }
    if (this.version < 0) this.began = tsWall
    if (fence !== undefined) this.ledAt = tsWall
    this.version = version + more.length
  }
}
