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
  /** When, in milliseconds since the epoch; under load up to one millisecond before. */
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
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

/** What the parts of a snapshot are, in words and as a test. */
const PARTS: readonly (readonly [problem: string, isWell: (value: never) => boolean, ...parts: string[]])[] =
  [
    ['not an integer from 0 to 2^52', isVersion, 'version'],
    ['undefined', (value) => value !== undefined, 'state'],
    ['not a string', isText, 'reason', 'source'],
    ['not a finite number', Number.isFinite, 'tsWall', 'tsMono'],
    [
      'not an object of strings',
      (value) => isObject(value) && Object.values(value).every(isText),
      'metadata',
    ],
  ]

/** Says what keeps a value from being a snapshot, or `undefined` when nothing does. */
export function snapshotProblem(value: unknown): string | undefined {
  if (!isObject(value)) return 'it is not an object'
  for (const [problem, isWell, ...parts] of PARTS) {
    for (const part of parts) {
      if (!isWell((value as Record<string, never>)[part] as never)) return `"${part}" is ${problem}`
    }
  }
  return undefined
}
