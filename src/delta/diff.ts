/**
 * How a state differs from another, found by identity.
 *
 *   { robots, log, mode }        robots is the same object: not entered
 *   { robots, log, mode }        log is another one: entered, and what differs in it written down
 *
 * Two snapshots of any distance give one delta of what differs between them, however many commits lie in between and
 * whichever way they were made. Patches of immer cannot be joined, tell an `unshift` as a change of every item, and
 * know nothing of `set` and `put`.
 *
 * Plain objects, lists and collections are entered. Everything else is one value: Map, Set, Date, typed arrays and
 * instances of classes are replaced whole. So is a container of which nothing stays, unless it is the state, and a
 * list or collection of which more than half has moved.
 */
import { type Collection, changesBetween, isCollection } from '../collection/index.ts'
import { checkKeys, describeValue, HeadgateError } from '../kit/index.ts'
import { type Fields, isRecord } from './containers.ts'
import type { Delta, JsonPointer, Operation } from './delta.ts'
import { type Alignment, align } from './list-alignment.ts'
import { escaped } from './pointer.ts'

/** How far {@link diff} goes. */
export interface DiffOptions {
  /** The most operations of a delta that is worth having; from 0. Default: any number. */
  readonly operationsMax?: number
}

/**
 * Tells what turns one state into another: `applyDelta(from, diff(from, to))` equals `to`.
 *
 * It walks only where the identity differs, so what was changed in place is not seen: give it snapshots. It writes
 * `add`, `remove` and `replace`. The values in the delta are those of `to`, not copies. Of plain objects the order of
 * the keys is not told; of collections the order is.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { diff } from 'headgate/delta'
 *
 * const store = createStore({ pose: { x: 0, y: 0 }, log: ['start'] })
 * const before = store.state
 * store.update((draft) => { draft.pose.x = 3 })
 * store.update((draft) => { draft.log.unshift('moved') })
 * console.log(JSON.stringify(diff(before, store.state)))
 * // → [{"op":"replace","path":"/pose/x","value":3},{"op":"add","path":"/log/0","value":"moved"}]
 * ```
 * @returns `undefined` for a delta of more than `operationsMax` operations: send the state.
 * @throws `OPTION_INVALID`, `OPTION_UNKNOWN`
 */
export function diff<State>(from: State, to: State): Delta
export function diff<State>(from: State, to: State, options: DiffOptions | undefined): Delta | undefined
export function diff<State>(from: State, to: State, options?: DiffOptions): Delta | undefined {
  checkKeys(options, { operationsMax: true }, 'diff()')
  const max = operationsMaxOf(options)
  const walk = new Walk()
  walk.value(from, to, '')
  return walk.operations.length > max ? undefined : Object.freeze(walk.operations)
}

function operationsMaxOf({ operationsMax = Number.POSITIVE_INFINITY }: DiffOptions = {}): number {
  if (operationsMax === Number.POSITIVE_INFINITY) return operationsMax
  if (Number.isSafeInteger(operationsMax) && operationsMax >= 0) return operationsMax
  throw new HeadgateError('OPTION_INVALID', {
    option: 'operationsMax',
    expected: 'an integer from 0',
    received: describeValue(operationsMax),
  })
}

class Walk {
  readonly operations: Operation[] = []

  /** Writes what differs between two values; tells whether anything of the first one stays. */
  value(from: unknown, to: unknown, path: JsonPointer): boolean {
    if (Object.is(from, to)) return true
    if (isRecord(from) && isRecord(to)) return this.#whole(to, path, this.#record(from, to, path))
    if (Array.isArray(from) && Array.isArray(to)) return this.#list(from, to, path)
    if (isCollection(from) && isCollection(to)) return this.#collection(from, to, path)
    this.#write({ op: 'replace', path, value: to })
    return false
  }

