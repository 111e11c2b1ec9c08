/**
 * What is done with one entity: it is settled (no drafts, deeply frozen) when it comes in, also from a recipe on it.
 *
 * An entity may come from inside a recipe of a store, and hold drafts of that recipe. Immer does not look
 * into a collection when the recipe ends; drafts in it would be revoked and unreadable. So they are replaced
 * by what they stand for at once.
 */
import { type Deferred, describeValue, HeadgateError } from '../kit/index.ts'
import { type AnyRecipe, produce, settle, unfitError } from '../state/index.ts'

/**
 * Makes a value fit to be an entity.
 *
 * @param previous - the entity in whose place it comes; what the two share is not walked.
 * @throws `OPTION_INVALID` for `undefined`, which stands for "not there"; `STATE_INVALID`.
 */
export function settledEntity(entity: unknown, previous?: unknown): unknown {
  if (entity !== undefined) {
    try {
      return settle(entity, previous)
    } catch (error) {
      throw unfitError(error, 'a collection', 'set()')
    }
  }
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

const asyncError = (returned: Deferred): HeadgateError =>
  new HeadgateError('OPTION_INVALID', {
    option: 'recipe',
    expected: 'synchronous',
    received: `one that returned ${returned}`,
  })

/** Runs a recipe on one entity; what it makes is to be settled. */
export function runEntityRecipe(entity: unknown, recipe: AnyRecipe): unknown {
  try {
    return produce(entity, recipe, asyncError)
  } catch (error) {
    throw unfitError(error, 'a collection', 'update()')
  }
}
