/** The policies that scenarios go through: every factory, and the variants that have a path of their own. */
import {
  audit,
  batch,
  buffer,
  debounce,
  direct,
  exhaust,
  frame,
  latest,
  type Policy,
  sample,
  switchLatest,
  throttle,
} from '../../src/index.ts'
import './frames.ts'

/** Nothing waits so long: a window that is left is always left in its middle. */
export const LONG_MS = 3_600_000

/** Policies that open windows, so that every subscriber has a timer while it holds something. */
export const TIME_POLICIES: Readonly<Record<string, Policy>> = {
  throttle: throttle({ ms: LONG_MS }),
  'throttle, trailing edge': throttle({ ms: LONG_MS, leading: false }),
  debounce: debounce({ ms: LONG_MS }),
  audit: audit({ ms: LONG_MS }),
  sample: sample({ ms: LONG_MS }),
  batch: batch({ ms: LONG_MS }),
  'batch, fixed windows': batch({ ms: LONG_MS, window: 'fixed' }),
  frame: frame({ maxWaitMs: LONG_MS }),
}

/** One of each kind. */
export const POLICIES: Readonly<Record<string, Policy>> = {
  direct: direct(),
  latest: latest(),
  'latest, microtask': latest({ dispatch: 'microtask' }),
  buffer: buffer({ capacity: 8 }),
  exhaust: exhaust(),
  switchLatest: switchLatest(),
  ...Object.fromEntries(Object.entries(TIME_POLICIES).filter(([name]) => !name.includes(','))),
}

/** Those that an iterator can pull from. */
export const PULLED_POLICIES: Readonly<Record<string, Policy>> = Object.fromEntries(
  Object.entries(POLICIES).filter(([, { kind }]) => !['direct', 'switchLatest', 'batch'].includes(kind)),
)
