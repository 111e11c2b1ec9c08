/**
 * Random timelines through `backpressure()` and through the RxJS operator of the same meaning, side by side
 * on one virtual scheduler. Both are written down as lines: the same values, at the same times, in the same
 * order, and the same end.
 *
 * Four differences are meant, and bridged on RxJS's side where they are:
 * - An error of the source waits for what a batch holds and for what a handler is doing; RxJS's operators
 *   pass it on at once. There RxJS is given a completion, and the error after it.
 * - `sample` delivers on completion what no tick has taken; RxJS's `sampleTime` forgets it.
 * - `batch` with a fixed window does not deliver windows in which nothing came.
 * - A trailing `throttle` hands over a value inside the window that it opens, RxJS before it; one sees it
 *   only where a callback writes, which none does here.
 */
import assert from 'node:assert/strict'
import { describe, test } from '@jest/globals'
import fc from 'fast-check'
import {
  auditTime,
  bufferCount,
  bufferTime,
  catchError,
  concat,
  debounceTime,
  defer,
  EMPTY,
  exhaustMap,
  filter,
  from,
  map,
  merge,
  type Observable,
  type OperatorFunction,
  of,
  Subject,
  sampleTime,
  switchMap,
  tap,
  throttleTime,
  throwError,
  timer,
} from 'rxjs'
import { backpressure, batch, type SinglePolicy } from '../../src/backpressure/index.ts'
import type { ShippedPolicy } from './support/shipped-policy.ts'
import { POLICIES, type Step, steps, TIMELINES, type Timeline, tie } from './support/timeline.ts'
import { TimelineScheduler } from './support/timeline-run.ts'

const KINDS = ['throttle', 'debounce', 'audit', 'sample', 'batch', 'exhaust', 'switchLatest'] as const
/** A fifth; the rest is run against a model in properties.test.ts. */
const RUNS = Math.ceil((TIMELINES * 0.2) / KINDS.length)

interface Contest extends Pick<Timeline, 'tie' | 'steps'> {
  readonly policy: ShippedPolicy
  /** The projection returns a value, or a stream that emits at once and again after so many milliseconds. */
  readonly work: 'value' | number
  /** The projection throws at each n-th value; 0: never. */
  readonly throwsEvery: number
}

const contests = (kind: (typeof KINDS)[number]): fc.Arbitrary<Contest> =>
  fc.record({
    policy: kind === 'batch' ? COMPARABLE_BATCHES : POLICIES[kind],
    // The time policies are compared with a synchronous consumer only: their RxJS operators know no other.
    work:
      kind === 'exhaust' || kind === 'switchLatest'
        ? fc.oneof(fc.constant('value' as const), fc.integer({ min: 0, max: 12 }))
        : fc.constant('value' as const),
    throwsEvery: fc.constantFrom(0, 0, 0, 0, 5, 11),
    tie,
    steps: steps([], ['complete', 'error', 'unsubscribe']),
  })

/** One whose window opens with its first version has no counterpart; nor has a bound. */
const COMPARABLE_BATCHES: fc.Arbitrary<ShippedPolicy> = POLICIES.batch.map((policy): ShippedPolicy => {
  if (policy.kind !== 'batch') return policy
  const { ms, maxSize } = policy
  return batch({
    ...(ms !== undefined && { ms }),
    ...(maxSize !== undefined && { maxSize }),
    window: ms === undefined ? 'first' : 'fixed',
    capacity: 1000,
  })
})

type Values = number | readonly number[]
type Projection = (values: Values) => Observable<unknown>

