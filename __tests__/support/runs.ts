/**
 * How many random programs a property tries: `n`, or as many times that as `HEADGATE_RUNS` says. `npm test` is to be
 * short; `.ci/run` tries eight times as many.
 */
export const runs = (n: number): number => Math.max(1, Math.round(n * Number(process.env.HEADGATE_RUNS ?? 1)))

/** Whether somebody asks for more than is tried on a desk: of a table of like cases, all. */
export const asksForMore: boolean = process.env.HEADGATE_RUNS !== undefined
