import { describe, test } from '@jest/globals'
import { merge, Subject, tap } from 'rxjs'
import { backpressure, exhaust } from '../src/backpressure/index.ts'
import { busyFor, failOn } from './support/projections.ts'
import { openScheduler } from './support/through-mailbox.ts'

const policy = exhaust()

describe('exhaust', () => {
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

  test('hands one over at once', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --a--|')
      const subs = '        ^----!'
      const expected = '    --a--|'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('hands many over to a projection that is always idle, those of one instant too', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-(bc)-d-|')
      const subs = '        ^---------!'
      const expected = '    -a-(bc)-d-|'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('loses what comes while a projection is busy', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abc---d--|')
      //  a                  -====
      //  d                  -------====
      const subs = '        ^---------!'
      const expected = '    -a-----d---|'
      const result = source.pipe(backpressure(policy, busyFor(4), { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('fails with the source when the projection has ended', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -ab#')
      const subs = '        ^--!'
      const expected = '    -a---#'
      const result = source.pipe(backpressure(policy, busyFor(4), { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('ends with what a projection throws, and lets go of its source', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b-|')
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
      const source = cold(' -ab--c--|')
      const unsub = '       ---!'
      const subs = '        ^--!'
      const expected = '    -a--'
      const result = source.pipe(backpressure(policy, busyFor(4), { scheduler }))
      expectObservable(result, unsub).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('gives a late subscriber what comes from then on', () => {
    const scheduler = openScheduler()
    scheduler.run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a-bc---d--|')
      const subs = ['       ^----------!', '--^--------!']
      const late = '        --^'
      const expected = '    -a------d---|'
      const whenLate = '    ---b----d---|'
      const result = source.pipe(backpressure(policy, busyFor(4), { scheduler }))
      expectObservable(result).toBe(expected)
      expectObservable(result, late).toBe(whenLate)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('loses what an observer writes', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a------b')
      const subs = '        ^--------'
      const expected = '    -a------b'
      const writes = new Subject<string>()
      const write = tap((word: string) => {
        if (word === 'a') writes.next('x')
      })
      const result = merge(source, writes).pipe(backpressure(policy, busyFor(4), { scheduler }), write)
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })
})
