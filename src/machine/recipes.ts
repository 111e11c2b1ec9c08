import { deferredOf } from '../kit/index.ts'
import { runRecipe } from '../store/index.ts'
import type { EventObject } from './definition.ts'
import type { AnyContextRecipe } from './machine.ts'

type MaybeRecipe = AnyContextRecipe | undefined

/**
 * Runs recipes on one draft of the context: those of a transition, in order. What they return is not used, so
 * `(d) => d.n++` is fine.
 */
export function runRecipes<Context>(
  machine: string,
  context: Context,
  event: EventObject,
  recipes: readonly MaybeRecipe[],
): Context {
  // Most transitions have none, and pay for none.
  if (recipes.every((recipe) => recipe === undefined)) return context
  const all = (draft: never): unknown => {
    for (const recipe of recipes) {
      // A type says void, but an async function passes it: what it returned is handed on, to be refused.
      const result: unknown = recipe?.(draft, event as never)
      if (deferredOf(result) !== undefined) return result
    }
    return undefined
  }
  const options = { store: machine, subject: `machine "${machine}"`, operation: 'a recipe', freeze: true }
  return runRecipe(context, all, options) as Context
}

/** The recipes of a transition between two states. */
export function runThree<Context>(
  machine: string,
  context: Context,
  event: EventObject,
  first: MaybeRecipe,
  second?: MaybeRecipe,
  third?: MaybeRecipe,
): Context {
  if (first === undefined && second === undefined && third === undefined) return context
  return runRecipes(machine, context, event, [first, second, third])
}
