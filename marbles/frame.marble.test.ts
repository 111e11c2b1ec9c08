import { afterEach, describe, test } from '@jest/globals'
import { merge, type SchedulerLike, Subject, type Subscription, tap } from 'rxjs'
import { backpressure, frame } from '../src/backpressure/index.ts'
import { busyFor, failOn } from './support/projections.ts'
import { openScheduler } from './support/through-mailbox.ts'

const policy = frame()

/** Shows a frame whenever four milliseconds of the scheduler have passed, or none in a hidden tab. */
function showFrames(scheduler: SchedulerLike, hidden = false): void {
  const requests: Subscription[] = []
  Object.assign(globalThis, {
    requestAnimationFrame(callback: FrameRequestCallback): number {
      const wait = hidden ? 1000 : 4 - (scheduler.now() % 4)
      return requests.push(scheduler.schedule(() => callback(scheduler.now()), wait)) - 1
    },
    cancelAnimationFrame: (id: number) => requests[id]?.unsubscribe(),
  })
}

afterEach(() => {
  for (const name of ['requestAnimationFrame', 'cancelAnimationFrame'])
    Reflect.deleteProperty(globalThis, name)
})

describe('frame', () => {
  test('is silent on a source that never emits', () => {
    const scheduler = openScheduler()
    showFrames(scheduler)
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -----')
      const subs = '        ^----'
      const expected = '    -----'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('completes at once with an empty source', () => {
    const scheduler = openScheduler()
    showFrames(scheduler)
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' |')
      const subs = '        (^!)'
      const expected = '    |'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('lets one through with the next frame', () => {
    const scheduler = openScheduler()
    showFrames(scheduler)
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-------|')
      const subs = '        ^--------!'
      const expected = '    ----a----|'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('lets the newest through with each frame', () => {
    const scheduler = openScheduler()
    showFrames(scheduler)
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abc-d-----e---|')
      const subs = '        ^--------------!'
      const expected = '    ----c---d---e--|'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('lets what it holds through with the next frame, and completes then', () => {
    const scheduler = openScheduler()
    showFrames(scheduler)
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a|')
      const subs = '        ^-!'
      const expected = '    ----(a|)'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('gives up what it holds when the source fails', () => {
    const scheduler = openScheduler()
    showFrames(scheduler)
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a#')
      const subs = '        ^-!'
      const expected = '    --#'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('ends with what a projection throws, and lets go of its source', () => {
    const scheduler = openScheduler()
    showFrames(scheduler)
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-------|')
      const subs = '        ^---!'
      const expected = '    ----#'
      const result = source.pipe(backpressure(policy, failOn('a'), { scheduler }))
      expectObservable(result).toBe(expected, undefined, new Error('broken'))
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('emits nothing after an early unsubscribe', () => {
    const scheduler = openScheduler()
    showFrames(scheduler)
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -ab-----')
      const unsub = '       ---!'
      const subs = '        ^--!'
      const expected = '    ----'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result, unsub).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('gives a late subscriber what comes from then on', () => {
    const scheduler = openScheduler()
    showFrames(scheduler)
    scheduler.run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a---b----|')
      const subs = ['       ^---------!', '--^-------!']
      const late = '        --^'
      const expected = '    ----a---b-|'
      const whenLate = '    --------b-|'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectObservable(result, late).toBe(whenLate)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('holds what an observer writes until the next frame', () => {
    const scheduler = openScheduler()
    showFrames(scheduler)
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a--------')
      const subs = '        ^---------'
      const expected = '    ----a---x-'
      const writes = new Subject<string>()
      const write = tap((word: string) => {
        if (word === 'a') writes.next('x')
      })
      const result = merge(source, writes).pipe(backpressure(policy, undefined, { scheduler }), write)
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('keeps what a frame let through for a projection that is busy', () => {
    const scheduler = openScheduler()
    showFrames(scheduler)
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a---b---c-----|')
      //  a                  ----======
      //  b                  ----------======
      //  c                  ----------------======
      const subs = '        ^--------------!'
      const expected = '    ----a-----b-----c-----|'
      const result = source.pipe(backpressure(policy, busyFor(6), { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('lets the newest through after maxWaitMs in a hidden tab', () => {
    const scheduler = openScheduler()
    showFrames(scheduler, true)
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b----------|')
      const subs = '        ^-------------!'
      const expected = '    -----------b--|'
      const result = source.pipe(backpressure(frame({ maxWaitMs: 10 }), undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('lets the newest through after 16 ms where there are no frames', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -ab 20ms |')
      const subs = '        ^ 22ms !'
      const expected = '    - 16ms b 5ms |'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })
})
