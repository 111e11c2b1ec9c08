import { describe, expect, test } from '@jest/globals'
import { concat, merge, type Observable, Subject, throwError, timer } from 'rxjs'
import { buffer } from '../src/backpressure/index.ts'
import { HeadgateError } from '../src/kit/index.ts'
import { openLedger, openScheduler, throughMailbox } from './support/through-mailbox.ts'

/** Keeps a subscriber busy for five frames with each letter. */
const fiveFrames = (): Observable<0> => timer(5)

const overflowed = new HeadgateError('BUFFER_OVERFLOW', { subscriberId: 'marbles', capacity: 2, version: 4 })

describe('buffer', () => {
  test('is silent on a source that never emits', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -----')
      const subs = '        ^----'
      const expected = '    -----'
      expectObservable(throughMailbox(source, buffer())).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('completes at once with an empty source', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' |')
      const subs = '        (^!)'
      const expected = '    |'
      expectObservable(throughMailbox(source, buffer())).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('hands one over at once', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --a--|')
      const subs = '        ^----!'
      const expected = '    --a--|'
      expectObservable(throughMailbox(source, buffer())).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('hands many over to a subscriber that is always idle, those of one instant too', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-(bc)-d-|')
      const subs = '        ^---------!'
      const expected = '    -a-(bc)-d-|'
      expectObservable(throughMailbox(source, buffer())).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('holds, in order, what comes while a slow subscriber is busy', () => {
    const ledger = openLedger()
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abc--------d------|')
      //  a                  -=====
      //  b                  ------=====
      //  c                  -----------=====
      //  d                  ----------------=====
      const subs = '        ^------------------!'
      const expected = '    -a----b----c----d----|'
      expectObservable(throughMailbox(source, buffer({ capacity: 2 }), fiveFrames, ledger)).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
    expect(ledger.missed).toEqual([])
    expect(ledger.ends).toEqual([{ published: 4, delivered: 4, dropped: 0, conflated: 0 }])
    expect(ledger.imbalances).toEqual([])
  })

  test('passes a source error on after everything held', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abc#')
      const subs = '        ^---!'
      const expected = '    -a----b----c----#'
      expectObservable(throughMailbox(source, buffer(), fiveFrames)).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('goes on after a callback that throws, and after a handler that fails late', () => {
    const ledger = openLedger()
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a--bc-----|')
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
      expectObservable(throughMailbox(source, buffer(), handle, ledger)).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
    expect(ledger.faults).toEqual(['next broken', 'next late'])
  })

  test('drops what it holds, and ends the running handler, at an early unsubscribe', () => {
    const ledger = openLedger()
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const work = cold('    -----|')
      const source = cold(' -abc-----|')
      const unsub = '       --------!'
      const subs = '        ^-------!'
      const worked = ['     -^----!', '------^-!']
      const expected = '    -a----b--'
      expectObservable(
        throughMailbox(source, buffer(), () => work, ledger),
        unsub,
      ).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
      expectSubscriptions(work.subscriptions).toBe(worked)
    })
    expect(ledger.drops).toEqual(['c unsubscribed'])
  })

  test('gives a late subscriber nothing of the backlog of another', () => {
    openScheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -abc-d---|')
      const early = '       ^---------'
      const late = '        ----^-----'
      const subs = ['       ^--------!', '----^----!']
      const result = throughMailbox(source, buffer(), fiveFrames)
      expectObservable(result, early).toBe('-a----b----c----d----|')
      expectObservable(result, late).toBe(' -----d----|')
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('holds what a callback writes until the subscriber returns', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b----------')
      const subs = '        ^-------------'
      const expected = '    -a----x----b--'
      const writes = new Subject<string>()
      const handle = (letter: string) => {
        if (letter === 'a') writes.next('x')
        return timer(5)
      }
      expectObservable(throughMailbox(merge(source, writes), buffer(), handle)).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('loses the oldest with overflow "drop-oldest"', () => {
    const ledger = openLedger()
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abcd-----|')
      const subs = '        ^---------!'
      const expected = '    -a----c----d----|'
      const policy = buffer({ capacity: 2, overflow: 'drop-oldest' })
      expectObservable(throughMailbox(source, policy, fiveFrames, ledger)).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
    expect(ledger.drops).toEqual(['b overflow'])
    expect(ledger.missed).toEqual(['1 before c'])
    expect(ledger.imbalances).toEqual([])
  })

  test('loses the newcomer with overflow "drop-incoming", and tells the gap where it is', () => {
    const ledger = openLedger()
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abcd---e-|')
      const subs = '        ^---------!'
      const expected = '    -a----b----c----e----|'
      const policy = buffer({ capacity: 2, overflow: 'drop-incoming' })
      expectObservable(throughMailbox(source, policy, fiveFrames, ledger)).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
    expect(ledger.drops).toEqual(['d overflow'])
    expect(ledger.missed).toEqual(['1 before e'])
    expect(ledger.imbalances).toEqual([])
  })

  test('delivers what it holds, then fails, with overflow "error"', () => {
    const ledger = openLedger()
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -abcd--e-----------')
      const subs = '        ^---------------!'
      const expected = '    -a----b----c----#'
      const policy = buffer({ capacity: 2, overflow: 'error' })
      expectObservable(throughMailbox(source, policy, fiveFrames, ledger)).toBe(
        expected,
        undefined,
        overflowed,
      )
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
    expect(ledger.drops).toEqual(['d overflow'])
    expect(ledger.missed).toEqual([])
    expect(ledger.ends).toEqual([{ published: 4, delivered: 3, dropped: 1, conflated: 0 }])
    expect(ledger.imbalances).toEqual([])
  })

  test('loses the oldest with overflow "suspend", where a source does not wait for room', () => {
    const ledger = openLedger()
    openScheduler().run(({ cold, expectObservable }) => {
      const source = cold(' -abcd--e-----------')
      const expected = '    -a----c----d----e---'
      const policy = buffer({ capacity: 2, overflow: 'suspend' })
      expectObservable(throughMailbox(source, policy, fiveFrames, ledger)).toBe(expected)
    })
    expect(ledger.drops).toEqual(['b overflow'])
    expect(ledger.imbalances).toEqual([])
  })
})
