/**
 * What a history says of a log that several write and read, in the sets of Jepsen's checker of queues: what was lost,
 * what came from nowhere, what came twice, and whether all have read the same.
 */

export interface HistoryOfLog {
  /** Every write that was begun, in the order in which each writer began them. */
  readonly attempts: readonly { readonly writer: string; readonly id: string }[]
  /** Those that were acknowledged. */
  readonly acknowledged: readonly string[]
  /** Those that were said to have had no effect, as something else came first. */
  readonly refused?: readonly string[] | undefined
  /** What each node has read in the end, in order. */
  readonly reads: Readonly<Record<string, readonly string[]>>
  /** What a counter is in the end that each write raised by one. */
  readonly counter?: number | undefined
  /** What each write that counts is based on: the id of the one before it; `''` for the first. */
  readonly bases?: Readonly<Record<string, string>> | undefined
}

/** What {@link checkHistory} found. */
export interface HistoryReport {
  /** Whether nothing is in a set that must be empty. */
  readonly holds: boolean
  /** Attempts that were read. */
  readonly ok: number
  /** Read, and never attempted: must be empty. */
  readonly unexpected: readonly string[]
  /** Read, and refused: must be empty. */
  readonly undead: readonly string[]
  /** Read more than once by one node: must be empty. */
  readonly twice: readonly string[]
  /** Acknowledged, and not read: must be empty. */
  readonly lost: readonly string[]
  /** Of the lost: before all that was read of the same writer, between, and behind. */
  readonly lostPrefix: readonly string[]
  readonly lostMiddle: readonly string[]
  readonly lostPostfix: readonly string[]
  /** Not acknowledged, and read: allowed. */
  readonly recovered: number
  /** Neither acknowledged nor refused, and not read: allowed. */
  readonly unknown: number
  /** Nodes that have read something else than the first one: must be empty. */
  readonly divergent: readonly string[]
  /** Read by the first node, and not based on what it read before: must be empty. Where bases are given. */
  readonly branches: readonly string[]
  /** What the counter is too small by, or too large: must be 0. */
  readonly lostUpdates: number
}

/**
 * Checks what was written to a log and what was read of it.
 *
 * @example
 * ```ts
 * import { checkHistory } from 'headgate/testing'
 *
 * const { holds, lost, lostMiddle } = checkHistory({
 *   attempts: ['a1', 'a2', 'a3'].map((id) => ({ writer: 'a', id })),
 *   acknowledged: ['a1', 'a2', 'a3'],
 *   reads: { n1: ['a1', 'a3'], n2: ['a1', 'a3'] },
 * })
 * console.log(holds, lost, lostMiddle) // → false [ 'a2' ] [ 'a2' ]
 * ```
 */
export function checkHistory({
  attempts,
  acknowledged,
  refused = [],
  reads,
  counter,
  bases,
}: HistoryOfLog): HistoryReport {
  const begun = new Set(attempts.map(({ id }) => id))
  const published = new Set(acknowledged)
  const undone = new Set(refused)
  const nodes = Object.entries(reads)
  const read = new Set(nodes.flatMap(([, ids]) => ids))
  const ok = [...begun].filter((id) => read.has(id))
  const lost = [...published].filter((id) => !read.has(id))
  const ends = endsOf(attempts, lost, read)
  const [first, ...others] = nodes
  const text = JSON.stringify(first?.[1])
  const inEnd = new Set(first?.[1])
  const found = {
    unexpected: [...read].filter((id) => !begun.has(id)),
    undead: [...undone].filter((id) => read.has(id)),
    twice: [...new Set(nodes.flatMap(([, ids]) => repeated(ids)))],
    lost,
    divergent: others.filter(([, ids]) => JSON.stringify(ids) !== text).map(([name]) => name),
    branches: (bases === undefined ? [] : (first?.[1] ?? [])).filter(
      (id, at, ids) => bases?.[id] !== (ids[at - 1] ?? ''),
    ),
    lostUpdates: counter === undefined ? 0 : inEnd.size - counter,
  }
  return {
    ...found,
    ...ends,
    holds: Object.values(found).every((set) => (typeof set === 'number' ? set === 0 : set.length === 0)),
    ok: ok.length,
    recovered: ok.filter((id) => !published.has(id)).length,
    unknown: [...begun].filter((id) => !read.has(id) && !published.has(id) && !undone.has(id)).length,
  }
}

const repeated = (ids: readonly string[]): string[] => {
  const seen = new Set<string>()
  return ids.filter((id) => seen.has(id) || !seen.add(id))
}

/** Where among the writes of its writer each lost one is. */
function endsOf(
  attempts: HistoryOfLog['attempts'],
  lost: readonly string[],
  read: ReadonlySet<string>,
): Pick<HistoryReport, 'lostPrefix' | 'lostMiddle' | 'lostPostfix'> {
  const writers = new Map<string, string[]>()
  for (const { writer, id } of attempts) {
    const own = writers.get(writer) ?? []
    own.push(id)
    writers.set(writer, own)
  }
  const ends = { lostPrefix: [] as string[], lostMiddle: [] as string[], lostPostfix: [] as string[] }
  const isLost = new Set(lost)
  for (const ids of writers.values()) {
    const places = ids.map((id) => read.has(id))
    const [from, to] = [places.indexOf(true), places.lastIndexOf(true)]
    for (const [at, id] of ids.entries()) {
      if (!isLost.has(id)) continue
      if (from < 0 || at < from) ends.lostPrefix.push(id)
      else if (at > to) ends.lostPostfix.push(id)
      else ends.lostMiddle.push(id)
    }
  }
  return ends
}
