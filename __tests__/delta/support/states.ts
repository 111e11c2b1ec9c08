/** Random states, and states that came of others by random edits, so that much of them is shared. */
import fc from 'fast-check'
import { type Collection, collection, isCollection } from '../../../src/collection/index.ts'

const key = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'c', 'd') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', '', 'a/b', 'm~n', '~1', '0'),
  },
)
const leaf = fc.oneof(
  fc.constantFrom(0, -0, 1, 2, Number.NaN, '', 'x', true, null, undefined, 7n),
  fc.date({ noInvalidDate: true }),
  fc.constantFrom(new Map([['k', 1]]), new Set([1, 2])),
)

const frozen = <Value>(value: Value): Value => Object.freeze(value)

const record = (entries: readonly (readonly [string, unknown])[]): object => {
  const made: Record<string, unknown> = {}
  for (const [name, value] of entries) {
    Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true })
  }
  return frozen(made)
}

const tied = fc.letrec<{ state: unknown; value: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, depthSize: 'small' }, leaf, tie('state')),
  state: fc.oneof(
    { maxDepth: 4 },
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map(record),
    fc.array(tie('value'), { maxLength: 8 }).map(frozen),
    fc
      .array(fc.tuple(key, tie('value')), { maxLength: 6 })
      .map((entries) => collection(entries.filter(([, entity]) => entity !== undefined))),
  ),
}))

export const state: fc.Arbitrary<unknown> = tied.state

/** One edit, of whatever a walk by `way` comes to: the numbers choose among what is there. */
export interface Edit {
  readonly way: readonly number[]
  readonly kind: number
  readonly at: number
  readonly value: unknown
}

export const edit: fc.Arbitrary<Edit> = fc.record({
  way: fc.array(fc.nat(7), { maxLength: 4 }),
  kind: fc.nat(5),
  at: fc.nat(9),
  value: fc.oneof({ weight: 2, arbitrary: leaf }, { weight: 1, arbitrary: state }),
})

/** Does an edit as a careful writer does: what it does not touch keeps its identity. */
export function edited(value: unknown, one: Edit, depth = 0): unknown {
  const choice = one.way[depth]
  const entries = entriesOf(value)
  if (entries === undefined) return one.value === undefined ? null : one.value
  if (choice !== undefined && entries.length > 0) {
    const [name, item] = entries[choice % entries.length] as [string, unknown]
    return replaced(value, name, edited(item, one, depth + 1))
  }
  return rearranged(value, entries, one)
}

function entriesOf(value: unknown): [string, unknown][] | undefined {
  if (Array.isArray(value)) return [...value.entries()].map(([at, item]) => [String(at), item])
  if (isCollection(value)) return [...value]
  if (typeof value !== 'object' || value === null) return undefined
  return Object.getPrototypeOf(value) === Object.prototype ? Object.entries(value) : undefined
}

function replaced(value: unknown, name: string, item: unknown): unknown {
  if (Array.isArray(value)) return frozen(copied(value, Number(name), item))
  if (isCollection(value)) return value.set(name, item ?? null)
  return record([...(entriesOf(value) ?? [])].map(([own, old]) => [own, own === name ? item : old]))
}

function copied(list: readonly unknown[], at: number, item: unknown): unknown[] {
  const copy = list.slice()
  copy[at] = item
  return copy
}

function rearranged(
  value: unknown,
  entries: readonly [string, unknown][],
  { kind, at, value: item }: Edit,
): unknown {
  const place = entries.length === 0 ? 0 : at % entries.length
  if (Array.isArray(value)) return frozen(rearrangedList(value, kind, place, item))
  if (isCollection(value)) return rearrangedCollection(value, entries, kind, place, item)
  const rest = entries.filter((_, index) => index !== place)
  const [own] = entries[place] ?? ['a']
  if (kind === 0) return record(rest)
  if (kind === 1) return record([['e', item], ...entries.filter(([name]) => name !== 'e')])
  return kind === 2 ? record([...entries].reverse()) : record([...rest, [own, item]])
}

function rearrangedList(list: readonly unknown[], kind: number, at: number, item: unknown): unknown[] {
  const copy = list.slice()
  if (kind === 0) copy.splice(at, 1)
  else if (kind === 1) copy.splice(at, 0, item, item)
  else if (kind === 2) copy.reverse()
  else if (kind === 3) copy.push(...copy.splice(0, at))
  else copy[at] = item
  return copy
}

function rearrangedCollection(
  value: Collection<unknown>,
  entries: readonly [string, unknown][],
  kind: number,
  at: number,
  item: unknown,
): unknown {
  const [own, entity] = entries[at] ?? ['a', null]
  if (kind === 0) return value.remove(own)
  if (kind === 1) return value.set(`new ${at}`, item ?? null)
  if (kind === 2) return value.remove(own).set(own, entity)
  return kind === 3 ? collection([...entries].reverse()) : value.set(own, item ?? null)
}
