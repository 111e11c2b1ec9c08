/**
 * Turns a definition into tables, and says everything that is wrong with it.
 *
 * The types of `defineMachine` catch most of it at compile time; what is here is for callers without
 * types, and for what types cannot see: unreachable states, numbers, and functions where JSON was meant.
 */
import { describeValue } from '../../kit/index.ts'
import type { StateKind, TransitionNode } from '../machine.ts'
import type { Fields } from './fields.ts'
import { isFields } from './fields.ts'
import { draftNode, type NodeDraft } from './node-draft.ts'
import { TransitionReader } from './read-transitions.ts'

const STATE_KEYS = [
  'on',
  'entry',
  'exit',
  'after',
  'always',
  'invoke',
  'type',
  'initial',
  'states',
  'onDone',
  'history',
  'target',
  'id',
  'tags',
  'description',
  'meta',
]
const TYPES = ['parallel', 'final', 'history']
/** What a state that nothing leaves, or nothing stays in, cannot have. */
const NOT_FINAL = ['on', 'after', 'always', 'invoke', 'states', 'initial', 'onDone'] as const
const NOT_HISTORY = [...NOT_FINAL, 'entry', 'exit', 'tags'] as const

/** Reads states with the states inside them; every state is a node in `states`, by its path. */
export class StateReader extends TransitionReader {
  readonly states: Map<string, NodeDraft> = new Map()
  readonly ids: Map<string, NodeDraft> = new Map()
  /** What history states lead to while there is nothing to remember, as it was written. */
  readonly fallbacks: { readonly node: NodeDraft; readonly target: unknown; readonly place: string }[] = []

  /** Reads the machine itself: its states, and what it handles in each. */
  root(definition: Fields): NodeDraft {
    const root = draftNode('', undefined, -1)
    const { type, initial } = definition
    // XState's tools name any state from the machine on.
    if (typeof definition.id === 'string') this.ids.set(definition.id, root)
    const names = Object.keys(isFields(definition.states) ? definition.states : {})
    root.kind = type === 'parallel' ? 'parallel' : 'compound'
    if (type !== undefined && type !== 'parallel') {
      this.problems.push(`The machine has type ${describeValue(type)}; only "parallel" exists.`)
    }
    this.#children(root, isFields(definition.states) ? definition.states : {})
    if (root.kind === 'compound' && names.length > 0) this.#initial('', root, initial)
    if (root.kind === 'parallel' && initial !== undefined) {
      this.problems.push('The machine is parallel, so it can have no "initial": all its states are active.')
    }
    root.own = this.on('The machine', definition.on, root)
    return root
  }

  #state(key: string, definition: unknown, parent: NodeDraft): NodeDraft {
    const node = draftNode(key, parent, this.states.size)
    const place = `State ${node.name}`
    this.states.set(node.name, node)
    const fields = this.fields(place, definition, STATE_KEYS)
    node.kind = this.#kind(place, fields)
    // Only the end of an outermost state is the end of the machine.
    node.final = node.kind === 'final' && parent.parent === undefined && parent.kind !== 'parallel'
    this.#id(place, node, fields.id)
    node.entry = this.function(place, 'entry', fields.entry) as NodeDraft['entry']
    node.exit = this.function(place, 'exit', fields.exit) as NodeDraft['exit']
    node.own = this.on(place, fields.on, node)
    node.after = this.after(place, fields.after, node)
    node.always = this.transitions(`${place}, always`, fields.always, node)
    node.onDone = this.transitions(`${place}, onDone`, fields.onDone, node)
    node.invoke = this.invoke(place, fields.invoke, node)
    node.tags = this.#tags(place, fields.tags)
    node.meta = fields.meta
    if (node.kind === 'history') this.#history(place, node, fields)
    if (isFields(fields.states)) this.#children(node, fields.states)
    if (node.kind === 'compound') this.#initial(`${place}: `, node, fields.initial)
    return node
  }

  #children(parent: NodeDraft, states: Fields): void {
    const nodes = Object.entries(states).map(([key, state]) => this.#state(key, state, parent))
    parent.children = nodes.filter(({ kind }) => kind !== 'history')
    parent.histories = nodes.filter(({ kind }) => kind === 'history')
  }

  #kind(place: string, fields: Fields): StateKind {
    const { type, states, initial, onDone } = fields
    if (type !== undefined && !TYPES.includes(type as string)) {
      this.problems.push(`${place} has type ${describeValue(type)}; only ${TYPES.join(', ')} exist.`)
    }
    if (type === 'final') this.#refuse(`${place} is final`, fields, NOT_FINAL)
    if (type === 'history') this.#refuse(`${place} is a history`, fields, NOT_HISTORY)
    else this.#refuse(`${place} is no history`, fields, ['history', 'target'])
    if (type === 'final' || type === 'history') return type
    const inside = isFields(states) ? Object.keys(states).length : 0
    this.kind(place, 'states', states, 'an object with at least one state', inside > 0)
    if (type === 'parallel') {
      this.#refuse(`${place} is parallel`, fields, ['initial'])
      if (inside === 0) this.problems.push(`${place} is parallel, so it needs "states".`)
      return 'parallel'
    }
    if (inside > 0) return 'compound'
    if ((initial ?? onDone) !== undefined) {
      this.problems.push(`${place} has no states inside, so it can have no "initial" or "onDone".`)
    }
    return 'atomic'
  }

  #refuse(what: string, fields: Fields, keys: readonly string[]): void {
    const given = keys.filter((key) => fields[key] !== undefined)
    if (given.length > 0) {
      this.problems.push(`${what}, so it can have no ${given.map((key) => `"${key}"`).join(', ')}.`)
    }
  }

  #initial(place: string, node: NodeDraft, initial: unknown): void {
    node.initial = [...node.children, ...node.histories].find(({ key }) => key === initial)
    if (node.initial !== undefined) return
    const names = node.children.map(({ key }) => key).join(', ')
    const received = describeValue(initial)
    this.problems.push(`${place}Expected "initial" to be one of the states ${names}, got ${received}.`)
  }

  #id(place: string, node: NodeDraft, id: unknown): void {
    this.kind(place, 'id', id, 'a string that is not empty', typeof id === 'string' && id !== '')
    if (typeof id !== 'string') return
    const other = this.ids.get(id)
    if (other !== undefined) {
      this.problems.push(
        `${place} has the id "${id}", which is that of ${other.parent === undefined ? 'the machine' : `state ${other.name}`}.`,
      )
    }
    this.ids.set(id, node)
  }

  #tags(place: string, tags: unknown): readonly string[] {
    const holds = Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')
    this.kind(place, 'tags', tags, 'a list of strings', holds)
    return holds ? tags : []
  }

  #history(place: string, node: NodeDraft, { history, target }: Fields): void {
    const holds = history === 'shallow' || history === 'deep'
    this.kind(place, 'history', history, '"shallow" or "deep"', holds)
    node.deep = history === 'deep'
    if (target !== undefined) this.fallbacks.push({ node, target, place })
  }
}

/** Every transition that a state has itself. */
export function exitsOf(node: NodeDraft): readonly TransitionNode[] {
  return [
    ...[...node.own.values()].flat(),
    ...node.after.flatMap(({ transitions }) => transitions),
    ...node.always,
    ...node.onDone,
    ...(node.invoke?.onDone ?? []),
    ...(node.invoke?.onError ?? []),
  ]
}
