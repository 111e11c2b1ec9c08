/**
 * What `state.current` says, as nodes, and back.
 *
 *   'ACTIVE.moving'                          ACTIVE, ACTIVE.moving
 *   { ACTIVE: { arm: 'up', base: {} } }      ACTIVE, ACTIVE.arm, ACTIVE.arm.up, ACTIVE.base
 *
 * Names are joined by dots as long as one state inside is active; from a parallel state on it is a record. A region
 * without states inside has nothing to tell, and is an empty record.
 */
import type { Immutable } from '../kit/index.ts'
import type { StateValue } from './cells.ts'
import type { StateNode } from './machine.ts'

type Tree = { readonly states: ReadonlyMap<string, StateNode>; readonly root: StateNode }

const NOTHING: StateValue = Object.freeze({})
const NONE: readonly StateNode[] = Object.freeze([])

/** The states that are active, in the order of the definition; undefined for what is no value of the machine. */
export function activeNodes({ states, root }: Tree, current: unknown): readonly StateNode[] | undefined {
  if (typeof current === 'string') {
    const node = states.get(current)
    return node?.place === true ? node.line : undefined
  }
  return activeIn(states, root, current)
}

/** Whether a machine can rest in a state: a history is only a way, and one with states inside is in one of them. */
export const isLeaf = ({ kind }: StateNode): boolean => kind === 'atomic' || kind === 'final'

function activeIn(states: Tree['states'], node: StateNode, value: unknown): readonly StateNode[] | undefined {
  if (typeof value === 'string') {
    const leaf =
      node.kind === 'compound' ? states.get(node.name === '' ? value : `${node.name}.${value}`) : undefined
    if (leaf === undefined || !isLeaf(leaf)) return undefined
    const inner = leaf.line.slice(node.line.length)
    return inner.slice(0, -1).some(({ kind }) => kind === 'parallel') ? undefined : inner
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const keys = Object.keys(value)
  const wanted = node.kind === 'compound' ? node.children.filter(({ key }) => key === keys[0]) : node.children
  const isWhole = keys.length === wanted.length && (node.kind !== 'compound' || keys.length === 1)
  if (!isWhole) return undefined
  const active: StateNode[] = []
  for (const child of wanted) {
    const told = (value as Record<string, unknown>)[child.key]
    // Names that may be joined by a dot have no record between them: a place has one value.
    const inner =
      typeof told === 'string' && node.kind === 'compound' ? undefined : activeIn(states, child, told)
    if (inner === undefined) return undefined
    active.push(child, ...inner)
  }
  return active
}

/** What a machine is in, of the states that are active. */
export function currentOf(node: StateNode, active: ReadonlySet<StateNode>): Immutable<StateValue> {
  if (node.kind === 'parallel') {
    const regions = node.children.map((child) => [
      child.key,
      child.children.length === 0 ? NOTHING : currentOf(child, active),
    ])
    return Object.freeze(Object.fromEntries(regions))
  }
  const child = node.children.find((one) => active.has(one)) as StateNode
  if (child.children.length === 0) return child.key
  const inner = currentOf(child, active)
  return typeof inner === 'string' ? `${child.key}.${inner}` : Object.freeze({ [child.key]: inner })
}

/** Whether two values are the same place. */
export const isSameValue = (one: unknown, other: unknown): boolean =>
  one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other))

/** Whether a value is in a state, or in one inside of it. */
export function isIn(value: unknown, path: string): boolean {
  if (typeof value === 'string') return value === path || value.startsWith(`${path}.`)
  if (typeof value !== 'object' || value === null) return false
  for (const [key, inner] of Object.entries(value)) {
    if (path === key || (path.startsWith(`${key}.`) && isIn(inner, path.slice(key.length + 1)))) return true
  }
  return false
}

/** A value as text, for errors and figures. */
export const valueText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)

/** Whether a state has come to its end: a compound one in a final child, a parallel one in all its regions. */
export function isDone(node: StateNode, active: ReadonlySet<StateNode>): boolean {
  if (node.kind === 'compound')
    return node.children.some((child) => child.kind === 'final' && active.has(child))
  if (node.kind === 'parallel') return node.children.every((child) => isDone(child, active))
  return node.kind === 'final'
}

/** The states around a state, from the nearest, up to one that is not told. */
export function ancestorsOf(node: StateNode, until: StateNode | undefined): readonly StateNode[] {
  if (node === until) return NONE
  const ancestors: StateNode[] = []
  for (let at = node.parent; at !== undefined && at !== until; at = at.parent) ancestors.push(at)
  return ancestors
}

export const isInside = (node: StateNode, outer: StateNode): boolean =>
  node !== outer && (outer.parent === undefined || node.line[outer.line.length - 1] === outer)
