import { describe, expect, test } from '@jest/globals'
import { merge, Subject, timer } from 'rxjs'
import { direct } from '../src/backpressure/index.ts'
import { openLedger, openScheduler, throughMailbox } from './support/through-mailbox.ts'

describe('direct', () => {
  test('is silent on a source that never emits', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -----')
      const subs = '        ^----'
      const expected = '    -----'
      expectObservable(throughMailbox(source, direct())).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('completes at once with an empty source', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' |')
      const subs = '        (^!)'
      const expected = '    |'
      expectObservable(throughMailbox(source, direct())).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('hands one over', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --a--|')
      const subs = '        ^----!'
      const expected = '    --a--|'
      expectObservable(throughMailbox(source, direct())).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('hands over many, those of one instant too', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-(bc)-d-|')
      const subs = '        ^---------!'
      const expected = '    -a-(bc)-d-|'
      expectObservable(throughMailbox(source, direct())).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('passes a source error on', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b-#')
      const subs = '        ^----!'
      const expected = '    -a-b-#'
      expectObservable(throughMailbox(source, direct())).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('goes on after a callback that throws', () => {
    const ledger = openLedger()
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b-c-|')
      const subs = '        ^------!'
      const expected = '    -a-b-c-|'
      const handle = (letter: string): void => {
        if (letter === 'b') throw new Error('broken')
      }
      expectObservable(throughMailbox(source, direct(), handle, ledger)).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
    expect(ledger.faults).toEqual(['next broken'])
  })

  test('stops at an early unsubscribe', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b-c-|')
      const unsub = '       ----!'
      const subs = '        ^---!'
      const expected = '    -a-b-'
      expectObservable(throughMailbox(source, direct()), unsub).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('gives a late subscriber what comes from then on', () => {
    openScheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a-b-c-|')
      const sub = '         ----^'
      const subs = '        ----^--!'
      const expected = '    -----c-|'
      expectObservable(throughMailbox(source, direct()), sub).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('hands over, inside the callback, what the callback writes', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a----b----')
      const subs = '        ^----------'
      const expected = '    -(ax)-b----'
      const writes = new Subject<string>()
      const handle = (letter: string): void => {
        if (letter === 'a') writes.next('x')
      }
      expectObservable(throughMailbox(merge(source, writes), direct(), handle)).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('lets the calls of a slow subscriber overlap, and completes after the last', () => {
    const ledger = openLedger()
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b-c|')
      //  a                  -=====
      //  b                  ---=====
      //  c                  -----=====
      const subs = '        ^-----!'
      const expected = '    -a-b-c----|'
      expectObservable(throughMailbox(source, direct(), () => timer(5), ledger)).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
    expect(ledger.ends).toEqual([{ published: 3, delivered: 3, dropped: 0, conflated: 0 }])
    expect(ledger.imbalances).toEqual([])
  })
})
