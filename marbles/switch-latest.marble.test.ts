import { describe, test } from '@jest/globals'
import { concat, map, merge, NEVER, type Observable, of, Subject, tap, timer } from 'rxjs'
import { backpressure, switchLatest } from '../src/backpressure/index.ts'
import { failOn } from './support/projections.ts'
import { openScheduler } from './support/through-mailbox.ts'

const policy = switchLatest()

/** Emits a letter at once and its capital after four frames. */
const twice = (letter: string): Observable<string> =>
  concat(of(letter), timer(4).pipe(map(() => letter.toUpperCase())))

describe('switchLatest', () => {
  test('is silent on a source that never emits', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -----')
      const subs = '        ^----'
      const expected = '    -----'
      const result = source.pipe(backpressure(policy, twice, { scheduler }))
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
      const result = source.pipe(backpressure(policy, twice, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('hands one over at once', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a------|')
      const subs = '        ^-------!'
      const expected = '    -a---A--|'
      const result = source.pipe(backpressure(policy, twice, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('hands many over at once, those of one instant too, and ends the projections that they replace', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -ab----(cd)|')
      const subs = '        ^----------!'
      const expected = '    -ab---B(cd)(D|)'
      const result = source.pipe(backpressure(policy, twice, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('completes after the projection that is running', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -ab|')
      const subs = '        ^--!'
      const expected = '    -ab---(B|)'
      const result = source.pipe(backpressure(policy, twice, { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('fails with the source after the projection that is running', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -ab#')
      const subs = '        ^--!'
      const expected = '    -ab---(B#)'
      const result = source.pipe(backpressure(policy, twice, { scheduler }))
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

  test('unsubscribes from the projection that a newer one replaces, and from the last when it is left', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const work = cold('    ----|')
      const source = cold(' -ab-----c------')
      const unsub = '       ----------!'
      const subs = '        ^---------!'
      const worked = ['     -^!', '--^---!', '--------^-!']
      const expected = '    -----------'
      const result = source.pipe(backpressure(policy, () => work, { scheduler }))
      expectObservable(result, unsub).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
      expectSubscriptions(work.subscriptions).toBe(worked)
    })
  })

  test('gives a late subscriber what comes from then on', () => {
    const scheduler = openScheduler()
    scheduler.run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a-b----c-|')
      const subs = ['       ^---------!', '--^-------!']
      const late = '        --^'
      const expected = '    -a-b---Bc---(C|)'
      const whenLate = '    ---b---Bc---(C|)'
      const result = source.pipe(backpressure(policy, twice, { scheduler }))
      expectObservable(result).toBe(expected)
      expectObservable(result, late).toBe(whenLate)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('replaces the projection whose letter made an observer write', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a--------')
      const subs = '        ^---------'
      const expected = '    -(xa)X----'
      const writes = new Subject<string>()
      const write = tap((word: string) => {
        if (word === 'a') writes.next('x')
      })
      const result = merge(source, writes).pipe(backpressure(policy, twice, { scheduler }), write)
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('does not wait for a projection that never ends', () => {
    const scheduler = openScheduler()
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b-|')
      const subs = '        ^----!'
      const expected = '    -a-b--'
      const result = source.pipe(backpressure(policy, (letter) => concat(of(letter), NEVER), { scheduler }))
      expectObservable(result).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })
})
