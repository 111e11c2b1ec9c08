/**
 * One machine in a system, from its start to its end.
 *
 *   running ──fails──> failed ──restart──> running
 *      │                  └──no more──> ended          one that has ended stays known while its key is wanted
 *      └──not wanted any more──> ended
 *
 * What becomes of it is told to its parent in a notice, and decided there (handle.ts): never in the middle of an event.
 */
import type { Subscription } from 'rxjs'
import { buffer } from '../backpressure/index.ts'
import { isHeadgateError } from '../kit/index.ts'
import {
  type AnyMachine,
  type AnyState,
  type Beginning,
  beginning,
  type ChildNode,
  type MachineDriver,
  resume,
  type Supervisor,
} from '../machine/index.ts'
import type { Snapshot } from '../store/index.ts'
import type { ActorState, ChildSnapshot, WaitingMessage } from './actor-snapshot.ts'
import { addressOf, ROOT } from './address.ts'
import { Family, Plan } from './family.ts'
import { handle, startAgain } from './handle.ts'
import { Inbox, type Item, type Notice } from './inbox.ts'
import { Restarts } from './restarts.ts'
import { type AnyMachineStore, Seat } from './seat.ts'
import type { SystemCore } from './system-core.ts'
import { isFinal } from './take-own.ts'

/** Where an actor failed: in a timer, its work, a message, or where it or its children begin. */
export type FaultPhase = 'after' | 'invoke' | 'message' | 'children'

/** Which child of its parent an actor is. */
export interface Place {
  readonly parent: Actor
  readonly node: ChildNode
  readonly key: string
}

const MAILBOX = buffer({ capacity: 64, overflow: 'error' })

export class Actor implements Supervisor {
  readonly system: SystemCore
  readonly machine: AnyMachine
  /** Undefined for the root. */
  readonly place: Place | undefined
  /** The order in which actors began. */
  readonly serial: number
  readonly inbox: Inbox
  readonly family: Family | undefined
  /** How often its key is among those that are wanted. */
  wanted = 1
  status: 'running' | 'failed' | 'ended' = 'running'
  /** What it failed with, from then on until it is started again. */
  failure: { readonly phase: FaultPhase; readonly error: unknown } | undefined
  restarts: Restarts | undefined
  /** A start that waits, and when it is due, in milliseconds since 1970. */
  backoff: Subscription | undefined
  restartAt: number | undefined
  /** Whether it stands in the line of those who have something to do. */
  isInLine = false
  /** Whether its parent has been told that it has come to its end. */
  doneTold = false
  /** Undefined for one whose input, or first entry, failed. */
  #seat: Seat | undefined
  #input: { readonly value: unknown } | undefined
  #isDone = false
  #held: Item | undefined
  #isHeldUp = false

  constructor(system: SystemCore, machine: AnyMachine, place: Place | undefined) {
    this.system = system
    this.machine = machine
    this.place = place
    this.serial = system.nextSerial()
    this.inbox = new Inbox((place === undefined ? system.mailbox : place.node.mailbox) ?? MAILBOX)
    this.family = machine.children.length === 0 ? undefined : new Family(this, machine.children)
  }

  get address(): string {
    const { place } = this
    return place === undefined ? ROOT : addressOf(place.parent.address, place.node.name, place.key)
  }

  get isRunning(): boolean {
    return this.status === 'running'
  }

  get driver(): MachineDriver | undefined {
    return this.#seat?.driver
  }

  /** Its newest version. */
  get head(): Snapshot<ActorState> | undefined {
    return this.#seat?.head
  }

  /** Whether it is in the middle of an event. */
  get isBusy(): boolean {
    return this.#seat?.isBusy === true
  }

  get isFinal(): boolean {
    return this.head !== undefined && isFinal(this.machine, this.head.state as AnyState)
  }

  get input(): unknown {
    return this.#input?.value
  }

  /** Whether there is something that it can handle now. */
  get hasWork(): boolean {
    return this.isRunning && !this.#isHeldUp && !this.inbox.isEmpty
  }

  /** What is tried again when the followers of its store have room. */
  get held(): readonly WaitingMessage[] {
    return this.#held !== undefined && 'event' in this.#held ? [this.#held] : []
  }

  makeChild(node: ChildNode, key: string): Actor {
    return new Actor(this.system, node.machine, { parent: this, node, key })
  }

  /** Its store, which is made when it is asked for first. */
  open(): AnyMachineStore | undefined {
    return this.#seat?.store ?? this.#seat?.open(this.system.optionsFor(this))
  }

  // ---- its life ----

  /** Begins with a store that there is. */
  sit(store: AnyMachineStore, driver: MachineDriver): void {
    this.#seat = Seat.of(store, driver)
    driver.running.supervise(this)
  }

