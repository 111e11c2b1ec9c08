import { describe, expect, test } from '@jest/globals'
import { interval, take, timer } from 'rxjs'
import { settle, VirtualClock } from './virtual-clock.ts'

describe('VirtualClock', () => {
  test('runs timers when they are due, those of one millisecond in the order of setting', async () => {
    const clock = new VirtualClock()
    const log: string[] = []
    for (const [name, ms] of Object.entries({ a: 5, b: 3, c: 5 })) {
      clock.schedule(() => log.push(`${name} ${clock.now()}`), ms)
    }
    await clock.runTo(5, 'before')
    expect(log).toEqual(['b 3'])
    await clock.runTo(5, 'including')
    expect(log).toEqual(['b 3', 'a 5', 'c 5'])
  })

  test('lets promises settle between two timers', async () => {
    const clock = new VirtualClock()
    const log: string[] = []
    clock.after(1, async () => {
      for (let turn = 0; turn < 10; turn += 1) await undefined
      log.push('promise')
    })
    clock.after(1, () => log.push('timer'))
    await clock.runOut()
    expect(log).toEqual(['promise', 'timer'])
  })

  test('carries the timers of RxJS, and knows how many are live', async () => {
    const clock = new VirtualClock()
    const log: string[] = []
    timer(4, clock).subscribe({ complete: () => log.push(`timer ${clock.now()}`) })
    interval(3, clock)
      .pipe(take(2))
      .subscribe((count) => log.push(`${count} at ${clock.now()}`))
    expect(clock.liveTimers).toBe(2)
    await clock.runOut()
    expect(log).toEqual(['0 at 3', 'timer 4', '1 at 6'])
    expect(clock.liveTimers).toBe(0)
  })

  test('forgets a timer that is cleared, and does not count the work of a test', () => {
    const clock = new VirtualClock()
    const subscription = interval(3, clock).subscribe()
    clock.after(3, () => {})
    expect(clock.liveTimers).toBe(1)
    subscription.unsubscribe()
    expect(clock.liveTimers).toBe(0)
  })

  test('stops a timer that never ends', async () => {
    const clock = new VirtualClock()
    interval(0, clock).subscribe()
    await expect(clock.runOut()).rejects.toThrow('More than 10000 timers ran; one never ends.')
  })

  test('stands still on its own', async () => {
    const clock = new VirtualClock()
    await settle()
    expect([clock.now(), clock.wall(), clock.mono()]).toEqual([0, 0, 0])
  })
})
