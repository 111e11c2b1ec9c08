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

/** The mark of collections, of either copy of the package. */
const COLLECTION: symbol = Symbol.for('headgate.collection')

/** So many containers are walked before those that are done are remembered. */
const FREE_VISITS = 100

export type Problem = 'cyclic' | 'deep' | 'draft'

/** Why a value is not fit; turned into a `STATE_INVALID` by whoever knows for what it was meant. */
export class UnfitState extends Error {
  readonly problem: Problem
  readonly path: readonly unknown[]

  constructor(problem: Problem, path: readonly unknown[] = [], cause?: unknown) {
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

/** What a caller is given for what `settle` threw. */
export const unfitError = (error: unknown, subject: string, operation: string): unknown =>
  error instanceof UnfitState ? error.toError(subject, operation) : error

const printed = (key: unknown): string => (typeof key === 'symbol' ? String(key) : messageOf(key))

/** A part of something, and where it stands there. */
type Step = readonly [part: object, key: unknown]

/** What a walk keeps beside its place. */
class Walk {
  readonly freezes: boolean
  readonly originals: Originals | undefined
  visits = 0
  done: Set<object> | undefined = undefined
  /** How what is thrown was reached, from the inside out. */
  trail: Step[] | undefined = undefined

  constructor(freezes: boolean, originals: Originals | undefined) {
    this.freezes = freezes
    this.originals = originals
  }
}

/** Copies that stand for what is settled already, each with that. */
export type Originals = ReadonlyMap<object, object>

/**
 * Settles a value, in place.
 *
 * @param previous - what was there before; anything where nothing was.
 * @param freezes - whether what is new is frozen; false only looks.
 * @param originals - what is put in the place of its copies, where they are met.
 * @returns the value; another one only where it is a draft itself, or a copy.
 * @throws `UnfitState`; what has been walked by then may be frozen.
 */
export function settle<T>(next: T, previous: unknown, freezes = true, originals?: Originals): T {
  if (typeof next !== 'object' || next === null || next === previous) return next
  const walk = new Walk(freezes, originals)
  try {
    return settleObject(next, previous, 0, walk) as T
  } catch (error) {
    throw error instanceof UnfitState ? located(error, next, walk) : error
  }
}

/** An error with its path; whoever comes back to where he was is in a circle, and only therefore deep. */
function located({ problem, cause }: UnfitState, root: object, { trail }: Walk): UnfitState {
  const path: unknown[] = []
  const passed = new Set([root])
  for (const [part, key] of trail?.reverse() ?? []) {
    path.push(key)
    if (passed.has(part)) return new UnfitState('cyclic', path, cause)
    passed.add(part)
  }
  return new UnfitState(problem, path, cause)
}

function settleObject(value: object, previous: unknown, depth: number, walk: Walk): object {
  if (depth > STATE_DEPTH_MAX) throw new UnfitState('deep')
  const original = walk.originals?.get(value)
  if (original !== undefined) return original
  if (isLiveDraft(value)) return settledDraft(value, walk)
  if (Array.isArray(value)) return settleList(value, previous, depth, walk)
  if (Object.getPrototypeOf(value) === Object.prototype)
    return settleRecord(value as Fields, previous, depth, walk)
  if (COLLECTION in value) return value
  if (!isDraftable(value)) return settleOpaque(value, depth, walk)
  if (value instanceof Map) return settleMap(value, previous, depth, walk)
  if (value instanceof Set) return settleSet(value, depth, walk)
  return settleRecord(value as Fields, previous, depth, walk)
}

/** Settles a part of something, and puts what it has become in its place. */
function settlePart(
  whole: object,
  key: unknown,
  part: object,
  previous: unknown,
  depth: number,
  walk: Walk,
): void {
  try {
    const settled = settleObject(part, previous, depth + 1, walk)
    if (settled === part || replacePart(whole, key, settled)) return
    // Inside something frozen a draft cannot be replaced, and a copy stays.
    if (!walk.originals?.has(part)) throw new UnfitState('draft')
    freeze(part, true)
  } catch (error) {
    walk.trail ??= []
    walk.trail.push([part, key])
    throw error
  }
}

/** Puts a part in its place; false where that is frozen. */
function replacePart(whole: object, key: unknown, part: object): boolean {
  if (!(whole instanceof Map)) return Reflect.set(whole, key as PropertyKey, part)
  if (Object.isFrozen(whole)) return false
  whole.set(key, part)
  return true
}

type Fields = Record<string, unknown>

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Whether a value is a draft. One whose recipe has ended throws whatever is asked of it. */
function isLiveDraft(value: object): boolean {
  try {
    return isDraft(value)
  } catch (error) {
    throw new UnfitState('draft', [], error)
  }
}

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
    settlePart(list, i, item, before[i], depth, walk)
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
    settlePart(record, key, item, before[key], depth, walk)
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

/**
 * What is not drafted is not walked, as it may lead anywhere. But a draft that it was given, as a field, would end
 * with its recipe. Getters are not asked.
 */
function settleOpaque(value: object, depth: number, walk: Walk): object {
  for (const key of ArrayBuffer.isView(value) ? [] : Object.keys(value)) {
    const item: unknown = Object.getOwnPropertyDescriptor(value, key)?.value
    if (isObject(item) && isAnyDraft(item)) settlePart(value, key, item, undefined, depth, walk)
  }
  return value
}

/** Whether a value is a draft, or was one. */
function isAnyDraft(value: object): boolean {
  try {
    return isDraft(value)
  } catch {
    return true
  }
}

function settleMap(map: Map<unknown, unknown>, previous: unknown, depth: number, walk: Walk): object {
  if (isDone(map, walk)) return map
  const before = previous instanceof Map ? previous : NO_ENTRIES
  for (const [key, item] of map) {
    // A key cannot be replaced without losing its place: nothing frozen takes it.
    if (isObject(key) && !before.has(key)) settlePart(NOTHING, key, key, undefined, depth, walk)
    if (isObject(item) && item !== before.get(key)) settlePart(map, key, item, before.get(key), depth, walk)
  }
  walk.done?.add(map)
  return walk.freezes ? freeze(map) : map
}

const NO_ENTRIES: ReadonlyMap<unknown, unknown> = new Map()

function settleSet(set: Set<unknown>, depth: number, walk: Walk): object {
  if (isDone(set, walk)) return set
  const items = [...set]
  if (Object.isFrozen(set)) Object.freeze(items)
  for (const [i, item] of items.entries()) {
    if (isObject(item)) settlePart(items, i, item, undefined, depth, walk)
  }
  if (items.some((item) => !set.has(item))) {
    set.clear()
    for (const item of items) set.add(item)
  }
  walk.done?.add(set)
  return walk.freezes ? freeze(set) : set
}
