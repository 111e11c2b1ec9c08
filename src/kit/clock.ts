/** Tells the time in two ways; what a store stamps its snapshots with. */
export interface Clock {
  /** Milliseconds since the epoch. */
  wall(): number
  /** Milliseconds from an arbitrary origin; never runs backwards. */
  mono(): number
}

/** Reads the clock of the platform: `Date.now()` and `performance.now()`. */
export const systemClock: Clock = Object.freeze({
  wall: () => Date.now(),
  mono: () => performance.now(),
})
