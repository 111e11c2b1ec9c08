/** What a definition must not say, and the compiler refuses: one line for each refusal. `check-states.test.ts` has it without types. */
import { describe, expect, test } from '@jest/globals'
import { createSystem } from '../../src/actors/index.ts'
import { createMachineStore, defineMachine, initialState, latest, transition } from '../../src/index.ts'

const base = { id: 'm', initial: 'A', context: { n: 0 } } as const
const types = {} as {
  events: { type: 'GO'; n: number } | { type: 'STOP' }
  emitted: { type: 'beep'; times: number }
}

/** Type-checks what is inside and never runs it. */
const refused = (work: () => void): void => expect(work).toBeInstanceOf(Function)

describe('defineMachine does not compile', () => {
  test('a key that no transition has, wherever a transition stands', () => {
    refused(() => {
      // @ts-expect-error "cond" is the word of XState 4
      defineMachine({ ...base, states: { A: { on: { GO: { target: 'A', cond: () => true } } } } })
      // @ts-expect-error there are no "actions"
      defineMachine({ ...base, types, states: { A: { on: { GO: { target: 'A', actions: [] } } } } })
      // @ts-expect-error "guard" is misspelt
      defineMachine({ ...base, types, states: { A: { on: { GO: { target: 'A', gaurd: () => true } } } } })
      // @ts-expect-error in a list
      defineMachine({ ...base, types, states: { A: { on: { GO: [{ target: 'A', cond: () => true }] } } } })
      defineMachine({
        ...base,
        types,
        // @ts-expect-error inside of a state
        states: { A: { initial: 'x', states: { x: { on: { GO: { target: 'x', cond: () => true } } } } } },
      })
      // @ts-expect-error in "always"
      defineMachine({ ...base, states: { A: { always: { target: 'A', cond: () => true } } } })
      // @ts-expect-error in a map of delays
      defineMachine({ ...base, states: { A: { after: { 5: { target: 'A', cond: () => true } } } } })
      // @ts-expect-error in a delay
      defineMachine({ ...base, states: { A: { after: { ms: 5, target: 'A', cond: () => true } } } })
      // @ts-expect-error in a list of delays
      defineMachine({ ...base, states: { A: { after: [{ ms: 5, target: 'A', cond: 1 }] } } })
      defineMachine({
        ...base,
        // @ts-expect-error at the end of work
        states: { A: { invoke: { src: async () => 1, onDone: { target: 'A', cond: () => true } } } },
      })
      defineMachine({
        ...base,
        // @ts-expect-error at the end of the states inside
        states: { A: { initial: 'x', onDone: { target: 'A', cond: 1 }, states: { x: { type: 'final' } } } },
      })
      // @ts-expect-error in the machine's own
      defineMachine({ ...base, types, states: { A: {} }, on: { GO: { target: 'A', cond: () => true } } })
    })
  })
  test('a key that nothing else of a definition has', () => {
    refused(() => {
      // @ts-expect-error in the machine
      defineMachine({ ...base, states: { A: {} }, historyLimt: 3 })
      // @ts-expect-error in a state inside of another
      defineMachine({ ...base, states: { A: { initial: 'x', states: { x: { onEntry: () => {} } } } } })
      // @ts-expect-error in work
      defineMachine({ ...base, states: { A: { invoke: { src: async () => 1, id: 'x' } } } })
      // @ts-expect-error in an entry
      defineMachine({ ...base, states: { A: { entry: { run: () => {}, assign: 1 } } } })
      // @ts-expect-error in what is waited for
      defineMachine({ ...base, states: { A: { waiting: { expires: 5 } } } })
      // @ts-expect-error in "types"
      defineMachine({ ...base, types: {} as { event: { type: 'GO' } }, states: { A: {} } })
      // @ts-expect-error a delay is a number
      defineMachine({ ...base, states: { A: { after: { soon: 'A' } } } })
      // @ts-expect-error one delay, or a map of them
      defineMachine({ ...base, states: { A: { after: { ms: 5, 7: 'A' } } } })
    })
  })
  test('a value of another type', () => {
    refused(() => {
      // @ts-expect-error an id is text
      defineMachine({ ...base, id: 3, states: { A: {} } })
      // @ts-expect-error that of a state too
      defineMachine({ ...base, states: { A: { id: 3 } } })
      // @ts-expect-error how many records are kept
      defineMachine({ ...base, states: { A: {} }, historyLimit: '3' })
      // @ts-expect-error an entry is no list
      defineMachine({ ...base, states: { A: { entry: [] } } })
      // @ts-expect-error tags are a list
      defineMachine({ ...base, states: { A: { tags: 'busy' } } })
      // @ts-expect-error of text
      defineMachine({ ...base, states: { A: { tags: [1] } } })
      // @ts-expect-error a delay is in milliseconds
      defineMachine({ ...base, states: { A: { after: { ms: '5', target: 'A' } } } })
      // @ts-expect-error a description is text
      defineMachine({ ...base, states: { A: { description: 3 } } })
      // @ts-expect-error "reenter" is true or false
      defineMachine({ ...base, states: { A: { on: { GO: { target: 'A', reenter: 1 } } } } })
      // @ts-expect-error a guard is a function
      defineMachine({ ...base, states: { A: { on: { GO: { guard: 'ready' } } } } })
      // @ts-expect-error work has a source
      defineMachine({ ...base, states: { A: { invoke: {} } } })
      // @ts-expect-error which is a function
      defineMachine({ ...base, states: { A: { invoke: { src: 'load' } } } })
      // @ts-expect-error a time is a number
      defineMachine({ ...base, states: { A: { waiting: { expiresMs: '5' } } } })
      // @ts-expect-error a state is an object
      defineMachine({ ...base, states: { A: 'B' } })
      // @ts-expect-error an output is made by a function
      defineMachine({ ...base, states: { A: { initial: 'x', states: { x: { type: 'final', output: 3 } } } } })
      // @ts-expect-error of the type that is declared
      defineMachine({ ...base, types: {} as { output: number }, output: () => 'x', states: { A: {} } })
      // @ts-expect-error nobody emits that
      defineMachine({ ...base, types, states: { A: { on: { STOP: { emit: { type: 'boop' } } } } } })
      // @ts-expect-error nor makes it
      defineMachine({ ...base, types, states: { A: { on: { STOP: { emit: () => ({ type: 'boop' }) } } } } })
    })
  })
  test('a field that a kind of state cannot have', () => {
    refused(() => {
      // @ts-expect-error a final state handles nothing
      defineMachine({ ...base, states: { A: { type: 'final', on: { GO: 'A' } } } })
      // @ts-expect-error nor does time
      defineMachine({ ...base, states: { A: { type: 'final', after: { 5: 'A' } } } })
      // @ts-expect-error nothing is inside of it
      defineMachine({ ...base, states: { A: { type: 'final', initial: 'x', states: { x: {} } } } })
      defineMachine({
        ...base,
        // @ts-expect-error inside of another too
        states: { A: { initial: 'x', states: { x: { type: 'final', on: { GO: 'x' } } } } },
      })
      defineMachine({
        ...base,
        // @ts-expect-error nobody enters a history
        states: { A: { initial: 'x', states: { x: {}, h: { type: 'history', entry: () => {} } } } },
      })
      defineMachine({
        ...base,
        // @ts-expect-error nor is there
        states: { A: { initial: 'x', states: { x: {}, h: { type: 'history', tags: ['x'] } } } },
      })
      // @ts-expect-error only a history leads elsewhere
      defineMachine({ ...base, states: { A: { target: 'A' } } })
      // @ts-expect-error only a history remembers
      defineMachine({ ...base, states: { A: { history: 'deep' } } })
      // @ts-expect-error only a final state puts out
      defineMachine({ ...base, states: { A: { output: () => 1 } } })
      // @ts-expect-error inside of another too
      defineMachine({ ...base, states: { A: { initial: 'x', states: { x: { output: () => 1 } } } } })
      // @ts-expect-error all of a parallel state is active
      defineMachine({ ...base, states: { A: { type: 'parallel', initial: 'x', states: { x: {} } } } })
      // @ts-expect-error which is more than nothing
      defineMachine({ ...base, states: { A: { type: 'parallel' } } })
      // @ts-expect-error nothing to begin in
      defineMachine({ ...base, states: { A: { initial: 'x' } } })
      // @ts-expect-error nothing to end
      defineMachine({ ...base, states: { A: { onDone: 'A' } } })
      // @ts-expect-error a machine is no final state
      defineMachine({ ...base, type: 'final', states: { A: {} } })
      // @ts-expect-error "reenter" names the state
      defineMachine({ ...base, states: { A: { on: { GO: { reenter: true } } } } })
    })
  })
  test('a path in "types" that leads to no state', () => {
    refused(() => {
      // @ts-expect-error there is no B
      defineMachine({ ...base, types: {} as { items: { B: number } }, states: { A: {} } })
      // @ts-expect-error also where anything would do
      defineMachine({ ...base, types: {} as { outputs: { B: any } }, states: { A: {} } })
      defineMachine({
        ...base,
        // @ts-expect-error A has no y
        types: {} as { outputs: { 'A.y': number } },
        states: { A: { initial: 'x', states: { x: { invoke: { src: async () => 1 } } } } },
      })
      defineMachine({
        ...base,
        // @ts-expect-error a path begins outside
        types: {} as { items: { x: number } },
        states: { A: { initial: 'x', states: { x: { entry: () => {} } } } },
      })
      defineMachine({
        ...base,
        types: {} as { items: { 'A.x': number }; outputs: { 'A.x': number; A: string } },
        states: { A: { initial: 'x', states: { x: { entry: () => {}, invoke: { src: async () => 1 } } } } },
      })
    })
  })
  test('an event that a machine makes by itself', () => {
    refused(() => {
      // @ts-expect-error the end of work
      defineMachine({ ...base, types: {} as { events: { type: 'done.invoke' } }, states: { A: {} } })
      defineMachine({
        ...base,
        // @ts-expect-error as XState names it, beside others
        types: {} as { events: { type: 'GO' } | { type: 'done.invoke.load' } },
        states: { A: {} },
      })
      // @ts-expect-error a time
      defineMachine({ ...base, types: {} as { events: { type: 'after.500' } }, states: { A: {} } })
      // @ts-expect-error a pattern that takes one
      defineMachine({ ...base, types: {} as { events: { type: `done.${string}` } }, states: { A: {} } })
      // @ts-expect-error in "on"
      defineMachine({ ...base, states: { A: { on: { 'done.invoke': 'A' } } } })
      // @ts-expect-error as XState 5 names them
      defineMachine({ ...base, states: { A: { on: { 'xstate.done.actor.x': 'A' } } } })
      defineMachine({
        ...base,
        // @ts-expect-error inside of a state
        states: { A: { initial: 'x', states: { x: { on: { 'done.state': 'x' } } } } },
      })
      // @ts-expect-error in the machine's own
      defineMachine({ ...base, states: { A: {} }, on: { 'error.invoke': 'A' } })
      defineMachine({
        ...base,
        types: {} as { events: { type: 'done' } | { type: 'after.tea' } | { type: 'error.network' } },
        states: { A: { on: { done: 'A', 'after.tea': 'A', 'error.network': 'A' } } },
      })
    })
  })
  test('an id that another state has', () => {
    refused(() => {
      // @ts-expect-error beside it
      defineMachine({ ...base, states: { A: { id: 'a' }, B: { id: 'a' } } })
      defineMachine({
        ...base,
        // @ts-expect-error anywhere
        states: { A: { id: 'a' }, B: { initial: 'x', states: { x: { id: 'a' } } } },
      })
      defineMachine({
        ...base,
        // @ts-expect-error inside of it
        states: { A: { id: 'a', initial: 'x', states: { x: { id: 'a' } } } },
      })
      defineMachine({ ...base, states: { A: { id: 'a', initial: 'x', states: { x: { id: 'b' } } } } })
    })
  })
  test('what is empty, or nothing', () => {
    refused(() => {
      // @ts-expect-error there are states
      defineMachine({ ...base, states: {} })
      // @ts-expect-error and inside
      defineMachine({ ...base, states: { A: { type: 'parallel', states: {} } } })
      // @ts-expect-error and a context
      defineMachine({ ...base, context: undefined, states: { A: {} } })
      // @ts-expect-error events that are emitted have a type
      defineMachine({ ...base, types: {} as { emitted: { kind: 'beep' } }, states: { A: {} } })
    })
  })
  test('a name that cannot be told from a path', () => {
    refused(() => {
      // @ts-expect-error what needs no event is "always"
      defineMachine({ ...base, states: { A: { on: { '': 'A' } } } })
      // @ts-expect-error a state has a name
      defineMachine({ ...base, states: { A: { on: { GO: 'A' } }, '': {} } })
      // @ts-expect-error a dot stands between names
      defineMachine({ ...base, states: { A: { initial: 'x', states: { x: {} } }, 'A.b': {} } })
    })
  })
  test('a target of the items of work that is no state', () => {
    refused(() => {
      // @ts-expect-error Z is no state
      defineMachine({ ...base, states: { A: { invoke: { src: async () => 1, onNext: 'Z' } } } })
      defineMachine({
        ...base,
        // @ts-expect-error inside of another
        states: { A: { initial: 'x', states: { x: { invoke: { src: async () => 1, onNext: 'Z' } } } } },
      })
    })
  })
})

