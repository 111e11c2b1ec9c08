import { ancestorsOf, isInside } from './configuration.ts'
import { firstAgreed, handlersOf } from './guards.ts'
import type { StateNode, TransitionNode } from './machine.ts'
import { exitSet, type Move, moveOf, type Situation } from './targets.ts'

/** The transitions that an event takes: of each region one, the innermost that agrees. */
export interface Selection {
  readonly transitions: readonly TransitionNode[]
  /** Whether a state handles such an event at all. */
  readonly isKnown: boolean
}

/** Looks an event up in the tables of the states that are active. */
export function selectTransitions(situation: Situation): Selection {
  const { root, active, event } = situation
  let isKnown = false
  const ask = (node: StateNode): readonly TransitionNode[] => {
    const candidates = handlersOf(node, event)
    isKnown ||= candidates !== undefined
    const taken = agreedIn(situation, candidates ?? [])
    return taken === undefined ? [] : [taken]
  }
  const select = (node: StateNode): readonly TransitionNode[] => {
    if (node.kind === 'parallel') {
      const inner = node.children.flatMap(select)
      return inner.length > 0 ? inner : ask(node)
    }
    const child = node.children.find((one) => active.has(one))
    // The table of the innermost state has those of the states around it.
    return child === undefined ? ask(node) : select(child)
  }
  return { transitions: select(root), isKnown }
}

/** The transitions that need no event: of each innermost state the first that agrees, its own or one around it. */
export function selectEventless(situation: Situation): readonly TransitionNode[] {
  const taken = new Set<TransitionNode>()
  for (const leaf of situation.active) {
    if (leaf.children.length > 0) continue
    for (const node of [leaf, ...ancestorsOf(leaf, undefined)]) {
      const transition = agreedIn(situation, node.always)
      if (transition === undefined) continue
      taken.add(transition)
      break
    }
  }
  return [...taken]
}

/** The first transition whose guard agrees. */
export const agreedIn = (
  { id, context, event }: Situation,
  transitions: readonly TransitionNode[],
): TransitionNode | undefined => firstAgreed(id, transitions, context, event)

/** Leaves out what cannot happen together: of two that leave the same state the inner one is taken, else the first. */
export function withoutConflicts(
  situation: Situation,
  transitions: readonly TransitionNode[],
): readonly Move[] {
  const kept = new Map<Move, ReadonlySet<StateNode>>()
  for (const transition of transitions) {
    const move = moveOf(situation, transition)
    const exited = exitSet(situation, move)
    const rivals = [...kept].filter(([, others]) => [...exited].some((node) => others.has(node)))
    const outer = rivals.filter(([rival]) => isInside(transition.source, rival.transition.source))
    if (outer.length < rivals.length) continue
    for (const [rival] of outer) kept.delete(rival)
    kept.set(move, exited)
  }
  return [...kept.keys()]
}
