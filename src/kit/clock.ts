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

/** When something happened; what snapshots and records are stamped with. */
export interface Instant {
  readonly tsWall: number
  readonly tsMono: number
}

/** Reads a clock in both ways at once. */
export const instantOf = (clock: Clock): Instant => ({ tsWall: clock.wall(), tsMono: clock.mono() })