const part = defineMachine({
  id: 'part',
  initial: 'A',
  context: { n: 0 },
  types,
  states: { A: { on: { GO: { update: (draft) => void draft.n++ }, STOP: 'A' } } },
})
const asks = defineMachine({
  id: 'asks',
  initial: 'A',
  context: ({ input }: { input: { n: number } }) => ({ n: input.n }),
  states: { A: { on: { GO: 'A' } } },
})
const keys = (): string[] => []
const parent = { ...base, states: { A: {} } } as const
const one = { machine: part, keys }

describe('children of a definition do not compile', () => {
  test('with a key that they do not have', () => {
    refused(() => {
      // @ts-expect-error "onDone" is the word
      defineMachine({ ...parent, children: { p: { ...one, onEnd: 'A' } } })
      defineMachine({
        ...parent,
        // @ts-expect-error "maxRestarts" is the word
        children: { p: { ...one, supervise: { strategy: 'restart', retries: 5 } } },
      })
      // @ts-expect-error in a transition
      defineMachine({ ...parent, children: { p: { ...one, onDone: { target: 'A', cond: () => true } } } })
      // @ts-expect-error in a list
      defineMachine({ ...parent, children: { p: { ...one, onFault: [{ target: 'A', cond: () => true }] } } })
    })
  })
  test('with a value of another type', () => {
    refused(() => {
      // @ts-expect-error they have names
      defineMachine({ ...parent, children: [] })
      // @ts-expect-error a mailbox buffers
      defineMachine({ ...parent, children: { p: { ...one, mailbox: latest() } } })
      // @ts-expect-error it is a policy
      defineMachine({ ...parent, children: { p: { ...one, mailbox: 64 } } })
      defineMachine({
        ...parent,
        // @ts-expect-error milliseconds are a number
        children: { p: { ...one, supervise: { strategy: 'restart', backoffMs: '5' } } },
      })
      defineMachine({
        ...parent,
        // @ts-expect-error these too
        children: { p: { ...one, supervise: { strategy: 'restart', withinMs: '5' } } },
      })
      defineMachine({
        ...parent,
        // @ts-expect-error a count is one
        children: { p: { ...one, supervise: { strategy: 'restart', maxRestarts: '5' } } },
      })
      // @ts-expect-error what follows from a failure has more to it
      defineMachine({ ...parent, children: { p: { ...one, supervise: 'restart' } } })
      // @ts-expect-error a strategy above all
      defineMachine({ ...parent, children: { p: { ...one, supervise: {} } } })
      // @ts-expect-error states are a list
      defineMachine({ ...parent, children: { p: { ...one, in: 'A' } } })
      // @ts-expect-error keys are a function of the context
      defineMachine({ ...parent, children: { p: { machine: part, keys: ['a'] } } })
      // @ts-expect-error there are keys
      defineMachine({ ...parent, children: { p: { machine: part } } })
      // @ts-expect-error there is a machine
      defineMachine({ ...parent, children: { p: { keys } } })
      // @ts-expect-error an input is what the machine declares
      defineMachine({ ...parent, children: { p: { machine: asks, keys, input: (_c, key) => ({ n: key }) } } })
    })
  })
  test('with a name that an address cannot hold', () => {
    refused(() => {
      // @ts-expect-error "/" stands between
      defineMachine({ ...parent, children: { 'p/q': one } })
      // @ts-expect-error ":" stands before a key
      defineMachine({ ...parent, children: { 'p:q': one } })
      // @ts-expect-error a name has a letter
      defineMachine({ ...parent, children: { '': one } })
    })
  })
})

