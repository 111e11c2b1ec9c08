/**
 * What one event makes of a machine with states inside of states: a macrostep, in the words of SCXML.
 *
 *   event ──> microstep ──> always? ──> microstep ──> … ──> a state has ended? ──> onDone ──> microstep ──> …
 *
 * A microstep leaves states (the inner ones first), runs the updates, and enters states (the outer ones first), with
 * one draft of the context. Guards see the context that the last microstep left. All of it is one commit and one
 * record. XState runs the exits of all active states when a machine ends; a machine of ours stays in its final state.
 */
import { HeadgateError } from '../kit/index.ts'
import { isDone, isInside } from './configuration.ts'
import type { DoneStateEvent, EventObject } from './definition.ts'
import type { AnyAct, AnyContextRecipe, StateNode, TransitionNode } from './machine.ts'
import type { Acting } from './outbox.ts'
import { runRecipes } from './recipes.ts'
import { agreedIn, selectEventless, withoutConflicts } from './select-transitions.ts'
import {
  entrySet,
  exitSet,
  initialSet,
  inOrder,
  type Move,
  type Remembered,
  type Situation,
} from './targets.ts'

/** Past this many microsteps a chain of transitions is taken for one without an end. */
const MICROSTEPS_MAX = 1_000

export interface Steps extends Situation {
  readonly active: Set<StateNode>
  context: unknown
  remembered: Remembered
  /** What was entered on the way, and what was left; a state may be both. */
  readonly entered: Set<StateNode>
  readonly exited: Set<StateNode>
  /** What is to be done outside of the context, in order. */
  readonly acts: readonly Acting[]
}

/** Enters the states that a machine begins in. */
export function begin(situation: Situation): Steps {
  const steps = new MacroStep(situation)
  steps.enter(initialSet(situation), [])
  return steps.settle()
}

/** Takes transitions, and all that follows from them. */
export function stepBy(situation: Situation, transitions: readonly TransitionNode[]): Steps {
  const steps = new MacroStep(situation)
  steps.take(transitions)
  return steps.settle()
}

/** A state that has come to its end. */
interface Ended {
  readonly node: StateNode
  /** The final state that is still to be asked what came out. */
  final: StateNode | undefined
  output: unknown
}

class MacroStep implements Steps {
  readonly id: string
  readonly states: ReadonlyMap<string, StateNode>
  readonly root: StateNode
  readonly active: Set<StateNode>
  readonly entered = new Set<StateNode>()
  readonly exited = new Set<StateNode>()
  readonly acts: Acting[] = []
  context: unknown
  remembered: Remembered
  event: EventObject
  /** States that have come to their end whose `onDone` is still to come, each with what came out. */
  readonly #ended: Ended[] = []
  #isOver = false
  #count = 0

  constructor({ id, states, root, active, context, remembered, event }: Situation) {
    this.id = id
    this.states = states
    this.root = root
    this.active = new Set(active)
    this.context = context
    this.remembered = remembered
    this.event = event
  }

  /** Goes on until nothing follows any more. */
  settle(): this {
    while (!this.#isOver) {
      const eventless = selectEventless(this)
      if (eventless.length > 0) this.take(eventless)
      else if (!this.#endOne()) break
    }
    return this
  }

  take(selected: readonly TransitionNode[]): void {
    this.#count += 1
    if (this.#count > MICROSTEPS_MAX) {
      const states = [...this.active].map(({ name }) => name)
      throw new HeadgateError('TRANSITION_LOOP', {
        machine: this.id,
        event: this.event.type,
        states,
        steps: MICROSTEPS_MAX,
      })
    }
    const moves = withoutConflicts(this, selected)
    const recipes = this.#exit(moves)
    for (const { transition } of moves) {
      if (transition.update !== undefined) recipes.push(transition.update)
      this.#act(transition.act)
    }
    this.enter(entrySet(this, moves), recipes)
  }

  /** Enters states, and runs what belongs to the microstep. */
  enter(entered: readonly StateNode[], recipes: AnyContextRecipe[]): void {
    const completed = new Set<StateNode>()
    for (const node of entered) {
      this.active.add(node)
      this.entered.add(node)
      if (node.entry !== undefined) recipes.push(node.entry)
      this.#act(node.entryAct)
      if (node.kind === 'final') this.#end(node, completed)
    }
    this.context = runRecipes(this.id, this.context, this.event, recipes)
    for (const ended of this.#ended) this.#putOut(ended)
    if (entered.length > 0) sortActive(this.active)
  }

  #exit(moves: readonly Move[]): AnyContextRecipe[] {
    const exited = new Set(moves.flatMap((move) => [...exitSet(this, move)]))
    const last = [...exited].sort((one, other) => other.order - one.order)
    for (const node of last) this.#remember(node)
    const recipes: AnyContextRecipe[] = []
    for (const node of last) {
      this.active.delete(node)
      this.exited.add(node)
      this.entered.delete(node)
      if (node.exit !== undefined) recipes.push(node.exit)
      this.#act(node.exitAct)
    }
    return recipes
  }

  #act(act: AnyAct | undefined): void {
    if (act !== undefined) this.acts.push({ act, event: this.event })
  }

  #remember(left: StateNode): void {
    for (const { name: history, deep } of left.histories) {
      const told = [...this.active].filter(
        (node) => isInside(node, left) && (deep ? node.children.length === 0 : node.parent === left),
      )
      const names = Object.freeze(told.map(({ name }) => name))
      this.remembered = Object.freeze({ ...this.remembered, [history]: names })
    }
  }

  /** Notes what has ended with a final state: the one around it, and each parallel one that has thereby ended. */
  #end(final: StateNode, completed: Set<StateNode>): void {
    const { parent } = final
    if (parent?.kind === 'compound') this.#ended.push({ node: parent, final, output: undefined })
    let around = parent?.kind === 'parallel' ? parent : parent?.parent
    while (around?.kind === 'parallel' && !completed.has(around) && isDone(around, this.active)) {
      completed.add(around)
      this.#ended.push({ node: around, final: undefined, output: undefined })
      around = around.parent
    }
    if (around === undefined) this.#isOver = true
  }

  /** Asks a final state what came out, once: it is to see the context that its own microstep left. */
  #putOut(ended: Ended): void {
    ended.output = ended.final?.output?.(this.context as never) ?? ended.output
    ended.final = undefined
  }

  /** Takes the `onDone` of the state that ended first; false where there is none left. */
  #endOne(): boolean {
    const ended = this.#ended.shift()
    if (ended === undefined) return false
    const { node, output } = ended
    const before = this.event
    const done: DoneStateEvent = { type: 'done.state', output }
    this.event = done
    const taken = this.active.has(node) ? agreedIn(this, node.onDone) : undefined
    if (taken !== undefined) this.take([taken])
    else this.event = before
    return true
  }
}

/** A set is walked in the order of its making; the order of the definition is the one that counts. */
function sortActive(active: Set<StateNode>): void {
  const nodes = inOrder(active)
  active.clear()
  for (const node of nodes) active.add(node)
}
