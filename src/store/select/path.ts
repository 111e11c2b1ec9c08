/**
 * Paths into a state, typed key by key: `select('robots', id, 'pose')`.
 *
 * The keys are computed one after the other: each from the type that the keys before it lead to. A union of all
 * paths would have to be made whole before the first key could be checked; a state with a DOM element, or a type
 * that contains itself, has more of them than the compiler can hold. Up to five keys; deeper values are reached
 * with a selector function.
 */
import { type Collection, isCollection } from '../../collection/index.ts'

type Leaf =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | ReadonlySet<unknown>

/** A function type in a state; nothing lies below it. */
type Callable = (...args: never[]) => unknown

// A Map is asked for before the leaves: to the compiler it has all that a ReadonlySet has.
/** The keys that may come next in a path, where it has reached a `T`. */
export type PathKey<T> =
  T extends Collection<infer _Entity>
    ? string
    : T extends ReadonlyMap<infer Key, unknown>
      ? Key
      : T extends Leaf | Callable
        ? never
        : T extends readonly unknown[]
          ? number
          : keyof T

/** The value below one key; `undefined` is added where the key may be absent. */
type At<T, Key> =
  T extends Collection<infer Entity>
    ? Entity | undefined
    : T extends ReadonlyMap<unknown, infer Value>
      ? Value | undefined
      : T extends Leaf
        ? undefined
        : T extends readonly (infer Item)[]
          ? Item | undefined
          : Key extends keyof T
            ? string extends keyof T
              ? T[Key] | undefined
              : T[Key]
            : undefined

/** The value at the end of a path. */
export type ValueAt<S, Keys extends readonly unknown[]> = Keys extends readonly [infer Key, ...infer Rest]
  ? ValueAt<At<S, Key>, Rest>
  : S

/**
 * The value below one key of anything: an object or an array (its own properties, so also `length`), a `Map`, a `Set`
 * (its `size`, or a member), a collection; `undefined` below nothing.
 */
export function valueBelow(container: unknown, key: unknown): unknown {
  if (typeof container !== 'object' || container === null) return undefined
  if (container instanceof Map) return container.get(key)
  if (container instanceof Set) return key === 'size' ? container.size : container.has(key) ? key : undefined
  if (isCollection(container)) return container.get(key as string) // any other key is simply absent
  // What is inherited is no part of a state: an id may be called `constructor`.
  return Object.hasOwn(container, key as PropertyKey)
    ? (container as Record<PropertyKey, unknown>)[key as PropertyKey]
    : undefined
}

/** The value at the end of a path. */
export function valueAt(root: unknown, path: readonly unknown[]): unknown {
  return path.reduce(valueBelow, root)
}

/** What the followers of a path are called: `select("robots", "r1")`. */
export const nameOfPath = (path: readonly unknown[]): string =>
  `select(${path.map((key) => JSON.stringify(String(key))).join(', ')})`
