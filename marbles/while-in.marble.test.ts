import { describe, test } from '@jest/globals'
import { concatMap, map, tap, timer } from 'rxjs'
import { createMachineStore, initialState, whileIn } from '../src/index.ts'
import { EVENTS, lamp } from './support/lamp.ts'
import { openScheduler } from './support/open-scheduler.ts'

/** States by letter: `0` is OFF, `1` is ON, `b` is BROKEN. */
const off = initialState(lamp)
const STATES = { 0: off, 1: { ...off, current: 'ON' as const }, b: { ...off, current: 'BROKEN' as const } }

describe('whileIn', () => {
  test('is silent on a store that never emits', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' -----', STATES)
      const inner = cold('   x-y-|')
      const subs = '        ^----'
      const expected = '    -----'
      expectObservable(whileIn({ state$ }, 'ON', () => inner)).toBe(expected)
      expectSubscriptions(state$.subscriptions).toBe(subs)
      expectSubscriptions(inner.subscriptions).toBe([])
    })
  })

  test('completes with an empty source', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' |', STATES)
      const subs = '        (^!)'
      const expected = '    |'
      expectObservable(whileIn({ state$ }, 'ON', () => 'x')).toBe(expected)
      expectSubscriptions(state$.subscriptions).toBe(subs)
    })
  })

  test('follows the inner stream once, until it ends by itself', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' 0-1------|', STATES)
      const inner = cold('    x-y-|')
      const subs = '        ^--------!'
      const innerSubs = '   --^---!'
      const expected = '    --x-y----|'
      expectObservable(whileIn({ state$ }, 'ON', () => inner)).toBe(expected)
      expectSubscriptions(state$.subscriptions).toBe(subs)
      expectSubscriptions(inner.subscriptions).toBe(innerSubs)
    })
  })

  test('follows it each time, from its start, and leaves it with the state', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' 0-1---0-1---b--1-|', STATES)
      const inner = cold('    -x-y-z')
      //                            -x-y-z
      //                                   -x-y-z
      const subs = '        ^----------------!'
      const innerSubs = [
        '                   --^---!           ',
        '                   --------^---!     ',
        '                   ---------------^-!',
      ]
      const expected = '    ---x-y---x-y----x|'
      expectObservable(whileIn({ state$ }, 'ON', () => inner)).toBe(expected)
      expectSubscriptions(state$.subscriptions).toBe(subs)
      expectSubscriptions(inner.subscriptions).toBe(innerSubs)
    })
  })

  test('follows it on from one of its states to another', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' 0-1-0-1-b-|', STATES)
      const inner = cold('  xy-z----x')
      const subs = '        ^---------!'
      const innerSubs = '   ^-------!'
      const expected = '    xy-z------|'
      expectObservable(whileIn({ state$ }, ['OFF', 'ON'], () => inner)).toBe(expected)
      expectSubscriptions(state$.subscriptions).toBe(subs)
      expectSubscriptions(inner.subscriptions).toBe(innerSubs)
    })
  })

  test('leaves it when the source completes', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' 1---|', STATES)
      const inner = cold('  -x-y-z')
      const innerSubs = '   ^---!'
      const expected = '    -x-y|'
      expectObservable(whileIn({ state$ }, 'ON', () => inner)).toBe(expected)
      expectSubscriptions(inner.subscriptions).toBe(innerSubs)
    })
  })

  test('passes a source error on, and leaves the inner stream', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' -1--#', STATES)
      const inner = cold('   -x-y-')
      const subs = '        ^---!'
      const innerSubs = '   -^--!'
      const expected = '    --x-#'
      expectObservable(whileIn({ state$ }, 'ON', () => inner)).toBe(expected)
      expectSubscriptions(state$.subscriptions).toBe(subs)
      expectSubscriptions(inner.subscriptions).toBe(innerSubs)
    })
  })

  test('passes an error of the inner stream on, and lets go of the source', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' -1--0--|', STATES)
      const inner = cold('   -x#')
      const subs = '        ^--!'
      const expected = '    --x#'
      expectObservable(whileIn({ state$ }, 'ON', () => inner)).toBe(expected)
      expectSubscriptions(state$.subscriptions).toBe(subs)
    })
  })

  test('ends with what project throws, and lets go of the source', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' 0-1-0-|', STATES)
      const subs = '        ^-!'
      const expected = '    --#'
      const error = new Error('project')
      const project = (): never => {
        throw error
      }
      expectObservable(whileIn({ state$ }, 'ON', project)).toBe(expected, undefined, error)
      expectSubscriptions(state$.subscriptions).toBe(subs)
    })
  })

  test('leaves both with an early unsubscribe', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' 0-1-----0-|', STATES)
      const inner = cold('    -x-y-z')
      const unsub = '       ------!'
      const subs = '        ^-----!'
      const innerSubs = '   --^---!'
      const expected = '    ---x-y-'
      expectObservable(
        whileIn({ state$ }, 'ON', () => inner),
        unsub,
      ).toBe(expected)
      expectSubscriptions(state$.subscriptions).toBe(subs)
      expectSubscriptions(inner.subscriptions).toBe(innerSubs)
    })
  })

  test('starts at once for a late subscribe to a machine that is in the state', () => {
    openScheduler().run(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const store = createMachineStore(lamp)
      const events = hot('  -p-----p-|', EVENTS)
      const inner = cold('     -x-y-z')
      const subs = '        ---^'
      const innerSubs = '   ---^---!'
      const expected = '    ----x-y--|'
      events.subscribe({ next: (event) => void store.send(event), complete: () => store.destroy() })
      expectObservable(
        whileIn(store, 'ON', () => inner),
        subs,
      ).toBe(expected)
      expectSubscriptions(inner.subscriptions).toBe(innerSubs)
    })
  })

  test('leaves it where its callback leads the machine out of the state', () => {
    openScheduler().run(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const store = createMachineStore(lamp)
      const events = hot('  -p-----p--|', EVENTS)
      const inner = cold('   -x-y-z')
      //                           -x-y-z
      const innerSubs = ['                   -^--!      ', '                   -------^--!']
      const expected = '    --x-y---x-|'
      events.subscribe({ next: (event) => void store.send(event), complete: () => store.destroy() })
      const answered = whileIn(store, 'ON', () => inner).pipe(
        tap((value) => value === 'y' && store.send('PRESS')),
      )
      expectObservable(answered).toBe(expected)
      expectSubscriptions(inner.subscriptions).toBe(innerSubs)
    })
  })

  test('does not wait for a slow subscriber, who still gets what came in time', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' 1---0-----|', STATES)
      const inner = cold('  xyz--x')
      const innerSubs = '   ^---!'
      const expected = '    ---x--y--z|'
      const slowly = concatMap((value: string) => timer(3).pipe(map(() => value)))
      expectObservable(whileIn({ state$ }, 'ON', () => inner).pipe(slowly)).toBe(expected)
      expectSubscriptions(inner.subscriptions).toBe(innerSubs)
    })
  })
})
