/** The operators of machines, given paths of states inside of states. */
import { describe, test } from '@jest/globals'
import { concatMap, map, of, tap, timer } from 'rxjs'
import {
  createMachineStore,
  defineMachine,
  initialState,
  sendTo,
  settled,
  transition,
  transitions,
  whileIn,
} from '../src/index.ts'
import { openScheduler } from './support/open-scheduler.ts'

/** OFF, or ON.slow (`s`) and ON.fast (`f`), which change places by SHIFT. */
const motor = defineMachine({
  id: 'motor',
  initial: 'OFF',
  context: {},
  states: {
    OFF: { on: { PRESS: 'ON' } },
    ON: {
      initial: 'slow',
      on: { PRESS: 'OFF' },
      states: { slow: { on: { SHIFT: 'fast' } }, fast: { on: { SHIFT: 'slow' } } },
    },
  },
})

const at = { tsWall: 0, tsMono: 0 }
const off = initialState(motor)
const slow = transition(motor, off, 'PRESS', at).state
const fast = transition(motor, slow, 'SHIFT', at).state
const again = transition(motor, fast, 'PRESS', at).state
const STATES = { 0: off, s: slow, f: fast, z: again }
const EVENTS = { p: 'PRESS', h: 'SHIFT' } as const

describe('whileIn', () => {
  test('follows an outer state through those inside of it, once', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' 0-s-f-s--z--s|', STATES)
      const inner = cold('    x---y---z')
      const innerSubs = ['   --^------!    ', '   ------------^!']
      const expected = '    --x---y-----x|'
      expectObservable(whileIn({ state$ }, 'ON', () => inner)).toBe(expected)
      expectSubscriptions(inner.subscriptions).toBe(innerSubs)
    })
  })

  test('leaves an inner state with it', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' 0-s-f--s-|', STATES)
      const inner = cold('      x-y-z')
      const innerSubs = '   ----^--!'
      const expected = '    ----x-y--|'
      expectObservable(whileIn({ state$ }, ['ON.fast'], () => inner)).toBe(expected)
      expectSubscriptions(inner.subscriptions).toBe(innerSubs)
    })
  })

  test('errors with the source, and with an inner stream', () => {
    openScheduler().run(({ cold, expectObservable }) => {
      const failing$ = cold(' s-#', STATES)
      expectObservable(whileIn({ state$: failing$ }, 'ON', () => of('x'))).toBe('x-#')
      const state$ = cold(' s-f-|', STATES)
      expectObservable(whileIn({ state$ }, 'ON', () => cold('-#'))).toBe('-#')
    })
  })

  test('ends with an early unsubscribe', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const state$ = cold(' s-f-s-f|', STATES)
      const inner = cold('  x-y-z')
      const unsub = '       ---!'
      expectObservable(
        whileIn({ state$ }, 'ON', () => inner),
        unsub,
      ).toBe('x-y-')
      expectSubscriptions(inner.subscriptions).toBe('^--!')
    })
  })
})

describe('transitions and settled', () => {
  test('take an outer state for all of those inside of it', () => {
    openScheduler().run(({ cold, expectObservable }) => {
      const state$ = cold(' 0-s-f-z|', STATES)
      const told = map(({ from, to }: { from: string; to: string }) => `${from} ${to}`)
      const values = { a: 'OFF ON.slow', b: 'ON.slow ON.fast', c: 'ON.fast OFF' }
      expectObservable(transitions({ state$ }, { to: 'ON' }).pipe(told)).toBe('--a-b--|', values)
      expectObservable(settled({ state$ }, { from: 'ON' }).pipe(told)).toBe('----b-c|', values)
      expectObservable(transitions({ state$ }, { from: 'ON.fast', to: 'OFF' }).pipe(told)).toBe(
        '------c|',
        values,
      )
    })
  })

  test('tell a slow subscriber each of them', () => {
    openScheduler().run(({ cold, expectObservable }) => {
      const state$ = cold(' 0sfz|', STATES)
      const slowly = concatMap((value: string) => timer(3).pipe(map(() => value)))
      const told = transitions({ state$ }, { to: 'ON' }).pipe(
        map(({ event }) => event),
        slowly,
      )
      expectObservable(told).toBe('----p--(h|)', EVENTS)
    })
  })
})

describe('sendTo', () => {
  test('emits what came of each event, and lets a callback send more', () => {
    openScheduler().run(({ cold, expectObservable }) => {
      const store = createMachineStore(motor)
      const event$ = cold(' p-h-p-h|', EVENTS)
      const current = event$.pipe(
        sendTo(store),
        map(({ handled }) => (handled ? store.current : 'refused')),
        tap((name) => name === 'OFF' && store.send('PRESS')),
      )
      expectObservable(current).toBe('s-f-0-f|', { s: 'ON.slow', f: 'ON.fast', 0: 'OFF' })
    })
  })
})
