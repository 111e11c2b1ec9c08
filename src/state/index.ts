export { type Discovery, discover } from './discover.ts'
export { STATE_DEPTH_MAX, settle, UnfitState } from './settle.ts'
