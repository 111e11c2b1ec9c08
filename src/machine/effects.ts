/**
 * What a machine does by itself while it is in a state: the timers of `after` and the work of `invoke`.
 *
 * It follows the published versions ahead of all subscribers, so a state that a subscriber leaves at
 * once was still entered, and a batch starts only what its last state has. Each active state has an activation of its
 * own: which one is being lived is told by the change of state that entered it (`stayOf`). Whoever changes the state
 * without an event (`set`, `put`, a rolled-back batch) is followed in the same way.
 *
 * What must stay true: when a state is left, its timers are gone and its signal has aborted before
 * anything of the next state starts, and what began last ends first; nothing is left after `complete`.
 */

import type { Subscription } from 'rxjs'
import type { Snapshot } from '../store/index.ts'
import { activeNodes } from './configuration.ts'
import type { Consequences } from './consequences.ts'
import type { EventObject } from './definition.ts'
import type { AnyState } from './look-up.ts'
import type { AnyInvokeTools, AnyMachine, InvokeNode, StateNode } from './machine.ts'
import type { OwnWrites } from './own-writes.ts'
import { stayOf } from './records.ts'
import { listenTo, type WorkListener, waitFor } from './work.ts'

/** What the effects ask of their store. */
export interface EffectsHost {
  readonly machine: AnyMachine
  /** The newest write; it is ahead of the effects while a batch or a walk is in progress. */
  readonly head: Snapshot<AnyState>
  /** Knows the event that led into a state. */
  readonly consequences: Pick<Consequences, 'entryEventOf'>
  /** The time of the timers, in milliseconds. */
  now(): number
  /** Runs `fire` after some time; it is called at most once. */
  schedule(ms: number, fire: () => void): Subscription
  /** Writes what comes of it. */
  readonly own: Pick<OwnWrites, 'elapsed' | 'ended' | 'item'>
  /** What invoked work is given; it writes only while `isCurrent`. */
  toolsFor(signal: AbortSignal, isCurrent: () => boolean): AnyInvokeTools
}

/** When states were entered, by their paths, in milliseconds since 1970. */
export type EntryTimes = Readonly<Record<string, number>>

/** One activation of a state that runs something. */
export interface Activation {
  readonly node: StateNode
  readonly stay: number
  /** When it began. */
  readonly since: number
  isOver: boolean
  isWorking: boolean
  /** Ends what runs in it. */
  readonly endings: (() => void)[]
}

// Outside of the class: a closure keeps all that is in the scope that made it.
/** Turns a throw of `src` into a rejection; returns what ends the work. */
function startWork(
  src: InvokeNode['src'],
  context: unknown,
  event: EventObject,
  tools: AnyInvokeTools,
  listener: WorkListener,
): (() => void) | undefined {
  try {
    return listenTo(src(context as never, event, tools), listener)
  } catch (error) {
    return waitFor(Promise.reject(error), listener)
  }
}

export class Effects {
  readonly #host: EffectsHost
  /** In the order in which they began; most states run nothing, and have no {@link Activation}. */
  activations: readonly Activation[] = NONE
  /** Where the machine is, as it was told last. */
  #current: unknown
  #attempts = -1

  constructor(host: EffectsHost) {
    this.#host = host
  }

  next({ state }: Snapshot<AnyState>): void {
    const { current, attempts } = state
    if (this.#current === current && this.#attempts === attempts) return
    this.#current = current
    this.#attempts = attempts
    const wanted = this.wantedIn(state)
    if (wanted.length === 0 && this.activations.length === 0) return
    const kept = this.activations.filter(
      ({ node, stay }) => wanted.includes(node) && stay === stayOf(state, node),
    )
    this.#leaveAllBut(kept)
    for (const node of wanted) {
      // A scheduler may run what is due at once: then all of it can be over before it has begun.
      if (this.#current !== current || this.#attempts !== attempts) return
      if (!kept.some((activation) => activation.node === node)) this.#begin(node, state)
    }
  }

  /** Ends all that runs; what is told next begins anew, whatever it is. */
  reset(): void {
    this.#leaveAllBut(NONE)
    this.#attempts = -1
  }

  /** Takes a state for the one that it was told last, of which nothing runs yet. */
  stand({ current, attempts }: AnyState): void {
    this.#leaveAllBut(NONE)
    this.#current = current
    this.#attempts = attempts
  }

  /** The active states that run something. */
  wantedIn({ current }: AnyState): readonly StateNode[] {
    const active = activeNodes(this.#host.machine, current) ?? NONE
    return active.some(runsSomething) ? active.filter(runsSomething) : NONE
  }

  /** An activation in which nothing runs yet. */
  activate(node: StateNode, state: AnyState, since: number = this.#host.now()): Activation {
    const stay = stayOf(state, node)
    const activation: Activation = { node, stay, since, isOver: false, isWorking: false, endings: [] }
    this.activations = [...this.activations, activation]
    return activation
  }

  #begin(node: StateNode, state: AnyState): void {
    const activation = this.activate(node, state)
    for (const { ms } of node.after) if (!activation.isOver) this.startTimer(activation, ms)
    if (node.invoke !== undefined && !activation.isOver) this.startWork(activation, node.invoke, state)
  }

  startTimer(activation: Activation, ms: number): void {
    const isCurrent = this.#isCurrent(activation)
    const left = Math.max(0, Math.min(ms, activation.since + ms - this.#host.now()))
    const timer = this.#host.schedule(left, () => this.#host.own.elapsed(activation.node, ms, isCurrent))
    if (activation.isOver) timer.unsubscribe()
    else activation.endings.push(() => timer.unsubscribe())
  }

  startWork(activation: Activation, { src }: InvokeNode, state: AnyState): void {
    const controller = new AbortController()
    const isCurrent = this.#isCurrent(activation)
    const { context } = state
    const event = this.#host.consequences.entryEventOf(state, activation.stay)
    activation.isWorking = true
    const isLast = (): boolean =>
      !this.activations.some(({ stay, isWorking }) => isWorking && stay === activation.stay)
    const listener: WorkListener = {
      item: (value) => this.#host.own.item(activation.node, value, isCurrent),
      ended: (outcome) => {
        activation.isWorking = false
        if (isCurrent()) this.#host.own.ended(activation.node, outcome, { isCurrent, isLast })
      },
    }
    activation.endings.push(() => {
      listener.item = undefined
      listener.ended = undefined
      controller.abort()
    })
    const tools = this.#host.toolsFor(controller.signal, isCurrent)
    const end = startWork(src, context, event, tools, listener)
    if (end === undefined) return
    if (activation.isOver) end()
    else activation.endings.push(end)
  }

  /** Whether an activation goes on: also the newest write, which may not have been told yet, is of it. */
  #isCurrent(activation: Activation): () => boolean {
    const { node, stay } = activation
    return () => {
      const { head, machine } = this.#host
      if (activation.isOver || stayOf(head.state, node) !== stay) return false
      return activeNodes(machine, head.state.current)?.includes(node) === true
    }
  }

  /** Ends activations, the newest first. */
  #leaveAllBut(kept: readonly Activation[]): void {
    const left = this.activations.filter((activation) => !kept.includes(activation))
    this.activations = kept
    for (const activation of left) activation.isOver = true
    for (const { endings } of left.reverse()) for (const end of endings) end()
  }
}

const NONE: readonly never[] = Object.freeze([])

/** Of a state that waits, only how long is to be known. */
const runsSomething = ({ after, invoke, waiting }: StateNode): boolean =>
  after.length > 0 || invoke !== undefined || waiting !== undefined
