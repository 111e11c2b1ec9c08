/**
 * What a machine does by itself while it is in a state: the timers of `after` and the work of `invoke`.
 *
 * It follows the published versions ahead of all subscribers, so a state that a subscriber leaves at
 * once was still entered, and a batch starts only what its last state has. Which life of a state is being
 * lived is told by `current` and `attempts` together: re-entering raises `attempts`. Whoever changes the
 * state without an event (`set`, `put`, a rolled-back batch) is followed in the same way.
 *
 * What must stay true: when a state is left, its timers are gone and its signal has aborted before
 * anything of the next state starts; nothing is left after `complete`.
 */

import type { Subscription } from 'rxjs'
import type { Immutable } from '../kit/index.ts'
import { deferredOf, HeadgateError, isPromiseLike, releaseWork } from '../kit/index.ts'
import type { Snapshot } from '../store/index.ts'
import type { EventObject } from './definition.ts'
import type { AnyInvokeTools, InvokeNode, StateNode } from './machine.ts'
import type { MachineState } from './machine-state.ts'
import { nodeOf } from './transition.ts'

/** What the effects ask of their store. */
export interface EffectsHost {
  readonly states: ReadonlyMap<string, StateNode>
  /** The newest write; it is ahead of the effects while a batch or a walk is in progress. */
  readonly head: Snapshot<MachineState<string, unknown>>
  /** The event that led into a state. */
  entryEventOf(state: Immutable<MachineState<string, unknown>>): EventObject
  /** Runs `fire` after some time; it is called at most once. */
  schedule(ms: number, fire: () => void): Subscription
  /** The time of an `after` has come. */
  elapsed(ms: number, isCurrent: () => boolean): void
  /** Invoked work has ended. */
  ended(outcome: InvokeOutcome, isCurrent: () => boolean): void
  /** What invoked work is given; it writes only while `isCurrent`. */
  toolsFor(signal: AbortSignal, isCurrent: () => boolean): AnyInvokeTools
}

export type InvokeOutcome =
  | { readonly done: true; readonly output: unknown }
  | { readonly done: false; readonly error: unknown }

/** One life of a state that runs something. */
interface Life {
  /** Ends what runs in it. */
  readonly endings: (() => void)[]
}

/** Emptied when the state is left: whoever keeps the promise of the work then keeps nothing of the store. */
interface OutcomeListener {
  ended: ((outcome: InvokeOutcome) => void) | undefined
}

// Two functions outside of the class, and none of them async: a closure keeps all that is in the scope that
// made it, and an async function its arguments for as long as it waits.
/** Turns a throw of `src` into a rejection. */
function callWork(
  src: InvokeNode['src'],
  context: unknown,
  event: EventObject,
  tools: AnyInvokeTools,
): Promise<unknown> {
  try {
    const work: unknown = src(context as never, event, tools)
    const returned = isPromiseLike(work) ? undefined : deferredOf(work)
    if (returned === undefined) return Promise.resolve(work)
    // A generator has not begun, and nobody would ever run it.
    const expected = 'a function that returns a promise'
    throw new HeadgateError('OPTION_INVALID', { option: 'src of invoke', expected, received: returned })
  } catch (error) {
    return Promise.reject(error)
  }
}

function listen(work: Promise<unknown>, listener: OutcomeListener): void {
  work.then(
    // A state whose work completes at once may lead back to itself, for ever.
    (output) => releaseWork(() => listener.ended?.({ done: true, output })),
    (error: unknown) => releaseWork(() => listener.ended?.({ done: false, error })),
  )
}

export class Effects {
  readonly #host: EffectsHost
  #life: Life | undefined
  /** Which life of which state is being lived; most states run nothing, and have no {@link Life}. */
  #current: string | undefined
  #attempts = -1

  constructor(host: EffectsHost) {
    this.#host = host
  }

  next({ state }: Snapshot<MachineState<string, unknown>>): void {
    const { current, attempts } = state
    if (this.#current === current && this.#attempts === attempts) return
    this.#leave()
    this.#current = current
    this.#attempts = attempts
    const { after, invoke } = nodeOf(this.#host, current)
    if (after.length === 0 && invoke === undefined) return
    const life: Life = { endings: [] }
    this.#life = life
    // A scheduler may run what is due at once: then the life can be over before all of it has begun.
    for (const { ms } of after) if (this.#life === life) this.#startTimer(life, ms)
    if (invoke !== undefined && this.#life === life) this.#startWork(life, invoke, state)
  }

  complete(): void {
    this.#leave()
  }

  #startTimer(life: Life, ms: number): void {
    const isCurrent = this.#isCurrent(life)
    const timer = this.#host.schedule(ms, () => this.#host.elapsed(ms, isCurrent))
    if (this.#life === life) life.endings.push(() => timer.unsubscribe())
    else timer.unsubscribe()
  }

  #startWork(life: Life, { src }: InvokeNode, state: Immutable<MachineState<string, unknown>>): void {
    const controller = new AbortController()
    const isCurrent = this.#isCurrent(life)
    const { context } = state
    const event = this.#host.entryEventOf(state)
    const listener: OutcomeListener = {
      ended: (outcome) => {
        if (isCurrent()) this.#host.ended(outcome, isCurrent)
      },
    }
    life.endings.push(() => {
      listener.ended = undefined
      controller.abort()
    })
    listen(callWork(src, context, event, this.#host.toolsFor(controller.signal, isCurrent)), listener)
  }

  /** Whether a life is still lived: also the newest write, which may not have been told yet, is of it. */
  #isCurrent(life: Life): () => boolean {
    const [current, attempts] = [this.#current, this.#attempts]
    return () => {
      const { state } = this.#host.head
      return this.#life === life && state.current === current && state.attempts === attempts
    }
  }

  #leave(): void {
    const life = this.#life
    this.#life = undefined
    if (life !== undefined) for (const end of life.endings) end()
  }
}
