/**
 * What is done with one entity: it is settled (no drafts, deeply frozen) when it comes in, and a recipe on
 * it runs on an immer instance of its own, so that the settings of the application's immer stay its own.
 *
 * An entity may come from inside a recipe of a store, and hold drafts of that recipe. Immer does not look
 * into a collection when the recipe ends; drafts in it would be revoked and unreadable. So they are replaced
 * by what they stand for at once.
 */
import { current, enableMapSet, freeze, Immer, isDraft, isDraftable } from 'immer'
import { describeValue, HeadgateError } from '../kit/index.ts'

enableMapSet()

const immer = new Immer({ autoFreeze: true })

/** Whether immer would take a value for one of its own that is no Map, no Set and no class. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Replaces drafts below a value by what they stand for, and freezes all of it, in place. */
function settle(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (isDraft(value)) return freeze(current(value), true)
  if (isPlain(value)) {
    settleProperties(value as Record<string, unknown>)
    return Object.freeze(value)
  }
  if (!isDraftable(value)) return value
  if (value instanceof Map) for (const [key, item] of value) value.set(key, settle(item))
  else if (value instanceof Set) settleSet(value)
  else settleProperties(value as Record<string, unknown>)
  return freeze(value)
}

function settleSet(set: Set<unknown>): void {
  const items = [...set].map(settle)
  set.clear()
  for (const item of items) set.add(item)
}

function settleProperties(container: Record<string, unknown>): void {
  for (const key of Object.keys(container)) {
    const before = container[key]
    const after = settle(before)
    if (after !== before) container[key] = after
  }
}

/**
 * Makes a value fit to be an entity.
 *
 * @throws `OPTION_INVALID` for `undefined`, which stands for "not there".
 */
export function settledEntity(entity: unknown): unknown {
  if (entity !== undefined) return settle(entity)
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
    if (typeof (result as { then?: unknown } | null | undefined)?.then !== 'function')
      return result
      // Its rejection is taken care of: the refusal is error enough.
    ;(result as PromiseLike<unknown>).then(undefined, () => {})
    throw new HeadgateError('OPTION_INVALID', {
      option: 'recipe',
      expected: 'synchronous',
      received: 'one that returned a promise',
    })
  })
}
