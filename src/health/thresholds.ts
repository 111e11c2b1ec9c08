import { checkKeys, describeValue, HeadgateError, type KnownKeys } from '../kit/index.ts'

/** From where on a figure is an issue: each is one when it is above its threshold. */
export interface HealthThresholds {
  /** Version conflicts as a share of the commits in the window; default 0.1. */
  readonly conflictRatio: number
  /** Those of `subscribe`, `stream`, `snapshot$` and `state$`; default 100. */
  readonly subscriberCount: number
  /** Followers of `select`, of which each row of a list may be one; default 10 000. */
  readonly selectionCount: number
  /** Milliseconds that a consumer is busy with one delivery; default 30 000. */
  readonly stallMs: number
  /** Drops as a share of what was published to a subscriber in the window; default 0.5. */
  readonly dropRatio: number
  /** Milliseconds that a client of a server leaves a frame without an answer; default 10 000. */
  readonly lagMs: number
  /** Milliseconds that a mirror or a member of many machines is behind, or without a connection; default 10 000. */
  readonly staleMs: number
  /** Milliseconds after which what was is no longer judged; default 60 000. */
  readonly windowMs: number
  /** Versions after which what was is no longer judged, where they come sooner; default 1 000. */
  readonly windowVersions: number
}

/** Where they are not the defaults. */
export type HealthOptions = { readonly [Name in keyof HealthThresholds]?: number | undefined }

const DEFAULTS: HealthThresholds = {
  conflictRatio: 0.1,
  subscriberCount: 100,
  selectionCount: 10_000,
  stallMs: 30_000,
  dropRatio: 0.5,
  lagMs: 10_000,
  staleMs: 10_000,
  windowMs: 60_000,
  windowVersions: 1_000,
}

const KEYS: KnownKeys<HealthThresholds> = {
  conflictRatio: true,
  subscriberCount: true,
  selectionCount: true,
  stallMs: true,
  dropRatio: true,
  lagMs: true,
  staleMs: true,
  windowMs: true,
  windowVersions: true,
}

/** Checks thresholds, and fills in the defaults; throws `OPTION_INVALID`, or in development `OPTION_UNKNOWN`. */
export function thresholdsOf(given: HealthOptions = {}): HealthThresholds {
  checkKeys(given, KEYS, 'health()')
  const present = Object.entries(given).filter(([, threshold]) => threshold !== undefined)
  for (const [option, threshold] of present) {
    // What no compiler has seen may be anything.
    if (typeof threshold === 'number' && threshold >= 0) continue
    throw new HeadgateError('OPTION_INVALID', {
      option,
      expected: 'a number from 0',
      received: describeValue(threshold),
    })
  }
  return { ...DEFAULTS, ...Object.fromEntries(present) }
}
