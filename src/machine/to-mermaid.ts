import type { Cell } from './cells.ts'
import type { ChildNode } from './child-definition.ts'
import type { Machine, StateNode, TransitionNode } from './machine.ts'
import { ownTable } from './own-table.ts'

/**
 * Draws a machine as a Mermaid state diagram (`stateDiagram-v2`), for READMEs and pull requests. Guarded
 * transitions are marked `[guard]`; the machine's own transitions are drawn from each state that takes them, and from
 * the whole of a parallel machine. States inside of states are drawn inside, regions side by side. Transitions taken
 * when a child is done or fails are drawn from the states it lives in: `upload done`, `upload fails`. What functions
 * do, such as sending events, is not drawn.
 *
 * @example
 * ```ts
 * import { defineMachine, toMermaid } from 'headgate'
 *
 * const lamp = defineMachine({
 *   id: 'lamp',
 *   initial: 'OFF',
 *   context: {},
 *   states: { OFF: { on: { PRESS: 'ON' } }, ON: { after: { ms: 500, target: 'OFF' } } },
 * })
 * console.log(toMermaid(lamp))
 * // → stateDiagram-v2
 * // →   [*] --> OFF
 * // →   OFF --> ON : PRESS
 * // →   ON --> OFF : after 500 ms
 * ```
 */
export function toMermaid<Context, Cells extends Cell>(machine: Machine<Context, Cells>): string {
  const states = [...machine.states.values()]
  // A name that is no plain word is drawn through an alias, which is no other state's name. So is one inside of
  // another state: Mermaid knows no scopes.
  const freeWord = (word: string): string => (machine.states.has(word) ? freeWord(`${word}_`) : word)
  const idOf = new Map(
    states.map((node, i) => [
      node,
      node.line.length === 1 && isWord(node.name) ? node.name : freeWord(`s${i}`),
    ]),
  )
  const { root } = machine
  const isParallel = root.kind === 'parallel'
  // Regions exist only inside of a state.
  if (isParallel) idOf.set(root, freeWord('machine'))
  const picture: Picture = {
    draw: (node) => idOf.get(node) ?? node.name,
    children: new Map([root, ...states].map((node) => [node, machine.children.filter(livesIn(node, root))])),
  }
  // Mermaid draws what crosses the border of a state only outside of it.
  const crossing = [
    ...(isParallel ? [...edges(root, picture, true), ...edges(root, picture, false)] : []),
    ...states.flatMap((node) => edges(node, picture, false)),
  ]
  const body = isParallel
    ? [`  state "${escaped(machine.id)}" as ${picture.draw(root)} {`, ...inside(root, picture, '    '), '  }']
    : inside(root, picture, '  ')
  return ['stateDiagram-v2', ...body, ...crossing.map((line) => `  ${line}`)].join('\n')
}

interface Picture {
  /** What stands for a state. */
  draw(node: StateNode): string
  /** What lives where. */
  readonly children: ReadonlyMap<StateNode, readonly ChildNode[]>
}

/** Whether what becomes of a child is drawn from a state: one that it is wanted in, or any outermost one. */
const livesIn =
  (node: StateNode, root: StateNode) =>
  ({ in: places }: ChildNode): boolean => {
    if (places !== undefined) return places.includes(node.name)
    if (root.kind === 'parallel') return node === root
    return node.parent === root && !node.final && node.kind !== 'history'
  }

/** What is inside of a state: names, where it begins, the edges between its own states, then what they hold. */
function inside(node: StateNode, picture: Picture, indent: string): string[] {
  const { draw } = picture
  const nodes = [...node.children, ...node.histories]
  const named = nodes
    .filter((child) => draw(child) !== child.key)
    .map((child) => `state "${escaped(child.key)}" as ${draw(child)}`)
  const lines = [
    ...named,
    ...(node.initial === undefined ? [] : [`[*] --> ${draw(node.initial)}`]),
    ...nodes.flatMap((child) => edges(child, picture, true)),
  ]
  const blocks = node.children.flatMap((child, at) => [
    ...(node.kind === 'parallel' && at > 0 ? [`${indent}--`] : []),
    ...(child.children.length === 0
      ? node.kind === 'parallel'
        ? [`${indent}state ${draw(child)}`]
        : []
      : [`${indent}state ${draw(child)} {`, ...inside(child, picture, `${indent}  `), `${indent}}`]),
  ])
  return [...lines.map((line) => `${indent}${line}`), ...blocks]
}

/** What begins a statement of Mermaid's, in any case: no name of a state as it is. */
const KEYWORDS =
  /^(?:state|note|end|direction|default|class|classdef|click|style|hide|scale|as|acctitle|accdescr|__proto__$)/i

const isWord = (name: string): boolean => /^[a-z]\w*$/i.test(name) && !KEYWORDS.test(name)

/** Writes what Mermaid could take for its own syntax as an entity: `a:b` as `a#58;b`. */
const escaped = (text: string): string =>
  text.replace(/[^\p{L}\p{N} _.,()-]/gu, (char) => `#${char.codePointAt(0)};`)

/** The edges from a state to those beside it, or to all others. */
function edges(node: StateNode, { draw, children }: Picture, beside: boolean): string[] {
  const isDrawn = (to: StateNode): boolean => (to.parent === node.parent) === beside
  const lines = (label: string, transitions: readonly TransitionNode[]): string[] =>
    transitions
      .map(({ to = node, guard }) => ({ to, guard }))
      .filter(({ to }) => isDrawn(to))
      .map(({ to, guard }) => {
        const words = `${escaped(label)}${guard === undefined ? '' : ' [guard]'}`
        return `${draw(node)} --> ${draw(to)} : ${words}`
      })
  return [
    ...[...ownTable(node)].flatMap(([type, transitions]) => lines(type, transitions)),
    ...node.after.flatMap(({ ms, transitions }) => lines(`after ${ms} ms`, transitions)),
    ...lines('always', node.always),
    ...lines('done', [...node.onDone, ...(node.invoke?.onDone ?? [])]),
    ...lines('next', node.invoke?.onNext ?? []),
    ...lines('error', node.invoke?.onError ?? []),
    ...(children.get(node) ?? []).flatMap(({ name, onDone, onFault }) => [
      ...lines(`${name} done`, onDone),
      ...lines(`${name} fails`, onFault),
    ]),
    ...(node.fallback !== undefined && isDrawn(node.fallback)
      ? [`${draw(node)} --> ${draw(node.fallback)}`]
      : []),
    ...(node.kind === 'final' && beside ? [`${draw(node)} --> [*]`] : []),
  ]
}
