/**
 * Objects that are expected to be garbage some day, held weakly and by name.
 *
 * One collection is not always enough: a finalizer or a promise that settles afterwards frees more. So a look
 * collects again as long as something is left, up to a bound; what is clean is known after one or two.
 */
import { collectGarbage } from './garbage.ts'

/** More does not free more: what survives these is held. */
const ROUNDS_MAX = 6

/** The name is looked for in heap snapshots: see `heap-snapshots.ts`. */
export class WatchedObject {
  readonly name: string
  readonly reference: WeakRef<object>

  constructor(name: string, object: object) {
    this.name = name
    this.reference = new WeakRef(object)
  }

  get alive(): boolean {
    return this.reference.deref() !== undefined
  }
}

/** How an object that was given no name is called: by its class. */
function nameOf(object: object): string {
  if (typeof object === 'function') return object.name === '' ? 'a function' : object.name
  const maker: unknown = object.constructor
  return typeof maker === 'function' && maker !== Object && maker.name !== '' ? maker.name : 'an object'
}

/**
 * Watches objects that a test expects to be released: a consumer, a handle, a component.
 *
 * @example
 * ```ts
 * import { ReleaseWatch } from 'headgate/testing'
 *
 * const watch = new ReleaseWatch()
 * const kept = watch.track({ name: 'a' }, 'a')
 * watch.track({ name: 'b' }, 'b')
 * console.log(await watch.survivors()) // → [ 'a' ]
 * console.log(kept.name) // → a
 * ```
 */
export class ReleaseWatch {
  readonly #watched: WatchedObject[] = []

  /** How many objects are watched. */
  get size(): number {
    return this.#watched.length
  }

  /** What each of them is called, in the order of tracking. */
  get names(): string[] {
    return this.#watched.map(({ name }) => name)
  }

  /**
   * Watches an object, without keeping it alive, and returns it.
   *
   * @param name - how a report calls it; default the name of its class.
   */
  track<T extends object>(object: T, name: string = nameOf(object)): T {
    this.#watched.push(new WatchedObject(name, object))
    return object
  }

  /**
   * Collects garbage, and resolves with the names of those that are left, one each.
   *
   * @throws `GC_UNAVAILABLE`
   */
  async survivors(): Promise<string[]> {
    await collectGarbage('survivors()')
    for (let round = 1; round < ROUNDS_MAX && this.#alive().length > 0; round += 1) await collectGarbage()
    return this.#alive().map(({ name }) => name)
  }

  #alive(): WatchedObject[] {
    return this.#watched.filter(({ alive }) => alive)
  }
}

/** Counts equal names, in the order in which they first appear. */
export function countNames(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}
