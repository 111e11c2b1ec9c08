/**
 * Brings one record at a time into the log, and waits until the log shows what became of it.
 *
 *   publish ──> nobody is asked whether it has come: whoever says so decides nothing
 *   read    ──> its own record counts            'counts'
 *           ──> another one on its base counts   'conflict'
 *           ──> neither, and all was read        published again, under the same id
 */
import type { SchedulerLike, Subscription } from 'rxjs'
import type { CommitLog } from './commit-log.ts'
import type { MemberFacts } from './member-facts.ts'
import type { Turns } from './turns.ts'

export type Verdict = 'counts' | 'conflict' | 'given up'

export interface Proposal {
  readonly text: string
  /** What it is based on. */
  readonly base: number
  /** The log is to take it even where something has come that was not seen. */
  readonly isUnconditional?: boolean
}

export interface ProposerHost {
  readonly member: string
  readonly log: CommitLog
  readonly turns: Turns
  readonly scheduler: SchedulerLike
  readonly facts: MemberFacts
  /** Nothing is read, though much was written: the servers may have forgotten who reads. */
  unheard(): void
}

interface Outstanding extends Proposal {
  readonly id: string
  times: number
  /** What was seen when it was published last; -1: it must be published again. */
  seen: number
  /** When it is published again, if nothing is read of it. */
  againAt: number
  settle(verdict: Verdict): void
}

/** How long nothing is read of a record before it is published again; from time to time twice as long. */
const AGAIN_MS = 500
const AGAIN_MS_MAX = 2_000
/** After how many times in vain it is doubted that what is written is read. */
const DOUBTED = 5

export class Proposer {
  readonly #host: ProposerHost
  #outstanding: Outstanding | undefined
  /** Looks whether it is time to publish again. It is left running where a record is decided: another one follows. */
  #timer: { readonly at: number; readonly subscription: Subscription } | undefined
  #made = 0
  #isLooking = false
  #isClosed = false

  constructor(host: ProposerHost) {
    this.#host = host
  }

  /** One at a time: the caller waits for the one before. Resolves also when it is given up. */
  propose(proposal: Proposal): Promise<Verdict> {
    if (this.#isClosed) return Promise.resolve('given up')
    this.#made += 1
    const id = `${this.#host.member}-${this.#made}`
    return new Promise((resolve) => {
      const settle = (verdict: Verdict): void => {
        this.#outstanding = undefined
        resolve(verdict)
      }
      this.#outstanding = { ...proposal, id, times: 0, seen: -1, againAt: 0, settle }
      this.#publish()
    })
  }

  /** Whether a record is the one that it waits for. */
  isOwn(id: string): boolean {
    return this.#outstanding?.id === id
  }

  /** A record was read. */
  read(id: string, base: number, counts: boolean): void {
    const outstanding = this.#outstanding
    if (outstanding?.id === id) outstanding.settle(counts ? 'counts' : 'conflict')
    else if (counts && outstanding?.base === base) outstanding.settle('conflict')
    else if (outstanding !== undefined && !this.#isLooking) {
      this.#isLooking = true
      // Once all is read that came with it. Whether more is to come the servers say, and sometimes wrongly.
      queueMicrotask(() => {
        this.#isLooking = false
        this.upToDate()
      })
    }
  }

  /** All was read that there is: where something has come, the log has refused what was published before. */
  upToDate(): void {
    const outstanding = this.#outstanding
    const { facts, turns } = this.#host
    if (outstanding === undefined || facts.seen === outstanding.seen) return
    outstanding.againAt = facts.now() + turns.othersMs()
    this.#look()
  }

  /** What is under way may never arrive. */
  disconnected(): void {
    if (this.#outstanding !== undefined) this.#outstanding.seen = -1
  }

  /** Nobody waits for it any more; or what became of it cannot be known. */
  giveUp(): void {
    this.#outstanding?.settle('given up')
  }

  /** Nothing is published any more. */
  close(): void {
    this.#isClosed = true
    this.giveUp()
    this.#timer?.subscription.unsubscribe()
  }

  #publish(): void {
    const { log, facts, turns } = this.#host
    const { seen, isReading } = facts
    const outstanding = this.#outstanding
    // Who does not read, publishes nothing.
    if (outstanding === undefined || !isReading) return
    const { text, id, isUnconditional } = outstanding
    if (seen === outstanding.seen && outstanding.times >= DOUBTED) {
      outstanding.times = 0
      this.#host.unheard()
      return
    }
    const { times } = outstanding
    outstanding.times += 1
    outstanding.seen = seen
    const ms = Math.min(AGAIN_MS * 2 ** times, AGAIN_MS_MAX)
    outstanding.againAt = facts.now() + ms * (0.5 + Math.random() / 2)
    turns.sent(id)
    log.publish(text, id, isUnconditional && times === 0 ? 0 : seen)
    this.#look()
  }

  /** Publishes again what is due; else looks when it will be. */
  #look(): void {
    const outstanding = this.#outstanding
    if (outstanding === undefined) return
    const { facts, scheduler } = this.#host
    const now = facts.now()
    const { againAt } = outstanding
    if (againAt <= now) {
      this.#publish()
      return
    }
    if (this.#timer !== undefined) {
      if (this.#timer.at <= againAt) return
      this.#timer.subscription.unsubscribe()
    }
    const look = (): void => {
      this.#timer = undefined
      this.#look()
    }
    this.#timer = { at: againAt, subscription: scheduler.schedule(look, Math.ceil(againAt - now)) }
  }
}
