/** The types of machines with states inside of states: what is inferred, and what must not compile. `tsc` checks it. */
import { describe, expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import type { Draft } from 'immer'
import {
  createMachineStore,
  defineMachine,
  type EventOf,
  type StateNameOf,
  type StatePathOf,
  transitions,
  whileIn,
} from '../../../src/index.ts'

type Events = { type: 'GO'; speed: number } | { type: 'STOP' } | { type: 'PAUSE' } | { type: 'UNUSED' }

const robot = defineMachine({
  id: 'robot',
  initial: 'IDLE',
  context: { speed: 0, rows: 0 },
  types: {} as { events: Events; outputs: { 'ACTIVE.moving.loading': number } },
  states: {
    IDLE: {
      on: {
        GO: { target: 'ACTIVE', update: (draft, event) => void Object.assign(draft, { speed: event.speed }) },
      },
    },
    ACTIVE: {
      initial: 'moving',
      on: { STOP: 'IDLE', PAUSE: '.paused' },
      states: {
        moving: {
          initial: 'loading',
          onDone: {
            target: 'paused',
            guard: (context, event) => context.rows > 0 && event.output === undefined,
          },
          states: {
            loading: {
              entry: (draft) => {
                expectTypeOf(draft).toEqualTypeOf<Draft<{ speed: number; rows: number }>>()
              },
              invoke: {
                src: async (context) => context.speed,
                onDone: {
                  target: 'end',
                  update: (draft, event) => {
                    expectTypeOf(event.output).toEqualTypeOf<number>()
                    draft.rows = event.output
                  },
                },
              },
              on: {
                GO: [{ target: '#far', guard: (_context, event) => event.speed > 9 }, { target: 'end' }],
              },
            },
            end: { type: 'final' },
          },
        },
        paused: { id: 'far', always: { target: 'back', guard: (context) => context.speed > 100 } },
        back: { type: 'history', history: 'deep' },
      },
    },
  },
})

const device = defineMachine({
  id: 'device',
  type: 'parallel',
  context: {},
  states: {
    arm: {
      initial: 'down',
      states: {
        down: { on: { UP: 'up' } },
        up: { initial: 'left', states: { left: { on: { TURN: 'right' } }, right: {} } },
      },
    },
    light: { on: { '*': {} } },
  },
})

const unrun = (_work: () => void): void => {}

describe('the types of a machine with states inside of states', () => {
  type Name = 'IDLE' | 'ACTIVE.moving.loading' | 'ACTIVE.moving.end' | 'ACTIVE.paused'

  test('have a path for each place to rest in, and for each state to ask for', () => {
    expectTypeOf<StateNameOf<typeof robot>>().toEqualTypeOf<Name>()
    expectTypeOf<StatePathOf<typeof robot>>().toEqualTypeOf<Name | 'ACTIVE' | 'ACTIVE.moving'>()
    expect(createMachineStore(robot).current satisfies Name).toBe('IDLE')
  })

  test('are narrowed by is() to the states inside, and to the events that are handled there', () => {
    const store = createMachineStore(robot)
    unrun(() => {
      if (store.is('ACTIVE.paused')) {
        expectTypeOf(store.current).toEqualTypeOf<'ACTIVE.paused'>()
        store.send('STOP')
        // @ts-expect-error paused handles no GO, nor does a state around it
        store.send({ type: 'GO', speed: 1 })
      }
      if (store.is('ACTIVE.moving')) {
        expectTypeOf(store.current).toEqualTypeOf<'ACTIVE.moving.loading' | 'ACTIVE.moving.end'>()
      }
      // @ts-expect-error nobody is in a history
      store.is('ACTIVE.back')
      // @ts-expect-error a path begins at the outermost state
      store.is('paused')
      // @ts-expect-error no state handles UNUSED
      store.send('UNUSED')
      // @ts-expect-error no such state inside
      whileIn(store, 'ACTIVE.mowing', () => [])
      transitions(store, { to: 'ACTIVE' })
      // @ts-expect-error no such state to filter by
      transitions(store, { to: 'ACTIV' })
    })
    expect(store.is('ACTIVE')).toBeFalse()
  })

  test('are a record where regions are active side by side', () => {
    const store = createMachineStore(device)
    expectTypeOf(store.current).toEqualTypeOf<{
      readonly arm: 'down' | 'up.left' | 'up.right'
      readonly light: Record<never, never>
    }>()
    expectTypeOf<StatePathOf<typeof device>>().toEqualTypeOf<
      'arm' | 'arm.down' | 'arm.up' | 'arm.up.left' | 'arm.up.right' | 'light'
    >()
    expect(store.is('arm.down')).toBeTrue()
    unrun(() => {
      // @ts-expect-error no such state in the region
      store.is('arm.left')
    })
  })

  test('take any event where "*" does', () => {
    const any = defineMachine({
      id: 'any',
      initial: 'A',
      context: {},
      types: {} as { events: Events },
      states: { A: { on: { '*': {} } } },
    })
    expectTypeOf<EventOf<typeof any>>().toEqualTypeOf<Events>()
    expect(createMachineStore(any).send('UNUSED').handled).toBeTrue()
  })
})

describe('what must not compile', () => {
  const base = { id: 'm', initial: 'A', context: {} } as const

  test('a target that is no state', () => {
    unrun(() => {
      defineMachine({
        ...base,
        // @ts-expect-error C is no sibling, inside of a state
        states: { A: { initial: 'x', states: { x: { on: { GO: 'C' } }, y: {} } }, C: {} },
      })
      // @ts-expect-error no child z
      defineMachine({ ...base, states: { A: { initial: 'x', on: { GO: '.z' }, states: { x: {}, y: {} } } } })
      defineMachine({
        ...base,
        // @ts-expect-error nobody has the id
        states: { A: { initial: 'x', states: { x: { on: { GO: '#far' } }, y: { id: 'fare' } } } },
      })
      // @ts-expect-error nor is there such a state inside of it
      defineMachine({ ...base, states: { A: { on: { GO: 'B.q' } }, B: { initial: 'x', states: { x: {} } } } })
      defineMachine({
        ...base,
        // @ts-expect-error in a transition of its own, in the second place
        states: { A: { on: { GO: [{ target: 'A', guard: () => false }, { target: 'Z' }] } } },
      })
      // @ts-expect-error in "always"
      defineMachine({ ...base, states: { A: { initial: 'x', states: { x: { always: 'Z' } } } } })
      defineMachine({
        ...base,
        // @ts-expect-error in the "onDone" of a state
        states: { A: { initial: 'x', onDone: 'Z', states: { x: { type: 'final' } } } },
      })
      defineMachine({
        ...base,
        // @ts-expect-error in the "onDone" of work inside of a state
        states: { A: { initial: 'x', states: { x: { invoke: { src: async () => 1, onDone: 'Z' } } } } },
      })
      // @ts-expect-error in an "after" inside of a state
      defineMachine({ ...base, states: { A: { initial: 'x', states: { x: { after: { 5: 'Z' } } } } } })
      defineMachine({
        ...base,
        // @ts-expect-error where a history leads
        states: { A: { initial: 'x', states: { x: {}, h: { type: 'history', target: 'Z' } } } },
      })
    })
    expect(robot.composed).toBeTrue()
  })

  test('an "initial" that is no child, or that is missing', () => {
    unrun(() => {
      // @ts-expect-error z is no child
      defineMachine({ ...base, states: { A: { initial: 'z', states: { x: {} } } } })
      // @ts-expect-error a state with states inside begins in one of them
      defineMachine({ ...base, states: { A: { states: { x: {} } } } })
      // @ts-expect-error a machine that is not parallel begins in a state
      defineMachine({ id: 'm', context: {}, states: { A: { on: { GO: 'A' } } } })
      // @ts-expect-error one that is has no beginning
      defineMachine({ ...base, type: 'parallel', states: { A: { on: { GO: 'A' } } } })
    })
    expect(device.initial).toBe('')
  })

  test('an event that "types" does not name, and work with another output, inside of a state', () => {
    unrun(() => {
      const types = {} as { events: Events; outputs: { 'A.x': number } }
      // @ts-expect-error GOO is no event
      defineMachine({ ...base, types, states: { A: { initial: 'x', states: { x: { on: { GOO: 'x' } } } } } })
      defineMachine({
        ...base,
        types,
        // @ts-expect-error the work of A.x resolves to a number
        states: { A: { initial: 'x', states: { x: { invoke: { src: async () => 'x' } } } } },
      })
    })
    expect(robot.states.size).toBe(7)
  })
})
