/** The parts of a definition, in each of the forms in which they may be written. */

import type { AnyAct } from '../machine.ts'

export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Nothing of what is no object; that it is none is told by the check of definitions. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})

/** What an entry, an exit or a transition does outside of the context. */
export function actIn(config: unknown): AnyAct | undefined {
  const { run, emit } = fieldsOf(config)
  // The cast holds for a definition that was checked.
  return run === undefined && emit === undefined ? undefined : ({ run, emit } as AnyAct)
}

/** The recipe of an entry or an exit. */
export const recipeIn = (config: unknown): unknown =>
  typeof config === 'function' ? config : fieldsOf(config).update

/** One transition or a list of them; a name stands for one that leads there. */
export const transitionsIn = (config: unknown): readonly unknown[] =>
  (config === undefined ? [] : [config].flat()).map((one) =>
    typeof one === 'string' ? { target: one } : one,
  )

/** The delays of `after` with what follows each: from a list, or from XState's map. */
export const delaysIn = (after: unknown): (readonly [ms: unknown, config: unknown])[] =>
  isFields(after) && !('ms' in after) ? Object.entries(after).map(fromMap) : [after].flat().map(fromList)

/** A key that is no number is told as it was written. */
const fromMap = ([key, config]: [string, unknown]): readonly [unknown, unknown] => [
  /^\d+$/.test(key) ? Number(key) : key,
  config,
]

function fromList(delayed: unknown): readonly [unknown, unknown] {
  if (!isFields(delayed)) return [undefined, delayed]
  const { ms, ...config } = delayed
  return [ms, config]
}
