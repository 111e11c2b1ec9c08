/** What children do that is no write, and what the tools of their work are given. */
import { expect, test } from '@jest/globals'
import { createSystem } from '../../src/actors/index.ts'
import { createMachineStore, defineMachine } from '../../src/index.ts'

test('a child is begun with its acts, and its work has its input', async () => {
  const log: string[] = []
  const child = defineMachine({
    id: 'child',
    initial: 'ON',
    context: ({ input }: { input: { name: string } }) => ({ name: input.name }),
    types: {} as { events: { type: 'PING' } },
    states: {
      ON: {
        description: 'at work',
        entry: { run: (context, event) => void log.push(`${context.name} ${event.type}`) },
        on: { PING: { run: (context, event) => void log.push(`${context.name} ${event.type}`) } },
        invoke: {
          src: (_context, _event, tools) => {
            log.push(`work of ${tools.input.name}`)
            return new Promise(() => {})
          },
        },
      },
    },
  })
  const parent = defineMachine({
    id: 'parent',
    initial: 'A',
    context: { names: ['a'] },
    children: {
      child: { machine: child, keys: (context) => context.names, input: (_context, key) => ({ name: key }) },
    },
    states: { A: {} },
  })
  const system = createSystem(createMachineStore(parent))
  expect(log).toEqual(['work of a', 'a init'])
  expect(system.send('root/child:a', { type: 'PING' })).toBe('queued')
  await Promise.resolve()
  expect(log.at(-1)).toBe('a PING')
  system.destroy()
})

test('what an act of a child throws is a fault, and no failure of the child', async () => {
  const faults: unknown[] = []
  const child = defineMachine({
    id: 'child',
    initial: 'ON',
    context: {},
    types: {} as { events: { type: 'PING' } },
    states: {
      ON: {
        on: {
          PING: {
            run: () => {
              throw new Error('mine')
            },
          },
        },
      },
    },
  })
  const parent = defineMachine({
    id: 'parent',
    initial: 'A',
    context: { names: ['a'] },
    children: {
      child: { machine: child, keys: (context) => context.names, supervise: { strategy: 'stop' } },
    },
    states: { A: {} },
  })
  const onFault = ({ subscriberId, phase, error }: { subscriberId: string; phase: string; error: unknown }) =>
    void faults.push([subscriberId, phase, error])
  const system = createSystem(createMachineStore(parent, { onFault }))
  for (let n = 0; n < 2; n += 1) {
    expect(system.send('root/child:a', { type: 'PING' })).toBe('queued')
    await Promise.resolve()
  }
  const fault = ['root/child:a', 'run', new Error('mine')]
  expect(faults).toEqual([fault, fault])
  system.destroy()
})
