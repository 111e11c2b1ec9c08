/** What a stress run is told, checked and completed from its profile. */
import { describeValue, HeadgateError, type KnownKeys, TIMER_MS_MAX } from '../kit/index.ts'
import { type ProfileName, profileNamed } from './profile.ts'
import type { Scenario } from './scenario.ts'
import type { ScenarioProgress, ScenarioSettings } from './scenario-recorder.ts'
import type { ScenarioResult } from './stress-report.ts'

/** What happens during a run, for a live view. */
export type StressEvent =
  | {
      readonly type: 'started'
      readonly scenario: string
      readonly group: string
      readonly goal: string
      /** From 0. */
      readonly index: number
      /** How many scenarios there are. */
      readonly count: number
    }
  | ({ readonly type: 'progress'; readonly scenario: string } & ScenarioProgress)
  | {
      readonly type: 'finished'
      readonly scenario: string
      readonly index: number
      readonly count: number
      readonly result: ScenarioResult
    }

/** Options that a run takes, wherever its scenarios run. */
export interface StressRunOptions {
  /** Default `'quick'`. */
  readonly profile?: ProfileName | undefined
  /** How long scenarios that run for a time do so, in milliseconds from 1; default the profile's. */
  readonly durationMs?: number | undefined
  /** Multiplies the loads, above 0; default the profile's. */
  readonly scale?: number | undefined
  /** An integer from 0; the same seed gives the same loads. Default 1. */
  readonly seed?: number | undefined
  /** How long one scenario may take, in milliseconds from 1; default the profile's and the duration. */
  readonly timeoutMs?: number | undefined
  /** Stops the run: the scenario under way is reported as stopped, those after it do not run. */
  readonly signal?: AbortSignal | undefined
  /** Told of each step. What it throws is thrown where nobody catches it, and does not end the run. */
  readonly onProgress?: ((event: StressEvent) => void) | undefined
}

/** Options of {@link runStress}. */
export interface StressOptions extends StressRunOptions {
  /** Names, groups, or scenarios of one's own; default the whole suite. */
  readonly scenarios?: readonly (string | Scenario)[] | undefined
}

export const RUN_KEYS: KnownKeys<StressRunOptions> = {
  profile: true,
  durationMs: true,
  scale: true,
  seed: true,
  timeoutMs: true,
  signal: true,
  onProgress: true,
}

/** Options in which nothing is left to default. */
export interface StressPlan extends ScenarioSettings {
  readonly profile: ProfileName
}

/**
 * Completes the options.
 *
 * @throws `OPTION_INVALID`
 */
export function planOf(options: StressRunOptions): StressPlan {
  const profile = profileNamed(options.profile ?? 'quick')
  const { durationMs = profile.durationMs, scale = profile.scale, seed = 1 } = options
  const { timeoutMs = Math.min(TIMER_MS_MAX, profile.timeoutMs + durationMs) } = options
  check(
    'durationMs',
    durationMs,
    `a number from 1 to ${TIMER_MS_MAX}`,
    durationMs >= 1 && durationMs <= TIMER_MS_MAX,
  )
  check('scale', scale, 'a number above 0', scale > 0 && Number.isFinite(scale))
  check('seed', seed, 'an integer from 0', Number.isSafeInteger(seed) && seed >= 0)
  check(
    'timeoutMs',
    timeoutMs,
    `a number from 1 to ${TIMER_MS_MAX}`,
    timeoutMs >= 1 && timeoutMs <= TIMER_MS_MAX,
  )
  return { profile: profile.name, pauseScale: profile.pauseScale, durationMs, scale, seed, timeoutMs }
}

function check(option: string, value: unknown, expected: string, holds: boolean): void {
  if (typeof value === 'number' && holds) return
  throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(value) })
}

/** Makes the function that tells an observer, and keeps the run out of the observer's trouble. */
export function tellerOf(
  onProgress: ((event: StressEvent) => void) | undefined,
): (event: StressEvent) => void {
  return (event) => {
    try {
      onProgress?.(event)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}
