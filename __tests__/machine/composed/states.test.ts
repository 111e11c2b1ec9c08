/** States inside of states: what is current, what is entered and left, and in which order. */
import { describe, expect, test } from '@jest/globals'
import { isHeadgateError, transition } from '../../../src/index.ts'
import { caught } from '../../store/support.ts'
import { historyOf, instant } from '../support.ts'
import { note, noted, storeOf } from './support.ts'

const ROBOT = {
  initial: 'IDLE',
  states: {
    IDLE: {
      ...noted('IDLE'),
      on: { WORK: 'ACTIVE', ON: '#moving', BACK: 'ACTIVE.last', DEEP: 'ACTIVE.all' },
    },
    ACTIVE: {
      ...noted('ACTIVE'),
      tags: ['busy'],
      initial: 'waiting',
      on: {
        STOP: 'IDLE',
        AGAIN: { target: 'ACTIVE', reenter: true },
        RESET: '.waiting',
        '*': { update: note('any') },
      },
      states: {
        waiting: { ...noted('waiting'), on: { GO: 'moving' } },
        moving: {
          ...noted('moving'),
          id: 'moving',
          initial: 'slow',
          tags: ['fast'],
          states: {
            slow: { ...noted('slow'), on: { FASTER: 'fast', STOP: { guard: () => false } } },
            fast: { ...noted('fast') },
          },
        },
        last: { type: 'history' },
        all: { type: 'history', history: 'deep' },
      },
    },
  },
}

describe('a state with states inside', () => {
  test('is entered with its initial states, from the outside in, and left from the inside out', () => {
    const { store } = storeOf(ROBOT)
    store.send('ON')
    expect(store.current).toBe('ACTIVE.moving.slow')
    store.send('STOP')
    expect(store.current).toBe('IDLE')
    expect(store.state.previous).toBe('ACTIVE.moving.slow')
    expect(store.context.log).toEqual([
      ...['+IDLE', '-IDLE', '+ACTIVE', '+moving', '+slow'],
      ...['-slow', '-moving', '-ACTIVE', '+IDLE'],
    ])
  })

  test('stays while one inside of it gives way to another', () => {
    const { store } = storeOf(ROBOT)
    store.send('WORK')
    store.send('GO')
    expect(store.context.log.slice(4)).toEqual(['-waiting', '+moving', '+slow'])
    expect(store.state.stays).toEqual({ ACTIVE: 1, 'ACTIVE.moving': 2, 'ACTIVE.moving.slow': 2 })
  })

  test('is what is() and hasTag() ask for, with those around it', () => {
    const { store } = storeOf(ROBOT)
    store.send('ON')
    expect(
      ['IDLE', 'ACTIVE', 'ACTIVE.moving', 'ACTIVE.moving.slow', 'ACTIVE.moving.fast', 'moving'].map((path) =>
        store.is(path),
      ),
    ).toEqual([false, true, true, true, false, false])
    expect(['busy', 'fast', 'idle'].map((tag) => store.hasTag(tag))).toEqual([true, true, false])
  })

  test('handles what those inside of it do not, or whose guards refuse', () => {
    const { store } = storeOf(ROBOT)
    store.send('ON')
    expect(store.can('STOP')).toBeTrue()
    expect(store.send('STOP').handled).toBeTrue()
    expect(store.send('STOP')).toMatchObject({ handled: false, reason: 'unhandled' })
  })

  test('takes "*" for every event, behind those that are named', () => {
    const { store } = storeOf(ROBOT)
    store.send('WORK')
    expect(store.send('WHATEVER').handled).toBeTrue()
    expect(store.context.log.at(-1)).toBe('any')
    expect(store.send('STOP').handled).toBeTrue()
  })

  test('is left and entered again by "reenter", and kept by a target inside', () => {
    const { store } = storeOf(ROBOT)
    store.send('ON')
    store.send('RESET')
    expect(store.context.log.slice(5)).toEqual(['-slow', '-moving', '+waiting'])
    store.send('AGAIN')
    expect(store.context.log.slice(8)).toEqual(['-waiting', '-ACTIVE', '+ACTIVE', '+waiting'])
  })

  test('tells a change of state by paths', () => {
    const { store } = storeOf(ROBOT)
    store.send('ON')
    store.send('FASTER')
    expect(historyOf(store.state)).toEqual([
      'IDLE → ACTIVE.moving.slow : ON (SUCCESS)',
      'ACTIVE.moving.slow → ACTIVE.moving.fast : FASTER (SUCCESS)',
    ])
  })

  test('is no place to rest in: set() to it is refused', () => {
    const { store } = storeOf(ROBOT)
    for (const current of ['ACTIVE', 'ACTIVE.last', 'moving', { ACTIVE: 'waiting' }, {}, null]) {
      expect(
        isHeadgateError(
          caught(() => store.set({ ...store.state, current } as never)),
          'STATE_UNKNOWN',
        ),
      ).toBeTrue()
    }
    store.set({ ...store.state, current: 'ACTIVE.moving.fast' } as never)
    expect(store.is('ACTIVE.moving')).toBeTrue()
  })

  test('is decided by the pure transition as by a store', () => {
    const { store } = storeOf(ROBOT)
    const { state } = store
    const pure = transition(store.machine, state, 'ON' as never, instant(1))
    store.send('ON')
    expect(pure.state).toMatchObject({ current: 'ACTIVE.moving.slow', context: store.context, attempts: 1 })
  })
})