  #write(operation: Operation): void {
    this.operations.push(Object.freeze(operation))
  }

  #add(path: JsonPointer, value: unknown): void {
    this.#write({ op: 'add', path, value })
  }

  #remove(path: JsonPointer): void {
    this.#write({ op: 'remove', path })
  }

  /** Puts one operation in the place of those that were written since `mark` and leave nothing as it was. */
  #whole(to: unknown, path: JsonPointer, { mark, stays }: Written): boolean {
    if (stays || path === '' || this.operations.length - mark < 2) return stays
    this.#replaceSince(mark, to, path)
    return false
  }

  #replaceSince(mark: number, value: unknown, path: JsonPointer): void {
    this.operations.length = mark
    this.#write({ op: 'replace', path, value })
  }

  #record(from: Fields, to: Fields, path: JsonPointer): Written {
    const mark = this.operations.length
    const before = Object.keys(from)
    const after = Object.keys(to)
    const areSame = before.length === after.length && after.every((key, at) => key === before[at])
    if (!areSame)
      for (const key of before) if (!Object.hasOwn(to, key)) this.#remove(`${path}/${escaped(key)}`)
    let stays = false
    for (const key of after) {
      const value = to[key]
      if (areSame || Object.hasOwn(from, key)) {
        const earlier = from[key]
        // Most are the same, and no path is made for them.
        if (Object.is(earlier, value) || this.value(earlier, value, `${path}/${escaped(key)}`)) stays = true
      } else this.#add(`${path}/${escaped(key)}`, value)
    }
    return { mark, stays }
  }

  #list(from: readonly unknown[], to: readonly unknown[], path: JsonPointer): boolean {
    const mark = this.operations.length
    const alignment = align(from, to)
    if (alignment.moved * 2 > to.length) {
      this.#replaceSince(mark, to, path)
      return false
    }
    return this.#whole(to, path, { mark, stays: this.#items(from, to, alignment, path) })
  }

  /** Writes what is between the items that stay: pairs of items, then those too many on either side. */
  #items(
    from: readonly unknown[],
    to: readonly unknown[],
    { anchors, start, tail }: Alignment,
    path: JsonPointer,
  ): boolean {
    let stays = start + tail + anchors.length > 0
    let old = start
    let at = start
    const fill = (oldEnd: number, end: number): void => {
      const surplus = oldEnd - old - (end - at)
      for (; old < oldEnd && at < end; old += 1, at += 1) {
        if (this.value(from[old], to[at], `${path}/${at}`)) stays = true
      }
      for (let extra = 0; extra < surplus; extra += 1) this.#remove(`${path}/${at}`)
      for (; at < end; at += 1) this.#add(`${path}/${at}`, to[at])
    }
    for (const [oldAnchor, anchor] of anchors) {
      fill(oldAnchor, anchor)
      old = oldAnchor + 1
      at = anchor + 1
    }
    fill(from.length - tail, to.length - tail)
    return stays
  }

  #collection(from: Collection<unknown>, to: Collection<unknown>, path: JsonPointer): boolean {
    const mark = this.operations.length
    const { removed, updated, arrived } = changesBetween(from, to)
    if (arrived.filter(({ id }) => from.has(id)).length * 2 > to.size) {
      this.#replaceSince(mark, to, path)
      return false
    }
    for (const id of removed) this.#remove(`${path}/${escaped(id)}`)
    let stays = from.size - removed.length > updated.length
    for (const id of updated) {
      if (this.value(from.get(id), to.get(id), `${path}/${escaped(id)}`)) stays = true
    }
    for (const { id, before } of arrived) {
      const place = { op: 'add', path: `${path}/${escaped(id)}`, value: to.get(id) } as const
      this.#write(before === undefined ? place : { ...place, before })
    }
    return this.#whole(to, path, { mark, stays })
  }
}

/** Since when a container was written, and whether anything of it stays. */
interface Written {
  readonly mark: number
  readonly stays: boolean
}
