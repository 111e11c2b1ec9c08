/**
 * What rates are judged over: the recent past, not all that ever was.
 *
 *   created ─── sample ──── sample ── sample ── now        health() takes a sample each time it is asked
 *                  └───────── judged ───────────┘           from the newest that is a window away
 *
 * A window is `windowMs` long, or `windowVersions` versions, whichever is shorter: a loss is over when a minute has
 * gone by without one, or a thousand versions. Nothing is sampled while nobody asks, so where health is asked seldom
 * the window reaches back to the last time, or to the beginning.
 *
 * What must stay true: at most {@link SAMPLES_MAX} samples; none keeps a subscriber alive.
 */
import type { StoreMetrics } from '../counting/index.ts'
import type { SubscriberVitals } from '../store/index.ts'

/** So many samples are kept, the beginning among them. */
export const SAMPLES_MAX = 32

/** How long the recent past is. */
export interface WindowLength {
  readonly windowMs: number
  readonly windowVersions: number
}

interface Losses {
  readonly published: number
  readonly dropped: number
}

interface Sample {
  readonly atMs: number
  readonly commits: number
  readonly versionConflicts: number
  readonly losses: WeakMap<object, Losses>
}

const NO_LOSSES: Losses = { published: 0, dropped: 0 }

/** The counts of the window of each figure. */
export interface WindowCounts {
  readonly commits: number
  readonly versionConflicts: number
  /** Of each of `metrics.subscribers`, in the same order. */
  readonly losses: readonly Losses[]
}

export class HealthWindow {
  /** Times are of the store's life; the first sample is its beginning. */
  readonly #samples: Sample[] = [{ atMs: 0, commits: 0, versionConflicts: 0, losses: new WeakMap() }]

  /**
   * Counts what has been in the window, and takes a sample.
   *
   * @param vitals - of each of `metrics.subscribers`, in the same order.
   */
  counts(
    { commits, versionConflicts, uptimeMs: nowMs, subscribers: stats }: StoreMetrics,
    vitals: readonly SubscriberVitals[],
    { windowMs, windowVersions }: WindowLength,
  ): WindowCounts {
    const baseOf = (versionsSince: (sample: Sample) => number): Sample => {
      const isAway = (sample: Sample): boolean =>
        sample.atMs <= nowMs - windowMs || versionsSince(sample) >= windowVersions
      let base = this.#samples.length - 1
      while (base > 0 && !isAway(this.#samples[base] as Sample)) base -= 1
      // The cast holds: there is always one.
      return this.#samples[base] as Sample
    }
    const base = baseOf((sample) => commits - sample.commits)
    const losses = stats.map(({ published, dropped }, i) => {
      // The casts hold: there is one for each.
      const { key } = vitals[i] as SubscriberVitals
      const sample = baseOf(({ losses }) => published - (losses.get(key) ?? NO_LOSSES).published)
      const before = sample.losses.get(key) ?? NO_LOSSES
      return { published: published - before.published, dropped: dropped - before.dropped }
    })
    const sample = { atMs: nowMs, commits, versionConflicts, losses: new WeakMap<object, Losses>() }
    for (const [i, { published, dropped }] of stats.entries()) {
      sample.losses.set((vitals[i] as SubscriberVitals).key, { published, dropped })
    }
    this.#keep(sample, windowMs, windowVersions)
    return {
      commits: commits - base.commits,
      versionConflicts: versionConflicts - base.versionConflicts,
      losses,
    }
  }

  /** Keeps a sample that is far enough from the newest, so that those that are kept span a window. */
  #keep(sample: Sample, windowMs: number, windowVersions: number): void {
    const samples = this.#samples
    const newest = samples.at(-1)
    const steps = SAMPLES_MAX - 2
    const isClose =
      samples.length > 1 &&
      newest !== undefined &&
      sample.atMs - newest.atMs < windowMs / steps &&
      sample.commits - newest.commits < windowVersions / steps
    if (isClose) return
    if (samples.length === SAMPLES_MAX) samples.shift()
    samples.push(sample)
  }
}
