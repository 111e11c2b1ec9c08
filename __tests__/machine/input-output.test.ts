/** What goes into a machine with its making, and what comes out at its end. The types are checked by `tsc`. */
import { describe, expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import {
  createMachineStore,
  defineMachine,
  type InputOf,
  initialState,
  type OutputOf,
  outputOf,
  transition,
} from '../../src/index.ts'
import { caught } from '../store/support.ts'
import { defineLoose, problemsOf } from './support.ts'

const download = defineMachine({
  id: 'download',
  initial: 'LOADING',
  types: {} as {
    events: { type: 'PART'; bytes: number } | { type: 'CANCEL' }
    output: { url: string; isWhole: boolean }
  },
  context: ({ input }: { input: { url: string; size: number } }) => ({
    url: input.url,
    size: input.size,
    read: 0,
  }),
  states: {
    LOADING: {
      on: {
        PART: [
          {
            target: 'DONE',
            guard: (context, event) => context.read + event.bytes >= context.size,
            update: (draft, event) => {
              draft.read += event.bytes
            },
          },
          {
            update: (draft, event) => {
              draft.read += event.bytes
            },
          },
        ],
        CANCEL: 'CANCELLED',
      },
    },
    DONE: { type: 'final', output: (context) => ({ url: context.url, isWhole: true }) },
    CANCELLED: { type: 'final' },
  },
  output: (context) => ({ url: context.url, isWhole: context.read >= context.size }),
})

const FILE = { url: 'a.txt', size: 10 }

const unrun = (_work: () => void): void => {}

describe('the input of a machine', () => {
  test('makes the first context', () => {
    const store = createMachineStore(download, { input: FILE })
    expect(store.context).toEqual({ url: 'a.txt', size: 10, read: 0 })
    expect(initialState(download, FILE)).toEqual(store.state)
  })

  test('is of each store its own', () => {
    const one = createMachineStore(download, { input: FILE })
    one.send({ type: 'PART', bytes: 3 })
    const other = createMachineStore(download, { input: { url: 'b.txt', size: 1 } })
    expect([one.context.read, other.context.url, other.context.read]).toEqual([3, 'b.txt', 0])
  })

  test('gives a context that is frozen, as one that is written in the definition', () => {
    expect(createMachineStore(download, { input: FILE }).context).toBeFrozen()
  })

  test('does not make a context that is still to come', () => {
    const machine = defineLoose({ id: 'm', initial: 'A', context: async () => ({}), states: { A: {} } })
    expect(() => createMachineStore(machine)).toThrow(
      'Expected "context of machine "m"" to be a function that returns the context at once, got a promise',
    )
  })

  test('leaves nothing behind where the context throws', () => {
    const broken = new Error('no context')
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: () => {
        throw broken
      },
      states: { A: {} },
    })
    expect(caught(() => createMachineStore(machine))).toBe(broken)
  })

  test('is typed, and must be given where it is declared', () => {
    expectTypeOf<InputOf<typeof download>>().toEqualTypeOf<{ url: string; size: number }>()
    unrun(() => {
      // @ts-expect-error the input is missing
      createMachineStore(download)
      // @ts-expect-error the input is missing among the options
      createMachineStore(download, { strict: true })
      // @ts-expect-error a size is a number
      createMachineStore(download, { input: { url: 'a.txt', size: '10' } })
      // @ts-expect-error the input is missing
      initialState(download)
    })
    const free = defineMachine({ id: 'm', initial: 'A', context: {}, states: { A: {} } })
    expectTypeOf<InputOf<typeof free>>().toEqualTypeOf<unknown>()
    expect(createMachineStore(free).current).toBe('A')
    const optional = defineMachine({
      id: 'm',
      initial: 'A',
      context: ({ input = 7 }: { input: number | undefined }) => ({ n: input }),
      states: { A: {} },
    })
    expect(createMachineStore(optional).context.n).toBe(7)
    expect(createMachineStore(optional, { input: 8 }).context.n).toBe(8)
  })

  test('types the guards and recipes of the definition', () => {
    defineMachine({
      id: 'm',
      initial: 'A',
      types: {} as { events: { type: 'GO' } },
      states: {
        A: {
          on: {
            GO: {
              target: 'B',
              guard: (context) => {
                expectTypeOf(context).toEqualTypeOf<{ readonly n: number; readonly at: number | null }>()
                return true
              },
            },
          },
        },
        B: {
          entry: (draft) => {
            expectTypeOf(draft.at).toEqualTypeOf<number | null>()
          },
        },
      },
      context: ({ input }: { input: { n: number } }) => ({ n: input.n, at: null as number | null }),
    })
  })

  test('declares nothing under a word that does not exist', () => {
    unrun(() => {
      defineMachine({
        id: 'm',
        initial: 'A',
        context: {},
        // @ts-expect-error it is "events"
        types: {} as { event: { type: 'GO' } },
        states: { A: {} },
      })
    })
  })
})

