/**
 * Runs recipes, on an immer instance of its own: the settings of the application's immer stay its own.
 *
 * `enableMapSet` and `enablePatches` register plug-ins for all of immer; they change nothing for those
 * who do not use them.
 */
import { enableMapSet, enablePatches, freeze, Immer, isDraft, type Patch } from 'immer'
import { HeadgateError } from '../kit/index.ts'

enableMapSet()
enablePatches()

/** A recipe as the pipeline sees it; the types of `Store.update` have checked it. */
export type AnyRecipe = (draft: never) => unknown

const freezing = new Immer({ autoFreeze: true })
const leaving = new Immer({ autoFreeze: false })

/** Whether something can be awaited. */
export const isPromiseLike = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'

/** Whether `result` is a promise; if so, its rejection is taken care of: the refusal is error enough. */
export function isRefusedPromise(result: unknown): boolean {
  if (!isPromiseLike(result)) return false
  result.then(undefined, () => {})
  return true
}

/** What a recipe made of a state, and with which patches, if they were asked for. */
export interface RecipeResult {
  readonly state: unknown
  readonly patches: readonly Patch[] | undefined
}

/** How a recipe is run. */
export interface RecipeOptions {
  /** The name of the store, for errors. */
  readonly store: string
  readonly withPatches: boolean
  /** Whether what it makes is frozen. */
  readonly freeze: boolean
}

/** Runs a recipe; throws what it throws, or `RECIPE_ASYNC`. */
export function runRecipe(
  state: unknown,
  recipe: AnyRecipe,
  { store, withPatches, freeze: freezes }: RecipeOptions,
): RecipeResult {
  const immer = freezes ? freezing : leaving
  const guarded = (draft: unknown): unknown => {
    const result = recipe(draft as never)
    if (isRefusedPromise(result)) throw new HeadgateError('RECIPE_ASYNC', { store })
    return result
  }
  if (!withPatches) return { state: immer.produce(state, guarded), patches: undefined }
  const [next, patches] = immer.produceWithPatches(state, guarded)
  return { state: next, patches }
}

/**
 * Freezes a state deeply, in place. What is frozen already is not walked.
 *
 * A plain object whose values need no walk is the common case, `{ ...state, one: value }`, and takes a third
 * of the time that immer's walk does: it makes no list of the keys. Values under symbols are not looked at.
 */
export function freezeState<T>(state: T): T {
  return isPlainAndShallow(state) ? Object.freeze(state) : freeze(state, true)
}

function isPlainAndShallow(state: unknown): boolean {
  if (typeof state !== 'object' || state === null || isDraft(state)) return false
  if (Object.getPrototypeOf(state) !== Object.prototype) return false
  for (const key in state) {
    const value = (state as Record<string, unknown>)[key]
    if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) return false
  }
  return true
}
