import { describe, test } from '@jest/globals'
import { merge, Subject, tap } from 'rxjs'
import { backpressure, throttle } from '../src/backpressure/index.ts'
import { busyFor, failOn } from './support/projections.ts'
import { openScheduler } from './support/through-mailbox.ts'

const policy = throttle({ ms: 5 })

describe('throttle', () => {
  test('is silent on a source that never emits', () => {
    const scheduler = openScheduler()
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
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' |')
      const subs = '        (^!)'
      const expected = '    |'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('lets one through at once', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-------|')
      const subs = '        ^--------!'
      const expected = '    -a-------|'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('lets the first and the last of each window through', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abc----d---e----|')
      const subs = '        ^----------------!'
      const expected = '    -a----c----d----e|'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('without a trailing edge lets the first of each window through', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abc----d-e------|')
      const subs = '        ^----------------!'
      const expected = '    -a------d--------|'
      const result = source.pipe(backpressure(throttle({ ms: 5, trailing: false }), undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('without a leading edge lets the last of each window through', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abc----d-e------|')
      const subs = '        ^----------------!'
      const expected = '    ------c----e-----|'
      const result = source.pipe(backpressure(throttle({ ms: 5, leading: false }), undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('lets what it holds through at the end of the window, and completes then', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -ab|')
      const subs = '        ^--!'
      const expected = '    -a----(b|)'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('gives up what it holds when the source fails', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -ab#')
      const subs = '        ^--!'
      const expected = '    -a-#'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('ends with what a projection throws, and lets go of its source', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-----b-|')
      const subs = '        ^!'
      const expected = '    -#'
      const result = source.pipe(backpressure(policy, failOn('a'), { scheduler }))
      expectObservable(result).toBe(expected, undefined, new Error('broken'))
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('emits nothing after an early unsubscribe', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -ab-----')
      const unsub = '       ---!'
      const subs = '        ^--!'
      const expected = '    -a--'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result, unsub).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('gives a late subscriber what comes from then on', () => {
    const scheduler = openScheduler()
    scheduler.run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a-b-c------|')
      const subs = ['       ^-----------!', '--^---------!']
      const late = '        --^'
      const expected = '    -a----c-----|'
      const whenLate = '    ---b----c---|'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectObservable(result, late).toBe(whenLate)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('holds what an observer writes until the end of the window', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a---------')
      const subs = '        ^----------'
      const expected = '    -a----x----'
      const writes = new Subject<string>()
      const write = tap((word: string) => {
        if (word === 'a') writes.next('x')
      })
      const result = merge(source, writes).pipe(backpressure(policy, undefined, { scheduler }), write)
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('keeps what a window let through for a projection that is busy', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -ab----c---------|')
      //  a                  -=======
      //  b                  --------=======
      //  c                  ---------------=======
      const subs = '        ^----------------!'
      const expected = '    -a------b------c------|'
      const result = source.pipe(backpressure(policy, busyFor(7), { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })
})
