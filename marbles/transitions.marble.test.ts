import { describe, test } from '@jest/globals'
import { concatMap, map, type Observable, tap, timer } from 'rxjs'
import { createMachineStore, initialState, transition, transitions } from '../src/index.ts'
import { EVENTS, lamp, OUTCOMES } from './support/lamp.ts'
import { openScheduler } from './support/open-scheduler.ts'

/** The first states of a lamp that is pressed again and again, by their number: each has one record more. */
const at = { tsWall: 0, tsMono: 0 }
const zero = initialState(lamp)
const one = transition(lamp, zero, 'PRESS', at).state
const two = transition(lamp, one, 'PRESS', at).state
const three = transition(lamp, two, 'PRESS', at).state
const STATES = { 0: zero, 1: one, 2: two, 3: three }

/** Their records: `a` leads to state 1, `b` to state 2, `c` to state 3. */
const [a, b, c] = three.history
const RECORDS = { a, b, c }

/** The state that each transition leads to. */
const targets = (records$: Observable<{ readonly to: string }>): Observable<string> =>
  records$.pipe(map(({ to }) => to))

describe('transitions', () => {
  test('is silent on a store that never emits', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' -----', STATES)
      const subs = '        ^----'
      const expected = '    -----'
      expectObservable(transitions({ state$ })).toBe(expected)
      expectSubscriptions(state$.subscriptions).toBe(subs)
    })
  })

  test('completes with an empty source', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' |', STATES)
      const subs = '        (^!)'
      const expected = '    |'
      expectObservable(transitions({ state$ })).toBe(expected)
      expectSubscriptions(state$.subscriptions).toBe(subs)
    })
  })

  test('tells nothing of the one state that was there already', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' 2---|', STATES)
      const subs = '        ^---!'
      const expected = '    ----|'
      expectObservable(transitions({ state$ })).toBe(expected)
      expectSubscriptions(state$.subscriptions).toBe(subs)
    })
  })

  test('tells many, each when its state comes', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' 0-1--2-3-|', STATES)
      const subs = '        ^--------!'
      const expected = '    --a--b-c-|'
      expectObservable(transitions({ state$ })).toBe(expected, RECORDS)
      expectSubscriptions(state$.subscriptions).toBe(subs)
    })
  })

  test('tells those of one state one after the other', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' 0--3-----|', STATES)
      const subs = '        ^--------!'
      const expected = '    ---(abc)-|'
      expectObservable(transitions({ state$ })).toBe(expected, RECORDS)
      expectSubscriptions(state$.subscriptions).toBe(subs)
    })
  })

  test('tells those that match its filter', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' 0-1--2-3-|', STATES)
      const subs = '        ^--------!'
      const expected = '    --a----c-|'
      expectObservable(transitions({ state$ }, { to: 'ON' })).toBe(expected, RECORDS)
      expectSubscriptions(state$.subscriptions).toBe(subs)
    })
  })

  test('passes a source error on', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' 0-1-#', STATES)
      const subs = '        ^---!'
      const expected = '    --a-#'
      expectObservable(transitions({ state$ })).toBe(expected, RECORDS)
      expectSubscriptions(state$.subscriptions).toBe(subs)
    })
  })

  test('tells nothing after an early unsubscribe', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' 0-1--2-3-|', STATES)
      const unsub = '       ------!'
      const subs = '        ^-----!'
      const expected = '    --a--b-'
      expectObservable(transitions({ state$ }), unsub).toBe(expected, RECORDS)
      expectSubscriptions(state$.subscriptions).toBe(subs)
    })
  })

  test('tells what comes after a late subscribe, and the state then current is the base', () => {
    openScheduler().run(({ hot, expectObservable }) => {
      const store = createMachineStore(lamp)
      const events = hot('  -p-p-p-|', EVENTS)
      const subs = '        --^'
      const expected = '    ---0-1-|'
      events.subscribe({ next: (event) => void store.send(event), complete: () => store.destroy() })
      expectObservable(targets(transitions(store)), subs).toBe(expected, OUTCOMES)
    })
  })

  test('tells a transition that its callback sets off after the one that it is told of', () => {
    openScheduler().run(({ hot, expectObservable }) => {
      const store = createMachineStore(lamp)
      const events = hot('  -p---p-----|', EVENTS)
      const expected = '    -(10)(10)--|'
      events.subscribe({ next: (event) => void store.send(event), complete: () => store.destroy() })
      const answered = transitions(store).pipe(
        targets,
        tap((name) => name === 'ON' && store.send('PRESS')),
      )
      expectObservable(answered).toBe(expected, OUTCOMES)
    })
  })

  test('does not wait for a slow subscriber', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' 0123------|', STATES)
      const subs = '        ^---------!'
      const expected = '    ----a--b--(c|)'
      const slowly = concatMap((record: unknown) => timer(3).pipe(map(() => record)))
      expectObservable(transitions({ state$ }).pipe(slowly)).toBe(expected, RECORDS)
      expectSubscriptions(state$.subscriptions).toBe(subs)
    })
  })
})
