/**
 * Which children a state wants, and what has changed about it since the state before.
 *
 *   before   a b c d e f
 *   now      a b x d e f        what both begin and end with is passed: c is gone, x has come
 *
 * The same iterable, or the same context, wants the same children. Lists are compared from both ends; collections say
 * themselves what has changed.
 */
import { type Collection, isCollection } from '../collection/index.ts'
import { describeValue, HeadgateError } from '../kit/index.ts'
import { type AnyState, type ChildNode, isIn } from '../machine/index.ts'

export interface KeyChanges {
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

const NONE: readonly string[] = Object.freeze([])

export class WantedKeys {
  readonly #node: ChildNode
  #context: unknown
  #isIn = false
  #given: unknown = NONE
  /** The keys as a list; of a collection, when they are asked for. */
  #list: readonly string[] | undefined = NONE

  constructor(node: ChildNode) {
    this.#node = node
  }

  /**
   * What has changed; undefined for nothing. It is remembered as what is wanted.
   *
   * @throws what `keys` throws, and `OPTION_INVALID` for what are no keys: then what was wanted is wanted still.
   */
  next({ context, current }: AnyState): KeyChanges | undefined {
    const { in: states, keys } = this.#node
    const isWanted = states === undefined || states.some((name) => isIn(current, name))
    if (isWanted === this.#isIn && (context === this.#context || !isWanted)) return undefined
    const given: unknown = isWanted ? keys(context as never) : NONE
    const changes = given === this.#given ? undefined : this.#compare(given)
    this.#isIn = isWanted
    this.#context = context
    return changes
  }

  #compare(given: unknown): KeyChanges {
    const { added, removed, list } =
      isCollection(given) && isCollection(this.#given)
        ? { ...given.diff(this.#given), list: undefined }
        : differences(this.#list ?? idsOf(this.#given), this.#listOf(given))
    this.#given = given
    this.#list = list
    return { added, removed }
  }

  #listOf(given: unknown): readonly string[] {
    if (isCollection(given)) return idsOf(given)
    const isList = typeof given === 'object' && given !== null && Symbol.iterator in given
    if (!isList) this.#refuse(given)
    // What is not frozen may change.
    const list: readonly unknown[] =
      Array.isArray(given) && Object.isFrozen(given) ? given : [...(given as Iterable<unknown>)]
    const wrong = list.findIndex((key) => typeof key !== 'string')
    if (wrong >= 0) this.#refuse(list[wrong])
    return list as readonly string[]
  }

  #refuse(given: unknown): never {
    const option = `keys of children "${this.#node.name}"`
    const expected = 'an iterable of strings, or a collection'
    throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(given) })
  }
}

const idsOf = (given: unknown): readonly string[] => [...(given as Collection<unknown>).ids()]

function differences(
  before: readonly string[],
  list: readonly string[],
): KeyChanges & { readonly list: readonly string[] } {
  let start = 0
  while (start < before.length && start < list.length && before[start] === list[start]) start += 1
  let end = 0
  const most = Math.min(before.length, list.length) - start
  while (end < most && before[before.length - 1 - end] === list[list.length - 1 - end]) end += 1
  return {
    added: list.slice(start, list.length - end),
    removed: before.slice(start, before.length - end),
    list,
  }
}
