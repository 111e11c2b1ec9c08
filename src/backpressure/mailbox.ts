/**
 * One subscriber's way in: every policy is driven by this one mailbox.
 *
 *   offer ──> strategy ──┬─> deliver ──> consumer ──> done ──> pump: release the next
 *                        ├─> hold (pending)
 *                        └─> drop / conflate
 *
 * The strategy decides, the mailbox acts and counts. *Demand* is the number of deliveries the consumer
 * will take: a pushed consumer has 1 and gets it back when its handler ends, so one handler runs at a
 * time; a pulled one (an async iterator) has 0 and is given 1 with each `next()`. `direct` does not look
 * at it.
 *
 * What must stay true:
 * - `published = delivered + dropped + conflated + pending` whenever foreign code runs. So every counter
 *   and every held entry is updated before a callback is called.
 * - No callback of the consumer runs after `close()` returned, and the mailbox then refers to none.
 * - Nothing thrown by foreign code leaves this class: it goes to `onFault`.
 * - No recursion: a handler that ends synchronously does not release the next, the loop in `#pump` does.
 */
import type { SchedulerLike } from 'rxjs'
import { anotherRound, contain, HeadgateError, mayGoOn, releaseWork } from '../kit/index.ts'
import { Account } from './account.ts'
import type { Cursor } from './backlog.ts'
import type { Loss, ParkingPort, Takeable } from './backlog-strategy.ts'
import { Calls } from './calls.ts'
import { HandledDelivery } from './delivery.ts'
import type { MailboxHost } from './mailbox-host.ts'
import { checkPolicy, open } from './policy.ts'
import type { SubscriberStats } from './stats.ts'
import type { DropReason, Port, Strategy, Versioned } from './strategy.ts'
import { type Terminal, tellEnd } from './tell-host.ts'

const mayPark = <T extends Versioned>({ park, dropped, conflated }: MailboxHost<T>): boolean =>
  park !== undefined && dropped === undefined && conflated === undefined

export class Mailbox<T extends Versioned> extends Account implements Port<T>, ParkingPort<T> {
  /** Set by the host: whether it wants to be told of deliveries that are handled. */
  failing = false
  #dropsTold = 0
  #demand: number
  #pumping = false
  #pumpQueued = false
  /** Given what is released while a consumer takes it. */
  #take: ((entry: T) => void) | undefined
  #terminal: Terminal | undefined
  readonly calling: Calls<T>
  readonly #strategy: Strategy<T> & Partial<Takeable<T>>
  #host: MailboxHost<T> | undefined

  constructor(host: MailboxHost<T>) {
    super(host.id, checkPolicy(host.policy))
    this.calling = new Calls(this)
    this.#demand = host.pulled ? 0 : 1
    this.#host = host
    // The cast holds: a strategy gives back what it was given.
    this.#strategy = this.policy[open](this) as Strategy<T>
    this.#strategy.start?.()
  }

  /**
   * Takes over the account of a consumer that was called without a mailbox as long as it was idle: it was told
   * `count` entries, the newest of them `version`.
   *
   * @param running - the delivery that it is being told; `calling.returned` or `calling.threw` follows.
   */
  takeOver(count: number, version: number, running: HandledDelivery | undefined): void {
    this.begin(count, version)
    if (running === undefined) return
    this.#demand -= 1
    this.calling.takeOver(running)
  }

  /** Emptied by `close`, so that a kept handle keeps no consumer alive. */
  get host(): MailboxHost<T> | undefined {
    return this.#host
  }

  /** Whether it is over: nothing is held and no callback comes any more. */
  get closed(): boolean {
    return this.#host === undefined
  }

  get pending(): number {
    if (this.closed) return 0
    this.#strategy.catchUp?.()
    return this.#strategy.size
  }

  get capacity(): number {
    return this.policy.capacity
  }

  /** Whether a pulled consumer that asks now is given something at once. */
  get ready(): boolean {
    return this.#strategy.ready
  }

  get idle(): boolean {
    return this.#demand > 0 && !this.#pumping && !this.#strategy.deferred
  }

  get parking(): ParkingPort<T> | undefined {
    return this.#host !== undefined && mayPark(this.#host) ? this : undefined
  }

  /** Asked before each call that would overlap another: a chain of such calls is nobody's but ours to bound. */
  get late(): boolean {
    return this.calling.busySince !== null && !mayGoOn()
  }

