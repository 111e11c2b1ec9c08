/**
 * Turns a definition into tables, and says everything that is wrong with it.
 *
 * The types of `defineMachine` catch most of it at compile time; what is here is for callers without
 * types, and for what types cannot see: unreachable states, numbers, and functions where JSON was meant.
 */
import { describeValue } from '../kit/index.ts'
import type { AfterNode, AnyContextRecipe, InvokeNode, StateNode, TransitionNode } from './machine.ts'

type Fields = Readonly<Record<string, unknown>>

const MAX_MS = 2_147_483_647
const STATE_KEYS = ['on', 'entry', 'exit', 'after', 'invoke', 'type', 'description', 'meta']
const TRANSITION_KEYS = ['target', 'guard', 'update', 'reenter', 'description']
const INVOKE_KEYS = ['src', 'onDone', 'onError']

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A delay of XState's map; a key that is no number is told as it was written. */
const fromMap = ([key, config]: [string, unknown]): readonly [unknown, unknown] => [
  /^\d+$/.test(key) ? Number(key) : key,
  config,
]

function fromList(delayed: unknown): readonly [unknown, unknown] {
  if (!isFields(delayed)) return [undefined, delayed]
  const { ms, ...config } = delayed
  return [ms, config]
}

/** Reads a definition; every method notes what is wrong and goes on, so that all of it is told at once. */
export class DefinitionReader {
  readonly problems: string[] = []
  readonly #names: readonly string[]

  constructor(names: readonly string[]) {
    this.#names = names
  }

  state(
    name: string,
    definition: unknown,
    rootOn: ReadonlyMap<string, readonly TransitionNode[]>,
  ): StateNode {
    const place = `State ${name}`
    const fields = this.#fields(place, definition, STATE_KEYS)
    const final = fields.type === 'final'
    if (fields.type !== undefined && !final) {
      this.problems.push(`${place} has type ${describeValue(fields.type)}; only "final" exists.`)
    }
    if (final && (fields.on ?? fields.after ?? fields.invoke) !== undefined) {
      this.problems.push(`${place} is final, so it can have no "on", "after" or "invoke".`)
    }
    return {
      name,
      final,
      entry: this.#function(place, 'entry', fields.entry) as AnyContextRecipe | undefined,
      exit: this.#function(place, 'exit', fields.exit) as AnyContextRecipe | undefined,
      on: final ? new Map() : this.#withRoot(this.on(place, fields.on), rootOn),
      after: this.#after(place, fields.after),
      invoke: this.#invoke(place, fields.invoke),
    }
  }

  on(place: string, definition: unknown): Map<string, readonly TransitionNode[]> {
    const table = new Map<string, readonly TransitionNode[]>()
    if (definition === undefined) return table
    for (const [type, config] of Object.entries(this.#fields(`${place}, "on"`, definition))) {
      if (type === '' || type === '*') {
        this.problems.push(`${place} handles ${JSON.stringify(type)}; name each event, there is no wildcard.`)
      }
      const transitions = this.#transitions(`${place}, event ${type}`, config)
      // An event that leads nowhere is unhandled; it is not one whose guards refused.
      if (transitions.length > 0) table.set(type, transitions)
    }
    return table
  }

  /** The state's own transitions come first; the machine's are tried where all their guards refuse. */
  #withRoot(
    own: Map<string, readonly TransitionNode[]>,
    root: ReadonlyMap<string, readonly TransitionNode[]>,
  ): ReadonlyMap<string, readonly TransitionNode[]> {
    for (const [type, transitions] of root) own.set(type, [...(own.get(type) ?? []), ...transitions])
    return own
  }

  #transitions(place: string, config: unknown): TransitionNode[] {
    if (config === undefined) return []
    const configs: readonly unknown[] = Array.isArray(config) ? config : [config]
    return configs.map((one) => this.#transition(place, typeof one === 'string' ? { target: one } : one))
  }

