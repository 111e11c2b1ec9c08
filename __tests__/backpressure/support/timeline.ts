/**
 * Random timelines: a policy, a consumer, and what happens to them in virtual milliseconds.
 *
 * A step is a few words, so that fast-check prints a timeline that can be read and typed in again:
 *
 *   ["write 1", "wait 4", "write 3", "release", "complete"]
 *
 * All time passes in `wait`; the other steps take none. Timers run in the order in which they are due,
 * those of one millisecond in the order in which they were set. Where a write and a timer share a
 * millisecond, `tie` says which comes first.
 */
import fc from 'fast-check'
import {
  audit,
  batch,
  buffer,
  debounce,
  direct,
  exhaust,
  frame,
  latest,
  type Overflow,
  sample,
  switchLatest,
  throttle,
} from '../../../src/backpressure/index.ts'
import { runs } from '../../support/runs.ts'
import type { ShippedPolicy } from './shipped-policy.ts'

/**
 * `write n`: n versions in one millisecond · `wait n`: n milliseconds · `release`: the oldest handler of a
 * gated consumer ends, or a pulled one asks for one more · `break`: that handler fails · `drain`: release
 * until nothing runs or waits · `flush`: microtasks run · the rest ends the subscription.
 */
export type Step =
  | `write ${number}`
  | `wait ${number}`
  | 'release'
  | 'break'
  | 'drain'
  | 'flush'
  | 'complete'
  | 'error'
  | 'unsubscribe'
  | 'destroy'

/** What the consumer does with each delivery; its callback runs the scripts in this order. */
export interface ConsumerScript {
  /** `sync`: nothing to wait for · a number: a timer of so many ms · `gated`, `pulled`: see {@link Step}. */
  readonly work: 'sync' | 'gated' | 'pulled' | number
  /** Writes one more version from inside each n-th version's callback; 0: never. */
  readonly writesEvery: number
  /** The source completes inside the callback of this version; 0: it does not. */
  readonly completesAt: number
  /** Unsubscribes inside the callback of this version; 0: never. */
  readonly leavesAt: number
  /** Throws at each n-th version; 0: never. */
  readonly throwsEvery: number
  readonly onError: 'continue' | 'close'
}

export interface Timeline {
  readonly policy: ShippedPolicy
  readonly consumer: ConsumerScript
  /** Whether the first version is replayed when the subscription begins. */
  readonly replay: boolean
  readonly tie: 'timer first' | 'write first'
  /** Milliseconds between two animation frames; `none`: not a browser; `hidden`: they never come. */
  readonly frames: number | 'none' | 'hidden'
  readonly steps: readonly Step[]
}

/**
 * How many timelines one run of the tests takes, shared out among the properties.
 */
export const TIMELINES: number = runs(1_500)

/** A consumer that writes stops at this version, or two might keep each other going for ever. */
export const WRITES_MAX = 60

const ms = (min: number): fc.Arbitrary<number> => fc.integer({ min, max: 12 })
const count = fc.integer({ min: 1, max: 4 })
const dispatch = fc.constantFrom('sync' as const, 'microtask' as const)

/** Random policies of each kind; with `suspend`, of a source that cannot wait. */
export const POLICIES: Readonly<Record<ShippedPolicy['kind'], fc.Arbitrary<ShippedPolicy>>> = {
  direct: fc.constant(direct()),
  latest: fc.record({ dispatch }).map(latest),
  buffer: fc
    .record({
      capacity: count,
      overflow: fc.constantFrom<Overflow>('drop-oldest', 'drop-incoming', 'error', 'suspend'),
      dispatch,
    })
    .map(buffer),
  exhaust: fc.constant(exhaust()),
  switchLatest: fc.constant(switchLatest()),
  throttle: fc
    .tuple(ms(0), fc.constantFrom([true, true], [true, false], [false, true]))
    .map(([width, [leading, trailing]]) => throttle({ ms: width, leading: leading!, trailing: trailing! })),
  debounce: ms(0).map((silence) => debounce({ ms: silence })),
  audit: ms(0).map((width) => audit({ ms: width })),
  sample: ms(1).map((period) => sample({ ms: period })),
  frame: fc.integer({ min: 0, max: 30 }).map((maxWaitMs) => frame({ maxWaitMs })),
  batch: fc
    .record({
      ms: fc.option(ms(1), { nil: undefined }),
      maxSize: fc.option(count, { nil: undefined }),
      window: fc.constantFrom('first' as const, 'fixed' as const),
      capacity: fc.integer({ min: 2, max: 9 }),
    })
    .map(({ ms, maxSize, window, capacity }) => {
      const size = maxSize === undefined ? {} : { maxSize }
      if (ms !== undefined) return batch({ ms, ...size, window, capacity })
      return batch({ maxSize: maxSize ?? 3, capacity })
    }),
}

