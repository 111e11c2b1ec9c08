export { type Discovery, discover } from './discover.ts'
export { type AnyRecipe, produce } from './produce.ts'
export { type Originals, STATE_DEPTH_MAX, settle, UnfitState, unfitError } from './settle.ts'
