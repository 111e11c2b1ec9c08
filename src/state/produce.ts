/** Runs recipes, on an immer instance of its own: the settings of the application's immer stay its own. */
import { Immer } from 'immer'
import { type Deferred, deferredOf } from '../kit/index.ts'
import { UnfitState } from './settle.ts'

/** A recipe as its callers see it; the types of what the user calls have checked it. */
export type AnyRecipe = (draft: never) => unknown

/** It freezes nothing: `settle` freezes what is new, in the walk that looks whether it is fit. */
const immer = new Immer({ autoFreeze: false })

/**
 * Runs a recipe. What it makes is to be settled.
 *
 * @param asyncError - makes the error for a recipe that is async or a generator.
 * @throws what the recipe throws, the error for one that is async, `UnfitState`.
 */
export function produce(
  state: unknown,
  recipe: AnyRecipe,
  asyncError: (returned: Deferred) => Error,
): unknown {
  let returned = false
  try {
    return immer.produce(state, (draft: unknown) => {
      const result = recipe(draft as never)
      const deferred = result === undefined ? undefined : deferredOf(result)
      if (deferred !== undefined) throw asyncError(deferred)
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