const sometimes = (min: number, max: number): fc.Arbitrary<number> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min, max }) })

const consumer: fc.Arbitrary<ConsumerScript> = fc
  .record({
    work: fc.oneof(
      fc.constantFrom('sync' as const, 'gated' as const),
      fc.integer({ min: 0, max: 9 }),
      fc.constantFrom('sync' as const, 'gated' as const, 'pulled' as const),
    ),
    writesEvery: sometimes(2, 5),
    completesAt: sometimes(1, 15),
    leavesAt: sometimes(1, 15),
    throwsEvery: sometimes(1, 5),
    onError: fc.constantFrom('continue' as const, 'continue' as const, 'close' as const),
  })
  // What is pulled fulfils a promise, so its callback writes and ends nothing.
  .map((script) => (script.work === 'pulled' ? { ...script, writesEvery: 0, completesAt: 0 } : script))

const write = fc
  .oneof({ weight: 3, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 5 }) })
  .map((many): Step => `write ${many}`)
const wait = fc.integer({ min: 1, max: 14 }).map((time): Step => `wait ${time}`)

/** Writes and pauses, and what a consumer or a source does now and then. */
export const steps = (others: readonly Step[], endings: readonly Step[]): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 40, arbitrary: write },
      { weight: 35, arbitrary: wait },
      ...(others.length > 0 ? [{ weight: 22, arbitrary: fc.constantFrom(...others) }] : []),
      { weight: 2, arbitrary: fc.constantFrom(...endings) },
    ),
    { maxLength: 30, size: 'max' },
  )

export const tie: fc.Arbitrary<Timeline['tie']> = fc.constantFrom(
  'timer first' as const,
  'write first' as const,
)

/** Random timelines over one kind of policy. */
export const timelines = (kind: ShippedPolicy['kind']): fc.Arbitrary<Timeline> =>
  fc.record({
    policy: POLICIES[kind],
    consumer,
    replay: fc.boolean(),
    tie,
    frames:
      kind === 'frame'
        ? fc.oneof(fc.constantFrom('none' as const, 'hidden' as const), fc.integer({ min: 1, max: 16 }))
        : fc.constant('none' as const),
    steps: steps(
      ['release', 'release', 'release', 'release', 'break', 'flush', 'flush', 'drain'],
      ['complete', 'error', 'unsubscribe', 'destroy'],
    ),
  })

/** Goes on until whatever can be delivered is, so that one can say what a policy ends on. */
export const SETTLING: readonly Step[] = [
  'flush',
  'drain',
  'wait 100',
  'drain',
  'wait 100',
  'drain',
  'wait 100',
  'drain',
]

/** What a run says about itself after every step and inside every callback. */
export interface Figures {
  readonly published: number
  readonly delivered: number
  readonly dropped: number
  readonly conflated: number
  readonly pending: number
  readonly calls: number
  readonly errors: number
  readonly inFlight: number
  readonly missed: number
  readonly lastVersion: number
  readonly busySince: number | null
}

/** One line of a log: `@12 next 4 missed 2 | published 5 = 3 + 1 + 0 + 1, …`. */
export function logLine(now: number, what: string, figures: Figures, timers: number): string {
  const { published, delivered, dropped, conflated, pending, calls, errors, inFlight, missed } = figures
  return (
    `@${now} ${what} | published ${published} = ${delivered} delivered + ${dropped} dropped + ` +
    `${conflated} conflated + ${pending} pending; calls ${calls}, errors ${errors}, in flight ${inFlight}, ` +
    `missed ${missed}, last ${figures.lastVersion}, busy since ${figures.busySince}, timers ${timers}`
  )
}
