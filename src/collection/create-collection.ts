import type { Immutable } from '../kit/index.ts'
import { checkKeys, describeValue, HeadgateError } from '../kit/index.ts'
import type { Collection } from './collection.ts'
import { PersistentCollection } from './persistent-collection.ts'

/** How a {@link collection} of entities finds their ids. */
export interface CollectionOptions<Entity> {
  /** The id of an entity, where the list holds entities instead of entries. */
  readonly selectId: (entity: Entity) => string
}

/**
 * Makes a collection of entries, or of entities with their ids selected.
 *
 * Of two entries with one id the later one counts, in the place of the earlier. Entities are deeply frozen
 * in place. A collection is a list of entries, and so is what its `toJSON` returned.
 *
 * @example
 * ```ts
 * import { collection } from 'headgate'
 *
 * const robots = collection([{ id: 'r1', battery: 90 }], { selectId: (robot) => robot.id })
 * const later = robots.set('r2', { id: 'r2', battery: 40 })
 * console.log(robots.size, [...later.ids()]) // → 1 [ 'r1', 'r2' ]
 * ```
 * @throws `OPTION_INVALID` for an id that is no string, an entity that is `undefined`, a list that is none.
 */
export function collection<Entity>(
  entries?: Iterable<readonly [id: string, entity: Entity]>,
): Collection<Entity>
export function collection<Entity>(
  entities: Iterable<Entity>,
  options: CollectionOptions<NoInfer<Entity>>,
): Collection<Entity>
export function collection<Entity>(
  list: Iterable<unknown> = [],
  options?: CollectionOptions<Entity>,
): Collection<Entity> {
  requireIterable(list)
  checkKeys(options, { selectId: true }, 'collection()')
  const entries = options === undefined ? list : entriesOf(list as Iterable<Entity>, options)
  // The cast holds by the overloads: without options, the list holds entries.
  return PersistentCollection.empty<Entity>().upsertMany(
    entries as Iterable<readonly [string, Entity | Immutable<Entity>]>,
  )
}

function* entriesOf<Entity>(
  entities: Iterable<Entity>,
  { selectId }: CollectionOptions<Entity>,
): Generator<[string, Entity]> {
  for (const entity of entities) yield [selectId(entity), entity]
}

function requireIterable(list: unknown): void {
  if (typeof (list as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] === 'function') return
  throw new HeadgateError('OPTION_INVALID', {
    option: 'entries',
    expected: 'a list of [id, entity], or of entities with a "selectId"',
    received: describeValue(list),
  })
}
