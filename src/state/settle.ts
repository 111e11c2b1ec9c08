/**
 * Makes a value fit to be a state: looks once over what is new in it, and freezes that.
 *
 *   next      { robots, log, mode }        robots is the one that was there before: not entered
 *   previous  { robots, log, mode }        log is new: entered, each item compared with the one before it
 *
 * What is refused, with its path: cycles and great depth, which no recipe, codec or path could walk; drafts whose
 * recipe has ended. A draft whose recipe still runs is replaced by what it stands for.
 *
 * A part that is the same as before at its place was settled then. So after a recipe the walk costs no more than the
 * copies that the recipe made, and a `set` that keeps branches pays for the others only.
 *
 * It freezes from the leaves up: a cycle is found by the bound of depth, and told as what it is. Parts that stand in
 * many places are walked once, after the first {@link FREE_VISITS}; before that a list of them would cost more than
 * it saves.
 *
 * Instances of classes that immer does not draft are left as they are, and so are collections, which settle what
 * is put into them.
 */
import { current, enableMapSet, freeze, isDraft, isDraftable } from 'immer'
import { HeadgateError, messageOf } from '../kit/index.ts'

enableMapSet()

/** The most levels that a state may have. */
export const STATE_DEPTH_MAX = 1_000

/** So many containers are walked before those that are done are remembered. */
const FREE_VISITS = 100

export type Problem = 'cyclic' | 'deep' | 'draft'

/** Why a value is not fit; turned into a `STATE_INVALID` by whoever knows for what it was meant. */
export class UnfitState extends Error {
  readonly problem: Problem
  readonly path: readonly unknown[]

  constructor(problem: Problem, path: readonly unknown[], cause?: unknown) {
    super(`${problem} at ${path.join('.')}`, { cause })
    this.problem = problem
    this.path = path
  }

  /** The error that a caller is given. */
  toError(subject: string, operation: string): HeadgateError {
    const { problem, path } = this
    const place = ['state', ...path.slice(0, 12).map((key) => printed(key))].join('.')
    const details = { subject, operation, problem, path: path.length > 12 ? `${place}…` : place }
    return new HeadgateError(
      'STATE_INVALID',
      { ...details, depthMax: STATE_DEPTH_MAX },
      { cause: this.cause },
    )
  }
}

const printed = (key: unknown): string => (typeof key === 'symbol' ? String(key) : messageOf(key))

/** What a walk keeps beside its place. */
class Walk {
  readonly freezes: boolean
  visits = 0
  done: Set<object> | undefined

  constructor(freezes: boolean) {
    this.freezes = freezes
  }
}

/** Thrown by the quick walk, which does not know its path; the one that does is made then. */
const TOO_DEEP = Symbol('too deep')

/**
 * Settles a value, in place.
 *
 * @param previous - what was there before; anything where nothing was.
 * @param freezes - whether what is new is frozen; false only looks.
 * @returns the value; another one only where it is a draft itself.
 * @throws `UnfitState`; what has been walked by then may be frozen.
 */
export function settle<T>(next: T, previous: unknown, freezes = true): T {
  if (typeof next !== 'object' || next === null || next === previous) return next
  try {
    return settleObject(next, previous, 0, new Walk(freezes)) as T
  } catch (error) {
    throw findProblem(next, error)
  }
}

function settleObject(value: object, previous: unknown, depth: number, walk: Walk): object {
  if (depth > STATE_DEPTH_MAX) throw TOO_DEEP
  if (isDraft(value)) return settledDraft(value, walk)
  if (Array.isArray(value)) return settleList(value, previous, depth, walk)
  if (Object.getPrototypeOf(value) === Object.prototype)
    return settleRecord(value as Fields, previous, depth, walk)
  if (!isDraftable(value)) return settleOpaque(value, walk)
  if (value instanceof Map) return settleMap(value, previous, depth, walk)
  if (value instanceof Set) return settleSet(value, depth, walk)
  return settleRecord(value as Fields, previous, depth, walk)
}

type Fields = Record<string, unknown>

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** What a draft stands for. It is a copy, which nobody else has. */
function settledDraft(draft: object, { freezes }: Walk): object {
  const value = current(draft)
  return freezes ? freeze(value, true) : value
}

function settleList(list: unknown[], previous: unknown, depth: number, walk: Walk): object {
  const before = Array.isArray(previous) ? (previous as unknown[]) : NOTHING
  let nested = false
  for (let i = 0; i < list.length; i += 1) {
    const item = list[i]
    if (!isObject(item) || item === before[i]) continue
    if (!nested && isDone(list, walk)) return list
    nested = true
    const settled = settleObject(item, before[i], depth + 1, walk)
    if (settled !== item) replace(list, i, settled)
  }
  return finish(list, nested, walk)
}

