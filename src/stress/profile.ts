import { describeValue, HeadgateError } from '../kit/index.ts'

/** The name of a {@link Profile}. */
export type ProfileName = 'quick' | 'ci' | 'full' | 'soak'

/** How much load a run puts on a store, and for how long. */
export interface Profile {
  readonly name: ProfileName
  /** Multiplies the loads of the scenarios; at 1 they are those of the guide's table. */
  readonly scale: number
  /** Multiplies the pauses between operations. */
  readonly pauseScale: number
  /** How long scenarios that run for a time do so. */
  readonly durationMs: number
  /** How long one scenario may take, on top of `durationMs`. */
  readonly timeoutMs: number
  readonly about: string
}

const HOUR_MS = 3_600_000

/** The profiles of a stress run, by name. */
export const profiles: Readonly<Record<ProfileName, Profile>> = Object.freeze({
  quick: {
    name: 'quick',
    scale: 0.2,
    pauseScale: 0.2,
    durationMs: 500,
    timeoutMs: 10_000,
    about: 'a fifth of the load; seconds',
  },
  ci: {
    name: 'ci',
    scale: 1,
    pauseScale: 1,
    durationMs: 2_000,
    timeoutMs: 60_000,
    about: 'the loads of the table; within a minute',
  },
  full: {
    name: 'full',
    scale: 4,
    pauseScale: 1,
    durationMs: 30_000,
    timeoutMs: 300_000,
    about: 'four times the load, a state of 1 GiB; minutes',
  },
  soak: {
    name: 'soak',
    scale: 4,
    pauseScale: 1,
    durationMs: HOUR_MS,
    timeoutMs: HOUR_MS,
    about: 'the load of "full", and an hour of mixed work',
  },
})

/**
 * Finds a profile by its name.
 *
 * @throws `OPTION_INVALID`
 */
export function profileNamed(name: string): Profile {
  if (Object.hasOwn(profiles, name)) return profiles[name as ProfileName]
  throw new HeadgateError('OPTION_INVALID', {
    option: 'profile',
    expected: `one of ${Object.keys(profiles).join(', ')}`,
    received: describeValue(name),
  })
}
