/** The types of a machine, by name; `tsc` checks them. */
import { describe, expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import {
  type ContextOf,
  createMachineStore,
  createStore,
  defineMachine,
  type EventOf,
  type MachineState,
  type QCoreContext,
  qCoreMachine,
  type StateNameOf,
  type StateOf,
} from '../../src/index.ts'

type Name = 'BOOTING' | 'IDLE' | 'ACTIVE' | 'ERROR_STATE' | 'SHUTDOWN'

describe('ContextOf, EventOf, StateNameOf and StateOf', () => {
  test('read a machine', () => {
    type Machine = typeof qCoreMachine
    expectTypeOf<ContextOf<Machine>>().toEqualTypeOf<QCoreContext>()
    expectTypeOf<StateNameOf<Machine>>().toEqualTypeOf<Name>()
    expectTypeOf<Extract<EventOf<Machine>, { type: 'BIOS_ERROR' }>>().toEqualTypeOf<{
      type: 'BIOS_ERROR'
      message: string
    }>()
    expectTypeOf<StateOf<Machine>>().toEqualTypeOf<MachineState<Name, QCoreContext>>()
  })

  test('read a machine store as its machine', () => {
    const store = createMachineStore(qCoreMachine)
    type Read = typeof store
    expectTypeOf<ContextOf<Read>>().toEqualTypeOf<QCoreContext>()
    expectTypeOf<StateNameOf<Read>>().toEqualTypeOf<Name>()
    expectTypeOf<EventOf<Read>>().toEqualTypeOf<EventOf<typeof qCoreMachine>>()
    expectTypeOf<StateOf<Read>>().toEqualTypeOf<MachineState<Name, QCoreContext>>()
    expect(store.current satisfies StateNameOf<Read>).toBe('BOOTING')
  })

  test('have only the events that some state handles', () => {
    const lamp = defineMachine({
      id: 'lamp',
      initial: 'OFF',
      context: {},
      types: {} as { events: { type: 'PRESS' } | { type: 'UNUSED' } },
      states: { OFF: { on: { PRESS: 'ON' } }, ON: {} },
    })
    expectTypeOf<EventOf<typeof lamp>>().toEqualTypeOf<{ type: 'PRESS' }>()
    expect(lamp.id).toBe('lamp')
  })

  test('StateOf reads any store, and nothing else', () => {
    const store = createStore({ count: 0 })
    expectTypeOf<StateOf<typeof store>>().toEqualTypeOf<{ count: number }>()
    expectTypeOf<StateOf<number>>().toEqualTypeOf<never>()
    expect(store.state satisfies StateOf<typeof store>).toEqual({ count: 0 })
  })
})

describe('types.outputs', () => {
  type Outputs = { LOADING: { rows: number } }

  test('types the output that onDone is given, and checks what the work resolves to', async () => {
    const machine = defineMachine({
      id: 'loader',
      initial: 'LOADING',
      context: { rows: 0 },
      types: {} as { events: { type: 'LOAD' }; outputs: Outputs },
      states: {
        LOADING: {
          invoke: {
            src: async (context) => ({ rows: context.rows + 5 }),
            onDone: {
              target: 'READY',
              guard: (_context, event) => event.output.rows > 0,
              update: (draft, event) => {
                expectTypeOf(event.output).toEqualTypeOf<{ rows: number }>()
                draft.rows = event.output.rows
              },
            },
          },
        },
        READY: {
          on: { LOAD: 'LOADING' },
          invoke: {
            src: async () => 'text',
            onDone: {
              update: (_draft, event) => {
                expectTypeOf(event.output).toEqualTypeOf<unknown>()
              },
            },
          },
        },
      },
    })
    const store = createMachineStore(machine)
    await store.waitFor((state) => state.current === 'READY')
    expect(store.context).toEqual({ rows: 5 })
    store.destroy()
  })

  test('work that resolves to something else does not compile', () => {
    const machine = defineMachine({
      id: 'loader',
      initial: 'LOADING',
      context: {},
      types: {} as { events: { type: 'LOAD' }; outputs: Outputs },
      states: {
        LOADING: {
          invoke: {
            // @ts-expect-error the work of LOADING resolves to rows
            src: async () => 'text',
          },
        },
      },
    })
    expect(machine.id).toBe('loader')
  })
})

describe('types of events that are templates', () => {
  type Ticks = { type: `tick.${number}`; at: number } | { type: 'A' | 'B' } | { type: 'GO' }

  const machine = defineMachine({
    id: 'ticks',
    initial: 'A',
    context: { at: 0 },
    types: {} as { events: Ticks },
    states: {
      A: {
        on: {
          'tick.5': {
            target: 'B',
            guard: (_context, event) => event.at > 0,
            update: (draft, event) => {
              expectTypeOf(event.at).toEqualTypeOf<number>()
              draft.at = event.at
            },
          },
        },
      },
      B: { on: { A: 'A' } },
    },
    on: { 'tick.9': 'A' },
  })

  test('may be handled one by one, and sent', () => {
    const store = createMachineStore(machine)
    expect(store.send({ type: 'tick.5', at: 3 }).handled).toBeTrue()
    expect([store.current, store.context]).toEqual(['B', { at: 3 }])
    expectTypeOf<EventOf<typeof machine>['type']>().toEqualTypeOf<'tick.5' | 'tick.9' | 'A'>()
    store.send('A')
    expect(store.current).toBe('A')
  })

  test('one that no state handles, or that fits no template, does not compile', () => {
    const store = createMachineStore(machine)
    const unrun = (_work: () => void): void => {}
    unrun(() => {
      // @ts-expect-error no state handles tick.7
      store.send({ type: 'tick.7', at: 1 })
      // @ts-expect-error a tick says when
      store.send('tick.5')
      // @ts-expect-error nobody handles B, which shares its line with A
      store.send('B')
      defineMachine({
        id: 'm',
        initial: 'A',
        context: {},
        types: {} as { events: Ticks },
        // @ts-expect-error tick.x is no tick
        states: { A: { on: { 'tick.x': 'B', GO: 'B' } }, B: {} },
      })
    })
    expect(store.current).toBe('A')
  })
})
