/**
 * Tells the followers of derived values of what has changed: first all are brought up to date, then all are told, in
 * the order in which they were followed. What a follower writes is told behind what is being told.
 */

import { HeadgateError } from '../kit/index.ts'
import type { Commit } from '../store/index.ts'
import type { DerivedNode } from './node.ts'

/** Whoever tells the followers of one derived value. */
export interface Watcher {
  readonly name: string
  /** Its place in the order of telling. */
  readonly number: number
  /** Brings the value up to date; what its followers have to be told, if anything. */
  news(): Commit<unknown> | undefined
  show(commit: Commit<unknown>): void
  /** A source has ended. */
  complete(): void
}

/** How many tellings may set off one another, as the `drainMax` of a store. */
const TELLINGS_MAX = 100_000

const outbox: { readonly watcher: Watcher; readonly commit: Commit<unknown> }[] = []
let isTelling = false

const areInOrder = (nodes: readonly DerivedNode[]): boolean =>
  nodes.every((node, place) => place === 0 || byNumber(nodes[place - 1] as DerivedNode, node) <= 0)

const byNumber = (one: DerivedNode, other: DerivedNode): number =>
  (one.watcher?.number ?? 0) - (other.watcher?.number ?? 0)

/** Tells the followers of nodes that were stale. */
export function tell(nodes: DerivedNode[]): void {
  if (!areInOrder(nodes)) nodes.sort(byNumber)
  for (const node of nodes) {
    node.queued = false
    const { watcher } = node
    const commit = watcher?.news()
    if (watcher !== undefined && commit !== undefined) outbox.push({ watcher, commit })
  }
  if (isTelling) return
  isTelling = true
  try {
    tellAll()
  } finally {
    outbox.length = 0
    isTelling = false
  }
}

function tellAll(): void {
  let told = 0
  for (const { watcher, commit } of outbox) {
    if (told === TELLINGS_MAX) {
      throw new HeadgateError('RUNAWAY_WRITES', { store: watcher.name, drainMax: TELLINGS_MAX })
    }
    told += 1
    watcher.show(commit)
  }
}
