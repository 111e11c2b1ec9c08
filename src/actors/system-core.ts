/**
 * What the actors of one system share: the line of those who have something to do, and the figures.
 *
 *   send ──> inbox ──> line ──> drain: one item of one actor, then the next actor ──> machine ──> commit ──> …
 *
 * The line is worked off in a task of its own: a message that a subscriber, a recipe or a batch sends is handled when
 * that is over, and a chain of messages is a loop. A chain without an end lets timers and I/O have their turn.
 */

import type { SchedulerLike } from 'rxjs'
import { Subject } from 'rxjs'
import type { BufferPolicy } from '../backpressure/index.ts'
import { anotherRound, type Clock, RingBuffer, releaseWork } from '../kit/index.ts'
import type { EventObject } from '../machine/index.ts'
import {
  type Kernel,
  kernelOf,
  type Snapshot,
  type StoreOptions,
  type SubscriberFault,
} from '../store/index.ts'
import type { Actor } from './actor.ts'
import type { ActorState } from './actor-snapshot.ts'
import type { Item } from './inbox.ts'
import type { AnyMachineStore } from './seat.ts'

/** A message, or a notice of a child, as its actor was given it. */
export interface Message {
  /** The actor whose event set it off, or who was named as its sender. */
  readonly from: string | undefined
  readonly to: string
  readonly event: EventObject
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** What a system needs of where it stands. */
export interface Surroundings {
  readonly clock: Clock
  readonly scheduler: SchedulerLike
  readonly mailbox: BufferPolicy | undefined
}

/** Whoever follows all actors. */
export interface Watcher {
  /** Told, in the middle of an event, of an actor whose snapshot is not what it was. */
  touched(actor: Actor): void
  /** Told between two events, when some have been handled. */
  rest(): void
}

export class SystemCore {
  readonly clock: Clock
  readonly scheduler: SchedulerLike
  /** Of the root. */
  readonly mailbox: BufferPolicy | undefined
  readonly messages: Subject<Message> = new Subject()
  /** Set once, before anything happens. */
  root!: Actor
  /** Messages that nobody handles any more. */
  deadLetters = 0
  readonly watchers: Set<Watcher> = new Set()
  /** Who handles an item now. */
  handling: Actor | undefined
  isOver = false
  /** Of the root. */
  readonly kernel: Kernel<ActorState>
  readonly #line = new RingBuffer<Actor>(Number.POSITIVE_INFINITY)
  #isDraining = false
  #serial = 0
  #idle: (() => void)[] = []

  constructor(store: AnyMachineStore, { clock, scheduler, mailbox }: Surroundings) {
    this.kernel = kernelOf<ActorState>(store)
    this.clock = clock
    this.scheduler = scheduler
    this.mailbox = mailbox
  }

  nextSerial(): number {
    this.#serial += 1
    return this.#serial
  }

  /** Puts an actor into the line that has something in its inbox. */
  line(actor: Actor): void {
    this.touch(actor)
    if (actor.isInLine || this.isOver) return
    actor.isInLine = true
    this.#line.push(actor)
    this.wake()
  }

  /** Tells that the snapshot of an actor is not what it was. */
  touch(actor: Actor): void {
    if (this.watchers.size === 0) return
    for (const watcher of this.watchers) watcher.touched(actor)
    this.wake()
  }

  /** Sees to it that the line is worked off, and that whoever follows is told then. */
  wake(): void {
    if (this.#isDraining || this.isOver) return
    this.#isDraining = true
    queueMicrotask(() => releaseWork(() => this.#drain()))
  }

  /** Resolves when nobody has anything to do. */
  idle(): Promise<void> {
    return this.#isDraining ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve()
  }

  tellOf(from: string | undefined, to: Actor, event: EventObject): void {
    if (!this.messages.observed) return
    this.messages.next({ from, to: to.address, event, at: this.clock.wall() })
  }

  /** Counts what waited for an actor that has ended. */
  dead(items: readonly Item[]): void {
    for (const item of items) if ('event' in item) this.deadLetters += 1
  }

  /** Reports what nobody takes up: where the faults of the root are reported. */
  report(actor: Actor, phase: SubscriberFault['phase'], error: unknown, failures: number): void {
    const version = actor.head?.version ?? -1
    this.kernel.report({ subscriberId: actor.address, phase, error, version, failures })
  }

  /** How the store of a child is made. */
  optionsFor({ address }: Actor): StoreOptions {
    const { clock, scheduler } = this
    return {
      name: address,
      clock,
      scheduler,
      onFault: (fault) =>
        this.kernel.report({ ...fault, subscriberId: `${fault.subscriberId} of ${address}` }),
    }
  }

  adopt(snapshot: Snapshot<ActorState>, origin: unknown): void {
    this.kernel.adopt(snapshot, { origin })
  }

  destroy(): void {
    if (this.isOver) return
    this.#tellRest()
    this.isOver = true
    this.root.end()
    for (const actor of this.#line.drain()) actor.isInLine = false
    this.messages.complete()
    this.#rest()
  }

  #drain(): void {
    for (let actor = this.#line.shift(); actor !== undefined; actor = this.#line.shift()) {
      actor.isInLine = false
      if (actor.isRunning) this.#handle(actor)
      if (!anotherRound()) {
        this.#tellRest()
        releaseWork(() => this.#drain())
        return
      }
    }
    this.#rest()
  }

  #handle(actor: Actor): void {
    this.handling = actor
    actor.handleNext()
    this.handling = undefined
    this.touch(actor)
    if (actor.hasWork) this.line(actor)
  }

  #tellRest(): void {
    for (const watcher of this.watchers) watcher.rest()
  }

  #rest(): void {
    this.#tellRest()
    this.#isDraining = false
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}
