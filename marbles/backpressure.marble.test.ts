import { describe, test } from '@jest/globals'
import { concat, ignoreElements, map, merge, type Observable, Subject, tap, throwError, timer } from 'rxjs'
import { backpressure, buffer, direct, latest } from '../src/backpressure/index.ts'
import { HeadgateError } from '../src/kit/index.ts'
import { openScheduler } from './support/open-scheduler.ts'
import { failOn } from './support/projections.ts'

const policy = buffer({ capacity: 2 })

/** Emits each letter after three frames. */
const slowly = (letter: string): Observable<string> => timer(3).pipe(map(() => letter))

describe('backpressure', () => {
  test('is silent on a source that never emits', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -----')
      const subs = '        ^----'
      const expected = '    -----'
      const result = source.pipe(backpressure(policy, slowly, { scheduler }))
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
      const result = source.pipe(backpressure(policy, slowly, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('emits what a projection makes of one', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-----|')
      const subs = '        ^------!'
      const expected = '    ----a--|'
      const result = source.pipe(backpressure(policy, slowly, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('projects many one after the other with a buffer', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abc--------|')
      //  a                  -===
      //  b                  ----===
      //  c                  -------===
      const subs = '        ^-----------!'
      const expected = '    ----a--b--c-|'
      const result = source.pipe(backpressure(policy, slowly, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('projects the newest with latest', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abc--------|')
      const subs = '        ^-----------!'
      const expected = '    ----a--c----|'
      const result = source.pipe(backpressure(latest(), slowly, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('projects all at once with direct', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abc--------|')
      const subs = '        ^-----------!'
      const expected = '    ----abc-----|'
      const result = source.pipe(backpressure(direct(), slowly, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('completes when the last projection has ended', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -ab|')
      const subs = '        ^--!'
      const expected = '    ----a--(b|)'
      const result = source.pipe(backpressure(policy, slowly, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('fails with the source after what it holds', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -ab#')
      const subs = '        ^--!'
      const expected = '    ----a--(b#)'
      const result = source.pipe(backpressure(policy, slowly, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('ends at once with what a projection throws, and lets go of its source', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b-c-|')
      const subs = '        ^--!'
      const expected = '    -a-#'
      const result = source.pipe(backpressure(policy, failOn('b'), { scheduler }))
      expectObservable(result).toBe(expected, undefined, new Error('broken'))
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('ends at once with what the observable of a projection fails with', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abc----|')
      const subs = '        ^---!'
      const expected = '    ----#'
      const result = source.pipe(
        backpressure(
          policy,
          () =>
            concat(
              timer(3).pipe(ignoreElements()),
              throwError(() => new Error('broken')),
            ),
          { scheduler },
        ),
      )
      expectObservable(result).toBe(expected, undefined, new Error('broken'))
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('fails after what it holds when a buffer overflows', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abcde-------------')
      const subs = '        ^---------!'
      const expected = '    ----a--b--(c#)'
      const result = source.pipe(
        backpressure(buffer({ capacity: 2, overflow: 'error' }), slowly, { scheduler }),
      )
      expectObservable(result).toBe(
        expected,
        undefined,
        new HeadgateError('BUFFER_OVERFLOW', { subscriberId: 'backpressure', capacity: 2, version: 4 }),
      )
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('lets go of source and projection at an early unsubscribe', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -ab-----|')
      const unsub = '       -----!'
      const subs = '        ^----!'
      const expected = '    ----a-'
      const result = source.pipe(backpressure(policy, slowly, { scheduler }))
      expectObservable(result, unsub).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('gives a late subscriber a mailbox of its own', () => {
    const scheduler = openScheduler()
    scheduler.run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a-bc-----|')
      const subs = ['       ^---------!', '--^-------!']
      const late = '        --^'
      const expected = '    ----a--b--(c|)'
      const whenLate = '    ------b--c|'
      const result = source.pipe(backpressure(policy, slowly, { scheduler }))
      expectObservable(result).toBe(expected)
      expectObservable(result, late).toBe(whenLate)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('takes what an observer writes', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-------')
      const subs = '        ^--------'
      const expected = '    ----a--x-'
      const writes = new Subject<string>()
      const write = tap((word: string) => {
        if (word === 'a') writes.next('x')
      })
      const result = merge(source, writes).pipe(backpressure(policy, slowly, { scheduler }), write)
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })
})
