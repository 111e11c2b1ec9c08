import type { StateNode, TransitionNode } from '../machine.ts'

/** A node while it is made. */
export type NodeDraft = { -readonly [Key in keyof StateNode]: StateNode[Key] }

/** A transition whose target is still what was written, with the words that problems with it begin with. */
export interface Unresolved {
  readonly transition: { -readonly [Key in keyof TransitionNode]: TransitionNode[Key] }
  readonly target: unknown
  readonly place: string
}

const NONE: readonly never[] = Object.freeze([])
const NOTHING: ReadonlyMap<string, never> = new Map<string, never>()

/** A state with nothing in it. */
export function draftNode(key: string, parent: NodeDraft | undefined, order: number): NodeDraft {
  const name = parent === undefined || parent.name === '' ? key : `${parent.name}.${key}`
  const node: NodeDraft = {
    name,
    key,
    kind: 'atomic',
    final: false,
    parent,
    children: NONE,
    initial: undefined,
    histories: NONE,
    deep: false,
    fallback: undefined,
    order,
    line: NONE,
    place: false,
    entry: undefined,
    exit: undefined,
    own: NOTHING,
    on: NOTHING,
    any: undefined,
    always: NONE,
    onDone: NONE,
    after: NONE,
    invoke: undefined,
    tags: NONE,
    meta: undefined,
  }
  // The machine itself is in no line: it is never entered.
  if (parent !== undefined) node.line = [...parent.line, node]
  return node
}
