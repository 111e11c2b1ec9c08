/** Keeps a state to begin from every so many records: whoever wrote the last of them, else somebody who has read it. */
import type { SchedulerLike, Subscription } from 'rxjs'
import { isHeadgateError } from '../kit/index.ts'
import type { Snapshot } from '../store/index.ts'
import type { Chain } from './chain.ts'
import type { MemberFacts } from './member-facts.ts'
import type { States } from './states.ts'

/** How long others have to keep a state that is due. */
const KEEP_MS = 2_000
/** After each failure twice as long; no more often than this. */
const DOUBLED_MAX = 5

export interface KeeperHost {
  readonly chain: Chain
  readonly replica: { readonly kernel: { readonly head: Snapshot<unknown> } }
  readonly states: States
  readonly scheduler: SchedulerLike
  readonly snapshotEvery: number
  readonly facts: MemberFacts
  failed(error: unknown): void
}

export class StateKeeper {
  /** Where the log was when a state was kept last, as far as is known. */
  keptAt = 0
  readonly #host: KeeperHost
  #keeping: Promise<void> = Promise.resolve()
  /**
   * How often in a row the servers did not take one: then it is tried again after a while, and not with each record.
   */
  #failures = 0
  #timer: Subscription | undefined

  constructor(host: KeeperHost) {
    this.#host = host
  }

  /** A record was read; those that do not count make the log longer, too. */
  read(sequence: number, isOwn: boolean): void {
    if (!this.#isDue(sequence)) return
    if (isOwn && this.#failures === 0) this.#keep(sequence)
    else this.#keepLater()
  }

  /** All that there is was read: a state that was due while nothing could be read is due still. */
  upToDate(): void {
    if (this.#isDue(this.#host.facts.seen)) this.#keepLater()
  }

  /** Nothing is kept any more; resolves when nothing is under way. */
  close(): Promise<void> {
    this.#timer?.unsubscribe()
    return this.#keeping
  }

  #isDue(sequence: number): boolean {
    return sequence - this.keptAt >= this.#host.snapshotEvery
  }

  #keep(upTo: number): void {
    const { chain, replica, states, snapshotEvery } = this.#host
    const { version, state, reason, source, tsWall, metadata } = replica.kernel.head
    if (chain.version < 0) return
    const { began, ledAt, leader, sequence: at } = chain
    const facts = { at, upTo, version, reason, source, tsWall, metadata, began, ledAt, leader }
    const before = this.keptAt
    this.keptAt = upTo
    this.#keeping = this.#keeping
      .then(() => states.keep(state, facts, snapshotEvery))
      .then(
        (keptAt) => {
          this.#failures = 0
          // Somebody else has kept one a while ago.
          if (this.keptAt === upTo) this.keptAt = keptAt
        },
        (error: unknown) => this.#failed(error, upTo, before),
      )
  }

  #failed(error: unknown, upTo: number, before: number): void {
    const { facts } = this.#host
    this.#host.failed(error)
    // A state that cannot be kept at all is none to try again.
    if (isHeadgateError(error) || facts.status === 'closed') return
    this.#failures += 1
    if (this.keptAt === upTo) this.keptAt = before
    this.#keepLater()
  }

  #keepLater(): void {
    if (this.#timer !== undefined) return
    const ms = KEEP_MS * (1 + Math.random()) * 2 ** Math.min(this.#failures, DOUBLED_MAX)
    this.#timer = this.#host.scheduler.schedule(() => {
      this.#timer = undefined
      const { isReading, seen } = this.#host.facts
      if (isReading && this.#isDue(seen)) this.#keep(seen)
    }, ms)
  }
}
