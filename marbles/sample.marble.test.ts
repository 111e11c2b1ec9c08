import { describe, test } from '@jest/globals'
import { merge, Subject, tap } from 'rxjs'
import { backpressure, sample } from '../src/backpressure/index.ts'
import { busyFor, failOn } from './support/projections.ts'
import { openScheduler } from './support/through-mailbox.ts'

const policy = sample({ ms: 5 })

describe('sample', () => {
  test('is silent on a source that never emits, though it ticks', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -------')
      const unsub = '       ------!'
      const subs = '        ^-----!'
      const expected = '    -------'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result, unsub).toBe(expected)
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

  test('lets one through at the next tick, and once', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --a--------|')
      const subs = '        ^----------!'
      const expected = '    -----a-----|'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('lets the newest through at each tick', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abc---d----e---|')
      const subs = '        ^---------------!'
      const expected = '    -----c----d----e|'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('lets what it holds through when the source completes', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --a|')
      const subs = '        ^--!'
      const expected = '    ---(a|)'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('gives up what it holds when the source fails', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --a#')
      const subs = '        ^--!'
      const expected = '    ---#'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('ends with what a projection throws, and lets go of its source', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a------|')
      const subs = '        ^----!'
      const expected = '    -----#'
      const result = source.pipe(backpressure(policy, failOn('a'), { scheduler }))
      expectObservable(result).toBe(expected, undefined, new Error('broken'))
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('emits nothing after an early unsubscribe', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --a-----')
      const unsub = '       ----!'
      const subs = '        ^---!'
      const expected = '    -----'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result, unsub).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('gives a late subscriber what comes from then on', () => {
    const scheduler = openScheduler()
    scheduler.run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a-b----c-----|')
      const subs = ['       ^-------------!', '--^-----------!']
      const late = '        --^'
      const expected = '    -----b----c---|'
      const whenLate = '    -------b----c-|'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectObservable(result, late).toBe(whenLate)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('holds what an observer writes until the next tick', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a---------')
      const unsub = '       ------------!'
      const subs = '        ^-----------!'
      const expected = '    -----a----x-'
      const writes = new Subject<string>()
      const write = tap((word: string) => {
        if (word === 'a') writes.next('x')
      })
      const result = merge(source, writes).pipe(backpressure(policy, undefined, { scheduler }), write)
      expectObservable(result, unsub).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('keeps what a tick let through for a projection that is busy', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a----b----c------|')
      //  a                  -----=======
      //  b                  ------------=======
      //  c                  -------------------=======
      const subs = '        ^-----------------!'
      const expected = '    -----a------b------c------|'
      const result = source.pipe(backpressure(policy, busyFor(7), { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })
})
