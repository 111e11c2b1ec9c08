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
import { from, type ObservableInput, type SchedulerLike } from 'rxjs'
import { anotherRound, contain, HeadgateError, mayGoOn, releaseWork } from '../kit/index.ts'
import type { Cursor } from './backlog.ts'
import type { Loss, ParkingPort } from './backlog-strategy.ts'
import { HandledDelivery } from './delivery.ts'
import { isAwaitable, isThenable } from './foreign-code.ts'
import { Handlers } from './handlers.ts'
import type { MailboxHost } from './mailbox-host.ts'
import { checkPolicy, open, type Policy } from './policy.ts'
import type { SubscriberStats } from './stats.ts'
import type { DropReason, Port, Strategy, Versioned } from './strategy.ts'

type Terminal = { readonly kind: 'complete' } | { readonly kind: 'error'; readonly error: unknown }

const mayPark = <T extends Versioned>({ park, dropped, conflated }: MailboxHost<T>): boolean =>
  park !== undefined && dropped === undefined && conflated === undefined

export class Mailbox<T extends Versioned> implements Port<T>, ParkingPort<T> {
  readonly id: string
  readonly policy: Policy
  published = 0
  delivered = 0
  dropped = 0
  conflated = 0
  calls = 0
  errors = 0
  inFlight = 0
  missed = 0
  lastVersion = -1
  /** Set by the host: whether it wants to be told of deliveries that are handled. */
  failing = false
  #pendingMax = 0
  #lossTold = 0
  #dropsTold = 0
  #demand: number
  #pumping = false
  #pumpQueued = false
  /** Whether the source offers nothing, and what waits is read from its backlog. */
  #parked = false
  #terminal: Terminal | undefined
  #current: HandledDelivery | undefined
  /** Made with the first call that is waited for. */
  #handlers: Handlers | undefined
  readonly #deferred: boolean
  readonly #strategy: Strategy<T>
  /** Emptied by `close`, so that a kept handle keeps no consumer alive. */
  #host: MailboxHost<T> | undefined

  constructor(host: MailboxHost<T>) {
    this.id = host.id
    this.policy = checkPolicy(host.policy)
    this.#demand = host.pulled ? 0 : 1
    this.#host = host
    // The cast holds: a strategy gives back what it was given.
    this.#strategy = this.policy[open](this) as Strategy<T>
    this.#deferred = this.#strategy.deferred === true
    this.#strategy.start?.()
  }

  /**
   * Takes over the account of a consumer that was called without a mailbox as long as it was idle: it was told
   * `count` entries, the newest of them `version`.
   *
   * @param running - the delivery that it is being told; `returned` or `threw` follows.
   */
  takeOver(count: number, version: number, running: HandledDelivery | undefined): void {
    this.published = count
    this.delivered = count
    this.calls = count
    this.lastVersion = version
    if (running === undefined) return
    this.inFlight = 1
    this.#demand -= 1
    this.#current = running
  }

  /** The call that was running when the account was taken over has returned. */
  returned(result: unknown, delivery: HandledDelivery, host: MailboxHost<T>): void {
    let awaited: ObservableInput<unknown> | undefined
    try {
      // Inside the `try`: a getter of the result is foreign code.
      if (result !== undefined && isAwaitable(result)) awaited = result
    } catch (error) {
      this.threw(error, delivery, host)
      return
    }
    this.#current = undefined
    if (awaited === undefined) this.#succeed()
    else this.#await(awaited, delivery, host)
  }

  /** The call that was running when the account was taken over has failed. */
  threw(error: unknown, delivery: HandledDelivery, host: MailboxHost<T>): void {
    this.#current = undefined
    this.#fail(delivery, error, host)
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
    return this.#demand > 0 && !this.#pumping && !this.#deferred
  }

  get parking(): ParkingPort<T> | undefined {
    return this.#host !== undefined && mayPark(this.#host) ? this : undefined
  }

  /** Asked before each call that would overlap another: a chain of such calls is nobody's but ours to bound. */
  get late(): boolean {
    return this.#handlers !== undefined && this.#handlers.busySince !== null && !mayGoOn()
  }

  /** How many more entries can be offered, on top of `queued` ones, before one would overflow. */
  room(queued: number): number {
    return this.capacity - this.#strategy.size - queued + (this.idle ? 1 : 0)
  }

