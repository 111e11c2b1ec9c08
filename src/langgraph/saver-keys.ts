/**
 * Where things are, as keys of an engine:
 *
 *   langgraph!c!thread!ns!checkpoint             a checkpoint without the values of its channels
 *   langgraph!v!thread!ns!checkpoint!channel     a value, where it was written
 *   langgraph!w!thread!ns!checkpoint!task!index  a write that waits
 */
import type { JournalRange } from '../journal/index.ts'

export type Kind = 'c' | 'v' | 'w'

/** Which checkpoint. */
export interface Place {
  readonly thread: string
  readonly ns: string
  readonly id: string
}

const PREFIX = 'langgraph'
/** Behind every part of a key, as parts hold neither of the two. */
const [SEPARATOR, END] = ['!', '~']

/** A part of a key: `encodeURIComponent` leaves the two that separate. */
const encode = (part: string): string =>
  encodeURIComponent(part).replace(/[!~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

export const keyOf = (kind: Kind, { thread, ns, id }: Place, ...more: readonly string[]): string =>
  [PREFIX, kind, ...[thread, ns, id, ...more].map(encode)].join(SEPARATOR)

/** All keys below some parts. */
export function below(kind: Kind, ...parts: readonly string[]): JournalRange {
  const start = [PREFIX, kind, ...parts.map(encode), ''].join(SEPARATOR)
  return { from: start, to: `${start}${END}` }
}

export function placeOf(key: string): Place {
  const [thread = '', ns = '', id = ''] = key.split(SEPARATOR).slice(2).map(decodeURIComponent)
  return { thread, ns, id }
}
