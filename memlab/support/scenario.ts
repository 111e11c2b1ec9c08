/** One claim about leaks, in three steps; see `run-scenario.ts` for when each runs. */
export interface Scenario {
  /** Makes what is to be let go of. */
  act(): void | Promise<void>
  /** Lets go of it. A twin that leaks on purpose does not. */
  release(): void | Promise<void>
  /** Commits something new, so that the current state of a living store does not count as leaked. */
  refresh(): void
}

/** What a scenario file exports: the clean scenario, or its twin that leaks on purpose. */
export type ScenarioFactory = (options: { leak: boolean }) => Scenario
