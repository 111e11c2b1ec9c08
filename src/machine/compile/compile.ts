/**
 * Turns a definition into tables, with nothing left to decide about its form.
 *
 * What is wrong with a definition is said by check-definition.ts, in development; here it is passed over.
 */
import type { ChildNode } from '../child-definition.ts'
import { isLeaf } from '../configuration.ts'
import type { AfterNode, AnyAct, InvokeNode, StateNode, TransitionNode } from '../machine.ts'
import { actIn, delaysIn, type Fields, fieldsOf, recipeIn, transitionsIn } from './fields.ts'
import { mergeTables } from './merge-tables.ts'
import { nodeIn, targetOf } from './targets.ts'

/** A node, or a transition, while it is made. */
type Draft<Node> = { -readonly [Key in keyof Node]: Node[Key] }

const KINDS: readonly unknown[] = ['parallel', 'final', 'history']

/** The states of a machine, by their paths and by their ids. */
export class Compiled {
  readonly states: Map<string, StateNode> = new Map()
  readonly ids: Map<string, StateNode> = new Map()
  /** The machine as the parent of its outermost states. */
  readonly root: StateNode
  /** The machines that run beside it. */
  readonly children: readonly ChildNode[]
  /** Whether anything is done outside of the context. */
  acts = false
  /** What is done when all states are known: names become nodes. */
  readonly #links: (() => void)[] = []

  constructor(definition: unknown) {
    this.root = this.#node('', definition, undefined)
    this.children = Object.entries(fieldsOf(fieldsOf(definition).children)).map(([name, child]) =>
      this.#child(name, fieldsOf(child)),
    )
    for (const link of this.#links) link()
    mergeTables(this.root, this.states.values())
  }

  #node(key: string, definition: unknown, parent: StateNode | undefined): StateNode {
    const fields = fieldsOf(definition)
    const { id, type, onDone, target } = fields
    const inner = Object.entries(fieldsOf(fields.states))
    const kind = KINDS.includes(type)
      ? type
      : inner.length > 0 || parent === undefined
        ? 'compound'
        : 'atomic'
    // The casts hold for a definition that was checked; what refers to the node itself is filled in below.
    const node = {
      name: nameIn(parent, key),
      key,
      kind,
      // Only the end of an outermost state is the end of the machine.
      final: kind === 'final' && parent !== undefined && !parent.parent && parent.kind === 'compound',
      parent,
      deep: fields.history === 'deep',
      order: this.states.size,
      entry: recipeIn(fields.entry),
      exit: recipeIn(fields.exit),
      entryAct: this.#act(fields.entry),
      exitAct: this.#act(fields.exit),
      output: fields.output,
      waiting: fields.waiting,
      tags: fields.tags ?? [],
      meta: fields.meta,
    } as Draft<StateNode>
    if (typeof id === 'string') this.ids.set(id, node)
    if (parent !== undefined) this.states.set(node.name, node)
    // The machine itself is in no line: it is never entered.
    node.line = parent === undefined ? [] : [...parent.line, node]
    node.place = isLeaf(node) && node.line.every((one) => one.parent?.kind !== 'parallel')
    node.own = this.#table(fields.on, node)
    node.always = this.#transitions(fields.always, node)
    node.after = this.#after(fields.after, node)
    node.invoke = this.#invoke(fields.invoke, node)
    node.onDone = this.#transitions(onDone, node)
    const nodes = inner.map(([name, state]) => this.#node(name, state, node))
    node.children = nodes.filter((child) => child.kind !== 'history')
    node.histories = nodes.filter((child) => child.kind === 'history')
    node.initial = kind === 'compound' ? nodes.find((child) => child.key === fields.initial) : undefined
    this.#links.push(() => {
      node.fallback = kind === 'history' ? nodeIn(this, parent ?? node, target) : undefined
    })
    return node
  }

  #table(on: unknown, source: StateNode): Map<string, readonly TransitionNode[]> {
    const table = Object.entries(fieldsOf(on)).map(
      ([type, config]) => [type, this.#transitions(config, source)] as const,
    )
    // An event that leads nowhere is unhandled; it is not one whose guards refused.
    return new Map(table.filter(([, transitions]) => transitions.length > 0))
  }

  #after(after: unknown, source: StateNode): AfterNode[] {
    // Those of one time are one timer: the first whose guard agrees is taken, as everywhere.
    const byMs = new Map<number, TransitionNode[]>()
    for (const [ms, config] of after === undefined ? [] : delaysIn(after)) {
      byMs.set(ms as number, [...(byMs.get(ms as number) ?? []), ...this.#transitions(config, source)])
    }
    return [...byMs].map(([ms, transitions]) => ({ ms, transitions }))
  }

  #invoke(invoke: unknown, source: StateNode): InvokeNode | undefined {
    if (invoke === undefined) return undefined
    const fields = fieldsOf(invoke)
    return {
      ...(fields as unknown as InvokeNode),
      onNext: this.#transitions(fields.onNext, source),
      onDone: this.#transitions(fields.onDone, source),
      onError: this.#transitions(fields.onError, source),
    }
  }

  #child(name: string, fields: Fields): ChildNode {
    // The cast holds for a definition that was checked.
    const child = fields as unknown as Omit<ChildNode, 'name' | 'onDone' | 'onFault'>
    return {
      ...child,
      name,
      onDone: this.#transitions(fields.onDone, this.root),
      onFault: this.#transitions(fields.onFault, this.root),
    }
  }

  #transitions(config: unknown, source: StateNode): TransitionNode[] {
    return transitionsIn(config).map((one) => this.#transition(fieldsOf(one), source))
  }

  #act(config: unknown): AnyAct | undefined {
    const act = actIn(config)
    this.acts ||= act !== undefined
    return act
  }

  #transition(fields: Fields, source: StateNode): TransitionNode {
    const { target, guard, update, reenter } = fields
    const transition = {
      source,
      guard,
      update,
      act: this.#act(fields),
      reenter: reenter === true,
    } as Draft<TransitionNode>
    this.#links.push(() => {
      transition.to = targetOf(this, source, target)
    })
    return transition
  }
}

const nameIn = (parent: StateNode | undefined, key: string): string =>
  parent === undefined || parent.name === '' ? key : `${parent.name}.${key}`
