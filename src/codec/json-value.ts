/**
 * Which values JSON holds, and what it would do to the others: drop them, turn them into null, or into text.
 *
 * The walk keeps the path in one array and joins it only for an error. Its depth is bounded, so a state as deep
 * as the stack ends in an error that names the place and not in a `RangeError`.
 */
import { ADVICE, describeObject, invalid } from './codec-error.ts'
import { setOwn } from './text.ts'

/** How deep a value may be nested. */
export const JSON_DEPTH_MAX = 500

/** Where the walk is, and what it lets pass. */
interface Walk {
  readonly path: (string | number)[]
  readonly ancestors: Set<object>
  /** Refuses what only `JSON.stringify` loses: properties that are undefined, and -0. */
  readonly exact: boolean
}

type Plain = Readonly<Record<string, unknown>>

function refuse({ path }: Walk, expected: string, received: string): never {
  const [root, ...keys] = path
  const field = `${root}${keys.map((key) => `[${JSON.stringify(key)}]`).join('')}`
  throw invalid(field, expected, received, ADVICE.json)
}

/** The prototypes above a value; those of plain objects and arrays have known lengths in every realm. */
function prototypesOf(value: object): object[] {
  const chain: object[] = []
  for (let next = Object.getPrototypeOf(value); next !== null && chain.length < 3; ) {
    chain.push(next)
    next = Object.getPrototypeOf(next)
  }
  return chain
}

/** Whether an object was made by `{}`, by `JSON.parse` or without a prototype, in whatever realm. */
export function isPlainObject(value: unknown): value is Plain {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const [first, second] = prototypesOf(value)
  return first === undefined || (second === undefined && Object.hasOwn(first, 'isPrototypeOf'))
}

function walkObject(value: object, walk: Walk): void {
  const { path, ancestors } = walk
  if (ancestors.has(value)) refuse(walk, 'a value without cycles', 'an object that contains itself')
  if (ancestors.size >= JSON_DEPTH_MAX) {
    refuse(walk, `nested at most ${JSON_DEPTH_MAX} deep`, 'a deeper one')
  }
  ancestors.add(value)
  if (Array.isArray(value)) walkArray(value, walk)
  else if (isPlainObject(value)) {
    if (Object.getOwnPropertySymbols(value).length > 0)
      refuse(walk, 'keyed by strings', 'a symbol among its keys')
    for (const key of Object.keys(value)) {
      path.push(key)
      if (value[key] !== undefined || walk.exact) walkValue(value[key], walk)
      path.pop()
    }
  } else refuse(walk, 'a value that JSON can hold', describeObject(value))
  ancestors.delete(value)
}

function walkArray(value: readonly unknown[], walk: Walk): void {
  if (prototypesOf(value).length > 2) refuse(walk, 'a plain array', describeClass(value))
  for (let index = 0; index < value.length; index += 1) {
    walk.path.push(index)
    if (!(index in value)) refuse(walk, 'an element', 'a hole')
    walkValue(value[index], walk)
    walk.path.pop()
  }
  if (Object.keys(value).length !== value.length) {
    refuse(walk, 'an array without other properties', 'one with some')
  }
}

const describeClass = (value: object): string => `an instance of ${value.constructor.name}`

function walkValue(value: unknown, walk: Walk): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return
  if (typeof value === 'object') walkObject(value, walk)
  else if (typeof value !== 'number') refuse(walk, 'a value that JSON can hold', describeObject(value))
  else if (!Number.isFinite(value)) refuse(walk, 'a finite number', describeObject(value))
  else if (walk.exact && Object.is(value, -0)) refuse(walk, 'a number that JSON can hold', '-0 (number)')
}

/**
 * Refuses a value that `JSON.stringify` would lose or change.
 *
 * @param root - what the path in the error begins with
 * @throws `CODEC_INVALID` naming the path.
 */
export function requireExactJson(value: unknown, root: string): void {
  walkValue(value, { path: [root], ancestors: new Set(), exact: true })
}

/**
 * Writes a value as JSON. Properties that are undefined are left out; -0 is written as such, which
 * `JSON.stringify` does not do and `JSON.parse` understands.
 *
 * @throws `CODEC_INVALID` naming the path, for what JSON cannot hold.
 */
export function toJsonText(value: unknown, root: string): string {
  walkValue(value, { path: [root], ancestors: new Set(), exact: false })
  return write(value)
}

function write(value: unknown): string {
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined)
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${write(entry)}`).join(',')}}`
}

/** Copies a value that has passed {@link requireExactJson}, frozen at every level. */
export function frozenCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  // The casts hold: a JSON value is a primitive, an array or a plain object.
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy)) as T
  const copy: Record<string, unknown> = {}
  for (const [key, entry] of Object.entries(value)) setOwn(copy, key, frozenCopy(entry))
  return Object.freeze(copy) as T
}
