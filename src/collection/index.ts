export { type Arrival, type CollectionChanges, changesBetween } from './changes.ts'
export { type Collection, type CollectionDiff, isCollection } from './collection.ts'
export { type CollectionOptions, collection } from './create-collection.ts'
export { differencesWithin } from './persistent-collection.ts'
