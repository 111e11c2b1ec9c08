import { describe, test } from '@jest/globals'
import { concatMap, map, merge, type Observable, Subject, tap, timer } from 'rxjs'
import { runMachine } from '../src/index.ts'
import { EVENTS, FAILURE, lamp, OUTCOMES } from './support/lamp.ts'
import { openScheduler } from './support/open-scheduler.ts'

/** The name of each state. */
const names = (states$: Observable<{ readonly current: string }>): Observable<string> =>
  states$.pipe(map(({ current }) => current))

describe('runMachine', () => {
  test('gives the initial state on a source that never emits', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -----', EVENTS)
      const subs = '        ^----'
      const expected = '    0----'
      expectObservable(source.pipe(runMachine(lamp), names)).toBe(expected, OUTCOMES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('gives the initial state and completes with an empty source', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' |', EVENTS)
      const subs = '        (^!)'
      const expected = '    (0|)'
      expectObservable(source.pipe(runMachine(lamp), names)).toBe(expected, OUTCOMES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('runs one event', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --p--|', EVENTS)
      const subs = '        ^----!'
      const expected = '    0-1--|'
      expectObservable(source.pipe(runMachine(lamp), names)).toBe(expected, OUTCOMES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('runs many, and is silent for those that are refused', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -p-l-(ppp)-b-p-|', EVENTS)
      const subs = '        ^--------------!'
      const expected = '    01---(010)-x---|'
      expectObservable(source.pipe(runMachine(lamp), names)).toBe(expected, OUTCOMES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('passes a source error on', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -p--#', EVENTS)
      const subs = '        ^---!'
      const expected = '    01--#'
      expectObservable(source.pipe(runMachine(lamp), names)).toBe(expected, OUTCOMES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('ends with what a guard throws, and lets go of its source', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -p-f-p-|', EVENTS)
      const subs = '        ^--!'
      const expected = '    01-#'
      expectObservable(source.pipe(runMachine(lamp), names)).toBe(expected, OUTCOMES, FAILURE)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('runs nothing after an early unsubscribe', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -p-p-p-|', EVENTS)
      const unsub = '       ----!'
      const subs = '        ^---!'
      const expected = '    01-0-'
      expectObservable(source.pipe(runMachine(lamp), names), unsub).toBe(expected, OUTCOMES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('begins in the initial state for a late subscribe', () => {
    openScheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -p-p-p-|', EVENTS)
      const late = '        --^'
      const subs = '        --^----!'
      const expected = '    --01-0-|'
      expectObservable(source.pipe(runMachine(lamp), names), late).toBe(expected, OUTCOMES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('runs an event that its callback sends after the one that it is told of', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -p---p--|', EVENTS)
      const subs = '        ^-------!'
      const expected = '    0(10)(10)'
      const echo = new Subject<'PRESS'>()
      const states = merge(source, echo).pipe(
        runMachine(lamp),
        names,
        tap((name) => name === 'ON' && echo.next('PRESS')),
      )
      expectObservable(states).toBe(expected, OUTCOMES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('does not wait for a slow subscriber', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -pp-------|', EVENTS)
      const subs = '        ^---------!'
      const expected = '    ---0--1--0|'
      const slowly = concatMap((one: string) => timer(3).pipe(map(() => one)))
      expectObservable(source.pipe(runMachine(lamp), names, slowly)).toBe(expected, OUTCOMES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })
})
