export { type Discovery, discover } from './discover.ts'
export { type Originals, STATE_DEPTH_MAX, settle, UnfitState } from './settle.ts'
