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
