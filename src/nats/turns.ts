/**
 * Who writes next, where several want to. It decides nothing: it keeps those who win from winning again and again.
 *
 *   won, and others have won too     lets a round trip pass
 *   lost                             tries again at once, or nearly
 *   lost LOSSES times                asks for its turn: its record goes into the log even where it comes too late, and
 *                                    whoever reads it there waits until that member has written
 *
 * All read the same log, so all know who asked first.
 */
import type { LogRecord } from './record.ts'

/** After how many lost rounds a member asks for its turn. */
const LOSSES = 4
/** What a round trip takes of a member that has not read a record of its own yet. */
const ROUND_TRIP_MS = 50
/** How many round trips others leave to who has asked. */
const TURN_TRIPS = 4
/** Whoever asks and then says nothing is waited for no longer. */
const TURN_MS_MAX = 1_000
/** Longer ones are clamped: servers elected a leader, or a process was suspended. */
const ROUND_TRIP_MS_MAX = TURN_MS_MAX / TURN_TRIPS
/** How much a round trip weighs beside those before, and one that took longer counts as twice as long at most. */
const WEIGHT = 1 / 4
const SENT_MAX = 16
/** As timers go. */
const TURN_MS_MIN = 2

export class Turns {
  readonly #member: string
  readonly #now: () => number
  /** How long a record takes, from here to the log and back; undefined before the first. */
  #roundTripMs: number | undefined
  /** When the newest records of this member were sent that were not read yet. */
  readonly #sent = new Map<string, number>()
  /** Until when this member lets others go first. */
  #until = 0
  /** Whether another member has won since this one did. */
  #othersWin = false
  /** Until when it may be read that this member has asked. */
  #askingUntil = 0
  /** Who has asked, in the order of the log, and until when it is waited for. */
  readonly #asked = new Map<string, number>()

  constructor(member: string, now: () => number) {
    this.#member = member
    this.#now = now
  }

  /** A record of this member is sent. */
  sent(id: string): void {
    this.#sent.set(id, this.#now())
    // Those that a server has refused are never read.
    if (this.#sent.size > SENT_MAX)
      for (const oldest of this.#sent.keys()) return void this.#sent.delete(oldest)
  }

  /** A record was read. */
  read(id: string, { member, turnMs }: LogRecord, counts: boolean): void {
    const sentAt = this.#sent.get(id)
    if (sentAt !== undefined) this.#measured(Math.min(this.#now() - sentAt, ROUND_TRIP_MS_MAX))
    this.#sent.delete(id)
    if (counts) {
      this.#asked.delete(member)
      if (member !== this.#member) this.#othersWin = true
    } else if (turnMs !== undefined) this.#asked.set(member, this.#now() + Math.min(turnMs, TURN_MS_MAX))
  }

  /** A record of this member counts. */
  won(): void {
    const ms = this.#roundTripMs ?? 0
    this.#askingUntil = 0
    if (this.#othersWin) this.#until = this.#now() + Math.ceil(ms * (1 + Math.random()))
    this.#othersWin = false
  }

  /** A record of this member came too late. The more often, the shorter it waits. */
  lost(losses: number): void {
    this.#until = this.#now() + Math.floor(((this.#roundTripMs ?? 0) * Math.random()) / losses)
  }

  #measured(ms: number): void {
    const before = this.#roundTripMs ?? ms
    this.#roundTripMs = before + (Math.min(ms, Math.max(before, 1) * 2) - before) * WEIGHT
  }

  /** How long this member is to wait before it makes a record. */
  waitMs(): number {
    return Math.max(this.#until - this.#now(), this.othersMs())
  }

  /** For how long it is the turn of somebody who has asked. */
  othersMs(): number {
    const now = this.#now()
    for (const [member, until] of this.#asked) {
      if (member === this.#member) return 0
      if (until > now) return until - now
      this.#asked.delete(member)
    }
    return 0
  }

  /** What the record of a member says that asks for its turn; undefined while it does not. */
  turnMs(losses: number): number | undefined {
    const now = this.#now()
    if (losses < LOSSES || this.#askingUntil > now) return undefined
    this.#askingUntil = now + TURN_MS_MAX
    const ms = (this.#roundTripMs ?? ROUND_TRIP_MS) * TURN_TRIPS
    return Math.ceil(Math.min(Math.max(ms, TURN_MS_MIN), TURN_MS_MAX))
  }
}
