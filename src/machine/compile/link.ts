/** What is done when all states are known: targets become nodes, and the tables of states around are merged in. */
import { describeValue } from '../../kit/index.ts'
import { isLeaf } from '../configuration.ts'
import type { StateNode, TransitionNode, TransitionTable } from '../machine.ts'
import type { NodeDraft } from './node-draft.ts'
import type { StateReader } from './read-state.ts'

/** Finds what each target names. */
export function resolveTargets(reader: StateReader): void {
  for (const { transition, target, place } of reader.unresolved) {
    const to = nodeNamed(reader, transition.source, target)
    transition.to = to
    transition.target = to?.name
    if (to === undefined) reader.problems.push(noState(reader, place, transition.source, target))
  }
  for (const { node, target, place } of reader.fallbacks) {
    const parent = node.parent as StateNode
    const to = inside(reader, parent, target)
    if (to === undefined) reader.problems.push(noState(reader, place, node, target))
    node.fallback = to
  }
}

/** A sibling, `.child` or `#id`, each with names inside of it; from the machine itself, one of its states. */
function nodeNamed(reader: StateReader, source: StateNode, target: unknown): StateNode | undefined {
  if (typeof target !== 'string') return undefined
  const around = source.parent ?? source
  const sibling = inside(reader, around, target)
  if (sibling !== undefined) return sibling
  if (target.startsWith('.')) return inside(reader, source, target.slice(1))
  if (!target.startsWith('#')) return undefined
  const named = [...reader.ids].find(
    ([id]) => target === `#${id}` || target.startsWith(`#${id.replaceAll('.', '\\.')}.`),
  )
  if (named === undefined) return undefined
  const [id, node] = named
  if (target === `#${id}`) return node.parent === undefined ? undefined : node
  return inside(reader, node, target.slice(id.replaceAll('.', '\\.').length + 2))
}

/** A dot stands between names, so none may be taken for one inside of another. */
export function findDots({ states, problems }: StateReader): void {
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

const inside = (reader: StateReader, node: StateNode, path: unknown): StateNode | undefined =>
  typeof path === 'string' ? reader.states.get(node.name === '' ? path : `${node.name}.${path}`) : undefined

function noState(reader: StateReader, place: string, source: StateNode, target: unknown): string {
  const siblings = (source.parent ?? source).children.map(({ key }) => key)
  const children = source.parent === undefined ? [] : source.children.map(({ key }) => `.${key}`)
  const ids = [...reader.ids].filter(([, { parent }]) => parent !== undefined).map(([id]) => `#${id}`)
  const known = [...siblings, ...children, ...ids].join(', ')
  return `${place} targets ${describeValue(target)}, which is no state. States: ${known}.`
}

/** Brings what the states around a state handle into its table. */
export function mergeTables(root: NodeDraft, states: Iterable<NodeDraft>): void {
  for (const node of states) {
    const { parent, own } = node
    node.place = isLeaf(node) && node.line.every((one) => one.parent?.kind !== 'parallel')
    let table = expanded(own)
    if (parent === root && root.kind === 'compound' && !node.final && node.kind !== 'history') {
      // As if each state had them: a target that is the own state stays in it.
      const given = sourced(root.own, node)
      node.own = new Map([
        ...own,
        ...[...given].map(([type, ways]) => [type, [...(own.get(type) ?? []), ...ways]] as const),
      ])
      table = joined(table, expanded(given))
    }
    const around = parent === undefined || parent === root || parent.kind === 'parallel' ? undefined : parent
    Object.assign(node, split(around === undefined ? table : joined(table, whole(around))))
  }
  if (root.kind === 'parallel') Object.assign(root, split(expanded(root.own)))
}

const sourced = (table: TransitionTable, source: StateNode): TransitionTable =>
  new Map([...table].map(([type, transitions]) => [type, transitions.map((one) => ({ ...one, source }))]))

const whole = ({ on, any }: StateNode): TransitionTable =>
  any === undefined ? on : new Map([...on, ['*', any]])

function split(table: TransitionTable): Pick<StateNode, 'on' | 'any'> {
  const on = new Map(table)
  on.delete('*')
  return { on, any: table.get('*') }
}

/** The transitions of `'*'` come behind those of each type that is named. */
function expanded(table: TransitionTable): TransitionTable {
  const any = table.get('*')
  if (any === undefined) return table
  return new Map([...table].map(([type, ways]) => [type, type === '*' ? ways : [...ways, ...any]]))
}

/** For each type the inner ones first, then the outer ones. */
function joined(inner: TransitionTable, outer: TransitionTable): TransitionTable {
  const of = (table: TransitionTable, type: string): readonly TransitionNode[] =>
    table.get(type) ?? table.get('*') ?? []
  const types = new Set([...inner.keys(), ...outer.keys()])
  return new Map([...types].map((type) => [type, [...of(inner, type), ...of(outer, type)]]))
}
