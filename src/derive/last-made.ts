/** Derived values as tools see them: nothing runs, and nothing is followed. */
import { findCore, type Snapshot } from '../store/index.ts'
import { DerivedNode, nodeOf } from './node.ts'

/** How a derived value was made last. */
export interface LastMade {
  /** Undefined before its first run that went well. */
  readonly snapshot: Snapshot<unknown> | undefined
  /** What it was made of, as {@link identityOf} knows it. */
  readonly sources: readonly object[]
}

/** How a derived value was made last; undefined for what is none, and before it was read first. */
export function lastMade(source: object): LastMade | undefined {
  const made = nodeOf(source)?.last
  if (made === undefined) return undefined
  const sources = made.reading.inputs.map((input) => (input instanceof DerivedNode ? input : input.core))
  return { snapshot: made.snapshot, sources: sources.filter((each) => each !== undefined) }
}

/** What a source is known by, whatever stands on it: a machine store and its store are the same. */
export const identityOf = (source: object): object | undefined => nodeOf(source) ?? findCore(source)
