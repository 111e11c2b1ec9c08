/**
 * What is done with one entity: it is settled (no drafts, deeply frozen) when it comes in, and a recipe on
 * it runs on an immer instance of its own, so that the settings of the application's immer stay its own.
 *
 * An entity may come from inside a recipe of a store, and hold drafts of that recipe. Immer does not look
 * into a collection when the recipe ends; drafts in it would be revoked and unreadable. So they are replaced
 * by what they stand for at once.
 */
import { Immer } from 'immer'
import { deferredOf, describeValue, HeadgateError } from '../kit/index.ts'
import { settle, UnfitState } from '../state/index.ts'

const immer = new Immer({ autoFreeze: true })

function settled(entity: unknown, previous: unknown): unknown {
  try {
    return settle(entity, previous)
  } catch (error) {
    throw error instanceof UnfitState ? error.toError('a collection', 'set()') : error
  }
}

/**
 * Makes a value fit to be an entity.
 *
 * @param previous - the entity in whose place it comes; what the two share is not walked.
 * @throws `OPTION_INVALID` for `undefined`, which stands for "not there"; `STATE_INVALID`.
 */
export function settledEntity(entity: unknown, previous?: unknown): unknown {
  if (entity !== undefined) return settled(entity, previous)
  throw new HeadgateError('OPTION_INVALID', {
    option: 'entity',
    expected: 'any value but undefined',
    received: describeValue(entity),
  })
}

/**
 * Checks an id.
 *
 * @throws `OPTION_INVALID` for anything but a string.
 */
export function requireId(id: unknown): void {
  if (typeof id === 'string') return
  throw new HeadgateError('OPTION_INVALID', {
    option: 'id',
    expected: 'a string',
    received: describeValue(id),
  })
}

/** Runs a recipe on one entity. */
export function runEntityRecipe(entity: unknown, recipe: (draft: never) => unknown): unknown {
  return immer.produce(entity, (draft: unknown) => {
    const result = recipe(draft as never)
    const returned = deferredOf(result)
    if (returned === undefined) return result
    throw new HeadgateError('OPTION_INVALID', {
      option: 'recipe',
      expected: 'synchronous',
      received: `one that returned ${returned}`,
    })
  })
}
