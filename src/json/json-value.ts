/** What is known of the values that a state may hold: which are plain, and which JSON needs help with. */

type Plain = Readonly<Record<string, unknown>>

/** The key of an object that stands for what JSON has no form for; beside it is `value`. */
export const TAG = '$headgate'

/** The prototypes above a value; those of the language's own classes have known lengths in every realm. */
export function prototypesOf(value: object): object[] {
  const chain: object[] = []
  for (let next = Object.getPrototypeOf(value); next !== null && chain.length < 4; ) {
    chain.push(next)
    next = Object.getPrototypeOf(next)
  }
  return chain
}

/** Whether an object was made by `{}`, by `JSON.parse` or without a prototype, in whatever realm. */
export function isPlainObject(value: unknown): value is Plain {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  if (Object.getPrototypeOf(value) === Object.prototype) return true // most of all
  const [first, second] = prototypesOf(value)
  return first === undefined || (second === undefined && Object.hasOwn(first, 'isPrototypeOf'))
}

/** Whether a brand check passes; it throws for objects that only claim to be of the class. */
function passes(probe: () => unknown): boolean {
  try {
    probe()
    return true
  } catch {
    return false
  }
}

const sizeOf = (prototype: object): ((this: unknown) => number) =>
  // The cast holds: `size` of Map and Set is a getter.
  (Object.getOwnPropertyDescriptor(prototype, 'size') as PropertyDescriptor).get as (this: unknown) => number
const mapSize = sizeOf(Map.prototype)
const setSize = sizeOf(Set.prototype)

/** Typed arrays by their names. */
export const TYPED_ARRAYS: ReadonlyMap<string, new (items: never) => ArrayLike<unknown>> = new Map(
  [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  ].map((type) => [type.name, type as new (items: never) => ArrayLike<unknown>]),
)

/** The class of a Date, Map, Set or typed array of any realm; undefined for all others, their subclasses too. */
export function builtInOf(value: object): string | undefined {
  const { length } = prototypesOf(value)
  if (length === 3 && ArrayBuffer.isView(value)) return Object.prototype.toString.call(value).slice(8, -1)
  if (length !== 2) return undefined
  if (passes(() => Date.prototype.getTime.call(value))) return 'Date'
  if (passes(() => mapSize.call(value))) return 'Map'
  return passes(() => setSize.call(value)) ? 'Set' : undefined
}
