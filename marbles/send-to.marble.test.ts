import { describe, expect, test } from '@jest/globals'
import { concatMap, map, type Observable, tap, timer } from 'rxjs'
import { caught } from '../__tests__/store/support.ts'
import { createMachineStore, type SendResult, sendTo } from '../src/index.ts'
import { EVENTS, FAILURE, lamp, OUTCOMES } from './support/lamp.ts'
import { openScheduler } from './support/open-scheduler.ts'

/** The state that each event led to, or why it was refused. */
const outcomes = (results$: Observable<SendResult>): Observable<string> =>
  results$.pipe(map((result) => (result.handled ? result.transition.to : result.reason)))

describe('sendTo', () => {
  test('is silent on a source that never emits', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -----', EVENTS)
      const subs = '        ^----'
      const expected = '    -----'
      expectObservable(source.pipe(sendTo(createMachineStore(lamp)))).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('completes with an empty source', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' |', EVENTS)
      const subs = '        (^!)'
      const expected = '    |'
      expectObservable(source.pipe(sendTo(createMachineStore(lamp)))).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('sends one event', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --p--|', EVENTS)
      const subs = '        ^----!'
      const expected = '    --1--|'
      const results = source.pipe(sendTo(createMachineStore(lamp)), outcomes)
      expectObservable(results).toBe(expected, OUTCOMES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('sends many, those of one instant in their order, and gives refusals as values', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -p-(pp)-l-b-p|', EVENTS)
      const subs = '        ^------------!'
      const expected = '    -1-(01)-g-x-e|'
      const results = source.pipe(sendTo(createMachineStore(lamp)), outcomes)
      expectObservable(results).toBe(expected, OUTCOMES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('passes a source error on', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -p--#', EVENTS)
      const subs = '        ^---!'
      const expected = '    -1--#'
      const results = source.pipe(sendTo(createMachineStore(lamp)), outcomes)
      expectObservable(results).toBe(expected, OUTCOMES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('ends with what a guard throws, and lets go of its source', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -p-f-p-|', EVENTS)
      const subs = '        ^--!'
      const expected = '    -1-#'
      const results = source.pipe(sendTo(createMachineStore(lamp)), outcomes)
      expectObservable(results).toBe(expected, OUTCOMES, FAILURE)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('ends with the refusal of a store that was destroyed meanwhile', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const store = createMachineStore(lamp)
      const source = cold(' -p--p--|', EVENTS)
      const destroy = cold('---d')
      const subs = '        ^---!'
      const expected = '    -1--#'
      destroy.subscribe(() => store.destroy())
      const gone = createMachineStore(lamp)
      gone.destroy()
      const refusal = caught(() => gone.send('PRESS'))
      expectObservable(source.pipe(sendTo(store), outcomes)).toBe(expected, OUTCOMES, refusal)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('sends nothing after an early unsubscribe', () => {
    const store = createMachineStore(lamp)
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -p-p-p-|', EVENTS)
      const unsub = '       ----!'
      const subs = '        ^---!'
      const expected = '    -1-0-'
      expectObservable(source.pipe(sendTo(store), outcomes), unsub).toBe(expected, OUTCOMES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
    expect(store.state.attempts).toBe(2)
  })

  test('sends what comes after a late subscribe', () => {
    openScheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -p-p-p-|', EVENTS)
      const late = '        --^'
      const subs = '        --^----!'
      const expected = '    ---1-0-|'
      const results = source.pipe(sendTo(createMachineStore(lamp)), outcomes)
      expectObservable(results, late).toBe(expected, OUTCOMES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('lets its callback send to the same store', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const store = createMachineStore(lamp)
      const source = cold(' -p--p--|', EVENTS)
      const subs = '        ^------!'
      const expected = '    -1--1--|'
      const again = tap(() => void store.send('PRESS'))
      expectObservable(source.pipe(sendTo(store), outcomes, again)).toBe(expected, OUTCOMES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('does not wait for a slow subscriber', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -ppp-----|', EVENTS)
      const subs = '        ^--------!'
      const expected = '    ----1--0--(1|)'
      const slowly = concatMap((one: string) => timer(3).pipe(map(() => one)))
      const results = source.pipe(sendTo(createMachineStore(lamp)), outcomes, slowly)
      expectObservable(results).toBe(expected, OUTCOMES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })
})
