/**
 * What a scenario file says: its claims, each with what is made, how it is let go of, and who goes on writing.
 *
 * The same claim is judged twice. The heap part makes `count` of it, lets go of them and looks for what is
 * left (`run-scenario.ts`). The growth part does both over and over and fits what the heap grows by for each
 * (`run-growth.ts`). In both, writes go on all the while.
 *
 * What a claim keeps across `release()` is made in `create`, before the first snapshot: a store, a source, a
 * list. What `act` makes must be gone after `release`, or it counts.
 */

/** Marks what a claim's callbacks hold, so that a leak can be told apart from those of the other claims. */
export class Witness {
  readonly claim: string
  seen = 0

  constructor(claim: string) {
    this.claim = claim
  }
}

/** One claim at work. */
export interface Scenario {
  /** Makes so many of what is to be let go of. It is called several times before `release`. */
  act(count: number): void | Promise<void>
  /** Lets go of all that was made. A twin forgets the one thing that the claim is about. */
  release(): void | Promise<void>
  /** One write of a writer who goes on all the while. */
  write(): void
}

/** How a scenario is made. */
export interface ScenarioOptions {
  /** Whether it is the twin that leaks on purpose. */
  readonly leak: boolean
  /** Makes what the callbacks capture. */
  witness(): Witness
}

/** One claim about leaks. */
export interface Claim {
  readonly name: string
  /** How many are alive at the same time; default 1 000. */
  readonly count?: number
  /** How many writes follow each hundredth of them; default 10. */
  readonly writes?: number
  /** Whether one operation costs so much that the runs of the growth part are a quarter as long. */
  readonly dear?: boolean
  create(options: ScenarioOptions): Scenario
}

/** What a scenario file exports. */
export interface ScenarioFile {
  /** The claim in one sentence. */
  readonly claim: string
  readonly claims: readonly Claim[]
  /** Why its growth is not measured; absent where it is. */
  readonly noGrowth?: string
  /** The conditions by which packages are resolved, beside those of Node. */
  readonly conditions?: readonly string[]
}

/** A turn of the event loop: timers that are due and promises have run. */
export const turn = (): Promise<void> => new Promise((done) => setImmediate(done))
