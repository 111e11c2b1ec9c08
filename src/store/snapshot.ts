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

/** Says what keeps a value from being a snapshot, or `undefined` when nothing does. */
export function snapshotProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'it is not an object'
  const { version, state, reason, source, tsWall, tsMono, metadata } = value as Partial<Snapshot<unknown>>
  if (!isVersion(version)) {
    return '"version" is not an integer from 0 to 2^52'
  }
  if (state === undefined) return '"state" is undefined'
  if (typeof reason !== 'string') return '"reason" is not a string'
  if (typeof source !== 'string') return '"source" is not a string'
  if (!Number.isFinite(tsWall)) return '"tsWall" is not a finite number'
  if (!Number.isFinite(tsMono)) return '"tsMono" is not a finite number'
  if (typeof metadata !== 'object' || metadata === null) return '"metadata" is not an object'
  if (Object.values(metadata).some((entry) => typeof entry !== 'string')) {
    return '"metadata" has a value that is not a string'
  }
  return undefined
}
