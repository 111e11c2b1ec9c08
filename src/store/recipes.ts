/**
 * Runs recipes, on an immer instance of its own: the settings of the application's immer stay its own.
 *
 * `enableMapSet` registers a plug-in for all of immer; it changes nothing for those who do not use it.
 */
import { enableMapSet, freeze, Immer, isDraft } from 'immer'
import { deferredOf, HeadgateError } from '../kit/index.ts'

enableMapSet()

/** A recipe as the pipeline sees it; the types of `Store.update` have checked it. */
export type AnyRecipe = (draft: never) => unknown

const freezing = new Immer({ autoFreeze: true })
const leaving = new Immer({ autoFreeze: false })

/** How a recipe is run. */
export interface RecipeOptions {
  /** The name of the store, for errors. */
  readonly store: string
  /** Whether what it makes is frozen. */
  readonly freeze: boolean
}

/** Runs a recipe; throws what it throws, or `RECIPE_ASYNC` for one that is async or a generator. */
export function runRecipe<T>(
  state: T,
  recipe: AnyRecipe,
  { store, freeze: freezes }: RecipeOptions,
): unknown {
  return (freezes ? freezing : leaving).produce(state, (draft: unknown) => {
    const result = recipe(draft as never)
    const returned = deferredOf(result)
    if (returned !== undefined) throw new HeadgateError('RECIPE_ASYNC', { store, returned })
    return result
  })
}

/**
 * Freezes a state deeply, in place. What is frozen already is not walked.
 *
 * Arrays and plain objects are walked here, because immer lists the keys of each and calls a function for every
 * item: a `set` of a new small state takes two thirds of the time, of a new array of 1 000 half. What else immer
 * drafts is left to it. Values under symbols are not looked at.
 */
export function freezeState<T>(state: T): T {
  if (typeof state === 'object' && state !== null) freezeDeeply(state)
  return state
}

function freezeDeeply(value: object): void {
  if (isDraft(value)) return
  const isList = Array.isArray(value)
  if (!isList && Object.getPrototypeOf(value) !== Object.prototype) {
    freeze(value, true)
    return
  }
  // Looked for before it is frozen: V8 lists the keys of an object that was just frozen anew.
  const isFlat = !isList && hasOnlyFrozen(value)
  if (!isFlat && Object.isFrozen(value)) return
  Object.freeze(value) // before what is in it: it may be in itself
  if (isFlat) return
  for (const item of isList ? value : Object.values(value)) if (mayChange(item)) freezeDeeply(item)
}

function hasOnlyFrozen(record: object): boolean {
  for (const key in record) if (mayChange(record[key as never])) return false
  return true
}

const mayChange = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Object.isFrozen(value)
