/** What is inferred from a definition without an annotation inside; `tsc` checks it. */
import { describe, expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import type { Observable } from 'rxjs'
import {
  createMachineStore,
  defineMachine,
  type InternalEvent,
  initialState,
  type MachineState,
  type MachineStore,
  type QCoreCells,
  type QCoreContext,
  qCoreMachine,
  runMachine,
  type Selection,
  type SendResult,
  type Snapshot,
  type Store,
  sendTo,
  type TransitionRecord,
  type TransitionResult,
  transition,
  transitions,
  whileIn,
} from '../../src/index.ts'

type Events =
  | { type: 'BOOTED' }
  | { type: 'WORK'; count: number }
  | { type: 'FAILED'; message: string }
  | { type: 'PAUSE'; reason?: string }
  | { type: 'DONE' }
  | { type: 'STOP' }
  | { type: 'UNUSED' }

/** An agent that uses every part of a definition, with not one annotation inside. */
const agent = defineMachine({
  id: 'agent',
  initial: 'BOOTING',
  context: { ready: false, count: 0, message: '' },
  types: {} as { events: Events },
  states: {
    BOOTING: {
      on: {
        BOOTED: 'IDLE',
        FAILED: {
          target: 'BROKEN',
          update: (draft, event) => {
            expectTypeOf(draft).toEqualTypeOf<{ ready: boolean; count: number; message: string }>()
            expectTypeOf(event).toEqualTypeOf<{ type: 'FAILED'; message: string }>()
            draft.message = event.message
          },
        },
      },
    },
    IDLE: {
      on: {
        PAUSE: {},
        WORK: [
          {
            target: 'BUSY',
            guard: (context, event) => {
              expectTypeOf(context.count).toEqualTypeOf<number>()
              expectTypeOf(event).toEqualTypeOf<{ type: 'WORK'; count: number }>()
              return event.count > context.count
            },
          },
          { update: (draft, event) => void Object.assign(draft, { count: event.count }) },
        ],
      },
    },
    BUSY: {
      entry: (draft, event) => {
        expectTypeOf(event).toEqualTypeOf<Events | InternalEvent>()
        if (event.type === 'WORK') expectTypeOf(event).toEqualTypeOf<{ type: 'WORK'; count: number }>()
        if (event.type === 'done.invoke') expectTypeOf(event.output).toEqualTypeOf<unknown>()
        draft.count += 1
      },
      on: { DONE: 'IDLE' },
      after: {
        ms: 5,
        target: 'IDLE',
        update: (draft, event) => {
          expectTypeOf(event).toEqualTypeOf<{ readonly type: `after.${number}` }>()
          draft.count = 0
        },
      },
    },
    BROKEN: {
      after: {
        5: 'IDLE',
        7: {
          target: 'IDLE',
          update: (draft) => {
            draft.message = ''
          },
        },
      },
      invoke: {
        src: async (context, event, { signal }) => {
          expectTypeOf(context.ready).toEqualTypeOf<boolean>()
          if (event.type === 'FAILED') expectTypeOf(event.message).toEqualTypeOf<string>()
          expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
          return 'repaired'
        },
        onDone: {
          target: 'IDLE',
          update: (draft, event) => {
            expectTypeOf(event.output).toEqualTypeOf<unknown>()
            draft.message = String(event.output)
          },
        },
        onError: [
          {
            target: 'OFF',
            guard: (_context, event) => {
              expectTypeOf(event.error).toEqualTypeOf<unknown>()
              return true
            },
          },
        ],
      },
    },
    OFF: { type: 'final' },
  },
  on: { STOP: 'OFF' },
})

type Name = 'BOOTING' | 'IDLE' | 'BUSY' | 'BROKEN' | 'OFF'
interface Context {
  ready: boolean
  count: number
  message: string
}

/** Type-checks what is inside and never runs it. */
const unrun = (_work: () => void): void => {}

describe('the types of a machine store', () => {
  test('are those of its machine, without an annotation', () => {
    const store = createMachineStore(agent)
    expectTypeOf(store.current).toEqualTypeOf<Name>()
    expectTypeOf(store.context.count).toEqualTypeOf<number>()
    expectTypeOf(store.state.previous).toEqualTypeOf<Name | null>()
    expectTypeOf(store.transitions$).toEqualTypeOf<Observable<TransitionRecord<Name>>>()
    expectTypeOf(store.send('BOOTED')).toEqualTypeOf<SendResult<Name, Context>>()
    expectTypeOf(store.can('STOP')).toEqualTypeOf<boolean>()
    expect(store.machine).toBe(agent)
  })

  test('are those of a store', () => {
    const store = createMachineStore(agent)
    expectTypeOf(store).toExtend<Store<MachineState<Name, Context>>>()
    const takeAny = (any: Store<MachineState<Name, Context>>): string => any.name
    expect(takeAny(store)).toBe('agent')
    unrun(() => {
      expectTypeOf(store.select('context', 'count')).toEqualTypeOf<Selection<number>>()
      expectTypeOf(store.snapshot).toEqualTypeOf<Snapshot<MachineState<Name, Context>>>()
    })
  })

  test('tell what a result holds by whether the event was handled', () => {
    const result = createMachineStore(agent).send('DONE')
    if (result.handled) expectTypeOf(result.transition).toEqualTypeOf<TransitionRecord<Name>>()
    else expectTypeOf(result.reason).toEqualTypeOf<'unhandled' | 'guard' | 'final'>()
    expectTypeOf(result.snapshot).toEqualTypeOf<Snapshot<MachineState<Name, Context>>>()
    unrun(() => {
      // @ts-expect-error a refused event has no transition
      void result.transition
    })
    expect(result.handled).toBeFalse()
  })

  test('are narrowed by is, and whole again in the other branch', () => {
    const store = createMachineStore(agent)
    const branch = (): string => {
      if (store.is('IDLE')) {
        expectTypeOf(store.current).toEqualTypeOf<'IDLE'>()
        return store.current
      }
      store.send('BOOTED')
      store.send('DONE')
      return store.current
    }
    expect(branch()).toBe('IDLE')
  })

  test('allow a definition to be read from another file, under the names of its machine', () => {
    expectTypeOf(createMachineStore(qCoreMachine).current).toEqualTypeOf<
      'BOOTING' | 'IDLE' | 'ACTIVE' | 'ERROR_STATE' | 'SHUTDOWN'
    >()
    const asNamed: MachineStore<QCoreContext, QCoreCells> = createMachineStore(qCoreMachine)
    expect(asNamed.current).toBe('BOOTING')
  })
})

describe('the types of a machine without "types"', () => {
  const lamp = defineMachine({
    id: 'lamp',
    initial: 'OFF',
    context: { presses: 0 },
    states: {
      OFF: { on: { PRESS: 'ON' } },
      ON: {
        on: {
          PRESS: {
            target: 'OFF',
            update: (draft) => {
              draft.presses += 1
            },
          },
          BREAK: 'BROKEN',
        },
      },
      BROKEN: { type: 'final' },
    },
  })

  test('take the events that its states name, and no other one', () => {
    const store = createMachineStore(lamp)
    expectTypeOf<Extract<Parameters<typeof store.send>[0], string>>().toEqualTypeOf<'PRESS' | 'BREAK'>()
    unrun(() => {
      // @ts-expect-error no state names TURN
      store.send('TURN')
      // @ts-expect-error OFF does not name BREAK
      if (store.is('OFF')) store.send('BREAK')
    })
    store.send('PRESS')
    store.send({ type: 'BREAK' })
    expect(store.current).toBe('BROKEN')
  })
})

describe('the types of transition and of the operators', () => {
  test('are those of the machine', () => {
    const result = transition(agent, initialState(agent), { type: 'FAILED', message: 'x' })
    expectTypeOf(result).toEqualTypeOf<TransitionResult<Name, Context>>()
    expectTypeOf(result.state.current).toEqualTypeOf<Name>()
    expect(result.state.current).toBe('BROKEN')
  })

  test('take only events of the machine', () => {
    const store = createMachineStore(agent)
    unrun(() => {
      const good$ = {} as Observable<'BOOTED'>
      const bad$ = {} as Observable<'UNUSED'>
      expectTypeOf(good$.pipe(sendTo(store))).toEqualTypeOf<Observable<SendResult<Name, Context>>>()
      // @ts-expect-error no state handles UNUSED
      bad$.pipe(sendTo(store))
      // @ts-expect-error nor does the machine without a store
      bad$.pipe(runMachine(agent))
      expectTypeOf(whileIn(store, ['IDLE', 'BUSY'], async () => 7)).toEqualTypeOf<Observable<number>>()
      expectTypeOf(transitions(store, { to: 'IDLE' })).toEqualTypeOf<Observable<TransitionRecord<Name>>>()
    })
    expect(store.current).toBe('BOOTING')
  })
})
