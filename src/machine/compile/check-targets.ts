/**
 * Looks at what can be asked only when all states are known: whether targets exist and lead anywhere, and where dots
 * stand.
 */
import { describeValue } from '../../kit/index.ts'
import type { StateNode } from '../machine.ts'
import type { StateCheck } from './check-states.ts'
import type { WrittenTarget } from './check-transitions.ts'
import type { Compiled } from './compile.ts'
import { nodeIn, targetOf } from './targets.ts'

/** Tells each target that is no state. */
export function checkTargets({ problems, targets, fallbacks }: StateCheck, compiled: Compiled): void {
  const sourceOf = ({ source }: WrittenTarget): StateNode => compiled.states.get(source) ?? compiled.root
  for (const written of targets) {
    const source = sourceOf(written)
    if (targetOf(compiled, source, written.target) === undefined) {
      problems.push(noState(compiled, source, written))
    }
  }
  for (const written of fallbacks) {
    const source = sourceOf(written)
    if (nodeIn(compiled, source.parent ?? source, written.target) === undefined) {
      problems.push(noState(compiled, source, written))
    }
  }
}

function noState({ ids }: Compiled, source: StateNode, { place, target }: WrittenTarget): string {
  const siblings = (source.parent ?? source).children.map(({ key }) => key)
  const children = source.parent === undefined ? [] : source.children.map(({ key }) => `.${key}`)
  const named = [...ids].filter(([, { parent }]) => parent !== undefined).map(([id]) => `#${id}`)
  const known = [...siblings, ...children, ...named].join(', ')
  return `${place} targets ${describeValue(target)}, which is no state. States: ${known}.`
}

/**
 * A history leads to a state beside it, or inside of that; one that leads to a history alone would be followed for
 * ever.
 */
export function checkHistories({ problems }: StateCheck, { states }: Compiled): void {
  for (const node of states.values()) {
    // Beside no other state, that is what is wrong.
    if (node.kind !== 'history' || node.parent?.children.length === 0) continue
    const passed = new Set<StateNode>()
    let at: StateNode | undefined = node
    while (at?.kind === 'history' && !passed.has(at)) {
      passed.add(at)
      at = at.fallback ?? at.parent?.initial
    }
    if (at !== node) continue
    problems.push(
      `State ${node.name} is a history that leads to itself while there is nothing to remember; give it a "target" that does not.`,
    )
  }
}

/** A dot stands between names, so none may be taken for one inside of another. */
export function checkDots({ problems }: StateCheck, { states }: Compiled): void {
  const nested = [...states.values()].some(({ line }) => line.length > 1)
  for (const { name, key } of states.values()) {
    const outer = key
      .split('.')
      .slice(0, -1)
      .find((_part, at, parts) => states.has(parts.slice(0, at + 1).join('.')))
    if (nested ? key.includes('.') : outer !== undefined) {
      problems.push(`State ${name} has a dot in its own name, which stands between those of nested states.`)
    }
  }
}
