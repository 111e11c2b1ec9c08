import type { Draft } from 'immer'
import type { Immutable } from '../kit/index.ts'
import type { ByPlace } from './by-place.ts'

/** What is different between two versions of a collection, by id. */
export interface CollectionDiff {
  readonly added: readonly string[]
  readonly updated: readonly string[]
  readonly removed: readonly string[]
}

/**
 * An immutable collection of entities by id, in the order in which the ids were added.
 *
 * Every change returns a new collection and copies only the way to the entity: at 100 000 entities four
 * arrays of 32. Older versions stay as they are, and share with the newer ones what did not change. Entities
 * are deeply frozen; one that was not written keeps its identity.
 *
 * Inside a store, immer takes a collection as one value: it neither drafts it nor walks through it to freeze.
 * In a recipe, assign the result: `draft.robots = draft.robots.update(id, …)`. Without the assignment nothing
 * changes.
 *
 * Ids are strings, `'__proto__'` included. A number would be another key than its text in a Map, and the same
 * in JSON, in immer's patches and in a path: turn it into a string once, at the border.
 *
 * @example
 * ```ts
 * import { collection, createStore } from 'headgate'
 *
 * const store = createStore({
 *   robots: collection([
 *     ['r1', { battery: 90 }],
 *     ['r2', { battery: 40 }],
 *   ]),
 * })
 * store.select('robots', 'r2', 'battery').subscribe((battery) => console.log(battery))
 * // → 40
 * store.update((draft) => {
 *   draft.robots = draft.robots.update('r2', (robot) => {
 *     robot.battery -= 1
 *   })
 * })
 * // → 39
 * ```
 */
export interface Collection<Entity> extends Iterable<[id: string, entity: Immutable<Entity>]> {
  /** How many entities there are. */
  readonly size: number

  /** The entity of an id, or `undefined`. */
  get(id: string): Immutable<Entity> | undefined

  has(id: string): boolean

  ids(): IterableIterator<string>

  values(): IterableIterator<Immutable<Entity>>

  entries(): IterableIterator<[id: string, entity: Immutable<Entity>]>

  /**
   * A collection with an entity added at the end, or replaced where it is; this one, if it has that very
   * entity. The entity is deeply frozen in place.
   *
   * @throws `OPTION_INVALID` for an id that is no string, or an entity that is `undefined`.
   */
  set(id: string, entity: Entity | Immutable<Entity>): Collection<Entity>

  /**
   * A collection with one entity changed by an immer recipe on that entity alone; this one, if the recipe
   * changed nothing. Where the id is absent the recipe is not called and nothing changes: the entity may
   * have been removed by another writer.
   *
   * @throws `OPTION_INVALID` for a recipe that is async or a generator; and what the recipe throws.
   */
  update(id: string, recipe: (draft: Draft<Entity>) => void | Entity | Draft<Entity>): Collection<Entity>

  /** A collection without an id; this one, if it is absent. Added again later, it comes at the end. */
  remove(id: string): Collection<Entity>

  /**
   * A collection with each entry set, as by {@link Collection.set}, in one go; another collection is also
   * a list of entries.
   *
   * @throws `OPTION_INVALID`; nothing has changed then.
   */
  upsertMany(entries: Iterable<readonly [id: string, entity: Entity | Immutable<Entity>]>): Collection<Entity>

  /**
   * What has changed since another version: ids that only this one has, whose entity is another by `Object.is`, and
   * that only the other one has.
   *
   * What the two share is skipped, so between neighbours it costs what changed. It costs all entities
   * between collections that were made separately, and once after many removals, when the gaps are closed.
   */
  diff(earlier: Collection<Entity>): CollectionDiff

  /** The entries; `collection(JSON.parse(text))` makes the collection again. */
  toJSON(): [id: string, entity: Immutable<Entity>][]
}

const MARK: unique symbol = Symbol.for('headgate.collection')

/**
 * The places of ids: a small whole number for each id that was ever in a collection, or in one that was made of it. An
 * id keeps its place, so who keeps something for many ids can use an array.
 */
export interface Places {
  /** The id of each place. */
  readonly ids: readonly string[]
  /** The place of an id that was ever in one of the collections. */
  placeOf(id: string): number | undefined
  /** Makes what keeps something for many ids by their places. */
  keyed<Value>(): ByPlace<Value>
}

/** Told of the place of an id with its entities, `undefined` where it is absent; returns false to end the walk. */
export type VisitChange = (place: number, was: unknown, is: unknown) => boolean

/** What those can ask of a collection who have not loaded what makes them. */
interface Mark {
  placesOf(of: Collection<unknown>): Places
  visitChanges(before: Collection<unknown>, after: Collection<unknown>, visit: VisitChange): boolean
}

/**
 * Marks a class whose instances are collections, also for the other copy of the package (ESM, CommonJS). The mark is
 * how they are compared: so whoever looks into collections need not load what makes them.
 */
export function markCollection(prototype: object, mark: Mark): void {
  Object.defineProperty(prototype, MARK, { value: mark })
}

const markOf = (of: Collection<unknown>): Mark => (of as unknown as { readonly [MARK]: Mark })[MARK]

/** The places of the ids of a collection: the same object for versions that share them. */
export const placesOf = (of: Collection<unknown>): Places => markOf(of).placesOf(of)

/**
 * Visits each id whose entity differs between two versions, skipping what they share; it costs what differs. False where
 * the walk was ended, or the two do not share their places and there was none.
 */
export const visitChanges = (
  before: Collection<unknown>,
  after: Collection<unknown>,
  visit: VisitChange,
): boolean => markOf(after).visitChanges(before, after, visit)

/** Tells whether a value is a {@link Collection}. */
export function isCollection(value: unknown): value is Collection<unknown> {
  // Read, not asked for with `in`, which the engine does several times as slowly where it sees objects of many shapes.
  return (
    typeof value === 'object' && value !== null && (value as { readonly [MARK]?: Mark })[MARK] !== undefined
  )
}
