/**
 * A step that can be taken back and done again: what it did, as the states before and after it.
 *
 * It is one part, or several where others wrote between writes of one group. Its delta is taken when it is asked for.
 */
import {
  applyDelta,
  conflictsBetween,
  type Delta,
  diff,
  type JsonPointer,
  type Operation,
  sameValue,
  valueAt,
} from '../delta/index.ts'
import { isHeadgateError } from '../kit/index.ts'
import type { ForeignSpans } from './foreign-spans.ts'

export interface Part {
  readonly before: unknown
  readonly after: unknown
  /** Since when others count, as `ForeignSpans` counts. */
  readonly since: number
}

export interface Step {
  readonly group: string | undefined
  readonly parts: readonly Part[]
}

/** The state that a step leads to, or the paths that it must not touch any more. */
export type Taken = { readonly state: unknown } | { readonly paths: readonly JsonPointer[] }

/** The moves of a step, in order. */
const movesOf = ({ parts }: Step, back: boolean): { from: unknown; to: unknown; since: number }[] =>
  back
    ? [...parts].reverse().map(({ before, after, since }) => ({ from: after, to: before, since }))
    : parts.map(({ before, after, since }) => ({ from: before, to: after, since }))

/** Takes a step on a state, back or forth; refuses where others have written what it touches. */
export function take(step: Step, back: boolean, state: unknown, others: ForeignSpans): Taken {
  let taken = state
  const paths = new Set<JsonPointer>()
  for (const { from, to, since } of movesOf(step, back)) {
    const delta = diff(from, to)
    for (const theirs of others.since(since, state))
      for (const path of conflictsBetween(theirs, delta)) paths.add(path)
    for (const path of changedSince(delta, from, taken)) paths.add(path)
    if (paths.size === 0) taken = applyDelta(taken, delta)
  }
  return paths.size === 0 ? { state: taken } : { paths: [...paths] }
}

/**
 * The paths at which a state does not hold what a step left there. Footprints are of paths, and a path into a list may
 * lead elsewhere by now; whatever stands there must be what the step knows.
 */
const changedSince = (delta: Delta, left: unknown, now: unknown): JsonPointer[] =>
  delta
    .filter(({ op, path }) => op !== 'add' && !sameValue(valueAt(left, path), valueAt(now, path)))
    .map(({ path }) => path)

/** Takes a step whatever others have written; refuses only where what it leads into is gone. */
export function force(step: Step, back: boolean, state: unknown): Taken {
  let forced = state
  for (const { from, to } of movesOf(step, back)) {
    for (const operation of diff(from, to)) {
      const next = applied(forced, operation)
      if (next === undefined) return { paths: [operation.path] }
      forced = next.state
    }
  }
  return { state: forced }
}

function applied(state: unknown, operation: Operation): { readonly state: unknown } | undefined {
  try {
    return { state: applyDelta(state, [operation]) }
  } catch (error) {
    if (!isHeadgateError(error, 'DELTA_INVALID')) throw error
    // What others have removed is gone already, or is put back.
    if (operation.op === 'remove') return { state }
    return operation.op === 'replace' ? applied(state, { ...operation, op: 'add' }) : undefined
  }
}