  /**
   * Begins, or goes on from before.
   *
   * @param context - of the state of its parent that wants it.
   */
  start(context: unknown, from: ChildSnapshot | undefined): void {
    this.#contained(() => {
      if (from !== undefined) this.#resume(from)
      else this.#begin(this.#initial(context))
    })
  }

  /**
   * Starts again from its initial state: nothing of what it had is left but its input, and the messages that wait. One
   * that somebody has brought to its end meanwhile stays there.
   */
  restart(): void {
    this.status = 'running'
    this.failure = undefined
    this.restartAt = undefined
    this.system.touch(this)
    if (this.isFinal) this.#noteEnd()
    else this.#beginAgain()
    if (this.hasWork) this.system.line(this)
  }

  #beginAgain(): void {
    this.family?.end()
    this.#isDone = false
    this.#contained(() => {
      const begun = this.#initial(this.place?.parent.head?.state.context)
      if (this.#seat === undefined) return this.#begin(begun)
      this.#seat.driver.running.reset()
      this.#seat.driver.consequences.begun(begun)
      this.#seat.commit(begun.state, 'RESTART')
    })
  }

  /** Ends those below it, then itself, with all that runs in it and all who follow it. */
  end(): void {
    if (this.status === 'ended') return
    this.status = 'ended'
    this.system.touch(this)
    this.family?.end()
    this.backoff?.unsubscribe()
    this.#forget()
    this.#seat?.end()
  }

  /** Handles what has waited longest. */
  handleNext(): void {
    if (this.#isHeldUp) return
    const item = this.#held ?? this.inbox.shift()
    if (item === undefined) return
    this.#held = undefined
    try {
      handle(this, item)
    } catch (error) {
      if (this.#isFull(error)) this.#hold(item)
      else this.failed('message', error)
    }
  }

  // ---- Supervisor of its driver ----

  next(snapshot: Snapshot<ActorState>, origin: unknown): boolean {
    this.system.touch(this)
    const plan = origin instanceof Plan ? origin : undefined
    if (plan !== undefined) this.#makeRoom(plan)
    if (this.status === 'ended') return false
    // One that has failed still has a state, which its children follow; nothing else runs in it.
    this.family?.next(snapshot, plan)
    if (this.isRunning) this.#noteEnd()
    if (plan === undefined || this.driver === undefined || !this.isRunning) return this.isRunning
    resume(this.driver, snapshot.tsWall, plan.actor.entered)
    return false
  }

  /** Somebody has destroyed its store, or it is ended. */
  complete(): void {
    if (this.place === undefined) this.system.destroy()
    else this.end()
  }

  rest(): void {
    this.family?.end()
  }

  /** Something has failed that has no caller. */
  failed(phase: FaultPhase, error: unknown): void {
    if (this.place === undefined || !this.isRunning || this.isFinal) {
      this.system.report(this, phase, error, 1)
      return
    }
    this.status = 'failed'
    this.failure = { phase, error }
    this.system.touch(this)
    this.driver?.running.reset()
    this.note('failed')
  }

  #contained(begin: () => void): void {
    try {
      begin()
    } catch (error) {
      this.failed('children', error)
    }
  }

  /** With the same input for each start; it is asked for once, where that does not throw. */
  #initial(context: unknown): Beginning {
    const { place } = this
    this.#input ??= { value: place?.node.input?.(context as never, place.key) }
    return beginning(this.machine, this.#input.value)
  }

  #begin(from: Beginning | Snapshot<ActorState>, plan?: Plan): void {
    const { system, machine, address } = this
    const input = this.#input?.value
    this.#seat = Seat.light(machine, address, from, { system, actor: this, input })
    this.#seat.driver.running.supervise(this, plan)
  }

  #resume(from: ChildSnapshot): void {
    const { input, restarts, doneTold = false, status = 'running', failure, inbox = [], snapshot } = from
    this.#input = { value: input }
    this.restarts = restarts === undefined ? undefined : new Restarts(restarts)
    this.doneTold = doneTold
    this.#isDone = doneTold
    this.status = status
    if (status === 'ended') return
    if (status === 'failed') this.failure = { phase: 'children', error: new Error(failure) }
    this.#takeIn(inbox)
    if (snapshot !== undefined) this.#begin(snapshot, new Plan(from))
    if (status !== 'failed') return
    if (from.restartAt === undefined) this.note('failed')
    else startAgain(this, from.restartAt)
  }

  /** Makes room for what is restored: children, timers, and for the root, which lives on, its messages. */
  #makeRoom({ actor }: Plan): void {
    this.family?.end()
    this.driver?.running.reset()
    if (this.place !== undefined) return
    this.#forget()
    this.#takeIn(actor.inbox)
  }

  #takeIn(messages: readonly WaitingMessage[] = []): void {
    for (const message of messages) this.inbox.take(message)
    if (this.hasWork) this.system.line(this)
  }

  #forget(): void {
    this.system.dead([...this.held, ...this.inbox.clear()])
    this.#held = undefined
  }

  /** Tells its parent, once, that it has come to its end. */
  #noteEnd(): void {
    if (this.#isDone || !this.isFinal) return
    this.#isDone = true
    this.note('done')
  }

  /** Tells its parent. */
  note(what: Notice['what']): void {
    const parent = this.place?.parent
    if (parent === undefined) return
    parent.inbox.note({ about: this, what })
    this.system.line(parent)
  }

  /** Whether a write was refused by who suspends the writers of its store: a subscriber, or its journal. */
  #isFull(error: unknown): boolean {
    const isFull = isHeadgateError(error, 'SUBSCRIBER_FULL') || isHeadgateError(error, 'JOURNAL_FULL')
    return isFull && error.details.store === this.#seat?.store?.name
  }

  #hold(item: Item): void {
    this.#held = item
    this.#isHeldUp = true
    const retry = (): void => {
      this.#isHeldUp = false
      this.system.line(this)
    }
    // Rejects only when the store is destroyed: then there is nothing left to do.
    this.#seat?.store?.ready().then(retry, () => {})
  }
}