function settleRecord(record: Fields, previous: unknown, depth: number, walk: Walk): object {
  const before = (isObject(previous) ? previous : NOTHING) as Fields
  let nested = false
  for (const key in record) {
    const item = record[key]
    if (!isObject(item) || item === before[key]) continue
    if (!nested && isDone(record, walk)) return record
    nested = true
    const settled = settleObject(item, before[key], depth + 1, walk)
    if (settled !== item) replace(record, key, settled)
  }
  return finish(record, nested, walk)
}

const NOTHING: readonly unknown[] = Object.freeze([])

/** Remembers what is done, once there is much of it; says whether a container was done before. */
function isDone(container: object, walk: Walk): boolean {
  walk.visits += 1
  if (walk.visits < FREE_VISITS) return false
  walk.done ??= new Set()
  return walk.done.has(container)
}

function finish(container: object, nested: boolean, walk: Walk): object {
  if (nested) walk.done?.add(container)
  return walk.freezes ? Object.freeze(container) : container
}

/** Puts what a draft stands for in its place. */
function replace(container: object, key: PropertyKey, settled: object): void {
  // A draft inside something frozen cannot be replaced.
  if (!Reflect.set(container, key, settled)) throw new UnfitState('draft', [])
}

/**
 * What is not drafted is not walked, as it may lead anywhere. But a draft that it was given, as a field, would end
 * with its recipe.
 */
function settleOpaque(value: object, walk: Walk): object {
  for (const [key, item] of fieldsOf(value)) {
    if (isDraft(item)) replace(value, key, settledDraft(item, walk))
  }
  return value
}

/** The fields that hold objects; getters are not asked. */
function fieldsOf(value: object): (readonly [string, object])[] {
  if (ArrayBuffer.isView(value)) return []
  return Object.keys(value).flatMap((key) => {
    const item: unknown = Object.getOwnPropertyDescriptor(value, key)?.value
    return isObject(item) ? [[key, item] as const] : []
  })
}

function settleMap(map: Map<unknown, unknown>, previous: unknown, depth: number, walk: Walk): object {
  if (isDone(map, walk)) return map
  const before = previous instanceof Map ? previous : NO_ENTRIES
  for (const [key, item] of map) {
    // A key cannot be replaced without losing its place.
    if (isObject(key) && !before.has(key) && settleObject(key, undefined, depth + 1, walk) !== key)
      throw new UnfitState('draft', [])
    if (!isObject(item) || item === before.get(key)) continue
    const settled = settleObject(item, before.get(key), depth + 1, walk)
    if (settled !== item) map.set(key, settled)
  }
  walk.done?.add(map)
  return walk.freezes ? freeze(map) : map
}

const NO_ENTRIES: ReadonlyMap<unknown, unknown> = new Map()

function settleSet(set: Set<unknown>, depth: number, walk: Walk): object {
  if (isDone(set, walk)) return set
  const items = [...set].map((item) =>
    isObject(item) ? settleObject(item, undefined, depth + 1, walk) : item,
  )
  if (items.some((item) => !set.has(item))) {
    set.clear()
    for (const item of items) set.add(item)
  }
  walk.done?.add(set)
  return walk.freezes ? freeze(set) : set
}

// ---- where it went wrong ----

/** Finds the first place that is not fit, as the quick walk met it. */
function findProblem(root: object, error: unknown): unknown {
  const ancestors = new Set<object>()
  const done = new Set<object>()
  const search = (value: unknown, path: unknown[]): UnfitState | undefined => {
    if (!isObject(value) || done.has(value)) return undefined
    if (ancestors.has(value)) return new UnfitState('cyclic', path)
    if (path.length > STATE_DEPTH_MAX) return new UnfitState('deep', path)
    if (isEndedOrHeld(value, error)) return new UnfitState('draft', path, error)
    if (!isDraftable(value)) {
      const held = fieldsOf(value).find(([, item]) => isEndedOrHeld(item, error))
      return held && new UnfitState('draft', [...path, held[0]], error)
    }
    ancestors.add(value)
    for (const [key, item] of entriesOf(value)) {
      const found = search(item, [...path, key])
      if (found !== undefined) return found
    }
    ancestors.delete(value)
    done.add(value)
    return undefined
  }
  return search(root, []) ?? error
}

/** Whether a value is a draft that cannot be replaced; one whose recipe has ended throws whatever is asked of it. */
function isEndedOrHeld(value: object, error: unknown): boolean {
  try {
    return isDraft(value) && error instanceof UnfitState
  } catch {
    return true
  }
}

function entriesOf(value: object): Iterable<readonly [unknown, unknown]> {
  if (value instanceof Map)
    return [...value].flatMap(([key, item]) => [
      [key, key],
      [key, item],
    ])
  if (value instanceof Set) return [...value].entries()
  return Object.entries(value)
}
