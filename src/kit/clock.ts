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

/** For so long the wall clock is not read again, in milliseconds; it has no finer steps. */
const WALL_AGE_MAX_MS = 1

/** What the wall clock said last, and when by the monotonic one. */
let wall = 0
let readAt = Number.NaN

/**
 * Reads a clock in both ways at once. Of the platform's, `tsWall` may be up to a millisecond old: a clock costs as much
 * as half of the rest of a write, and several times that on some virtual machines.
 */
export function instantOf(clock: Clock): Instant {
  if (clock !== systemClock || !isPlatform()) return { tsWall: clock.wall(), tsMono: clock.mono() }
  const tsMono = performance.now()
  const age = tsMono - readAt
  if (!(age >= 0 && age < WALL_AGE_MAX_MS)) {
    wall = Date.now()
    readAt = tsMono
  }
  return { tsWall: wall, tsMono }
}

/** The functions that are taken for the platform's. */
let ownWall: unknown
let ownMono: unknown

/** Whether time is the platform's, and no test's, which may set the one clock and not the other. */
function isPlatform(): boolean {
  const { now } = Date
  const { now: mono } = performance
  if (now === ownWall) return mono === ownMono
  if (!String(now).includes('[native code]')) return false
  ownWall = now
  ownMono = mono
  return true
}
