/**
 * The writes of a member, in order: made on the state that is here, decided by the log.
 *
 *   update() update() send() …   wait
 *      └────────┴───────┘        all that wait go into one record, each as a version of its own, made on the one before
 *               │
 *           Proposer             counts: each is committed │ another came first: each is made again, on what came
 */
import type { SchedulerLike, Subscription } from 'rxjs'
import { HeadgateError, type Immutable } from '../kit/index.ts'
import type { WriteResult } from '../sync/index.ts'
import type { Chain } from './chain.ts'
import type { MemberFacts } from './member-facts.ts'
import { type Claim, type Make, PendingWrite, type Wanted, type WriteOptions } from './pending-write.ts'
import type { Proposal, Proposer, Verdict } from './proposer.ts'
import type { Made, Place, RecordTexts } from './record-texts.ts'
import type { Replica } from './replica.ts'
import type { Turns } from './turns.ts'

export interface WriterHost<S> {
  readonly member: string
  readonly chain: Chain
  readonly replica: Replica<S>
  readonly texts: RecordTexts<S>
  readonly proposer: Proposer
  readonly turns: Turns
  readonly scheduler: SchedulerLike
  readonly facts: MemberFacts
}

const NOTHING_WRITTEN = 'nothing was written: it was not its turn in time'

/** What goes into the log at once. */
interface Attempt<S> {
  readonly writes: readonly PendingWrite<S>[]
  readonly proposal: Proposal
  /** What the versions lead to; none for a record that makes no version. */
  readonly states: readonly Immutable<S>[]
}

/** Writes of one record: whoever reads it takes its versions in one go. */
const WRITES_MAX = 64

export class Writer<S> {
  /** Writes that were made again, as another record came first. */
  conflicts = 0
  /** What the versions of the record that is under way lead to. */
  states: readonly Immutable<S>[] = []
  /** When the record that is under way was sent first. */
  sentAt = 0
  readonly #host: WriterHost<S>
  #waiting: PendingWrite<S>[] = []
  #isWorking = false
  #wakeUp = (): void => {}
  /** Ends what has no time left. It is left running where a write is decided: another one follows. */
  #timer: { readonly at: number; readonly subscription: Subscription } | undefined

  constructor(host: WriterHost<S>) {
    this.#host = host
  }

  /** @throws `NATS_DISCONNECTED`, `STORE_DESTROYED`, `STORE_UNINITIALIZED`, the signal's reason, what `make` throws */
  write(make: Make<S>, options: WriteOptions): Promise<WriteResult> {
    return this.#add({ make }, options)
  }

  /** Writes a record that makes no version. */
  claim(claim: () => Claim | undefined, options: WriteOptions): Promise<WriteResult> {
    return this.#add({ claim }, { ...options, isAlone: true })
  }

  /** Writes the first record, where the log has none; says whether it is decided. */
  async begin(state: Immutable<S>, labels: Made<S>['labels'], ms: number): Promise<boolean> {
    const { replica, chain, proposer, texts, scheduler } = this.#host
    const text = await texts.ofState({ base: 0, version: replica.version + 1 }, { next: state, labels })
    // What came while parts were written came first, and may be written on by now.
    if (chain.sequence !== 0) return true
    this.states = [state]
    const timer = scheduler.schedule(() => proposer.giveUp(), ms)
    const verdict = await proposer.propose({ text, base: 0 })
    timer.unsubscribe()
    this.states = []
    return verdict !== 'given up'
  }

  /** Something has changed that it may wait for. */
  wake(): void {
    this.#wakeUp()
  }

