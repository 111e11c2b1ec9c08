/** A delta applied in the plainest way there is: to a deep copy, one operation after the other. */
import { type Collection, collection, isCollection } from '../../../src/collection/index.ts'
import type { Delta, Operation } from '../../../src/delta/index.ts'

/** A collection as the plain thing it is: entries in order. */
export class Entries {
  readonly list: [string, unknown][]

  constructor(list: Iterable<readonly [string, unknown]>) {
    this.list = Array.from(list, ([id, entity]) => [id, thawed(entity)])
  }
}

/** A copy that may be written to. */
export function thawed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(thawed)
  if (isCollection(value)) return new Entries(value)
  if (value instanceof Entries) return new Entries(value.list)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return value
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, thawed(item)]))
}

/** The same with collections again. */
export function collected(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(collected)
  if (value instanceof Entries) {
    const entries = value.list.map(([id, entity]): [string, unknown] => [id, collected(entity)])
    return collection(entries) as Collection<unknown>
  }
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return value
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, collected(item)]))
}

const keysOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))

function get(container: unknown, key: string): unknown {
  if (container instanceof Entries) return container.list.find(([id]) => id === key)?.[1]
  return (container as Record<string, unknown>)[key]
}

function step(root: unknown, operation: Operation): unknown {
  if (operation.op !== 'add' && operation.op !== 'replace' && operation.op !== 'remove') {
    throw new Error('diff() writes add, replace and remove only')
  }
  const keys = keysOf(operation.path)
  const key = keys.pop()
  const value = operation.op === 'remove' ? undefined : thawed(operation.value)
  if (key === undefined) return value
  const parent = keys.reduce(get, root)
  if (Array.isArray(parent)) {
    if (operation.op === 'add') parent.splice(Number(key), 0, value)
    else if (operation.op === 'remove') parent.splice(Number(key), 1)
    else parent[Number(key)] = value
  } else if (parent instanceof Entries) {
    const at = parent.list.findIndex(([id]) => id === key)
    if (operation.op === 'remove') parent.list.splice(at, 1)
    else if (operation.op === 'replace') parent.list[at] = [key, value]
    else {
      const { before } = operation as { before?: string }
      const place = parent.list.findIndex(([id]) => id === before)
      parent.list.splice(place < 0 ? parent.list.length : place, 0, [key, value])
    }
  } else {
    const record = parent as Record<string, unknown>
    if (operation.op === 'remove') delete record[key]
    else Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
  }
  return root
}

export const applyNaively = (state: unknown, delta: Delta): unknown =>
  collected(delta.reduce(step, thawed(state)))
