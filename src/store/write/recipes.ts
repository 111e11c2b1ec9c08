/** Runs recipes and settles what they made, for stores and for what stands on them. */
import { HeadgateError } from '../../kit/index.ts'
import { type AnyRecipe, produce, settle, unfitError } from '../../state/index.ts'

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

/** Runs a recipe on the state of a store; throws `RECIPE_ASYNC` for one that is async or a generator. */
export const produceState = (state: unknown, recipe: AnyRecipe, store: string): unknown =>
  produce(state, recipe, (returned) => new HeadgateError('RECIPE_ASYNC', { store, returned }))

/**
 * Runs a recipe, and settles what it made of the state.
 *
 * @throws what the recipe throws, `RECIPE_ASYNC`, `STATE_INVALID`.
 */
export function runRecipe<T>(state: T, recipe: AnyRecipe, options: RecipeOptions): unknown {
  const { store, subject = `store "${store}"`, operation, freeze } = options
  try {
    return settle(produceState(state, recipe, store), state, freeze)
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

type SettleOptions = Required<Pick<RecipeOptions, 'subject' | 'operation' | 'freeze'>>