describe('createMachineStore does not compile', () => {
  const store = createMachineStore(part)

  test('without the input that is declared, or with another', () => {
    refused(() => {
      // @ts-expect-error there is an input
      createMachineStore(asks)
      // @ts-expect-error n is a number
      createMachineStore(asks, { input: { n: '1' } })
      // @ts-expect-error for the first state too
      initialState(asks)
    })
  })
  test('with options that it does not have', () => {
    refused(() => {
      // @ts-expect-error "strict" is the word
      createMachineStore(part, { stric: true })
      // @ts-expect-error it is true or false
      createMachineStore(part, { strict: 'yes' })
      // @ts-expect-error a machine is always frozen
      createMachineStore(part, { freeze: 'deep' })
      // @ts-expect-error a definition is no machine
      createMachineStore({ id: 'm', initial: 'A', context: {}, states: { A: {} } })
    })
  })
  test('used as what it is not', () => {
    refused(() => {
      // @ts-expect-error tags are text
      store.hasTag(3)
      // @ts-expect-error a write has a reason
      store.send('STOP', { reson: 'x' })
      store.updateContext((d) => {
        // @ts-expect-error the context has no m
        d.m = 1
      })
      // @ts-expect-error nobody emits it
      store.events$.subscribe((e) => e.type === 'boop')
      // @ts-expect-error a snapshot is no text
      createSystem(store).restore('x')
      // @ts-expect-error a system has no such option
      createSystem(store, { nam: 'x' })
      // @ts-expect-error an event needs a state
      transition(part, 'STOP')
    })
  })
})
