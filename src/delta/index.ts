/** How a state differs from another, as JSON Patch; see docs/delta.md. */

export type { DecodeLimits } from '../json/index.ts'
export { applyDelta } from './apply-delta.ts'
export type { AddOperation, Delta, JsonPointer, Operation } from './delta.ts'
export { deltaFromJSON, deltaPays, deltaToJSON } from './delta-json.ts'
export { type DiffOptions, diff } from './diff.ts'
export { conflictsBetween, independent } from './footprint.ts'
export { invert } from './invert.ts'
export { sameValue } from './same-value.ts'
export { valueAt } from './value-at.ts'
