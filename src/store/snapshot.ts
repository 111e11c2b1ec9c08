import type { Immutable } from '../kit/index.ts'
import { isVersion } from '../kit/index.ts'

/**
 * One version of a store's state: frozen, and never changed afterwards.
 *
 * Unchanged branches of `state` keep their identity from one version to the next, so `===` tells whether
 * a branch changed.
 */
export interface Snapshot<S> {
  /** 0 for the first state; +1 with each commit; never reused. -1 while a store is uninitialized. */
  readonly version: number
  /** Deeply frozen. */
  readonly state: Immutable<S>
  /** Why: the label of the write; `'INIT'` for the first. */
  readonly reason: string
  /** Who: the module that wrote. */
  readonly source: string
  /** When, in milliseconds since the epoch. */
  readonly tsWall: number
  /** When, in milliseconds of a monotonic clock. */
  readonly tsMono: number
  readonly metadata: Readonly<Record<string, string>>
}

/** The metadata of a write that gave none. */
export const NO_METADATA: Readonly<Record<string, string>> = Object.freeze({})

/** What is current before there is anything. */
export const NO_SNAPSHOT: Snapshot<undefined> = Object.freeze({
  version: -1,
  state: undefined,
  reason: 'INIT',
  source: '',
  tsWall: 0,
  tsMono: 0,
  metadata: NO_METADATA,
})

const isText = (value: unknown): boolean => typeof value === 'string'

/** What the parts of a snapshot are. */
const PARTS: readonly (readonly [
  keyof Snapshot<unknown>,
  isWell: (value: unknown) => boolean,
  problem: string,
])[] = [
  ['version', isVersion, 'not an integer from 0 to 2^52'],
  ['state', (value) => value !== undefined, 'undefined'],
  ['reason', isText, 'not a string'],
  ['source', isText, 'not a string'],
  ['tsWall', Number.isFinite, 'not a finite number'],
  ['tsMono', Number.isFinite, 'not a finite number'],
  ['metadata', (value) => typeof value === 'object' && value !== null, 'not an object'],
]

/** Says what keeps a value from being a snapshot, or `undefined` when nothing does. */
export function snapshotProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'it is not an object'
  const snapshot = value as Snapshot<unknown>
  for (const [part, isWell, problem] of PARTS) {
    if (!isWell(snapshot[part])) return `"${part}" is ${problem}`
  }
  return Object.values(snapshot.metadata).every(isText)
    ? undefined
    : '"metadata" has a value that is not a string'
}
