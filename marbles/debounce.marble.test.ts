import { describe, test } from '@jest/globals'
import { merge, Subject, tap } from 'rxjs'
import { backpressure, debounce } from '../src/backpressure/index.ts'
import { busyFor, failOn } from './support/projections.ts'
import { openScheduler } from './support/through-mailbox.ts'

const policy = debounce({ ms: 3 })

describe('debounce', () => {
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

  test('lets one through once the source has been silent', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-----|')
      const subs = '        ^------!'
      const expected = '    ----a--|'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('lets the last of each burst through', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b-----c-----|')
      const subs = '        ^--------------!'
      const expected = '    ------b-----c--|'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('lets what it holds through when the source completes', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b|')
      const subs = '        ^---!'
      const expected = '    ----(b|)'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('gives up what it holds when the source fails', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b#')
      const subs = '        ^---!'
      const expected = '    ----#'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('ends with what a projection throws, and lets go of its source', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-----b-|')
      const subs = '        ^---!'
      const expected = '    ----#'
      const result = source.pipe(backpressure(policy, failOn('a'), { scheduler }))
      expectObservable(result).toBe(expected, undefined, new Error('broken'))
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('emits nothing after an early unsubscribe', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b--c--')
      const unsub = '       -----!'
      const subs = '        ^----!'
      const expected = '    ------'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result, unsub).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('gives a late subscriber what comes from then on', () => {
    const scheduler = openScheduler()
    scheduler.run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a-b------c-----|')
      const subs = ['       ^---------------!', '--^-------------!']
      const late = '        --^'
      const expected = '    ------b------c--|'
      const whenLate = '    ------b------c--|'
      const result = source.pipe(backpressure(policy, undefined, { scheduler }))
      expectObservable(result).toBe(expected)
      expectObservable(result, late).toBe(whenLate)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('begins the silence again with what an observer writes', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-------')
      const subs = '        ^--------'
      const expected = '    ----a--x--'
      const writes = new Subject<string>()
      const write = tap((word: string) => {
        if (word === 'a') writes.next('x')
      })
      const result = merge(source, writes).pipe(backpressure(policy, undefined, { scheduler }), write)
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('keeps what was silent long enough for a projection that is busy', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a---b---c------|')
      //  a                  ----=====
      //  b                  ---------=====
      //  c                  --------------=====
      const subs = '        ^---------------!'
      const expected = '    ----a----b----c----|'
      const result = source.pipe(backpressure(policy, busyFor(5), { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })
})
