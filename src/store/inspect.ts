/**
 * What tests may ask of a store beyond its public figures: which scheduler it runs on, what kinds of followers
 * it has, which handles were lost.
 */
import type { SchedulerLike } from 'rxjs'
import { findCore } from './find-core.ts'

export interface StoreInspection {
  readonly scheduler: SchedulerLike
  /** Followers of `snapshot$`, `state$` and of selectors that are functions; whoever waits in `waitFor`. */
  readonly observers: number
  /** Followers of `select` by a path. */
  readonly paths: number
  /** Calls of `modify` that have not ended. */
  readonly modifying: number
  /** For each of the metrics' subscribers, in their order: where it was subscribed, if its handle is lost. */
  readonly leakedFrom: readonly (string | undefined)[]
}

/** The inside of a store; undefined where it is of another make. */
export function inspectStore(store: object): StoreInspection | undefined {
  const core = findCore(store)
  if (core === undefined) return undefined
  const { audience, subject, selectionCount, pathCount, endings } = core
  return {
    scheduler: audience.scheduler,
    observers: subject.observerCount + selectionCount - pathCount,
    paths: pathCount,
    modifying: endings.size,
    leakedFrom: audience.vitals().map(({ leakedFrom }) => leakedFrom),
  }
}