/** RxJS's own operator for a policy. */
function rxjsOperator(
  policy: ShippedPolicy,
  project: Projection,
  scheduler: TimelineScheduler,
): OperatorFunction<number, unknown> {
  switch (policy.kind) {
    case 'throttle': {
      const { ms, leading, trailing } = policy
      return (source) => source.pipe(throttleTime(ms, scheduler, { leading, trailing }), switchMap(project))
    }
    case 'debounce':
      return (source) => source.pipe(debounceTime(policy.ms, scheduler), switchMap(project))
    case 'audit':
      return (source) => source.pipe(auditTime(policy.ms, scheduler), switchMap(project))
    case 'sample':
      return (source) => withTheLast(source, sampleTime(policy.ms, scheduler)).pipe(switchMap(project))
    case 'batch': {
      const { ms, maxSize = Number.POSITIVE_INFINITY } = policy
      const collect =
        ms === undefined ? bufferCount<number>(maxSize) : bufferTime<number>(ms, null, maxSize, scheduler)
      const isFilled = (values: readonly number[]): boolean => values.length > 0
      return errorLast((source) => source.pipe(collect, filter(isFilled), switchMap(project)))
    }
    case 'exhaust':
      return errorLast(exhaustMap(project))
    case 'switchLatest':
      return errorLast(switchMap(project))
    default:
      throw new Error(`RxJS has no operator for ${policy.kind}.`)
  }
}

/** Keeps an error of the source back until the operator has completed. */
function errorLast(operator: OperatorFunction<number, unknown>): OperatorFunction<number, unknown> {
  return (source) => {
    let failure: Observable<never> = EMPTY
    const kept = catchError<number, Observable<never>>((error: unknown) => {
      failure = throwError(() => error)
      return EMPTY
    })
    return concat(
      source.pipe(kept, operator),
      defer(() => failure),
    )
  }
}

/** Adds what the operator has not let through when the source completes. */
function withTheLast(
  source: Observable<number>,
  operator: OperatorFunction<number, number>,
): Observable<number> {
  let held: number[] = []
  const noted = tap<number>((value) => {
    held = [value]
  })
  const taken = tap<number>(() => {
    held = []
  })
  return concat(
    source.pipe(noted, operator, taken),
    defer(() => from(held)),
  )
}

/** Runs a timeline through both, and returns what each has written down. */
function run({ policy, work, throwsEvery, steps: sequence, tie: order }: Contest): [string[], string[]] {
  const scheduler = new TimelineScheduler()
  const source = new Subject<number>()
  const check = (values: Values): void => {
    const newest = Array.isArray(values) ? values.at(-1) : values
    if (throwsEvery > 0 && newest % throwsEvery === 0) throw new Error(`thrown at ${newest}`)
  }
  const handle = (values: Values): Observable<unknown> =>
    merge(of(`${values} begun`), timer(Number(work), scheduler).pipe(map(() => `${values} done`)))
  const ours = backpressure<number, unknown>(
    policy as SinglePolicy, // for a batch too, whose projection the types tell apart
    (values: Values) => {
      check(values)
      return work === 'value' ? values : handle(values)
    },
    { scheduler },
  )
  const project: Projection = (values) => {
    check(values)
    return work === 'value' ? of(values) : handle(values)
  }
  const theirs = rxjsOperator(policy, project, scheduler)
  const logs: [string[], string[]] = [[], []]
  const subscriptions = [ours, theirs].map((operator, index) => {
    const note = (what: string): void => {
      logs[index]?.push(`@${scheduler.now()} ${what}`)
    }
    return source.pipe(operator).subscribe({
      next: (value) => note(`next ${JSON.stringify(value)}`),
      error: (error: Error) => note(`error ${error.message}`),
      complete: () => note('complete'),
    })
  })
  const leave = (): void => {
    for (const subscription of subscriptions) subscription.unsubscribe()
  }
  let value = 0
  const take = (step: Step): void => {
    const [word, number] = step.split(' ')
    if (word === 'wait') scheduler.pass(Number(number), order)
    else if (step === 'complete') source.complete()
    else if (step === 'error') source.error(new Error('source'))
    else if (step === 'unsubscribe') leave()
    else {
      for (let n = Number(number); n > 0; n -= 1) {
        value += 1
        source.next(value)
      }
    }
  }
  for (const step of sequence) take(step)
  take('wait 40')
  leave()
  assert.equal(scheduler.timerCount, 0, 'no timer is left')
  return logs
}

describe('backpressure() on random timelines', () => {
  test.each(KINDS)('does with %s what the operator of RxJS does', (kind) => {
    const property = fc.property(contests(kind), (contest) => {
      const [ours, theirs] = run(contest)
      assert.equal(ours.join('\n'), theirs.join('\n'))
    })
    fc.assert(property, { numRuns: RUNS })
  })
})
