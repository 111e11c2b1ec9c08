import { inspect } from 'node:util'

/** One line of the table. */
export interface Row {
  readonly scenario: string
  readonly part: string
  /** How many claims it judged. */
  readonly claims: number
  /** Objects left, or claims that are not flat. */
  readonly leaked: number
  readonly twin: string
  readonly seconds: number
  /** What is wrong, each with what keeps it; empty where it passed. */
  readonly failures: readonly string[]
  /** What keeps the first object of each claim's twin. */
  readonly twinTraces: readonly string[]
}

/**
 * Runs one part and makes its row. A part that throws (its process ended, its page never loaded) has failed as one
 * that leaks has: the row says so with the error, and the parts after it run.
 */
export async function judge(
  scenario: string,
  part: string,
  work: () => Promise<Omit<Row, 'scenario' | 'part' | 'seconds'>>,
): Promise<Row> {
  const start = performance.now()
  const result = await work().catch((error: unknown) => ({
    claims: 0,
    leaked: 0,
    twin: '-',
    failures: [`It did not run to its end: ${inspect(error)}`],
    twinTraces: [],
  }))
  return { scenario, part, ...result, seconds: (performance.now() - start) / 1_000 }
}
