import { describe, expect, test } from '@jest/globals'
import { asyncScheduler, interval, queueScheduler, take, timer } from 'rxjs'
import { createStore, throttle } from '../../src/index.ts'
import { manualClock, trackTimers } from '../../src/testing/index.ts'
import { collectGarbage } from '../store/support.ts'

describe('trackTimers', () => {
  test('counts the timers that are set, and names where each was', () => {
    const scheduler = trackTimers(manualClock())
    timer(10, scheduler).subscribe()
    timer(20, scheduler).subscribe()
    const setAt = expect.stringMatching(/track-timers\.test\.ts:\d+/)
    expect(scheduler.pendingTimers).toBe(2)
    expect(scheduler.timers()).toEqual([
      { delayMs: 10, setAt },
      { delayMs: 20, setAt },
    ])
  })

  test('runs them as the scheduler does that it wraps', () => {
    const clock = manualClock()
    const scheduler = trackTimers(clock)
    const seen: string[] = []
    interval(10, scheduler)
      .pipe(take(3))
      .subscribe({
        next: (count) => seen.push(`${count} at ${clock.mono()}`),
        complete: () => seen.push('end'),
      })
    clock.advance(40)
    expect(seen).toEqual(['0 at 10', '1 at 20', '2 at 30', 'end'])
    expect(scheduler.pendingTimers).toBe(0)
    expect(scheduler.now()).toBe(clock.now())
  })

  test('strikes out a timer that is unsubscribed, and clears the one below', () => {
    const clock = manualClock()
    const scheduler = trackTimers(clock)
    timer(10, scheduler).subscribe().unsubscribe()
    expect([scheduler.pendingTimers, clock.pendingTimers]).toEqual([0, 0])
  })

  test('counts nothing for a scheduler that runs at once', () => {
    const scheduler = trackTimers(queueScheduler)
    const seen: number[] = []
    timer(0, scheduler).subscribe((count) => seen.push(count))
    expect(seen).toEqual([0])
    expect(scheduler.pendingTimers).toBe(0)
  })

  test('wraps the default scheduler of a store by default', async () => {
    const scheduler = trackTimers()
    const store = createStore(0, { scheduler })
    store.subscribe(() => {}, { policy: throttle({ ms: 3_600_000 }) })
    expect(scheduler.timers()).toMatchObject([{ delayMs: 3_600_000 }])
    store.destroy()
    expect(scheduler.pendingTimers).toBe(0)
    expect(Math.abs(scheduler.now() - asyncScheduler.now())).toBeLessThan(60_000)
  })

  test('keeps nothing of the timers that have run, also where each was set inside the run of another', async () => {
    const clock = manualClock()
    const scheduler = trackTimers(clock)
    const payloads: WeakRef<object>[] = []
    const set = (left: number): void => {
      const payload = {}
      payloads.push(new WeakRef(payload))
      scheduler.schedule(() => {
        if (payload !== undefined && left > 0) set(left - 1)
      }, 1)
    }
    set(100)
    clock.advance(90)
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
    expect(payloads.filter((payload) => payload.deref() !== undefined).length).toBeLessThan(5)
    expect(scheduler.pendingTimers).toBe(1)
  })
})
