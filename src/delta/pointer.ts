/** JSON Pointers (RFC 6901): the way to a place in a state, as text and as keys. */
import type { JsonPointer } from './delta.ts'

/** A key as a part of a pointer. */
export function escaped(key: string): string {
  return key.includes('~') || key.includes('/') ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key
}

const BAD_ESCAPE = /~(?![01])/

/** The keys of a pointer; undefined for text that is none. */
export function keysOf(pointer: JsonPointer): string[] | undefined {
  if (pointer === '') return []
  if (!pointer.startsWith('/') || BAD_ESCAPE.test(pointer)) return undefined
  const keys = pointer.slice(1).split('/')
  return pointer.includes('~') ? keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~')) : keys
}

const INDEX = /^(?:0|[1-9]\d{0,14})$/

/** The index that a key means in a list; -1 for what is none: a sign, an exponent, a leading zero. */
export const indexOf = (key: string): number => (INDEX.test(key) ? Number(key) : -1)

/** Behind the last item of a list. */
export const END = '-'
