/**
 * A state while a delta is applied to it. What is written into is copied first, once, and its parents with it; the
 * state itself is never touched, so to give up is to forget the copies.
 *
 *   state   { robots { r1, r2 }, log }
 *   root    { robots'{ r1',r2 }, log }        after a write into r1: the ways to it are copies, the rest is shared
 */
import { isCollection } from '../collection/index.ts'
import { setOwn } from '../json/index.ts'
import { CollectionDraft } from './collection-draft.ts'
import { isRecord } from './containers.ts'
import { END, indexOf } from './pointer.ts'

/** What stands where there is nothing; no value of a state is it. */
export const NOTHING: unique symbol = Symbol('nothing')

type Writable = unknown[] | Record<string, unknown> | CollectionDraft

/** The value of a key; {@link NOTHING} where there is none, inherited ones included. */
export function valueIn(container: unknown, key: string): unknown {
  if (Array.isArray(container)) {
    const index = indexOf(key)
    return index >= 0 && index < container.length ? container[index] : NOTHING
  }
  if (container instanceof CollectionDraft || isCollection(container)) {
    const entity = container.get(key)
    return entity === undefined ? NOTHING : entity
  }
  return isRecord(container) && Object.hasOwn(container, key) ? container[key] : NOTHING
}

/** Whether a path can lead on from a value. */
export const isContainer = (value: unknown): boolean =>
  Array.isArray(value) || value instanceof CollectionDraft || isCollection(value) || isRecord(value)

/** The value at the end of a way; {@link NOTHING} where it does not lead. */
export function valueAlong(root: unknown, keys: readonly string[]): unknown {
  let value = root
  for (const key of keys) value = valueIn(value, key)
  return value
}

export class Workspace {
  root: unknown
  readonly #copies = new Set<unknown>()
  #hasCollections = false

  constructor(state: unknown) {
    this.root = state
  }

  /** The container at the end of a way, copied with its parents where it is not yet; undefined where there is none. */
  open(keys: readonly string[]): Writable | undefined {
    if (!isContainer(this.root)) return undefined
    let container = this.#own(this.root)
    this.root = container
    for (const key of keys) {
      const value = valueIn(container, key)
      if (!isContainer(value)) return undefined
      const own = this.#own(value)
      if (own !== value) write(container, key, own)
      container = own
    }
    return container
  }

  /** The value at the end of a way, frozen: another operation that writes into it makes a new copy. */
  seal(keys: readonly string[]): unknown {
    const value = valueAlong(this.root, keys)
    if (!this.#copies.has(value)) return value
    const sealed = this.#settled(value)
    const key = keys.at(-1)
    if (key === undefined) this.root = sealed
    // The cast holds: what is above a copy is a copy.
    else write(this.open(keys.slice(0, -1)) as Writable, key, sealed)
    return sealed
  }

  /** The state as it has become, frozen. */
  finish(): unknown {
    if (this.#hasCollections) return this.#settled(this.root)
    for (const copy of this.#copies) Object.freeze(copy)
    return this.root
  }

  #own(container: unknown): Writable {
    if (this.#copies.has(container)) return container as Writable
    const copy = this.#copyOf(container)
    this.#copies.add(copy)
    return copy
  }

  #copyOf(container: unknown): Writable {
    if (Array.isArray(container)) return container.slice()
    if (isCollection(container)) {
      this.#hasCollections = true
      return new CollectionDraft(container)
    }
    const record = container as Record<string, unknown>
    const copy = { ...record }
    return Object.getPrototypeOf(record) === null ? Object.setPrototypeOf(copy, null) : copy
  }

  /** Freezes a copy and the copies in it; drafts of collections become versions. */
  #settled(value: unknown): unknown {
    if (!this.#copies.delete(value)) return value
    if (value instanceof CollectionDraft) return value.finish((entity) => this.#settled(entity))
    // The cast holds: a copy is a list or a plain object, and an index is a key.
    const container = value as Record<string, unknown>
    for (const key of Object.keys(container)) {
      if (this.#copies.has(container[key])) setOwn(container, key, this.#settled(container[key]))
    }
    return Object.freeze(value)
  }
}

const NO_ENTITY = 'an entity of a collection is any value but undefined'

/** Writes a value where there is one; says what is wrong where it cannot. */
export function write(container: Writable, key: string, value: unknown): string | undefined {
  if (Array.isArray(container)) container[indexOf(key)] = value
  else if (container instanceof CollectionDraft) {
    if (value === undefined) return NO_ENTITY
    container.set(key, value)
  } else setOwn(container, key, value)
  return undefined
}

/** Adds a value; says what is wrong where it cannot. */
export function add(container: Writable, key: string, value: unknown, before?: string): string | undefined {
  if (Array.isArray(container)) {
    const index = key === END ? container.length : indexOf(key)
    if (index < 0) return `${JSON.stringify(key)} is no index of a list`
    if (index > container.length) return `${index} is behind the end of a list of ${container.length}`
    container.splice(index, 0, value)
  } else if (container instanceof CollectionDraft) {
    if (value === undefined) return NO_ENTITY
    container.set(key, value, before)
  } else setOwn(container, key, value)
  return undefined
}

/** Removes what is there. */
export function remove(container: Writable, key: string): void {
  if (Array.isArray(container)) container.splice(indexOf(key), 1)
  else if (container instanceof CollectionDraft) container.remove(key)
  else delete container[key]
}
