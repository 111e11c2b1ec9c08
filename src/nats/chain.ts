/**
 * The rule by which every member decides for itself, and all alike, which records of a log count.
 *
 *   sequence  1       2        3        4        5
 *   base      0       1        1        2        4
 *             counts  counts   void     counts   counts        3 came too late: 1 was not the newest any more
 *
 * A record counts if its base is the newest record that counts before it; one that states a fence, if also its member
 * leads with it. What counts is never undone, so who has read a record knows for good what became of it.
 */
import type { Leader, LogRecord, SnapshotRecord } from './record.ts'

export class Chain {
  /** Of the newest record that counts; 0 before the first. */
  sequence = 0
  /** Of the newest commit that counts; -1 before the first. */
  version = -1
  /** The wall time of the first commit. */
  began = 0
  /** The highest so far. */
  fence = 0
  leader: Leader | undefined

  /** Whether a record counts that stands behind all that were taken. */
  counts(record: LogRecord): boolean {
    if (record.base !== this.sequence) return false
    const isLeaders = this.leader?.member === record.member && this.leader.fence === record.fence
    if (record.format === 'headgate.claim') return isLeaders || record.fence === this.fence + 1
    if (record.format === 'headgate.release') return isLeaders
    return record.fence === undefined || isLeaders
  }

  /** Goes on to a record that counts. @throws an Error for a commit that skips a version. */
  take(record: LogRecord, sequence: number): void {
    if (record.format === 'headgate.commit') {
      if (this.version >= 0 && record.version !== this.version + 1) {
        throw new Error(`it makes version ${record.version} of version ${this.version}`)
      }
      if (this.version < 0) this.began = record.tsWall
      this.version = record.version
    } else if (record.format === 'headgate.claim') {
      const { member, fence, leaseMs } = record
      this.fence = fence
      this.leader = { member, fence, leaseMs }
    } else this.leader = undefined
    this.sequence = sequence
  }

  /** Goes on from a state that was kept. */
  begin({ at, version, began, fence, leader }: SnapshotRecord): void {
    this.sequence = at
    this.version = version
    this.began = began
    this.fence = fence
    this.leader = leader
  }
}
