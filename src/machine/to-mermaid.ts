import type { Cell } from './definition.ts'
import type { Machine, StateNode, TransitionNode } from './machine.ts'

/**
 * Draws a machine as a Mermaid state diagram (`stateDiagram-v2`), for READMEs and pull requests. Guarded
 * transitions are marked `[guard]`; the machine's own transitions are drawn from each state that takes them.
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
  // A name that is no plain word is drawn through an alias, which is no other state's name.
  const freeWord = (word: string): string => (machine.states.has(word) ? freeWord(`${word}_`) : word)
  const alias = new Map(states.map(({ name }, i) => [name, isWord(name) ? name : freeWord(`s${i}`)]))
  const idOf = (name: string): string => alias.get(name) ?? name
  return [
    'stateDiagram-v2',
    ...states
      .filter(({ name }) => idOf(name) !== name)
      .map(({ name }) => `  state "${escaped(name)}" as ${idOf(name)}`),
    `  [*] --> ${idOf(machine.initial)}`,
    ...states.flatMap((node) => edges(node, idOf)),
  ].join('\n')
}

/** What begins a statement of Mermaid's, in any case: no name of a state as it is. */
const KEYWORDS =
  /^(?:state|note|end|direction|default|class|classdef|click|style|hide|scale|as|acctitle|accdescr|__proto__$)/i

const isWord = (name: string): boolean => /^[a-z]\w*$/i.test(name) && !KEYWORDS.test(name)

/** Writes what Mermaid could take for its own syntax as an entity: `a:b` as `a#58;b`. */
const escaped = (text: string): string =>
  text.replace(/[^\p{L}\p{N} _.,()-]/gu, (char) => `#${char.codePointAt(0)};`)

function edges(node: StateNode, idOf: (name: string) => string): string[] {
  const draw = (label: string, transitions: readonly TransitionNode[]): string[] =>
    transitions.map(({ target = node.name, guard }) => {
      const words = `${escaped(label)}${guard === undefined ? '' : ' [guard]'}`
      return `  ${idOf(node.name)} --> ${idOf(target)} : ${words}`
    })
  return [
    ...[...node.on].flatMap(([type, transitions]) => draw(type, transitions)),
    ...node.after.flatMap(({ ms, transitions }) => draw(`after ${ms} ms`, transitions)),
    ...draw('done', node.invoke?.onDone ?? []),
    ...draw('error', node.invoke?.onError ?? []),
    ...(node.final ? [`  ${idOf(node.name)} --> [*]`] : []),
  ]
}
