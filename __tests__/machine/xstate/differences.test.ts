/** Where machines differ from XState 5 (docs/machines.md), each difference beside the oracle. */
import { describe, expect, test } from '@jest/globals'
import { assign, createMachine, initialTransition, transition as xstateTransition } from 'xstate'
import { createMachineStore } from '../../../src/index.ts'
import { defineLoose } from '../support.ts'

interface Log {
  log: string[]
}

/** What notes a name in the context, in our words and in XState's. */
interface Words {
  note(name: string): unknown
  /** A transition that notes a name. */
  way(name: string, target?: string): object
}

const OURS: Words = {
  note: (name) => (draft: Log) => void draft.log.push(name),
  way: (name, target) => ({ ...(target !== undefined && { target }), update: OURS.note(name) }),
}

const THEIRS: Words = {
  note: (name) => assign(({ context }: { context: Log }) => ({ log: [...context.log, name] })),
  way: (name, target) => ({ ...(target !== undefined && { target }), actions: THEIRS.note(name) }),
}

/** What one machine, written in both words, has noted and where it is after the events. */
function both(write: (words: Words) => object, events: readonly string[]) {
  const common = { id: 'm', context: { log: [] as string[] } }
  const store = createMachineStore(defineLoose<Log>({ ...common, ...write(OURS) }))
  const theirs = createMachine({ ...common, ...write(THEIRS) } as Parameters<typeof createMachine>[0])
  let [state] = initialTransition(theirs)
  for (const type of events) {
    store.send({ type })
    state = xstateTransition(theirs, state, { type })[0]
  }
  return {
    ours: { current: store.current as unknown, log: [...store.context.log] },
    theirs: { current: state.value as unknown, log: (state.context as Log).log },
  }
}

describe('where machines differ from XState', () => {
  test('a machine that ends stays in its final state, where XState runs all exits', () => {
    const { ours, theirs } = both(
      ({ note }) => ({
        initial: 'ON',
        states: {
          ON: { exit: note('-ON'), on: { END: 'OVER' } },
          OVER: { type: 'final', entry: note('+OVER'), exit: note('-OVER') },
        },
      }),
      ['END'],
    )
    expect(ours).toEqual({ current: 'OVER', log: ['-ON', '+OVER'] })
    expect(theirs).toEqual({ current: 'OVER', log: ['-ON', '+OVER', '-OVER'] })
  })

  test('"always" of several regions runs in the order of the definition, in XState in that of entry', () => {
    const { ours, theirs } = both(
      ({ way }) => {
        const ready = ({ log, context }: Log & { context?: Log }) => (context?.log ?? log).includes('go')
        const region = (name: string) => ({
          initial: 'idle',
          states: {
            idle: { on: { [`WAKE_${name}`]: 'awake' } },
            awake: { always: { ...way(name, 'done'), guard: ready } },
            done: {},
          },
        })
        return {
          type: 'parallel',
          states: { a: region('a'), b: region('b'), c: { on: { GO: way('go') } } },
        }
      },
      ['WAKE_b', 'WAKE_a', 'GO'],
    )
    expect(ours.log).toEqual(['go', 'a', 'b'])
    expect(theirs.log).toEqual(['go', 'b', 'a'])
  })

  test('a history taken from inside its parallel parent enters that again, in XState only its regions', () => {
    const { ours, theirs } = both(
      ({ note }) => ({
        initial: 'P',
        states: {
          P: {
            type: 'parallel',
            entry: note('+P'),
            exit: note('-P'),
            states: {
              r: { entry: note('+r'), exit: note('-r'), on: { BACK: '#past' } },
              past: { type: 'history', id: 'past' },
            },
          },
        },
      }),
      ['BACK'],
    )
    expect(ours.log).toEqual(['+P', '+r', '-r', '-P', '+P', '+r'])
    expect(theirs.log).toEqual(['+P', '+r', '-r', '-P', '+r'])
  })

  test("'*' takes what is sent, in XState also what the machine raises itself", () => {
    const { ours, theirs } = both(
      ({ way }) => ({
        initial: 'A',
        states: {
          A: {
            initial: 'work',
            on: { '*': way('*') },
            states: { work: { on: { END: 'over' } }, over: { type: 'final' } },
          },
        },
      }),
      ['END', 'ELSE'],
    )
    expect(ours.log).toEqual(['*'])
    expect(theirs.log).toEqual(['*', '*'])
  })

  test("the machine's own event whose target is the current state stays in it, XState enters it again", () => {
    const { ours, theirs } = both(
      ({ note }) => ({
        initial: 'A',
        states: { A: { entry: note('+A'), exit: note('-A') } },
        on: { HOME: '.A' },
      }),
      ['HOME'],
    )
    expect(ours).toEqual({ current: 'A', log: ['+A'] })
    expect(theirs).toEqual({ current: 'A', log: ['+A', '-A', '+A'] })
  })
})
