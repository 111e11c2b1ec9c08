import { isCollection } from '../collection/index.ts'
import { builtInOf } from '../json/index.ts'
import { isRecord } from './containers.ts'

/**
 * Whether two values are equal by what they hold, as the operation `test` asks: 0 and -0 are, objects whatever the
 * order of their keys; collections, Map and Set in their order. What is the same object is not looked into.
 */
export function sameValue(one: unknown, other: unknown): boolean {
  if (one === other || Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one)) return Array.isArray(other) && sameItems(one, other)
  if (isRecord(one)) return isRecord(other) && sameFields(one, other)
  if (isCollection(one)) return isCollection(other) && sameItems(one.toJSON(), other.toJSON())
  const kind = builtInOf(one)
  if (kind === undefined || kind !== builtInOf(other)) return false
  // The casts hold by the kind. A Date's number is its time; a Map's items are entries.
  return kind === 'Date'
    ? Object.is(Number(one), Number(other))
    : sameItems([...(one as Iterable<unknown>)], [...(other as Iterable<unknown>)])
}

const sameItems = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((item, at) => sameValue(item, other[at]))

function sameFields(
  one: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
): boolean {
  const keys = Object.keys(one)
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && sameValue(one[key], other[key]))
  )
}
