/** The figures that the terminal, the page and a comparison all derive from a scenario's result. */
import type { ScenarioResult } from '../stress-report.ts'

/** How often one kind of operation ran. */
export interface Throughput {
  readonly kind: string
  readonly count: number
  /** Over the whole scenario, pauses included; 0 where it took no time. */
  readonly perSecond: number
}

/** The heap of one scenario, in bytes. */
export interface HeapFigures {
  readonly first: number
  readonly last: number
  readonly peak: number
}

/** Lists each kind of operation, the most frequent first. */
export function throughputsOf({ counts, durationMs }: ScenarioResult): Throughput[] {
  return Object.entries(counts)
    .map(([kind, count]) => ({ kind, count, perSecond: durationMs > 0 ? (count * 1_000) / durationMs : 0 }))
    .sort((one, other) => other.count - one.count)
}

/** The throughput that stands for a scenario: its writes, else what it did most; undefined where nothing ran. */
export function mainThroughput(result: ScenarioResult): Throughput | undefined {
  const throughputs = throughputsOf(result).filter(({ count }) => count > 0)
  return throughputs.find(({ kind }) => kind === 'write') ?? throughputs[0]
}

/** The first, last and highest point of the heap's curve; undefined where none was taken. */
export function heapOf({ heap }: ScenarioResult): HeapFigures | undefined {
  const [first] = heap
  const last = heap.at(-1)
  if (first === undefined || last === undefined) return undefined
  // Not Math.max(...): a soak has more points than a call takes arguments.
  const peak = heap.reduce((highest, [, bytes]) => Math.max(highest, bytes), 0)
  return { first: first[1], last: last[1], peak }
}
