/**
 * Finds what a state holds and recipes cannot handle, for a word of warning in development.
 *
 * A `Date`, a typed array or an instance of a class is not drafted: a recipe that changes it in place changes every
 * version that holds it, commits nothing and tells nobody. A getter becomes a value with the first recipe.
 */
import { isDraftable } from 'immer'

/** Something in a state that recipes cannot handle. */
export interface Discovery {
  /** As `state.robots.r1.at`. */
  readonly path: string
  readonly kind: 'opaque' | 'getter'
  /** The name of its class. */
  readonly what: string
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** What its maker says never changes: Temporal's values; and collections, which are changed by their own methods. */
const isImmutable = (value: object): boolean =>
  Object.isFrozen(value) ||
  String((value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]).startsWith('Temporal.') ||
  Symbol.for('headgate.collection') in value

/**
 * Tells of each discovery in what is new of a settled state.
 *
 * @param previous - what was there before: the parts that are the same are not entered.
 * @param getters - whether getters are looked for, which costs more than all the rest.
 */
export function discover(
  next: unknown,
  previous: unknown,
  tell: (discovery: Discovery) => void,
  getters: boolean,
): void {
  const walked = new Set<object>()
  const visit = (value: unknown, before: unknown, path: string): void => {
    if (!isObject(value) || value === before || walked.has(value)) return
    walked.add(value)
    if (!isDraftable(value)) {
      if (!isImmutable(value)) tell({ path, kind: 'opaque', what: value.constructor?.name ?? 'object' })
    } else if (value instanceof Map) {
      for (const [key, item] of value) {
        visit(item, before instanceof Map ? before.get(key) : undefined, `${path}.${String(key)}`)
      }
    } else if (value instanceof Set) for (const item of value) visit(item, undefined, `${path}.(member)`)
    else visitProperties(value as Fields, isObject(before) ? (before as Fields) : {}, path)
  }
  const visitProperties = (value: Fields, before: Fields, path: string): void => {
    for (const key of Object.keys(value)) {
      const isGetter = getters && Object.getOwnPropertyDescriptor(value, key)?.get !== undefined
      if (isGetter) tell({ path: `${path}.${key}`, kind: 'getter', what: 'getter' })
      else if (isObject(value[key]) && value[key] !== before[key])
        visit(value[key], before[key], `${path}.${key}`)
    }
  }
  visit(next, previous, 'state')
}

type Fields = Record<string, unknown>