describe('a history', () => {
  test.each([
    ['BACK', 'ACTIVE.moving.slow'],
    ['DEEP', 'ACTIVE.moving.fast'],
  ])('%s leads back to where its parent was left', (event, path) => {
    const { store } = storeOf(ROBOT)
    for (const type of ['ON', 'FASTER', 'STOP', event]) store.send(type)
    expect(store.current).toBe(path)
  })

  test('leads to the initial state while there is nothing to remember', () => {
    const { store } = storeOf(ROBOT)
    store.send('BACK')
    expect(store.current).toBe('ACTIVE.waiting')
  })

  test('is in the state: an older version remembers what it did then', () => {
    const { store } = storeOf(ROBOT)
    for (const type of ['ON', 'FASTER', 'STOP']) store.send(type)
    const { state } = store
    for (const type of ['WORK', 'STOP']) store.send(type)
    store.set(JSON.parse(JSON.stringify(state)))
    store.send('DEEP')
    expect(store.current).toBe('ACTIVE.moving.fast')
  })

  test('from inside of its parent leads to where the parent is left right now', () => {
    const { store } = storeOf({
      initial: 'P',
      states: {
        P: {
          type: 'parallel',
          states: { a: { on: { B: 'h' } }, b: {}, h: { type: 'history', history: 'deep' } },
        },
      },
    })
    store.send('B')
    expect(store.current).toEqual({ P: { a: {}, b: {} } })
    expect(store.state.attempts).toBe(1)
  })
})