  /** How many more entries can be offered, on top of `queued` ones, before one would overflow. */
  room(queued: number): number {
    return this.capacity - this.#strategy.size - queued + (this.idle ? 1 : 0)
  }

  get inFlight(): number {
    return this.calling.inFlight
  }

  stats(): SubscriberStats {
    // First, as it counts.
    const { pending } = this
    const { inFlight, abandoned, busySince } = this.calling
    return this.figures({ pending, inFlight, abandoned, busySince })
  }

  /** Takes a new entry from the source; the strategy decides about it. */
  offer(entry: T): void {
    if (this.#terminal !== undefined || this.#host === undefined) return
    this.published += 1
    try {
      this.#strategy.offer(entry)
    } catch (error) {
      this.#giveUp(error)
      return
    }
    if (this.#noteSize() === 0 || this.#pumpQueued) return
    if (this.#strategy.deferred || (!this.policy.waits && this.#strategy.ready)) {
      this.#pumpQueued = true
      const run = (): void => {
        this.#pumpQueued = false
        this.pump()
      }
      queueMicrotask(() => releaseWork(run))
    }
  }

  /**
   * Takes the entry that is replayed to a new subscriber: it is delivered at once, whatever the dispatch. For a pulled
   * consumer it waits, but for no time: it is past the gate of a time policy.
   */
  replay(entry: T): void {
    const waits = this.#demand === 0
    if (waits && this.#strategy.replay === undefined) {
      this.offer(entry)
      return
    }
    this.published += 1
    this.#guarded(() => {
      this.#strategy.replayed?.()
      if (waits) this.#strategy.replay?.(entry)
      else if (this.policy.batches) this.deliverAll([entry])
      else this.deliver(entry)
    })
    if (waits) this.#noteSize()
  }

