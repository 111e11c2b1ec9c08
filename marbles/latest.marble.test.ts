import { describe, expect, test } from '@jest/globals'
import { concat, merge, NEVER, type Observable, Subject, throwError, timer } from 'rxjs'
import { latest } from '../src/backpressure/index.ts'
import { openLedger, openScheduler, throughMailbox } from './support/through-mailbox.ts'

/** Keeps a subscriber busy for four frames with each letter. */
const fourFrames = (): Observable<0> => timer(4)

describe('latest', () => {
  test('is silent on a source that never emits', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -----')
      const subs = '        ^----'
      const expected = '    -----'
      expectObservable(throughMailbox(source, latest())).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('completes at once with an empty source', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' |')
      const subs = '        (^!)'
      const expected = '    |'
      expectObservable(throughMailbox(source, latest())).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('hands one over at once', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --a--|')
      const subs = '        ^----!'
      const expected = '    --a--|'
      expectObservable(throughMailbox(source, latest())).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('hands many over to a subscriber that is always idle, those of one instant too', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-(bc)-d-|')
      const subs = '        ^---------!'
      const expected = '    -a-(bc)-d-|'
      expectObservable(throughMailbox(source, latest())).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('keeps the newest while a slow subscriber is busy', () => {
    const ledger = openLedger()
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abcd---e----|')
      //  a                  -====
      //  d                  -----====
      //  e                  ---------====
      const subs = '        ^------------!'
      const expected = '    -a---d---e---|'
      expectObservable(throughMailbox(source, latest(), fourFrames, ledger)).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
    expect(ledger.missed).toEqual(['2 before d'])
    expect(ledger.ends).toEqual([{ published: 5, delivered: 3, dropped: 0, conflated: 2 }])
    expect(ledger.imbalances).toEqual([])
  })

  test('completes after what it holds, when the last handler has ended', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abc|')
      const subs = '        ^---!'
      const expected = '    -a---c---|'
      expectObservable(throughMailbox(source, latest(), fourFrames)).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('passes a source error on after what it holds', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abc#')
      const subs = '        ^---!'
      const expected = '    -a---c---#'
      expectObservable(throughMailbox(source, latest(), fourFrames)).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('goes on after a callback that throws, and after a handler that fails late', () => {
    const ledger = openLedger()
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a--b-c----|')
      //  b                  ----====#
      const subs = '        ^----------!'
      const expected = '    -a--b---c--|'
      const handle = (letter: string) => {
        if (letter === 'a') throw new Error('broken')
        if (letter === 'c') return
        return concat(
          timer(4),
          throwError(() => new Error('late')),
        )
      }
      expectObservable(throughMailbox(source, latest(), handle, ledger)).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
    expect(ledger.faults).toEqual(['next broken', 'next late'])
  })

  test('drops what it holds, and ends the running handler, at an early unsubscribe', () => {
    const ledger = openLedger()
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const work = cold('    ----|')
      const source = cold(' -ab------|')
      const unsub = '       ---!'
      const subs = '        ^--!'
      const worked = '      -^-!'
      const expected = '    -a--'
      expectObservable(
        throughMailbox(source, latest(), () => work, ledger),
        unsub,
      ).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
      expectSubscriptions(work.subscriptions).toBe(worked)
    })
    expect(ledger.drops).toEqual(['b unsubscribed'])
    expect(ledger.ends).toEqual([{ published: 2, delivered: 1, dropped: 1, conflated: 0 }])
  })

  test('gives a late subscriber what comes from then on, whatever another one holds', () => {
    openScheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -abc--d---|')
      const early = '       ^----------'
      const late = '        ----^------'
      const subs = ['       ^---------!', '----^-----!']
      const result = throughMailbox(source, latest(), fourFrames)
      expectObservable(result, early).toBe('-a---c---d---|')
      expectObservable(result, late).toBe(' ------d---|')
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('holds what a callback writes until the subscriber returns', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a---------')
      const subs = '        ^----------'
      const expected = '    -a---y-----'
      const writes = new Subject<string>()
      const handle = (letter: string) => {
        if (letter === 'a') for (const next of ['x', 'y']) writes.next(next)
        return timer(4)
      }
      expectObservable(throughMailbox(merge(source, writes), latest(), handle)).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('hands nothing more to a subscriber that never returns', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b-c-|')
      const subs = '        ^------!'
      const expected = '    -a--------'
      expectObservable(throughMailbox(source, latest(), () => NEVER)).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })
})
