/** Runs recipes, on an immer instance of its own: the settings of the application's immer stay its own. */
import { Immer } from 'immer'
import { deferredOf, HeadgateError } from '../../kit/index.ts'
import { settle, UnfitState } from '../../state/index.ts'

/** A recipe as the pipeline sees it; the types of `Store.update` have checked it. */
export type AnyRecipe = (draft: never) => unknown

/** It freezes nothing: `settle` freezes what is new, in the walk that looks whether it is fit. */
const immer = new Immer({ autoFreeze: false })

/** How a recipe is run. */
export interface RecipeOptions {
  /** The name of the store, or of the machine, for errors. */
  readonly store: string
  /** What errors call that on whose state it runs; default `store "…"`. */
  readonly subject?: string
  readonly operation: string
  /** Whether what it makes is frozen. */
  readonly freeze: boolean
}

/**
 * Runs a recipe.
 *
 * @throws what the recipe throws, `RECIPE_ASYNC` for one that is async or a generator, `UnfitState`.
 */
export function produce(state: unknown, recipe: AnyRecipe, store: string): unknown {
  let returned = false
  try {
    return immer.produce(state, (draft: unknown) => {
      const result = recipe(draft as never)
      const deferred = deferredOf(result)
      if (deferred !== undefined) throw new HeadgateError('RECIPE_ASYNC', { store, returned: deferred })
      returned = true
      return result
    })
  } catch (error) {
    throw unfitFor(error, returned) ?? error
  }
}

/** What immer itself fails on, without saying where: a draft that has ended, and, at the end, great depth. */
function unfitFor(error: unknown, returned: boolean): UnfitState | undefined {
  if (error instanceof TypeError && error.message.includes('revoked'))
    return new UnfitState('draft', [], error)
  return returned && error instanceof RangeError ? new UnfitState('deep', [], error) : undefined
}

/**
 * Runs a recipe, and settles what it made of the state.
 *
 * @throws as {@link produce}, but `STATE_INVALID`.
 */
export function runRecipe<T>(state: T, recipe: AnyRecipe, options: RecipeOptions): unknown {
  const { store, subject = `store "${store}"`, operation, freeze } = options
  try {
    return settle(produce(state, recipe, store), state, freeze)
  } catch (error) {
    throw unfitError(error, subject, operation)
  }
}

/** Settles a state that did not come from a recipe; throws `STATE_INVALID`. */
export function settleState<T>(next: T, previous: unknown, { subject, operation, freeze }: SettleOptions): T {
  try {
    return settle(next, previous, freeze)
  } catch (error) {
    throw unfitError(error, subject, operation)
  }
}

/** What a caller is given for what `settle` threw. */
export const unfitError = (error: unknown, subject: string, operation: string): unknown =>
  error instanceof UnfitState ? error.toError(subject, operation) : error

type SettleOptions = Required<Pick<RecipeOptions, 'subject' | 'operation' | 'freeze'>>