  /** Nothing is written any more. */
  close(): void {
    for (const write of this.#waiting) this.#expire(write)
    this.#timer?.subscription.unsubscribe()
    this.wake()
  }

  // ---- what waits ----

  async #add(wanted: Wanted<S>, options: WriteOptions): Promise<WriteResult> {
    const { operation, waits, timeoutMs } = options
    const host = this.#host
    if (waits !== true) this.#requireConnected(operation)
    const write = new PendingWrite<S>(wanted, options, host.facts.now() + timeoutMs, () => this.#over())
    if (host.facts.status === 'closed') this.#expire(write)
    if (!write.isOver) {
      this.#waiting.push(write)
      this.#watch(write.deadline)
      void this.#work()
    }
    return await write.result
  }

  #watch(deadline: number): void {
    if (deadline === Number.POSITIVE_INFINITY || (this.#timer?.at ?? deadline + 1) <= deadline) return
    this.#timer?.subscription.unsubscribe()
    const { scheduler, facts } = this.#host
    const ms = Math.max(0, Math.ceil(deadline - facts.now()))
    this.#timer = { at: deadline, subscription: scheduler.schedule(() => this.#timeIsUp(), ms) }
  }

  #timeIsUp(): void {
    this.#timer = undefined
    const now = this.#host.facts.now()
    for (const write of this.#waiting) if (write.deadline <= now) this.#expire(write)
    this.#over()
    const deadlines = this.#waiting.filter(({ isOver }) => !isOver).map(({ deadline }) => deadline)
    this.#watch(Math.min(...deadlines))
  }

  #expire(write: PendingWrite<S>): void {
    if (write.isUnderWay) write.settle(this.#undecided('timeout'))
    else if ('claim' in write.wanted) write.settle(this.#undecided('timeout', NOTHING_WRITTEN))
    else {
      try {
        this.#requireConnected(write.options.operation)
        write.settle(this.#undecided('timeout', NOTHING_WRITTEN))
      } catch (error) {
        write.fail(error)
      }
    }
  }

  /** A write is over that was not decided. */
  #over(): void {
    const underWay = this.#waiting.filter(({ isUnderWay }) => isUnderWay)
    if (underWay.length > 0 && underWay.every(({ isOver }) => isOver)) this.#host.proposer.giveUp()
    this.wake()
  }

  // ---- one record after the other ----

  async #work(): Promise<void> {
    if (this.#isWorking) return
    this.#isWorking = true
    // What is written in one go goes together.
    await undefined
    for (;;) {
      this.#waiting = this.#waiting.filter(({ isOver }) => !isOver)
      if (this.#waiting.length === 0) break
      const { facts, turns } = this.#host
      const isLive = facts.status === 'live'
      const ms = turns.waitMs()
      if (!isLive || ms > 0) await this.#pause(isLive ? ms : undefined)
      else {
        const attempt = await this.#attempt()
        if (attempt !== undefined) await this.#try(attempt)
      }
    }
    this.#isWorking = false
  }

  async #try({ writes, proposal, states }: Attempt<S>): Promise<void> {
    const { chain, replica, proposer, turns, facts } = this.#host
    if (writes.every(({ isOver }) => isOver)) return
    const { version } = replica
    let verdict: Verdict = 'conflict'
    // What came while parts were written came first.
    if (chain.sequence === proposal.base) {
      for (const write of writes) write.isUnderWay = true
      this.states = states
      this.sentAt = facts.now()
      verdict = await proposer.propose(proposal)
      this.states = []
      for (const write of writes) write.isUnderWay = false
    }
    if (verdict === 'counts') turns.won()
    else if (verdict === 'conflict') turns.lost(1 + (writes[0]?.losses ?? 0))
    for (const [index, write] of writes.entries()) {
      if (verdict === 'conflict') this.#lost(write)
      else if (verdict === 'given up') write.settle(this.#undecided('timeout'))
      else write.settle({ committed: true, version: version + Math.min(index + 1, states.length) })
    }
  }

  #lost(write: PendingWrite<S>): void {
    if (write.isOver) return
    this.conflicts += 1
    write.losses += 1
    if (write.losses > write.options.retries) write.settle(this.#undecided('conflict'))
  }

  /** As much of what waits as goes into one record; undefined where nothing does. */
  async #attempt(): Promise<Attempt<S> | undefined> {
    const { chain, replica, turns, texts } = this.#host
    const { state: before, version } = replica
    const turnMs = turns.turnMs(this.#waiting[0]?.losses ?? 0)
    const place = { base: chain.sequence, version: version + 1, turnMs }
    const writes: PendingWrite<S>[] = []
    const states: Immutable<S>[] = []
    const changes: string[] = []
    let bytes = 0
    for (const write of this.#waiting) {
      const isFirst = writes.length === 0
      if (write.isOver) continue
      if (!isFirst && (write.options.isAlone === true || writes.length === WRITES_MAX)) break
      const { wanted } = write
      if ('claim' in wanted) return this.#claimed(write, wanted.claim(), place)
      const state = states.at(-1) ?? before
      let made: Made<S> | WriteResult
      let change: string | undefined
      try {
        made = this.#made(wanted.make, state, write.options.operation)
        change = 'committed' in made ? undefined : texts.change(state, made, bytes)
      } catch (error) {
        // What is made of a state that is not in the log yet is not told: it is made again.
        if (!isFirst) break
        write.fail(error)
        continue
      }
      if (write.isOver) continue
      if ('committed' in made) {
        if (!isFirst) break
        write.settle(made)
        continue
      }
      if (change === undefined) {
        if (!isFirst) break
        return await this.#whole(write, made, place)
      }
      writes.push(write)
      states.push(made.next)
      changes.push(change)
      // A character is three bytes at most.
      bytes += change.length * 3
      if (write.options.isAlone === true) break
    }
    if (writes.length === 0) return undefined
    return { writes, states, proposal: this.#proposal(texts.ofChanges(place, changes), place) }
  }

  #made(make: Make<S>, state: Immutable<S>, operation: string): Made<S> | WriteResult {
    const { store, version } = this.#host.replica
    if (version < 0) throw new HeadgateError('STORE_UNINITIALIZED', { store: store.name, operation })
    const made = make(state)
    return 'committed' in made || !Object.is(made.next, state) ? made : { committed: true, version }
  }

  #claimed(write: PendingWrite<S>, claim: Claim | undefined, place: Place): Attempt<S> | undefined {
    const { member, replica } = this.#host
    if (claim === undefined) {
      write.settle({ committed: false, reason: 'refused', version: replica.version })
      return undefined
    }
    const { base, turnMs } = place
    const text = JSON.stringify({ ...claim, v: 1, base, member, turnMs })
    return { writes: [write], states: [], proposal: this.#proposal(text, place) }
  }

  /** A record of the state, as what has changed is too long. */
  async #whole(write: PendingWrite<S>, made: Made<S>, place: Place): Promise<Attempt<S> | undefined> {
    try {
      const text = await this.#host.texts.ofState(place, made)
      return { writes: [write], states: [made.next], proposal: this.#proposal(text, place) }
    } catch (error) {
      write.fail(error)
      return undefined
    }
  }

  #proposal(text: string, { base, turnMs }: Place): Proposal {
    return { text, base, isUnconditional: turnMs !== undefined }
  }

  /** Waits for a time, or until something changes. */
  #pause(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        timer?.unsubscribe()
        this.#wakeUp = () => {}
        resolve()
      }
      const timer = ms === undefined ? undefined : this.#host.scheduler.schedule(end, Math.ceil(ms))
      this.#wakeUp = end
    })
  }

  #requireConnected(operation: string): void {
    const { replica, facts } = this.#host
    const store = replica.store.name
    if (facts.status === 'closed') throw new HeadgateError('STORE_DESTROYED', { store, operation })
    if (facts.status === 'disconnected') throw new HeadgateError('NATS_DISCONNECTED', { store, operation })
  }

  #undecided(reason: 'conflict' | 'timeout', message?: string): WriteResult {
    const { version } = this.#host.replica
    return { committed: false, reason, version, ...(message !== undefined && { message }) }
  }
}
