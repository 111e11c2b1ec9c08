/**
 * What does something by itself beside a store, and can be brought to another state before it does: a system for one.
 * A journal looks for it where its store is no machine store, whose driver it knows.
 */
export interface Runner {
  /** The store whose writes are refused as those of the runner's own store are. */
  readonly kernel: { guard(check: () => void): () => void }
  /** Keeps it from doing anything by itself until it is released: to go on by what is given, else as it stands. */
  hold(): (goOn?: () => void) => void
  /** Begins what was `held` from the first. */
  start(): void
  /** Ends all that runs. */
  reset(): void
  /** Goes on in the state of its store. */
  resume(): void
}

/** Where the runner of a store is found; the same in every copy of the package. */
export const runnerSymbol: unique symbol = Symbol.for('headgate.runner')
