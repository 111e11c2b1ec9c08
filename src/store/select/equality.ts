/**
 * Equalities for `select(selector, equal)`, where a selector makes a new object each time.
 *
 * Both look into plain objects, arrays, Maps, Sets, collections, typed arrays and Dates. Whatever else has an identity
 * (an instance of a class, a function, a promise) may hold what nobody can see from outside, so it is equal only to
 * itself: to tell once too often is safe, and to keep a change back is not.
 */
import { isCollection } from '../../collection/index.ts'

type Same = (one: unknown, other: unknown) => boolean

/**
 * Whether two values hold the same, one level deep: own keys, items, entries and members are compared by `Object.is`.
 * The order of keys in an object does not count; that of a Map, a Set and a collection does.
 *
 * @example
 * ```ts
 * import { createStore, shallow } from 'headgate'
 *
 * const store = createStore({ robots: [{ id: 'r1', busy: true }, { id: 'r2', busy: false }], tick: 0 })
 * const idle = store.select(({ robots }) => robots.filter(({ busy }) => !busy), shallow)
 * idle.subscribe((robots) => console.log(robots.map(({ id }) => id)))
 * // → [ 'r2' ]
 * store.update((draft) => { draft.tick += 1 })
 * ```
 */
export function shallow<T>(previous: T, current: T): boolean {
  return Object.is(previous, current) || holdSame(previous, current, Object.is)
}

/**
 * Whether two values hold the same, at every level. It visits what the two do not share, and so is for small results.
 * Keys of a Map and members of a Set are compared by identity.
 */
export function deepEqual<T>(previous: T, current: T): boolean {
  return Object.is(previous, current) || holdSame(previous, current, deepEqual)
}

function holdSame(one: unknown, other: unknown, same: Same): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (isCollection(one)) {
    return (
      isCollection(other) &&
      sameEntries(one.ids(), other.ids(), (id) => same(one.get(id as string), other.get(id as string)))
    )
  }
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false
  if (Array.isArray(one)) return sameItems(one, other as unknown[], same)
  if (one instanceof Map && other instanceof Map) {
    return sameEntries(one.keys(), other.keys(), (key) => same(one.get(key), other.get(key)))
  }
  if (one instanceof Set && other instanceof Set) return sameEntries(one, other, () => true)
  if (one instanceof Date) return Object.is(one.getTime(), (other as Date).getTime())
  if (isTypedArray(one)) return sameItems(one, other as typeof one, Object.is)
  return isPlain(one) && sameKeys(one as Keyed, other as Keyed, same)
}

interface Items {
  readonly length: number
  readonly [index: number]: unknown
}

function sameItems(one: Items, other: Items, same: Same): boolean {
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index += 1) {
    if (!same(one[index], other[index])) return false
  }
  return true
}

/** Entries in the same order: of a Map, a Set and a collection it can be seen. */
function sameEntries(
  keys: Iterable<unknown>,
  otherKeys: Iterable<unknown>,
  sameAt: (key: unknown) => boolean,
): boolean {
  const others = otherKeys[Symbol.iterator]()
  for (const key of keys) {
    if (!Object.is(key, others.next().value) || !sameAt(key)) return false
  }
  return others.next().done === true
}

type Keyed = Readonly<Record<PropertyKey, unknown>>

function sameKeys(one: Keyed, other: Keyed, same: Same): boolean {
  const keys = Reflect.ownKeys(one)
  if (keys.length !== Reflect.ownKeys(other).length) return false
  return keys.every((key) => Object.hasOwn(other, key) && same(one[key], other[key]))
}

const isTypedArray = (value: object): value is Uint8Array =>
  ArrayBuffer.isView(value) && !(value instanceof DataView)

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  // Of another realm too: it is the prototype at which a chain ends.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