describe('the output of a machine', () => {
  test('is there once the machine has ended, made from the context that it ended with', () => {
    const store = createMachineStore(download, { input: FILE })
    store.send({ type: 'PART', bytes: 4 })
    expect(store.output).toBeUndefined()
    store.send({ type: 'PART', bytes: 6 })
    expect(store.current).toBe('DONE')
    expect(store.output).toEqual({ url: 'a.txt', isWhole: true })
  })

  test("is the machine's own where the final state has none", () => {
    const store = createMachineStore(download, { input: FILE })
    store.send('CANCEL')
    expect(store.output).toEqual({ url: 'a.txt', isWhole: false })
  })

  test('is of a state, wherever it comes from', () => {
    const { state } = transition(download, initialState(download, FILE), 'CANCEL')
    expect(outputOf(download, state)).toEqual({ url: 'a.txt', isWhole: false })
    expect(outputOf(download, initialState(download, FILE))).toBeUndefined()
    const replica = createMachineStore(download, { input: FILE })
    replica.set(state)
    expect(replica.output).toEqual({ url: 'a.txt', isWhole: false })
  })

  test('is undefined where nobody makes one', () => {
    const machine = defineLoose({ id: 'm', initial: 'A', context: {}, states: { A: { type: 'final' } } })
    expect(createMachineStore(machine).output).toBeUndefined()
  })

  test('throws to whoever reads it what its function throws', () => {
    const broken = new Error('no output')
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: {},
      states: {
        A: {
          type: 'final',
          output: () => {
            throw broken
          },
        },
      },
    })
    const store = createMachineStore(machine)
    expect(store.current).toBe('A')
    expect(caught(() => store.output)).toBe(broken)
  })

  test('of regions that have all ended is that of the machine', () => {
    const machine = defineMachine({
      id: 'm',
      type: 'parallel',
      context: { ended: 0 },
      types: {} as { events: { type: 'GO' }; output: string },
      states: {
        one: { initial: 'on', states: { on: { on: { GO: 'off' } }, off: { type: 'final' } } },
        other: { initial: 'on', states: { on: { on: { GO: 'off' } }, off: { type: 'final' } } },
      },
      output: (context) => `ended ${context.ended}`,
    })
    const store = createMachineStore(machine)
    expect(store.output).toBeUndefined()
    store.send('GO')
    expect(store.output).toBe('ended 0')
  })

  test('is typed', () => {
    const store = createMachineStore(download, { input: FILE })
    expectTypeOf<OutputOf<typeof store>>().toEqualTypeOf<{ url: string; isWhole: boolean }>()
    expectTypeOf(store.output).toEqualTypeOf<{ url: string; isWhole: boolean } | undefined>()
    unrun(() => {
      defineMachine({
        id: 'm',
        initial: 'A',
        context: {},
        types: {} as { output: number },
        states: {
          A: {
            type: 'final',
            // @ts-expect-error an output is a number
            output: () => 'text',
          },
        },
      })
    })
  })

  test('belongs to a final state', () => {
    expect(problemsOf({ id: 'm', initial: 'A', context: {}, states: { A: { output: () => 1 } } })).toEqual([
      'State A is not final, so it can have no "output".',
    ])
    expect(
      problemsOf({
        id: 'm',
        initial: 'A',
        context: {},
        output: 1,
        states: { A: { type: 'final', output: 2 } },
      }),
    ).toEqual([
      'State A: expected "output" to be a function, got 2 (number).',
      'The machine: expected "output" to be a function, got 1 (number).',
    ])
  })
})

describe('the output of a state inside of another', () => {
  const machine = defineMachine({
    id: 'm',
    initial: 'WORK',
    context: { count: 0, told: 0 },
    types: {} as { events: { type: 'GO' }; outputs: { WORK: number } },
    states: {
      WORK: {
        initial: 'on',
        onDone: {
          target: 'DONE',
          guard: (_context, event) => {
            expectTypeOf(event.output).toEqualTypeOf<number>()
            return event.output === 2
          },
          update: (draft, event) => {
            draft.told = event.output
          },
        },
        states: {
          on: {
            on: {
              GO: {
                target: 'end',
                update: (draft) => {
                  draft.count += 1
                },
              },
            },
          },
          end: {
            type: 'final',
            entry: (draft) => {
              draft.count += 1
            },
            output: (context) => context.count,
          },
        },
      },
      DONE: { entry: (draft) => void Object.assign(draft, { count: 0 }) },
    },
  })

  test('is given to onDone, made from the context that its own entry left', () => {
    const store = createMachineStore(machine)
    store.send('GO')
    expect([store.current, store.context.told]).toEqual(['DONE', 2])
  })

  test('refuses the write where it throws', () => {
    const broken = new Error('no output')
    const throwing = defineLoose({
      id: 'm',
      initial: 'WORK',
      context: {},
      states: {
        WORK: {
          initial: 'on',
          states: {
            on: { on: { GO: 'end' } },
            end: {
              type: 'final',
              output: () => {
                throw broken
              },
            },
          },
        },
      },
    })
    const store = createMachineStore(throwing)
    expect(caught(() => store.send({ type: 'GO' }))).toBe(broken)
    expect([store.current, store.snapshot.version]).toEqual(['WORK.on', 0])
  })
})