  stats(): SubscriberStats {
    this.#strategy.catchUp?.()
    const { id, published, delivered, dropped, conflated, pending, calls, errors, inFlight, capacity } = this
    return {
      id,
      policy: this.policy.label,
      published,
      delivered,
      dropped,
      conflated,
      pending,
      calls,
      errors,
      inFlight,
      abandoned: this.#handlers?.abandoned ?? 0,
      capacity,
      pendingMax: this.#pendingMax,
      missed: this.missed,
      lastVersion: this.lastVersion,
      busySince: this.#handlers?.busySince ?? null,
    }
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
    if (this.#deferred || (!this.policy.waits && this.#strategy.ready)) {
      this.#pumpQueued = true
      queueMicrotask(this.#releasePump)
    }
  }

  /** Takes the entry that is replayed to a new subscriber: it is delivered at once, whatever the dispatch. */
  replay(entry: T): void {
    if (this.#demand === 0) {
      this.#keepReplay(entry)
      return
    }
    this.published += 1
    try {
      this.#strategy.replayed?.()
      if (this.policy.batches) this.deliverAll([entry])
      else this.deliver(entry)
    } catch (error) {
      this.#giveUp(error)
    }
  }

  /** A replay waits for a pulled consumer, but for no time: it is past the gate of a time policy. */
  #keepReplay(entry: T): void {
    if (this.#strategy.replay === undefined) {
      this.offer(entry)
      return
    }
    this.published += 1
    try {
      this.#strategy.replayed?.()
      this.#strategy.replay(entry)
    } catch (error) {
      this.#giveUp(error)
    }
    this.#noteSize()
  }

  #noteSize(): number {
    const { size } = this.#strategy
    if (size > this.#pendingMax) this.#pendingMax = size
    return size
  }

  /** Lets a pulled consumer take `count` more entries; those that wait are delivered before it returns. */
  request(count: number): void {
    this.#demand += count
    this.pump()
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
    if (host !== undefined) this.#callTerminal(host, terminal)
  }

  /** Ends the subscription at once: what waits is dropped, running handlers are aborted. */
  close(reason: DropReason): void {
    const host = this.#host
    if (host === undefined) return
    const held = this.#takeHeld(host)
    // Not by their number: the strategy of a policy that throws may have lost some.
    this.dropped = this.published - this.delivered - this.conflated
    this.#host = undefined
    host.closed()
    this.#abortHandled(host)
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
    const loss = this.dropped + this.conflated - lostLater
    const missed = loss - this.#lossTold
    if (missed !== 0) {
      this.#lossTold = loss
      this.missed += missed
    }
    this.delivered += count
    this.calls += 1
    this.inFlight += 1
    this.#demand -= 1
    this.lastVersion = version
    const delivery = new HandledDelivery(version, missed, this.id)
    const outer = this.#current
    if (outer !== undefined) delivery.handling.outer = outer
    this.#current = delivery
    let awaited: ObservableInput<unknown> | undefined
    try {
      const result = host.consumer.next(entry, delivery)
      // Inside the `try`: a getter of the result is foreign code too.
      if (result !== undefined && isAwaitable(result)) awaited = result
    } catch (error) {
      this.#current = outer
      this.#fail(delivery, error, host)
      return
    }
    this.#current = outer
    if (outer !== undefined) delivery.handling.outer = undefined
    if (awaited === undefined) this.#succeed()
    else this.#await(awaited, delivery, host)
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
    this.#abortHandled(this.#host as MailboxHost<T>)
    // What goes on in spite of the abort is waited for at the end, but not by any number of calls.
    this.inFlight -= this.#handlers?.letGo() ?? 0
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
    } catch (error) {
      this.#giveUp(error)
    }
    this.#pumping = false
    if (this.#parked) this.#strategy.settled?.()
    this.#finishWhenEmpty()
  }

  park(entry: T, before: T | undefined, capacity: number): Cursor<T> {
    // The cast holds: only an open mailbox is offered anything, and only a host that can park is asked.
    const host = this.#host as Required<MailboxHost<T>>
    this.#parked = true
    return host.park(entry, before, capacity)
  }

  unpark(): void {
    this.#parked = false
    this.#host?.unpark?.()
  }

  caughtUp(arrived: number, lost: number, how: Loss): void {
    this.published += arrived
    this[how] += lost
    this.#noteSize()
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
    try {
      this.#strategy.end?.(kind)
    } catch (error) {
      this.#giveUp(error)
    }
    this.#finishWhenEmpty()
  }

