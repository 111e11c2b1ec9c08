/** What compiles of children and of addresses, and what does not. */
import { expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import { addressOf, createSystem } from '../../src/actors/index.ts'
import { type Cell, createMachineStore, defineMachine, type MachineStore } from '../../src/index.ts'

const part = defineMachine({
  id: 'part',
  initial: 'ON',
  types: {} as { events: { type: 'SAY'; text: string } | { type: 'END' }; output: number },
  context: ({ input }: { input: { size: number } }) => ({ size: input.size }),
  states: {
    ON: { on: { END: 'OVER', SAY: { target: 'ON' } } },
    OVER: { type: 'final', output: ({ size }) => size },
  },
})

const middle = defineMachine({
  id: 'middle',
  initial: 'ON',
  context: { keys: [] as string[] },
  types: {} as { events: { type: 'GO' } },
  states: { ON: { on: { GO: 'ON' } } },
  children: {
    part: {
      machine: part,
      keys: (context) => context.keys,
      input: (_context, key) => ({ size: key.length }),
    },
  },
})

const root = defineMachine({
  id: 'root',
  initial: 'ON',
  context: { ids: [] as string[], sum: 0 },
  types: {} as { events: { type: 'OFF' } },
  states: { ON: { on: { OFF: 'OFF' } }, OFF: {} },
  children: {
    part: {
      machine: part,
      keys: (context) => {
        expectTypeOf(context.ids).toEqualTypeOf<readonly string[]>()
        return context.ids
      },
      in: ['ON'],
      input: (context, key) => {
        expectTypeOf(context.sum).toBeNumber()
        expectTypeOf(key).toBeString()
        return { size: 1 }
      },
      onDone: {
        target: 'OFF',
        guard: (context, event) => context.sum < event.output,
        update: (draft, event) => {
          expectTypeOf(event.output).toBeNumber()
          expectTypeOf(event.key).toBeString()
          draft.sum += event.output
        },
      },
      onFault: [{ update: (_draft, event) => expectTypeOf(event.restarts).toBeNumber() }, { target: 'ON' }],
      supervise: { strategy: 'restart', maxRestarts: 3 },
    },
    middle: { machine: middle, keys: () => [], onDone: 'OFF' },
  },
})

const base = { id: 'm', initial: 'ON', context: { ids: [] as string[] }, states: { ON: {} } } as const

test('children are typed by their machines', () => {
  const keys = (): string[] => []
  const one = { machine: middle, keys }
  const unrun = (): unknown => [
    // @ts-expect-error a machine that declares an input is given one
    defineMachine({ ...base, children: { part: { machine: part, keys } } }),
    // @ts-expect-error of its type
    defineMachine({ ...base, children: { part: { machine: part, keys, input: () => 3 } } }),
    // @ts-expect-error keys are text
    defineMachine({ ...base, children: { middle: { machine: middle, keys: () => [1] } } }),
    // @ts-expect-error of the context that there is
    defineMachine({ ...base, children: { middle: { machine: middle, keys: (c) => c.no } } }),
    // @ts-expect-error no machine
    defineMachine({ ...base, children: { middle: { machine: {}, keys } } }),
    // @ts-expect-error no such state
    defineMachine({ ...base, children: { middle: { ...one, in: ['OFF'] } } }),
    // @ts-expect-error no such target
    defineMachine({ ...base, children: { middle: { ...one, onDone: 'OFF' } } }),
    // @ts-expect-error no such target either
    defineMachine({ ...base, children: { middle: { ...one, onFault: { target: 'OFF' } } } }),
    // @ts-expect-error no such strategy
    defineMachine({ ...base, children: { middle: { ...one, supervise: { strategy: 'x' } } } }),
    // @ts-expect-error no such field
    defineMachine({ ...base, children: { middle: { machine: middle, keys, onEnd: 'ON' } } }),
  ]
  expectTypeOf(unrun).toBeFunction()
})

test('an address is one of the system, and says what lives there', () => {
  const system = createSystem(createMachineStore(root))
  const key: string = 'k'
  expectTypeOf(system.get('root').current).toEqualTypeOf<'ON' | 'OFF'>()
  expectTypeOf(system.get('root/part:a')?.context.size).toEqualTypeOf<number | undefined>()
  expectTypeOf(system.get(`root/part:${key}`)?.current).toEqualTypeOf<'ON' | 'OVER' | undefined>()
  expectTypeOf(system.get(`root/middle:${key}/part:${key}`)?.output).toEqualTypeOf<number | undefined>()
  expectTypeOf(system.get(addressOf('root', 'part', 'a/b'))?.current).toEqualTypeOf<
    'ON' | 'OVER' | undefined
  >()
  expectTypeOf(system.get(key)).toEqualTypeOf<MachineStore<unknown, Cell> | undefined>()
  system.send('root', 'OFF')
  system.send('root/part:a', { type: 'SAY', text: 'hello' })
  system.send(`root/middle:${key}`, 'GO')
  const unrun = (): unknown => [
    // @ts-expect-error no such children
    system.get('root/parts:a'),
    // @ts-expect-error not the root
    system.get('part:a'),
    // @ts-expect-error no event of it
    system.send('root/part:a', 'OFF'),
    // @ts-expect-error with a payload
    system.send('root/part:a', 'SAY'),
    // @ts-expect-error nobody there
    system.send('root/parts:a', 'END'),
    // @ts-expect-error no machine store
    createSystem({}),
  ]
  expectTypeOf(unrun).toBeFunction()
  system.destroy()
})

test('a state that a child led to knows its event', async () => {
  const job = defineMachine({
    id: 'job',
    initial: 'ON',
    context: {},
    types: {} as { events: { type: 'END' } | { type: 'FAIL' } },
    states: { ON: { on: { END: 'OVER' } }, OVER: { type: 'final' } },
    on: {
      FAIL: {
        update: () => {
          throw new Error('failed')
        },
      },
    },
  })
  const queue = defineMachine({
    id: 'queue',
    initial: 'ON',
    context: { told: [] as string[] },
    types: {} as { events: { type: 'AGAIN' } },
    states: {
      ON: {},
      TOLD: {
        entry: (draft, event) => {
          if (event.type === 'done.child') draft.told.push(`${event.child} ${event.key} is done`)
          if (event.type === 'error.child') draft.told.push(`${event.key} fails after ${event.restarts}`)
        },
        on: { AGAIN: 'ON' },
      },
    },
    children: {
      job: {
        machine: job,
        keys: () => ['a', 'b'],
        onDone: 'TOLD',
        onFault: { target: 'TOLD', reenter: true },
      },
    },
  })
  const system = createSystem(createMachineStore(queue))
  system.send('root/job:a', 'END')
  await system.idle()
  system.send('root', 'AGAIN')
  system.send('root/job:b', 'FAIL')
  await system.idle()
  expect(system.get('root').context.told).toEqual(['job a is done', 'b fails after 0'])
  system.destroy()
})
