import { describe, test } from '@jest/globals'
import { merge, Subject, tap } from 'rxjs'
import { backpressure, batch } from '../src/backpressure/index.ts'
import { HeadgateError } from '../src/kit/index.ts'
import { busyFor, failOn, wordOf } from './support/projections.ts'
import { openScheduler } from './support/through-mailbox.ts'

const policy = batch({ ms: 5 })

describe('batch', () => {
  test('is silent on a source that never emits', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -----')
      const subs = '        ^----'
      const expected = '    -----'
      const result = source.pipe(backpressure(policy, wordOf, { scheduler }))
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
      const result = source.pipe(backpressure(policy, wordOf, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('hands one over at the end of the window that it opened', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-------|')
      const subs = '        ^--------!'
      const expected = '    ------a--|'
      const result = source.pipe(backpressure(policy, wordOf, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('hands over all of each window', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abc----d-e---|')
      const subs = '        ^-------------!'
      const expected = '    ------x------y|'
      const result = source.pipe(backpressure(policy, wordOf, { scheduler }))
      expectObservable(result).toBe(expected, { x: 'abc', y: 'de' })
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('ends a window that has maxSize', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abc-----|')
      const subs = '        ^--------!'
      const expected = '    --x-----y|'
      const result = source.pipe(backpressure(batch({ ms: 5, maxSize: 2 }), wordOf, { scheduler }))
      expectObservable(result).toBe(expected, { x: 'ab', y: 'c' })
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('runs fixed windows from the subscription on, and hands no empty one over', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --ab-------c----|')
      const subs = '        ^---------------!'
      const expected = '    -----x---------y|'
      const result = source.pipe(backpressure(batch({ ms: 5, window: 'fixed' }), wordOf, { scheduler }))
      expectObservable(result).toBe(expected, { x: 'ab', y: 'c' })
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('hands over what it holds when the source completes', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -ab|')
      const subs = '        ^--!'
      const expected = '    ---(x|)'
      const result = source.pipe(backpressure(policy, wordOf, { scheduler }))
      expectObservable(result).toBe(expected, { x: 'ab' })
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('hands over what it holds when the source fails', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -ab#')
      const subs = '        ^--!'
      const expected = '    ---(x#)'
      const result = source.pipe(backpressure(policy, wordOf, { scheduler }))
      expectObservable(result).toBe(expected, { x: 'ab' })
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('ends with what a projection throws, and lets go of its source', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-------|')
      const subs = '        ^-----!'
      const expected = '    ------#'
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
      const expected = '    ----'
      const result = source.pipe(backpressure(policy, wordOf, { scheduler }))
      expectObservable(result, unsub).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('gives a late subscriber what comes from then on', () => {
    const scheduler = openScheduler()
    scheduler.run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a-b-------|')
      const subs = ['       ^----------!', '--^--------!']
      const late = '        --^'
      const expected = '    ------x----|'
      const whenLate = '    --------b--|'
      const result = source.pipe(backpressure(policy, wordOf, { scheduler }))
      expectObservable(result).toBe(expected, { x: 'ab', b: 'b' })
      expectObservable(result, late).toBe(whenLate, { x: 'ab', b: 'b' })
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('opens a window with what an observer writes', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a------------')
      const subs = '        ^-------------'
      const expected = '    ------a----x--'
      const writes = new Subject<string>()
      const write = tap((word: string) => {
        if (word === 'a') writes.next('x')
      })
      const result = merge(source, writes).pipe(backpressure(policy, wordOf, { scheduler }), write)
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('keeps the windows that end while a projection is busy, for one call each', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-----bc----d-------|')
      //  a                  ------=======
      //  bc                 -------------=======
      //  d                  --------------------=======
      const subs = '        ^--------------------!'
      const expected = '    ------x------y------z------|'
      const result = source.pipe(backpressure(policy, busyFor(7), { scheduler }))
      expectObservable(result).toBe(expected, { x: 'a', y: 'bc', z: 'd' })
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('fails past its capacity, once it has handed over what it holds', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abc-----')
      const subs = '        ^--!'
      const expected = '    ---(x#)'
      const result = source.pipe(backpressure(batch({ ms: 5, capacity: 2 }), wordOf, { scheduler }))
      expectObservable(result).toBe(
        expected,
        { x: 'ab' },
        new HeadgateError('BUFFER_OVERFLOW', { subscriberId: 'backpressure', capacity: 2, version: 3 }),
      )
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })
})