  /** Ends the subscription of a policy that threw, as one that was lost. */
  #giveUp(error: unknown): void {
    this.#terminal = { kind: 'error', error }
    this.destroy('policy-error')
  }

  // ---- a handler's end ----

  #await(result: ObservableInput<unknown>, delivery: HandledDelivery, host: MailboxHost<T>): void {
    // One that left inside its own call is told of as long as that call goes on; nobody else keeps the host.
    const left = this.#host === undefined ? host : undefined
    // What follows the end of a handler may set off the next one, and so on for ever.
    const succeeded = (): void => releaseWork(() => this.#settle(delivery))
    const failed = (error: unknown): void => releaseWork(() => this.#settle(delivery, { error }, left))
    this.#handlers ??= new Handlers()
    this.#handlers.add(delivery, host)
    try {
      if (isThenable(result)) {
        result.then(succeeded, failed)
        return
      }
      const inner = from(result).subscribe({ error: failed, complete: succeeded })
      // A handler may have closed us, or written and so been replaced, before it returned.
      if (delivery.aborted) {
        this.#unsubscribe(delivery, inner, host)
        this.#settle(delivery)
      } else delivery.handling.inner = inner
    } catch (error) {
      failed(error)
    }
  }

  #settle(delivery: HandledDelivery, failure?: { error: unknown }, left?: MailboxHost<T>): void {
    if (!this.#handlers?.settle(delivery)) return
    if (failure === undefined) this.#succeed()
    else this.#fail(delivery, failure.error, left)
  }

  /** @param left - whom a consumer has left inside the call that fails; what else is aborted fails in silence. */
  #fail(delivery: HandledDelivery, error: unknown, left?: MailboxHost<T>): void {
    const host = this.#host ?? left
    if (host !== undefined && (this.#host === undefined ? !delivery.gaveUp(error) : !delivery.aborted)) {
      this.errors += 1
      host.faulted({ error, phase: 'next', version: delivery.version })
      // The handler has ended; a consumer that unsubscribed in onFault has closed us already.
      if (host.onError === 'close') this.close('consumer-error')
    }
    this.#done()
  }

  #succeed(): void {
    if (this.failing) this.#host?.handled?.()
    this.#done()
  }

  #done(): void {
    this.inFlight -= 1
    const host = this.#host
    if (host === undefined) return
    if (!host.pulled) this.#demand += 1
    // Most deliveries leave nothing behind them.
    if (this.#parked || this.#strategy.ready || this.#terminal !== undefined) this.pump()
    host.roomMade?.()
  }

  readonly #releasePump = (): void => releaseWork(this.#runQueuedPump)

  readonly #runQueuedPump = (): void => {
    this.#pumpQueued = false
    this.pump()
  }

  // ---- the end ----

  #finishWhenEmpty(): void {
    const host = this.#host
    const terminal = this.#terminal
    if (terminal === undefined || host === undefined) return
    if (this.#strategy.size > 0 || this.inFlight > 0) return
    this.close('complete')
    this.#callTerminal(host, terminal)
  }

  #callTerminal(host: MailboxHost<T>, terminal: Terminal): void {
    const { consumer } = host
    const where = { phase: terminal.kind, version: -1 }
    const report = (error: unknown): void => host.faulted({ error, ...where })
    if (terminal.kind === 'complete') contain(() => consumer.complete?.(), report)
    else if (consumer.error !== undefined) contain(() => consumer.error?.(terminal.error), report)
    else report(terminal.error)
  }

  #abortHandled(host: MailboxHost<T>): void {
    // Where one of them was aborted, those around it were.
    for (let call = this.#current; call !== undefined && !call.aborted; call = call.handling.outer) {
      call.abort()
    }
    this.#handlers?.abort((delivery) => {
      const { inner } = delivery.handling
      if (inner !== undefined) this.#abandon(delivery, inner, host)
    })
  }

  /** Ends an observable that nobody waits for any more. A promise cannot be ended; it is let go. */
  #abandon(delivery: HandledDelivery, inner: { unsubscribe(): void }, host: MailboxHost<T>): void {
    if (this.#handlers?.settle(delivery)) this.inFlight -= 1
    this.#unsubscribe(delivery, inner, host)
  }

  #unsubscribe(delivery: HandledDelivery, inner: { unsubscribe(): void }, host: MailboxHost<T>): void {
    contain(
      () => inner.unsubscribe(),
      (error) => host.faulted({ error, phase: 'next', version: delivery.version }),
    )
  }

  #tellDrop(host: MailboxHost<T>, entry: T, reason: DropReason): void {
    if (host.dropped === undefined) return
    this.#dropsTold += 1
    const number = this.#dropsTold
    contain(
      () => host.dropped?.(entry, reason, number),
      (error) => host.faulted({ error, phase: 'drop', version: entry.version }),
    )
  }
}
