/**
 * Which states a transition leaves and which it enters: the algorithm of SCXML, as XState 5 has it.
 *
 * A transition has a domain, the nearest state around both its source and its targets: all that is active inside the
 * domain is left, and what is on the way to the targets is entered, with the initial states and the regions that this
 * brings along. A target that is a history stands for the states that it remembers.
 */
import { ancestorsOf, isInside } from './configuration.ts'
import type { EventObject } from './definition.ts'
import type { StateNode, TransitionNode } from './machine.ts'

/** What histories lead back to, by their paths. */
export type Remembered = Readonly<Record<string, readonly string[]>>

export interface Places {
  readonly states: ReadonlyMap<string, StateNode>
  readonly root: StateNode
}

/** Where a machine is, and what happens there. */
export interface Situation extends Places {
  /** The machine's. */
  readonly id: string
  readonly active: ReadonlySet<StateNode>
  readonly remembered: Remembered
  readonly context: unknown
  readonly event: EventObject
}

/** A transition with its domain: none where it has no target. */
export interface Move {
  readonly transition: TransitionNode
  readonly domain: StateNode | undefined
}

/** Finds the domain of a transition, before any state is left: what is left then may be what a history remembers. */
export const moveOf = (situation: Situation, transition: TransitionNode): Move => ({
  transition,
  domain: transition.to === undefined ? undefined : domainOf(situation, transition, transition.to),
})

/** The states that a transition leaves. */
export function exitSet(situation: Situation, { transition, domain }: Move): Set<StateNode> {
  const exited = new Set<StateNode>()
  if (domain === undefined) return exited
  if (transition.reenter && transition.source === domain) exited.add(domain)
  for (const node of situation.active) if (isInside(node, domain)) exited.add(node)
  return exited
}

/** The states that transitions enter, in the order of the definition. */
export function entrySet(situation: Situation, moves: readonly Move[]): readonly StateNode[] {
  const entered = new Set<StateNode>()
  for (const { transition, domain } of moves) {
    const { source, to, reenter } = transition
    if (to === undefined || domain === undefined) continue
    if (to.kind !== 'history' && (source !== to || source !== domain || reenter)) entered.add(to)
    enterInside(situation, to, entered)
    for (const target of placesOf(situation, to)) {
      const around = ancestorsOf(target, domain)
      enterAround(situation, domain.kind === 'parallel' ? [...around, domain] : around, domain, entered)
    }
  }
  return inOrder(entered)
}

/** The states that a machine begins in, in order. */
export function initialSet(situation: Situation): readonly StateNode[] {
  const entered = new Set<StateNode>()
  enterInside(situation, situation.root, entered)
  return inOrder(entered)
}

export const inOrder = (nodes: ReadonlySet<StateNode>): StateNode[] =>
  [...nodes].filter(({ parent }) => parent !== undefined).sort((one, other) => one.order - other.order)

/** The states that a target stands for. */
function placesOf(situation: Situation, target: StateNode): readonly StateNode[] {
  if (target.kind !== 'history') return [target]
  const remembered = rememberedBy(situation, target)
  return remembered.length > 0 ? remembered : fallbacksOf(target).flatMap((one) => placesOf(situation, one))
}

function rememberedBy({ states, remembered }: Situation, { name }: StateNode): readonly StateNode[] {
  const nodes = (remembered[name] ?? []).map((path) => states.get(path))
  // A state that came from elsewhere may remember what this machine does not have.
  return nodes.filter((node) => node !== undefined)
}

function fallbacksOf({ fallback, parent }: StateNode): readonly StateNode[] {
  const node = fallback ?? (parent?.kind === 'parallel' ? parent : parent?.initial)
  return node === undefined ? [] : [node]
}

function domainOf(situation: Situation, { source, reenter }: TransitionNode, to: StateNode): StateNode {
  const targets = placesOf(situation, to)
  if (!reenter && targets.every((target) => target === source || isInside(target, source))) return source
  const [first, ...others] = [...targets, source]
  const around = ancestorsOf(first as StateNode, undefined)
  return around.find((node) => others.every((other) => isInside(other, node))) ?? situation.root
}

/** Adds what a state brings along: its initial states, its regions, what its history remembers. */
function enterInside(situation: Situation, node: StateNode, entered: Set<StateNode>): void {
  if (node.kind === 'history') {
    const remembered = rememberedBy(situation, node)
    const places = remembered.length > 0 ? remembered : fallbacksOf(node)
    for (const place of places) {
      entered.add(place)
      enterInside(situation, place, entered)
    }
    for (const place of places) enterAround(situation, ancestorsOf(place, node.parent), undefined, entered)
  } else if (node.kind === 'compound') {
    const initial = node.initial as StateNode
    if (initial.kind !== 'history') entered.add(initial)
    enterInside(situation, initial, entered)
  } else if (node.kind === 'parallel') {
    enterRegions(situation, node, entered)
  }
}

function enterAround(
  situation: Situation,
  around: readonly StateNode[],
  domain: StateNode | undefined,
  entered: Set<StateNode>,
): void {
  for (const node of around) {
    if (domain === undefined || isInside(node, domain)) entered.add(node)
    if (node.kind === 'parallel') enterRegions(situation, node, entered)
  }
}

/** The regions of a parallel state into which no target leads. */
function enterRegions(situation: Situation, { children }: StateNode, entered: Set<StateNode>): void {
  for (const region of children) {
    if ([...entered].some((node) => isInside(node, region))) continue
    entered.add(region)
    enterInside(situation, region, entered)
  }
}
