/**
 * Guarantee 8: what must not compile does not. `tsc` checks it: an expected error that does not come is an
 * error. Most calls below are never made; what runs shows that the misuse is refused without types too.
 */
import { describe, expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import { createMachineStore, defineMachine, transition, transitions, whileIn } from '../../src/index.ts'
import { problemsOf } from './support.ts'

type Events =
  | { type: 'BOOTED' }
  | { type: 'WORK'; count: number }
  | { type: 'FAILED'; message: string }
  | { type: 'PAUSE'; reason?: string }
  | { type: 'DONE' }
  | { type: 'STOP' }
  | { type: 'UNUSED' }

const agent = defineMachine({
  id: 'agent',
  initial: 'BOOTING',
  context: { count: 0 },
  types: {} as { events: Events },
  states: {
    BOOTING: { on: { BOOTED: 'IDLE', FAILED: 'OFF' } },
    IDLE: { on: { PAUSE: {}, WORK: 'BUSY' } },
    BUSY: { on: { DONE: 'IDLE' } },
    OFF: { type: 'final' },
  },
  on: { STOP: 'OFF' },
})

/** Type-checks what is inside and never runs it. */
const unrun = (_work: () => void): void => {}

describe('8 Typed transitions', () => {
  test('a target that does not exist does not compile', () => {
    const definition = {
      id: 'm',
      initial: 'A',
      context: {},
      states: { A: { on: { GO: 'C' } }, B: {} },
    } as const
    unrun(() => {
      defineMachine({
        id: 'm',
        initial: 'A',
        context: {},
        // @ts-expect-error C is no state of this machine
        states: { A: { on: { GO: 'C' } }, B: {} },
      })
      defineMachine({
        id: 'm',
        initial: 'A',
        context: {},
        // @ts-expect-error C is no state, in a transition with more to it
        states: { A: { on: { GO: { target: 'C', guard: () => true } } }, B: {} },
      })
      defineMachine({
        id: 'm',
        initial: 'A',
        context: {},
        // @ts-expect-error C is no state that a delay could lead to
        states: { A: { after: { 5: 'C' } }, B: {} },
      })
      defineMachine({
        id: 'm',
        initial: 'A',
        context: {},
        // @ts-expect-error C is no state that the end of work could lead to
        states: { A: { invoke: { src: async () => {}, onDone: 'C' } }, B: {} },
      })
    })
    expect(problemsOf(definition)).toEqual([
      'State A, event GO targets "C" (string), which is no state. States: A, B.',
    ])
  })

  test('an initial state that does not exist does not compile', () => {
    unrun(() => {
      defineMachine({
        id: 'm',
        // @ts-expect-error Z is no state of this machine
        initial: 'Z',
        context: {},
        states: { A: { on: { GO: 'B' } }, B: {} },
      })
    })
  })

  test("a target of the machine's own transitions that does not exist does not compile", () => {
    unrun(() => {
      defineMachine({
        id: 'm',
        initial: 'A',
        context: {},
        types: {} as { events: { type: 'GO' } },
        states: { A: {} },
        // @ts-expect-error C is no state of this machine
        on: { GO: 'C' },
      })
    })
  })

  test('an event that "types" does not name does not compile, in a state and in the machine', () => {
    unrun(() => {
      defineMachine({
        id: 'm',
        initial: 'A',
        context: {},
        types: {} as { events: { type: 'GO' } },
        // @ts-expect-error GOO is no event of this machine
        states: { A: { on: { GOO: 'B', GO: 'B' } }, B: {} },
      })
      defineMachine({
        id: 'm',
        initial: 'A',
        context: {},
        types: {} as { events: { type: 'GO' } },
        states: { A: { on: { GO: 'B' } }, B: {} },
        // @ts-expect-error STOP is no event of this machine
        on: { STOP: 'A' },
      })
    })
  })

  test('an event that no state handles does not compile', () => {
    const store = createMachineStore(agent)
    unrun(() => {
      // @ts-expect-error the events have UNUSED, but no state handles it
      store.send('UNUSED')
      // @ts-expect-error NOTHING is no event at all
      store.send({ type: 'NOTHING' })
      // @ts-expect-error nor may it be asked for
      store.can('UNUSED')
      // @ts-expect-error nor be given to the pure function
      transition(agent, store.state, 'UNUSED')
    })
    expect(store.send('UNUSED' as never)).toMatchObject({ handled: false, reason: 'unhandled' })
  })

  test('an event that the state at hand does not handle does not compile', () => {
    const store = createMachineStore(agent)
    unrun(() => {
      if (store.is('IDLE')) {
        store.send({ type: 'WORK', count: 1 })
        store.send('STOP')
        // @ts-expect-error BOOTED is not handled in IDLE
        store.send('BOOTED')
      }
      if (store.is('BUSY')) {
        store.send('DONE')
        // @ts-expect-error WORK is not handled in BUSY
        store.send({ type: 'WORK', count: 1 })
      }
    })
    expect(store.is('BOOTING')).toBeTrue()
  })

  test('a final state takes no event that would compile', () => {
    const store = createMachineStore(agent)
    unrun(() => {
      if (store.is('OFF')) {
        expectTypeOf<Parameters<typeof store.send>[0]>().toBeNever()
        // @ts-expect-error a final state takes nothing, not even what any other one takes
        store.send('STOP')
      }
    })
    store.send('STOP')
    expect(store.send('STOP')).toMatchObject({ handled: false, reason: 'final' })
  })

  test('a wrong payload does not compile', () => {
    const store = createMachineStore(agent)
    unrun(() => {
      // @ts-expect-error a count is a number
      store.send({ type: 'WORK', count: '3' })
      // @ts-expect-error WORK has a count
      store.send({ type: 'WORK' })
      // @ts-expect-error BOOTED has none
      store.send({ type: 'BOOTED', count: 1 })
    })
  })

  test('a bare string stands for an event without a payload only', () => {
    const store = createMachineStore(agent)
    type Sent = Parameters<typeof store.send>[0]
    expectTypeOf<Extract<Sent, string>>().toEqualTypeOf<'BOOTED' | 'PAUSE' | 'DONE' | 'STOP'>()
    unrun(() => {
      // @ts-expect-error FAILED carries a message
      store.send('FAILED')
    })
  })

  test('a state that does not exist cannot be asked for', () => {
    const store = createMachineStore(agent)
    unrun(() => {
      // @ts-expect-error READY is no state of this machine
      store.is('READY')
      // @ts-expect-error nor followed
      whileIn(store, 'READY', () => [])
      // @ts-expect-error nor filtered by
      transitions(store, { from: 'READY' })
    })
  })

  test('nothing of a snapshot can be changed', () => {
    const store = createMachineStore(agent)
    unrun(() => {
      // @ts-expect-error the context is read-only
      store.state.context.count = 5
      // @ts-expect-error and so is it here
      store.context.count = 5
      // @ts-expect-error and the name of the state
      store.state.current = 'IDLE'
      // @ts-expect-error and the history
      store.state.history.push()
      // @ts-expect-error and a store's own name for its state
      store.current = 'IDLE'
    })
  })

  test('a guard that answers later, and work that does not, do not compile', () => {
    unrun(() => {
      defineMachine({
        id: 'm',
        initial: 'A',
        context: {},
        // @ts-expect-error a guard answers at once
        states: { A: { on: { GO: { target: 'A', guard: async () => true } } } },
      })
      defineMachine({
        id: 'm',
        initial: 'A',
        context: {},
        // @ts-expect-error work returns a promise
        states: { A: { invoke: { src: () => 7 } } },
      })
    })
  })
})

describe('what a definition must not say', () => {
  const base = { id: 'm', initial: 'A', context: { n: 0 } } as const
  const types = {} as {
    events: { type: 'GO'; n: number } | { type: 'STOP' }
    emitted: { type: 'beep'; times: number }
    items: { A: string }
    output: number
  }

  test('a field or a word that a state does not have', () => {
    unrun(() => {
      // @ts-expect-error a state has "entry", not "onEntry"
      defineMachine({ ...base, types, states: { A: { onEntry: () => {} } } })
      // @ts-expect-error there is no such type of state
      defineMachine({ ...base, types, states: { A: { type: 'compound' } } })
      defineMachine({
        ...base,
        // @ts-expect-error a history is shallow or deep
        states: { A: { initial: 'x', states: { x: {}, h: { type: 'history', history: 'full' } } } },
      })
      // @ts-expect-error work is failed or restarted
      defineMachine({ ...base, states: { A: { invoke: { src: async () => 1, onRestore: 'retry' } } } })
    })
    expect(agent.id).toBe('agent')
  })

  test('a payload that the event does not have', () => {
    unrun(() => {
      // @ts-expect-error STOP has no n
      defineMachine({ ...base, types, states: { A: { on: { STOP: { guard: (_, event) => event.n > 1 } } } } })
      // @ts-expect-error the context has no m
      defineMachine({ ...base, types, states: { A: { on: { GO: { guard: (context) => context.m > 1 } } } } })
    })
    expect(agent.id).toBe('agent')
  })

  test('an output, an item or an emitted event of another type', () => {
    unrun(() => {
      // @ts-expect-error the output is a number
      defineMachine({ ...base, types, states: { A: { type: 'final', output: () => 'text' } } })
      // @ts-expect-error beep says how often
      defineMachine({ ...base, types, states: { A: { entry: { emit: { type: 'beep' } } } } })
      defineMachine({
        ...base,
        types,
        states: {
          A: {
            invoke: {
              // @ts-expect-error the items of A are text
              src: async function* () {
                yield 1
              },
            },
          },
        },
      })
    })
    expect(agent.id).toBe('agent')
  })

  test('tools used on what the machine does not have', () => {
    unrun(() => {
      defineMachine({
        id: 'm',
        initial: 'A',
        context: { n: 0 },
        types: {} as { events: { type: 'GO'; n: number } },
        states: {
          A: {
            on: { GO: 'A' },
            invoke: {
              src: async (_context, _event, tools) => {
                // @ts-expect-error the context has no m
                tools.update((draft) => void Object.assign(draft, { n: draft.m }))
                // @ts-expect-error GO has a number
                tools.send({ type: 'GO', n: '1' })
                // @ts-expect-error a deadline is in milliseconds
                tools.deadline('1s')
              },
            },
          },
        },
      })
    })
    expect(agent.id).toBe('agent')
  })
})