  #transition(place: string, config: unknown): TransitionNode {
    const { target, guard, update, reenter } = this.#fields(place, config, TRANSITION_KEYS)
    if (target !== undefined && !this.#names.includes(target as string)) {
      const known = this.#names.join(', ')
      this.problems.push(`${place} targets ${describeValue(target)}, which is no state. States: ${known}.`)
    }
    if (reenter !== undefined && typeof reenter !== 'boolean') {
      this.problems.push(`${place}: expected "reenter" to be true or false, got ${describeValue(reenter)}.`)
    }
    if (reenter === true && target === undefined) {
      this.problems.push(`${place} has "reenter" without a "target"; name the state to enter again.`)
    }
    return {
      target: target as string | undefined,
      guard: this.#function(place, 'guard', guard) as TransitionNode['guard'],
      update: this.#function(place, 'update', update) as TransitionNode['update'],
      reenter: reenter === true,
    }
  }

  #after(place: string, definition: unknown): AfterNode[] {
    if (definition === undefined) return []
    const isMap = isFields(definition) && !('ms' in definition)
    const entries = isMap ? Object.entries(definition).map(fromMap) : [definition].flat().map(fromList)
    // Those of one time are one timer: the first whose guard agrees is taken, as everywhere.
    const byMs = new Map<number, TransitionNode[]>()
    for (const [ms, config] of entries) {
      if (!Number.isInteger(ms) || (ms as number) < 0 || (ms as number) > MAX_MS) {
        this.problems.push(
          `${place}, "after": expected milliseconds, an integer from 0 to ${MAX_MS}, got ${describeValue(ms)}.`,
        )
      }
      const transitions = this.#transitions(`${place}, after ${ms} ms`, config)
      byMs.set(ms as number, [...(byMs.get(ms as number) ?? []), ...transitions])
    }
    return [...byMs].map(([ms, transitions]) => ({ ms, transitions }))
  }

  #invoke(place: string, definition: unknown): InvokeNode | undefined {
    if (definition === undefined) return undefined
    const { src, onDone, onError } = this.#fields(`${place}, "invoke"`, definition, INVOKE_KEYS)
    if (src === undefined) this.problems.push(`${place}, "invoke" has no "src".`)
    return {
      src: this.#function(`${place}, "invoke"`, 'src', src) as InvokeNode['src'],
      onDone: this.#transitions(`${place}, onDone`, onDone),
      onError: this.#transitions(`${place}, onError`, onError),
    }
  }

  #fields(place: string, value: unknown, known?: readonly string[]): Fields {
    if (!isFields(value)) {
      this.problems.push(`${place}: expected an object, got ${describeValue(value)}.`)
      return {}
    }
    const unknown = known === undefined ? [] : Object.keys(value).filter((key) => !known.includes(key))
    for (const key of unknown) {
      this.problems.push(`${place} has an unknown key "${key}". Known: ${known?.join(', ')}.`)
    }
    return value
  }

  #function(place: string, key: string, value: unknown): unknown {
    if (value !== undefined && typeof value !== 'function') {
      this.problems.push(`${place}: expected "${key}" to be a function, got ${describeValue(value)}.`)
    }
    return value
  }
}

/** Every transition that may leave a state. */
export function exitsOf(node: StateNode): readonly TransitionNode[] {
  return [
    ...[...node.on.values()].flat(),
    ...node.after.flatMap(({ transitions }) => transitions),
    ...(node.invoke?.onDone ?? []),
    ...(node.invoke?.onError ?? []),
  ]
}

/** The states that no chain of transitions from the initial one reaches. */
export function unreachableStates(states: ReadonlyMap<string, StateNode>, initial: string): string[] {
  const reached = new Set<string>([initial])
  // A Set's walk also meets what is added during it.
  for (const name of reached) {
    const node = states.get(name)
    if (node === undefined) continue
    for (const { target } of exitsOf(node)) if (target !== undefined) reached.add(target)
  }
  return [...states.keys()].filter((name) => !reached.has(name))
}
