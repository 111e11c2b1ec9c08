export type { ByPlace } from './by-place.ts'
export { type Arrival, type CollectionChanges, changesBetween } from './changes.ts'
export {
  type Collection,
  type CollectionDiff,
  isCollection,
  type Places,
  placesOf,
  visitChanges,
} from './collection.ts'
export { type CollectionOptions, collection } from './create-collection.ts'
