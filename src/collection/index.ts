export { type Arrival, type CollectionChanges, changesBetween } from './changes.ts'
export { type Collection, type CollectionDiff, differencesWithin, isCollection } from './collection.ts'
export { type CollectionOptions, collection } from './create-collection.ts'
