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

/** Nodes that have to tell. Each knows the one behind it, as it stands in one line at most: a commit makes no list. */
export class Line {
  #first: DerivedNode | undefined
  #last: DerivedNode | undefined

  get isEmpty(): boolean {
    return this.#first === undefined
  }

  push(node: DerivedNode): void {
    node.queued = true
    if (this.#last === undefined) this.#first = node
    else this.#last.behind = node
    this.#last = node
  }

  /** Empties it. Returns the first, in the order in which they were followed. */
  take(): DerivedNode | undefined {
    const first = this.#first
    this.#first = undefined
    this.#last = undefined
    for (let node = first; node !== undefined; node = node.behind) {
      if (node.behind !== undefined && numberOf(node) > numberOf(node.behind)) return inOrder(first)
    }
    return first
  }
}

const numberOf = ({ watcher }: DerivedNode): number => watcher?.number ?? 0

function inOrder(first: DerivedNode | undefined): DerivedNode | undefined {
  const nodes: DerivedNode[] = []
  for (let node = first; node !== undefined; node = node.behind) nodes.push(node)
  nodes.sort((one, other) => numberOf(one) - numberOf(other))
  for (const [place, node] of nodes.entries()) node.behind = nodes[place + 1]
  return nodes[0]
}

/** What is still to be told, and what is told behind it. */
interface Telling {
  readonly watcher: Watcher
  readonly commit: Commit<unknown>
  behind: Telling | undefined
}

/** How many tellings may set off one another, as the `drainMax` of a store. */
const TELLINGS_MAX = 100_000

/** While telling: what is told, or is to be told, last. */
let last: Telling | undefined

/** Tells the followers of nodes that were stale. */
export function tell(line: Line): void {
  const isTelling = last !== undefined
  try {
    const first = gather(line)
    if (!isTelling && first !== undefined) tellFrom(first)
  } finally {
    if (!isTelling) last = undefined
  }
}

/** Brings everything in a line up to date, and puts what has to be told behind what is being told. */
function gather(line: Line): Telling | undefined {
  let first: Telling | undefined
  for (let node = line.take(); node !== undefined; ) {
    const { watcher, behind } = node
    node.queued = false
    node.behind = undefined
    const commit = watcher?.news()
    if (watcher !== undefined && commit !== undefined) {
      const telling: Telling = { watcher, commit, behind: undefined }
      if (last !== undefined) last.behind = telling
      last = telling
      first ??= telling
    }
    node = behind
  }
  return first
}

function tellFrom(first: Telling): void {
  let told = 0
  for (let telling: Telling | undefined = first; telling !== undefined; telling = telling.behind) {
    const { watcher, commit } = telling
    if (told === TELLINGS_MAX) {
      throw new HeadgateError('RUNAWAY_WRITES', { store: watcher.name, drainMax: TELLINGS_MAX })
    }
    told += 1
    watcher.show(commit)
  }
}
