/**
 * Spares recipes the slow copy of a large frozen array.
 *
 * Immer copies an array with `slice`, which V8 does item by item where the array is frozen: 35 µs for 1 000 items. A
 * spread of it takes 0.4, and so does `slice` of what the spread made. So a recipe is handed a base in which the large
 * array that recipes change is a copy that is not frozen, and so is what leads to it:
 *
 *   state   { robots, log: { lines } }     lines is large, and a recipe has changed it
 *   base    { robots, log: { lines } }     three copies, for one recipe; robots is that of the state
 *
 * `settle` puts the original back wherever it meets such a copy: what the recipe left as it was keeps its identity.
 *
 * Which array that is, is looked for after recipes that changed something else, more and more rarely: the states before
 * and after are compared, down to the first large array that differs. A copy that is not used costs a hundredth of what
 * one saves that is, and none is made after {@link LOOK_MAX} of them.
 *
 * Rejected: copies of all large arrays, for which recipes on something else would pay; another `slice` while a recipe
 * runs, which the whole application would see; a look into immer's own record of a draft, which is undocumented.
 */
import type { Originals } from '../../state/index.ts'
import { valueAt } from '../select/path.ts'

/** Shorter arrays are copied fast enough; records of more keys are not copied beside immer. */
const LARGE = 32
/** The most recipes between two looks; prime, so that looks fall in with few patterns of writes. */
const LOOK_MAX = 61

type Container = Record<string, unknown>

/** What a recipe is handed in place of a state. */
export interface Thawed<S> {
  readonly base: S
  /** What its copies stand for. */
  readonly originals: Originals
}

export class Thaw<S> {
  /** Leads from the state to the array; empty where the state is the array. */
  #path: readonly string[] | undefined
  /** Recipes that changed something else since one changed the array, and how many there are at the next look. */
  #unused = 0
  #lookAt = 1

  /** A base for the next recipe; `undefined` where the state itself will do. */
  thaw(state: S): Thawed<S> | undefined {
    if (this.#path === undefined) return undefined
    const originals = new Map<object, object>()
    const base = thawed(state, this.#path, originals) as S | undefined
    return base && { base, originals }
  }

  /** Takes note of what a recipe has changed. */
  note(before: S, after: S): void {
    if (before === after) return
    const path = this.#path
    if (path !== undefined && valueAt(before, path) !== valueAt(after, path)) {
      this.#restart()
      return
    }
    this.#unused += 1
    if (this.#unused < this.#lookAt) return
    const found = pathOfLarge(before, after)
    if (found === undefined && this.#unused < LOOK_MAX) {
      this.#lookAt += (this.#unused >> 1) + 1
      return
    }
    this.#path = found
    if (found === undefined) this.#lookAt += LOOK_MAX
    else this.#restart()
  }

  #restart(): void {
    this.#unused = 0
    this.#lookAt = 1
  }
}

/** A copy of a part of a state that leads to the array; `undefined` where it leads to no large frozen one. */
function thawed(part: unknown, path: readonly string[], originals: Map<object, object>): object | undefined {
  if (!isContainer(part)) return undefined
  const [key, ...rest] = path
  const inner = key === undefined ? isLarge(part) : thawed(part[key], rest, originals)
  if (!inner) return undefined
  const copy = Array.isArray(part) ? [...part] : { ...part }
  // A spread makes `undefined` of a gap, which immer keeps.
  if (Array.isArray(copy) && copy.includes(undefined)) return undefined
  if (key !== undefined) (copy as Container)[key] = inner
  originals.set(copy, part)
  return copy
}

/** The way to the first large array that differs. */
function pathOfLarge(before: unknown, after: unknown): string[] | undefined {
  if (!isContainer(before) || !isContainer(after)) return undefined
  if (isLarge(before)) return []
  for (const key of Object.keys(after)) {
    const rest = after[key] === before[key] ? undefined : pathOfLarge(before[key], after[key])
    if (rest !== undefined) return [key, ...rest]
  }
  return undefined
}

/** Whether a spread copies it as immer does, and fast: one of a record of 1 000 keys costs more than it saves. */
function isContainer(value: unknown): value is Container {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (Array.isArray(value)) return prototype === Array.prototype
  return prototype === Object.prototype && Object.keys(value).length <= LARGE
}

const isLarge = (value: unknown): boolean =>
  Array.isArray(value) && value.length >= LARGE && Object.isFrozen(value)