describe('a parallel state', () => {
  const DEVICE = {
    type: 'parallel',
    states: {
      arm: {
        initial: 'down',
        states: {
          down: { ...noted('down'), on: { UP: 'up', BOTH: 'up' } },
          up: { ...noted('up'), type: 'final' },
        },
      },
      base: {
        initial: 'off',
        on: { END: '.off' },
        states: {
          off: { ...noted('off'), on: { BOTH: 'on', RUN: 'on.fast' } },
          on: {
            initial: 'slow',
            states: { slow: noted('slow'), fast: noted('fast'), end: { type: 'final' } },
            onDone: 'done',
            on: { FINISH: '.end' },
          },
          done: { type: 'final' },
        },
      },
      light: {},
    },
  }

  test('is a record of its regions; one event may lead on in several of them, in their order', () => {
    const { store } = storeOf(DEVICE)
    expect(store.current).toEqual({ arm: 'down', base: 'off', light: {} })
    store.send('BOTH')
    expect(store.current).toEqual({ arm: 'up', base: 'on.slow', light: {} })
    expect(store.context.log).toEqual(['+down', '+off', '-off', '-down', '+up', '+slow'])
    expect(store.state.attempts).toBe(1)
    expect(
      ['arm', 'arm.up', 'base.on', 'base.on.slow', 'light', 'base.off', 'on'].map((path) => store.is(path)),
    ).toEqual([true, true, true, true, true, false, false])
  })

  test('keeps the same record while nothing of it changes', () => {
    const { store } = storeOf(DEVICE)
    const { current } = store
    store.updateContext((draft) => void draft.log.push('x'))
    expect(store.current).toBe(current)
    store.send('END')
    expect(store.current).toBe(current)
  })

  test('tells its history with records', () => {
    const { store } = storeOf(DEVICE)
    store.send('UP')
    expect(historyOf(store.state)).toEqual([
      '{"arm":"down","base":"off","light":{}} → {"arm":"up","base":"off","light":{}} : UP (SUCCESS)',
    ])
    expect(store.metrics().currentState).toBe('{"arm":"up","base":"off","light":{}}')
  })

  test('has ended when all its regions have', () => {
    const { store } = storeOf({
      initial: 'P',
      states: {
        P: {
          type: 'parallel',
          onDone: 'OVER',
          states: {
            a: { initial: 'x', states: { x: { on: { A: 'y' } }, y: { type: 'final' } } },
            b: { initial: 'x', states: { x: { on: { B: 'y' } }, y: { type: 'final' } } },
          },
        },
        OVER: { type: 'final' },
      },
    })
    store.send('A')
    expect(store.current).toEqual({ P: { a: 'y', b: 'x' } })
    store.send('B')
    expect(store.current).toBe('OVER')
    expect(store.send('A')).toMatchObject({ handled: false, reason: 'final' })
  })

  test('lets the inner one be, of two transitions that leave the same state', () => {
    const { store } = storeOf({
      initial: 'P',
      states: {
        P: { type: 'parallel', states: { a: { on: { GO: 'OUT' } }, b: { on: { GO: '#out' } }, OUT: {} } },
        OUT: { id: 'out' },
      },
    })
    store.send('GO')
    expect(store.is('P')).toBeTrue()
  })
})

describe('a transition without an event', () => {
  const counting = (guard: (context: { log: readonly string[] }) => boolean) => ({
    initial: 'A',
    states: {
      A: {
        on: { GO: {} },
        always: [
          { target: 'B', guard },
          { update: note('round'), guard: ({ log }: { log: readonly string[] }) => log.length > 0 },
        ],
      },
      B: {},
    },
  })

  test('is taken in the commit of the event that its guard waits for, also of updateContext()', () => {
    const { store } = storeOf(counting(({ log }) => log.length >= 3))
    store.updateContext(note('one'))
    expect(store.current).toBe('B')
    expect(store.context.log).toEqual(['one', 'round', 'round'])
    expect(store.snapshot.version).toBe(1)
    expect(historyOf(store.state)).toEqual(['A → B : UPDATE (SUCCESS)'])
  })

  test('that leads nowhere is refused after 1000, and nothing was written', () => {
    const { store } = storeOf(counting(() => false))
    const before = store.snapshot
    const error = caught(() => store.updateContext(note('one')))
    expect(isHeadgateError(error, 'TRANSITION_LOOP') && error.details).toEqual({
      machine: 'robot',
      event: 'UPDATE',
      states: ['A'],
      steps: 1000,
    })
    expect(store.snapshot).toBe(before)
  })

  test('is taken in the order of the definition, whatever was entered last', () => {
    const waiting = (name: string) => ({
      guard: ({ log }: { log: readonly string[] }) => log.includes('now') && !log.includes(name),
      update: note(name),
    })
    const { store } = storeOf({
      type: 'parallel',
      states: {
        a: { initial: 'x', states: { x: { on: { GO: 'y' } }, y: { always: waiting('first') } } },
        b: { always: waiting('second') },
      },
    })
    store.send('GO')
    store.updateContext(note('now'))
    expect(store.context.log).toEqual(['now', 'first', 'second'])
  })
})
