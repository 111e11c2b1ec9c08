import { describe, expect, test } from '@jest/globals'
import {
  queueScheduler,
  type SchedulerAction,
  type SchedulerLike,
  Subject,
  type Subscription,
  VirtualTimeScheduler,
} from 'rxjs'
import {
  audit,
  backpressure,
  batch,
  debounce,
  frame,
  type Policy,
  type SinglePolicy,
  sample,
  throttle,
} from '../../src/backpressure/index.ts'
import { Timer } from '../../src/backpressure/timer.ts'
import { createStore, type Snapshot } from '../../src/index.ts'
import { VirtualClock } from './support/virtual-clock.ts'

/** A virtual clock that is flushed inside `schedule()`: what is due, at whatever time, runs at once. */
class FlushedScheduler extends VirtualTimeScheduler {
  timers = 0

  override schedule<T>(
    work: (this: SchedulerAction<T>, state?: T) => void,
    delay?: number,
    state?: T,
  ): Subscription {
    this.timers += 1
    const action = super.schedule(work, delay, state as T)
    this.flush()
    return action
  }
}

describe('Timer', () => {
  function openTimer(scheduler: SchedulerLike, repeats = false) {
    const runs: number[] = []
    const timer: Timer = new Timer({ scheduler }, () => void runs.push(scheduler.now()), repeats)
    return { timer, runs }
  }

  test('runs once, and is over then', () => {
    const clock = new VirtualClock()
    const { timer, runs } = openTimer(clock)
    expect(timer.running).toBe(false)
    timer.start(5)
    expect([timer.running, clock.liveTimers]).toEqual([true, 1])
    clock.advance(20)
    expect(runs).toEqual([5])
    expect([timer.running, clock.liveTimers]).toEqual([false, 0])
  })

  test('runs again and again, where it repeats, until it is stopped', () => {
    const clock = new VirtualClock()
    const { timer, runs } = openTimer(clock, true)
    timer.start(5)
    clock.advance(17)
    expect(runs).toEqual([5, 10, 15])
    timer.stop()
    expect([timer.running, clock.liveTimers]).toEqual([false, 0])
  })

  test('starts anew where it runs', () => {
    const clock = new VirtualClock()
    const { timer, runs } = openTimer(clock)
    timer.start(5)
    clock.advance(4)
    timer.start(5)
    expect(clock.liveTimers).toBe(1)
    clock.advance(20)
    expect(runs).toEqual([9])
  })

  test('is over where its scheduler runs it at once, also one that repeats', () => {
    for (const repeats of [false, true]) {
      const { timer, runs } = openTimer(new FlushedScheduler(), repeats)
      timer.start(5)
      timer.start(5)
      expect([runs.length, timer.running]).toEqual([2, false])
    }
  })

  test('makes a start from inside such a run when the run is over, so that no stack grows', () => {
    let runs = 0
    let depth = 0
    let deepest = 0
    const timer = new Timer({ scheduler: queueScheduler }, () => {
      depth += 1
      deepest = Math.max(deepest, depth)
      runs += 1
      if (runs < 10_000) timer.start(0)
      depth -= 1
    })
    timer.start(0)
    expect([runs, deepest, timer.running]).toEqual([10_000, 1, false])
  })

  test('is not started by one who stops it inside such a run', () => {
    let runs = 0
    const timer = new Timer({ scheduler: queueScheduler }, () => {
      runs += 1
      timer.start(0)
      timer.stop()
    })
    timer.start(0)
    expect([runs, timer.running]).toEqual([1, false])
  })
})

const AT_ONCE: readonly [string, () => SchedulerLike, readonly Policy[]][] = [
  [
    "RxJS's queueScheduler",
    () => queueScheduler,
    [
      throttle({ ms: 0 }),
      throttle({ ms: 0, leading: false }),
      debounce({ ms: 0 }),
      audit({ ms: 0 }),
      batch({ ms: 0 }),
    ],
  ],
  [
    'a virtual clock that is flushed inside schedule()',
    () => new FlushedScheduler(),
    [
      throttle({ ms: 10 }),
      throttle({ ms: 10, leading: false }),
      debounce({ ms: 10 }),
      audit({ ms: 10 }),
      sample({ ms: 10 }),
      batch({ ms: 10 }),
      batch({ ms: 10, window: 'fixed' }),
      batch({ ms: 10, maxSize: 2, window: 'fixed' }),
      frame({ maxWaitMs: 10 }),
    ],
  ],
]

describe.each(AT_ONCE)('with %s', (_name, schedulerOf, policies) => {
  test.each(policies)('$kind goes on delivering, and the last version comes', (policy) => {
    const store = createStore(0)
    const seen: number[] = []
    store.subscribe(
      (given: Snapshot<number> | readonly Snapshot<number>[]) => {
        for (const { state } of [given].flat() as Snapshot<number>[]) {
          seen.push(state)
          // A write of its own comes too.
          if (state === 2) store.set(3)
        }
      },
      { policy, scheduler: schedulerOf() },
    )
    for (const state of [1, 2, 4, 5]) store.set(state)
    expect(seen).toEqual([0, 1, 2, 3, 4, 5])
  })

  test.each(policies.filter(({ kind }) => kind !== 'batch') as SinglePolicy[])(
    '$kind delivers what its projection makes the source emit',
    (policy) => {
      const source = new Subject<number>()
      const seen: number[] = []
      source
        .pipe(
          backpressure(
            policy,
            (value: number) => {
              if (value < 5) source.next(value + 1)
              return value
            },
            { scheduler: schedulerOf() },
          ),
        )
        .subscribe((value) => seen.push(value))
      source.next(1)
      source.next(9)
      expect(seen.at(-1)).toBe(9)
      expect(seen).toContain(5)
    },
  )
})