  #noteSize(): number {
    const { size } = this.#strategy
    this.countHeld(size)
    return size
  }

  /** Lets a pulled consumer take `count` more entries; those that wait are delivered before it returns. */
  request(count: number): void {
    this.#demand += count
    this.pump()
  }

  /**
   * Hands the next of what is held over to a pulled consumer by returning it: nobody is called. `undefined` where
   * nothing is ready. For policies that wait and do not batch.
   */
  take(): T | undefined {
    const host = this.#host
    if (host === undefined || this.#pumping) return undefined
    const entry = this.#strategy.take?.() ?? this.#takeReleased()
    if (entry === undefined) return undefined
    if (this.#terminal !== undefined) this.#finishWhenEmpty()
    host.roomMade?.()
    return entry
  }

  /** As {@link take}, of a strategy that can only hand over. */
  #takeReleased(): T | undefined {
    this.#pumping = true
    let taken: T | undefined
    this.#take = (entry) => {
      taken = entry
    }
    this.#guarded(() => {
      // A policy may give up what it held for too long, instead of delivering it.
      while (taken === undefined && !this.closed && this.#strategy.ready) this.#strategy.release()
    })
    this.#take = undefined
    this.#pumping = false
    if (taken !== undefined && !this.closed) this.#guarded(() => this.#strategy.settled?.())
    return taken
  }

  /** Ends the subscription once everything held is delivered and the running handlers have ended. */
  end(terminal: Terminal): void {
    if (this.#terminal !== undefined) return
    this.#terminal = terminal
    this.#endStrategy(terminal.kind)
  }

  /**
   * Ends the subscription at once: the source is gone. The consumer is completed; one that was to end with
   * an error is told that error, or a loss by overflow would end in silence.
   */
  destroy(reason: DropReason = 'complete'): void {
    const host = this.#host
    const terminal = this.#terminal ?? { kind: 'complete' }
    this.close(reason)
    if (host !== undefined) tellEnd(host, terminal)
  }

  /** Ends the subscription at once: what waits is dropped, running handlers are aborted. */
  close(reason: DropReason): void {
    const host = this.#host
    if (host === undefined) return
    const held = this.#takeHeld(host)
    this.countEnd()
    this.#host = undefined
    host.closed()
    this.calling.abort(host)
    for (const entry of held) this.#tellDrop(host, entry, reason)
    host.roomMade?.()
  }

  /** Everything that the strategy holds. */
  #takeHeld(host: MailboxHost<T>): readonly T[] {
    try {
      return this.#strategy.clear()
    } catch (error) {
      host.faulted({ error, phase: 'policy', version: this.lastVersion })
      return []
    }
  }

  // ---- Port: what the strategy asks for ----

  deliver(entry: T, lostLater = 0): void {
    this.#hand(entry, entry.version, 1, lostLater)
  }

  deliverAll(entries: readonly T[]): void {
    // The cast holds: a batch is never empty.
    const newest = entries.at(-1) as T
    // All that a batch ever loses is what overflowed, after everything it holds.
    this.#hand(entries, newest.version, entries.length, this.dropped)
  }

  #hand(entry: T | readonly T[], version: number, count: number, lostLater: number): void {
    const host = this.#host
    // A timer that its policy has not ended comes too late.
    if (host === undefined) return
    const missed = this.countDelivery(count, version, lostLater)
    // The cast holds: a batch is not taken.
    if (this.#take !== undefined) this.#take(entry as T)
    else {
      this.#demand -= 1
      this.calling.make(entry, new HandledDelivery(version, missed, this.id), host)
    }
  }

  drop(entry: T, reason: DropReason): void {
    this.dropped += 1
    if (this.#host !== undefined) this.#tellDrop(this.#host, entry, reason)
  }

  conflate(entry: T, by: T): void {
    this.conflated += 1
    this.#host?.conflated?.(entry, by)
  }

  abortHandlers(): void {
    // The cast holds: only an open mailbox is offered anything.
    this.calling.abort(this.#host as MailboxHost<T>)
    this.calling.letGo()
  }

  pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    try {
      while (this.#host !== undefined && this.#strategy.ready && (this.#demand > 0 || !this.policy.waits)) {
        // A consumer that writes in its microtask is given that write by this loop, which so might never end.
        if (this.#pumpQueued && !this.#host.pulled && !anotherRound()) break
        this.#strategy.release()
      }
      // Before it hears, or it would find the consumer busy.
      this.#pumping = false
      if (this.#host !== undefined) this.#strategy.settled?.()
    } catch (error) {
      this.#pumping = false
      this.#giveUp(error)
    }
    this.#finishWhenEmpty()
  }

  park(entry: T, before: T | undefined, capacity: number): Cursor<T> {
    // The cast holds: only an open mailbox is offered anything, and only a host that can park is asked.
    return (this.#host as Required<MailboxHost<T>>).park(entry, before, capacity)
  }

  unpark(): void {
    this.#host?.unpark?.()
  }

  caughtUp(arrived: number, lost: number, how: Loss, held: number): void {
    this.published += arrived
    if (lost > 0) this[how] += lost
    this.countHeld(held)
  }

  taken({ version }: T): void {
    this.countDelivery(1, version, 0)
  }

  get scheduler(): SchedulerLike {
    // The cast holds: only an open mailbox is offered anything, and close() stops the timers.
    return (this.#host as MailboxHost<T>).scheduler
  }

  overflow(entry: T): void {
    const details = { subscriberId: this.id, capacity: this.capacity, version: entry.version }
    this.dropped += 1
    this.#terminal = { kind: 'error', error: new HeadgateError('BUFFER_OVERFLOW', details) }
    if (this.#host !== undefined) this.#tellDrop(this.#host, entry, 'overflow')
    this.#endStrategy('error')
  }

  #endStrategy(kind: Terminal['kind']): void {
    this.#guarded(() => this.#strategy.end?.(kind))
    this.#finishWhenEmpty()
  }

  /** Runs code of a strategy, which may be a user's. Not for each entry: those ways have a `try` of their own. */
  #guarded(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#giveUp(error)
    }
  }

  /** Ends the subscription of a policy that threw, as one that was lost. */
  #giveUp(error: unknown): void {
    this.#terminal = { kind: 'error', error }
    this.destroy('policy-error')
  }

  /** A call is over. */
  done(): void {
    const host = this.#host
    if (host === undefined) return
    if (!host.pulled) this.#demand += 1
    this.pump()
    host.roomMade?.()
  }

  // ---- the end ----

  #finishWhenEmpty(): void {
    const host = this.#host
    const terminal = this.#terminal
    if (terminal === undefined || host === undefined) return
    if (this.#strategy.size > 0 || this.inFlight > 0) return
    this.close('complete')
    tellEnd(host, terminal)
  }

  #tellDrop(host: MailboxHost<T>, entry: T, reason: DropReason): void {
    if (host.dropped === undefined) return
    this.#dropsTold += 1
    contain(
      () => host.dropped?.(entry, reason, this.#dropsTold),
      (error) => host.faulted({ error, phase: 'drop', version: entry.version }),
    )
  }
}
