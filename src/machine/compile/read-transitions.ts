import { describeValue } from '../../kit/index.ts'
import type { AfterNode, InvokeNode, StateNode, TransitionNode } from '../machine.ts'
import { FieldReader, isFields } from './fields.ts'
import type { Unresolved } from './node-draft.ts'

const MAX_MS = 2_147_483_647
const TRANSITION_KEYS = ['target', 'guard', 'update', 'reenter', 'description']
const INVOKE_KEYS = ['src', 'onDone', 'onError']

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

/** Reads the transitions of a state; their targets are resolved when all states are known. */
export class TransitionReader extends FieldReader {
  readonly unresolved: Unresolved[] = []

  protected on(place: string, definition: unknown, source: StateNode): Map<string, TransitionNode[]> {
    const table = new Map<string, TransitionNode[]>()
    if (definition === undefined) return table
    for (const [type, config] of Object.entries(this.fields(`${place}, "on"`, definition))) {
      if (type === '') {
        this.problems.push(`${place} handles ""; name each event, or "always" for what needs none.`)
      }
      const transitions = this.transitions(`${place}, event ${type}`, config, source)
      // An event that leads nowhere is unhandled; it is not one whose guards refused.
      if (transitions.length > 0) table.set(type, transitions)
    }
    return table
  }

  protected transitions(place: string, config: unknown, source: StateNode): TransitionNode[] {
    if (config === undefined) return []
    const configs: readonly unknown[] = Array.isArray(config) ? config : [config]
    return configs.map((one) =>
      this.#transition(place, typeof one === 'string' ? { target: one } : one, source),
    )
  }

  protected after(place: string, definition: unknown, source: StateNode): AfterNode[] {
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
      const transitions = this.transitions(`${place}, after ${ms} ms`, config, source)
      byMs.set(ms as number, [...(byMs.get(ms as number) ?? []), ...transitions])
    }
    return [...byMs].map(([ms, transitions]) => ({ ms, transitions }))
  }

  protected invoke(place: string, definition: unknown, source: StateNode): InvokeNode | undefined {
    if (definition === undefined) return undefined
    const { src, onDone, onError } = this.fields(`${place}, "invoke"`, definition, INVOKE_KEYS)
    if (src === undefined) this.problems.push(`${place}, "invoke" has no "src".`)
    return {
      src: this.function(`${place}, "invoke"`, 'src', src) as InvokeNode['src'],
      onDone: this.transitions(`${place}, onDone`, onDone, source),
      onError: this.transitions(`${place}, onError`, onError, source),
    }
  }

  #transition(place: string, config: unknown, source: StateNode): TransitionNode {
    const { target, guard, update, reenter } = this.fields(place, config, TRANSITION_KEYS)
    if (this.flag(place, 'reenter', reenter) === true && target === undefined) {
      this.problems.push(`${place} has "reenter" without a "target"; name the state to enter again.`)
    }
    const transition = {
      source,
      target: undefined,
      to: undefined,
      guard: this.function(place, 'guard', guard) as TransitionNode['guard'],
      update: this.function(place, 'update', update) as TransitionNode['update'],
      reenter: reenter === true,
    }
    if (target !== undefined) this.unresolved.push({ transition, target, place })
    return transition
  }
}
