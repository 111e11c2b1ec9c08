/**
 * Runs recipes, on an immer instance of its own: the settings of the application's immer stay its own.
 *
 * `enableMapSet` and `enablePatches` register plug-ins for all of immer; they change nothing for those
 * who do not use them.
 */
import { enableMapSet, enablePatches, freeze, Immer, type Patch } from 'immer'
import { HeadgateError } from '../kit/index.ts'

enableMapSet()
enablePatches()

/** A recipe as the pipeline sees it; the types of `Store.update` have checked it. */
export type AnyRecipe = (draft: never) => unknown

const immer = new Immer({ autoFreeze: true })

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

/** Runs a recipe; throws what it throws, or `RECIPE_ASYNC`. */
export function runRecipe(
  state: unknown,
  recipe: AnyRecipe,
  store: string,
  withPatches: boolean,
): RecipeResult {
  const guarded = (draft: unknown): unknown => {
    const result = recipe(draft as never)
    if (isRefusedPromise(result)) throw new HeadgateError('RECIPE_ASYNC', { store })
    return result
  }
  if (!withPatches) return { state: immer.produce(state, guarded), patches: undefined }
  const [next, patches] = immer.produceWithPatches(state, guarded)
  return { state: next, patches }
}

/** Freezes a state deeply, in place. What is frozen already is not walked. */
export function freezeState<T>(state: T): T {
  return freeze(state, true)
}
