import { describe, expect, test } from '@jest/globals'
import { asapScheduler, interval, take, timer } from 'rxjs'
import { createMachineStore, createStore, defineMachine, sample, throttle } from '../../src/index.ts'
import { manualClock } from '../../src/testing/index.ts'
import { caught, collectGarbage, noteVersions, refusal } from '../store/support.ts'

describe('manualClock', () => {
  test('stands still until it is advanced, and moves both clocks alike', () => {
    const clock = manualClock({ wallMs: 1_000, monoMs: 5 })
    expect([clock.wall(), clock.mono(), clock.now()]).toEqual([1_000, 5, 1_000])
    clock.advance(7.5)
    expect([clock.wall(), clock.mono(), clock.now()]).toEqual([1_007.5, 12.5, 1_007.5])
  })

  test('begins at the start of 2024', () => {
    expect(new Date(manualClock().wall()).toISOString()).toBe('2024-01-01T00:00:00.000Z')
    expect(manualClock().mono()).toBe(0)
  })

  test('runs timers when they are due, those of one millisecond in the order of setting', () => {
    const clock = manualClock()
    const log: string[] = []
    for (const [name, ms] of Object.entries({ a: 5, b: 3, c: 5, d: 6 })) {
      clock.schedule(() => log.push(`${name} ${clock.mono()}`), ms)
    }
    clock.advance(5)
    expect(log).toEqual(['b 3', 'a 5', 'c 5'])
    expect(clock.pendingTimers).toBe(1)
    expect(clock.timers()).toEqual([{ delayMs: 6, setAt: expect.stringContaining('manual-clock.test.ts') }])
  })

  test('runs timers that are set by timers, where they are due in time', () => {
    const clock = manualClock()
    const seen: number[] = []
    interval(10, clock)
      .pipe(take(3))
      .subscribe((count) => seen.push(count))
    clock.advance(25)
    expect(seen).toEqual([0, 1])
    clock.advance(5)
    expect(seen).toEqual([0, 1, 2])
    expect(clock.pendingTimers).toBe(0)
  })

  test('forgets a timer that is unsubscribed', () => {
    const clock = manualClock()
    const seen: number[] = []
    const subscription = timer(10, clock).subscribe((count) => seen.push(count))
    expect(clock.pendingTimers).toBe(1)
    subscription.unsubscribe()
    expect(clock.pendingTimers).toBe(0)
    clock.advance(10)
    expect(seen).toEqual([])
  })

  test('moves to the next timer, and says when there is none', () => {
    const clock = manualClock()
    clock.schedule(() => {}, 1_000)
    expect(clock.advanceToNext()).toBe(true)
    expect(clock.mono()).toBe(1_000)
    expect(clock.advanceToNext()).toBe(false)
    expect(clock.mono()).toBe(1_000)
  })

  test('never runs backwards, also where a timer advances it', () => {
    const clock = manualClock()
    const times: number[] = []
    clock.schedule(() => clock.advance(50), 10)
    clock.schedule(() => times.push(clock.mono()), 30)
    clock.advance(20)
    expect(times).toEqual([30])
    expect(clock.mono()).toBe(60)
  })

  test('goes on after a timer that throws, which the caller is told', () => {
    const clock = manualClock()
    const broken = new Error('broken')
    clock.schedule(() => {
      throw broken
    }, 1)
    clock.schedule(() => {}, 2)
    expect(caught(() => clock.advance(5))).toBe(broken)
    expect(clock.pendingTimers).toBe(1)
    clock.advance(5)
    expect(clock.pendingTimers).toBe(0)
  })

  test('ends a timer that sets itself again for ever', () => {
    const clock = manualClock()
    interval(0, clock).subscribe()
    expect(caught(() => clock.advance(1))).toEqual(refusal('RUNAWAY_TIMERS'))
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to advance by %p', (ms) => {
    const message = `Expected "ms" to be a number of milliseconds from 0, got ${ms} (number).`
    expect(caught(() => manualClock().advance(ms))).toEqual(refusal('OPTION_INVALID', message))
    expect(caught(() => manualClock({ wallMs: ms }))).toEqual(refusal('OPTION_INVALID'))
  })

  test('drives the time policies of a store, and stamps its snapshots', () => {
    const clock = manualClock({ wallMs: 0 })
    const store = createStore(0, { clock, scheduler: clock })
    const throttled: number[] = []
    const sampled: number[] = []
    store.subscribe(noteVersions(throttled), { policy: throttle({ ms: 100 }) })
    store.subscribe(noteVersions(sampled), { policy: sample({ ms: 70 }), replay: false })
    for (let write = 1; write <= 4; write += 1) {
      store.set(write)
      clock.advance(35)
    }
    expect(throttled).toEqual([0, 3])
    expect(sampled).toEqual([2, 4])
    expect(store.snapshot).toMatchObject({ tsWall: 105, tsMono: 105 })
    store.destroy()
    expect(clock.pendingTimers).toBe(0)
  })

  test('drives the timers of a machine', () => {
    const clock = manualClock()
    const lamp = defineMachine({
      id: 'lamp',
      initial: 'ON',
      context: {},
      types: {} as { events: { type: 'PRESSED' } },
      states: { ON: { after: { ms: 1_000, target: 'OFF' } }, OFF: { on: { PRESSED: 'ON' } } },
    })
    const store = createMachineStore(lamp, { clock, scheduler: clock })
    clock.advance(999)
    expect(store.current).toBe('ON')
    clock.advance(1)
    expect(store.current).toBe('OFF')
    store.destroy()
  })

  test('lets promises settle between two timers when it is advanced with a promise', async () => {
    const clock = manualClock()
    const log: string[] = []
    clock.schedule(async () => {
      for (let turns = 0; turns < 5; turns += 1) await undefined
      log.push(`promise at ${clock.mono()}`)
    }, 1)
    clock.schedule(() => log.push('timer'), 2)
    await clock.advanceAsync(2)
    expect(log).toEqual(['promise at 1', 'timer'])
  })

  test('does not move to a timer that was taken back', () => {
    const clock = manualClock()
    clock.schedule(() => {}, 5).unsubscribe()
    expect([clock.advanceToNext(), clock.mono(), clock.pendingTimers]).toEqual([false, 0, 0])
  })

  test('leaves the schedulers of RxJS alone', () => {
    const clock = manualClock()
    expect(asapScheduler.now()).not.toBe(clock.now())
  })

  test('keeps nothing of the timers that have run, also where each was set inside the run of another', async () => {
    const clock = manualClock()
    const payloads: WeakRef<object>[] = []
    const set = (left: number): void => {
      const payload = {}
      payloads.push(new WeakRef(payload))
      clock.schedule(() => {
        if (payload !== undefined && left > 0) set(left - 1)
      }, 1)
    }
    set(100)
    clock.advance(90)
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
    expect(payloads.filter((payload) => payload.deref() !== undefined).length).toBeLessThan(5)
    expect(clock.pendingTimers).toBe(1)
  })
})
