import { describe, expect, jest, test } from '@jest/globals'
import { createSystem } from '../../src/actors/index.ts'
import { collection, createMachineStore, createStore } from '../../src/index.ts'
import { defineLoose } from '../machine/support.ts'
import { caught } from '../store/support.ts'
import { type ParentContext, parentMachine, partMachine, systemOf } from './support.ts'

/** Parts that note when they begin and end. */
function noting(into: string[]) {
  return partMachine({
    id: 'noting',
    initial: 'READY',
    context: ({ input }: { input: unknown }) => ({ log: [], input }),
    states: {
      READY: {
        invoke: {
          src: ({ input }: { input: string }, _event: unknown, { signal }: { signal: AbortSignal }) => {
            into.push(`+${input}`)
            signal.addEventListener('abort', () => into.push(`-${input}`))
            return new Promise(() => {})
          },
        },
      },
    },
  })
}

const byKey = (_context: unknown, key: string) => key

describe('createSystem', () => {
  test('starts at once who is wanted', () => {
    const { system } = systemOf(parentMachine({}, { context: { keys: ['a', 'b'], told: [] } }))
    expect(system.metrics()).toEqual({ actors: 3, waiting: 0, deadLetters: 0 })
    expect(system.get('root/part:a')?.current).toBe('READY')
  })

  test('starts and ends with each commit, ahead of the subscribers of the parent', () => {
    const { store, system, want } = systemOf(parentMachine())
    const seen: number[] = []
    store.subscribe(() => void seen.push(system.metrics().actors))
    want('a', 'b', 'c')
    want('b')
    want()
    expect(seen).toEqual([1, 4, 2, 1])
  })

  test('leaves alone who is wanted still, wherever its key stands now', () => {
    const { system, want, store } = systemOf(parentMachine())
    want('a', 'b', 'c')
    const [a, b] = ['a', 'b'].map((key) => system.get(`root/part:${key}`))
    want('c', 'b', 'a', 'd')
    expect([system.get('root/part:a'), system.get('root/part:b')]).toEqual([a, b])
    expect(a?.closed).toBe(false)
    expect(store.context.keys).toEqual(['c', 'b', 'a', 'd'])
  })

  test('has one child for a key that is told twice, until neither is left', () => {
    const { system, want } = systemOf(parentMachine())
    want('a', 'b', 'a')
    const a = system.get('root/part:a')
    expect(system.metrics().actors).toBe(3)
    want('b', 'a')
    expect(a?.closed).toBe(false)
    want('b')
    expect(a?.closed).toBe(true)
    want('a', 'a', 'b')
    want('b', 'a')
    expect(system.metrics().actors).toBe(3)
  })

  test('ends children in the reverse order in which they began, and before their parent', () => {
    const log: string[] = []
    const { store, want, system } = systemOf(parentMachine({ machine: noting(log), input: byKey }))
    store.subscribe({ next: () => {}, complete: () => log.push('parent') })
    want('a', 'b', 'c', 'd')
    want('d', 'a')
    want('d', 'e', 'a')
    system.destroy()
    expect(log).toEqual(['+a', '+b', '+c', '+d', '-c', '-b', '+e', '-e', '-d', '-a', 'parent'])
  })

  test('ends with the store: children first', () => {
    const log: string[] = []
    const { store, want } = systemOf(parentMachine({ machine: noting(log), input: byKey }))
    want('a', 'b')
    store.destroy()
    expect(log).toEqual(['+a', '+b', '-b', '-a'])
  })

  test('has children of children, which end first', () => {
    const log: string[] = []
    const inner = parentMachine(
      { machine: noting(log), input: (_context: unknown, key: string) => key },
      { context: { keys: ['x', 'y'], told: [] } },
    )
    const { system, want } = systemOf(parentMachine({ machine: inner }))
    want('a', 'b')
    expect(system.metrics().actors).toBe(7)
    expect(system.get('root/part:a/part:x')?.name).toBe('root/part:a/part:x')
    want('b')
    expect(log).toEqual(['+x', '+y', '+x', '+y', '-y', '-x'])
    expect(system.get('root/part:a/part:x')).toBeUndefined()
  })

  test('has children only in the states that are named', () => {
    const { store, system, want } = systemOf(parentMachine({ in: ['OFF'] }))
    want('a')
    expect(system.metrics().actors).toBe(1)
    store.send({ type: 'OFF' })
    expect(system.metrics().actors).toBe(2)
    store.send({ type: 'ON' })
    expect(system.metrics().actors).toBe(1)
  })

  test('has children in a state inside of others, and while a region is where they are wanted', () => {
    const region = { initial: 'x', states: { x: { on: { GO: 'y' } }, y: { on: { BACK: 'x' } } } }
    const more = {
      type: 'parallel',
      initial: undefined,
      states: { one: region, other: { states: undefined } },
    }
    const { store, system } = systemOf(
      parentMachine({ in: ['one.y'] }, { ...more, context: { keys: ['a'], told: [] } }),
    )
    const actors = ['GO', 'BACK', 'GO'].map((type) => {
      store.send({ type })
      return system.metrics().actors
    })
    expect(actors).toEqual([2, 1, 2])
  })

  test('starts nobody for a key that comes and goes in one batch', () => {
    const log: string[] = []
    const { store, system, want } = systemOf(parentMachine({ machine: noting(log), input: byKey }))
    store.batch(() => {
      want('a')
      want('b')
      want()
    })
    expect([log, system.metrics().actors]).toEqual([[], 1])
  })

  test('ends a child with its timers, its work and its followers before the next event of the parent', () => {
    const log: string[] = []
    const { clock, system, store, want, send } = systemOf(parentMachine())
    want('a')
    const a = system.get('root/part:a')
    a?.send({ type: 'WAIT' } as never)
    a?.subscribe({ next: () => {}, complete: () => log.push('closed') })
    expect(clock.pendingTimers).toBe(1)
    store.subscribe(() => {
      if (store.context.keys.length === 0 && store.current === 'ON') {
        log.push(`${clock.pendingTimers} timers, ${system.metrics().actors} actors`)
        store.send({ type: 'OFF' })
      }
    })
    log.length = 0
    want()
    expect(log).toEqual(['closed', '0 timers, 1 actors'])
    expect(send('root/part:a', 'SAY')).toBe('unknown')
  })

  test('takes a set, a generator or a collection for keys', () => {
    const kinds: Record<string, (keys: readonly string[]) => unknown> = {
      set: (keys) => new Set(keys),
      generator: function* (keys) {
        yield* keys
      },
      collection: (keys) => collection(keys.map((key) => [key, { key }])),
    }
    for (const make of Object.values(kinds)) {
      const keys = (context: ParentContext) => make(context.keys)
      const { system, want } = systemOf(parentMachine({ keys }))
      want('a', 'b', 'c')
      const b = system.get('root/part:b')
      want('b', 'd')
      expect(system.metrics().actors).toBe(3)
      expect(system.get('root/part:b')).toBe(b)
    }
  })

  test('reports keys that throw or are no keys, and keeps the children that there are', () => {
    const bad: Record<string, unknown> = { throws: 'error', number: [1], text: 7 }
    for (const [name, value] of Object.entries(bad)) {
      const keys = (context: ParentContext) => {
        if (!context.keys.includes(name)) return context.keys
        if (name === 'throws') throw new Error('no keys')
        return value
      }
      const { faults, system, want } = systemOf(parentMachine({ keys }))
      want('a', 'b')
      want('a', name)
      expect(faults).toHaveLength(1)
      expect(faults[0]).toMatch(
        /^root children (no keys|Expected "keys of children "part"" to be an iterable)/,
      )
      expect(system.metrics().actors).toBe(3)
      want('a')
      expect(system.metrics().actors).toBe(2)
    }
  })

  test('starts nobody twice where starting leads to another commit of the parent', () => {
    const log: string[] = []
    const machine: { now?: () => void } = {}
    const input = (_context: unknown, key: string) => {
      if (key === 'a') machine.now?.()
      return key
    }
    const { store, system, want } = systemOf(parentMachine({ machine: noting(log), input }))
    machine.now = () => void store.send({ type: 'WANT', keys: ['a', 'c'] } as never)
    want('a', 'b')
    expect(log).toEqual(['+a', '+b', '-b', '+c'])
    expect(system.metrics().actors).toBe(3)
  })

  test('is torn down by a child that is starting', () => {
    const log: string[] = []
    const end: { now?: () => void } = {}
    const input = (_context: unknown, key: string) => {
      if (key === 'b') end.now?.()
      return key
    }
    const { system, store, want } = systemOf(parentMachine({ machine: noting(log), input }))
    end.now = () => system.destroy()
    want('a', 'b', 'c')
    expect(log.filter((line) => line.startsWith('+')).length).toBe(
      log.filter((line) => line.startsWith('-')).length,
    )
    expect(store.closed).toBe(true)
    system.destroy()
  })

  test('a key may be any text', () => {
    const { contextOf, want } = systemOf(parentMachine({ input: byKey }))
    const keys = ['', 'a/b', 'a:b', '~', '~1', '__proto__', 'part:a']
    want(...keys)
    expect(
      ['', 'a~1b', 'a:b', '~0', '~01', '__proto__', 'part:a'].map(
        (key) => contextOf(`root/part:${key}`)?.input,
      ),
    ).toEqual(keys)
  })

  test('refuses what it cannot run', () => {
    const store = createMachineStore(parentMachine())
    createSystem(store as never)
    expect(caught(() => createSystem(store as never))).toMatchObject({ code: 'SYSTEM_EXISTS' })
    store.destroy()
    expect(caught(() => createSystem(store as never))).toMatchObject({ code: 'STORE_DESTROYED' })
    for (const root of [undefined, {}, createStore(1)]) {
      expect(caught(() => createSystem(root as never))).toMatchObject({ code: 'OPTION_INVALID' })
    }
    const other = createMachineStore(parentMachine())
    expect(caught(() => createSystem(other as never, { inbox: 3 } as never))).toMatchObject({
      code: 'OPTION_UNKNOWN',
    })
    expect(caught(() => createSystem(other as never, { mailbox: 3 } as never))).toMatchObject({
      code: 'OPTION_INVALID',
    })
  })

  test('takes a machine without children', async () => {
    const { system, send } = systemOf(partMachine())
    expect(send('root', { type: 'SAY', text: 'hi' })).toBe('queued')
    await system.idle()
    expect(system.get('root')?.context).toEqual({ log: ['hi'], input: undefined })
  })

  test('without a system a machine has no children, and says so once', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {})
    const log: string[] = []
    const machine = parentMachine({ machine: noting(log), input: byKey })
    const want = (keys: string[]) => ({ type: 'WANT', keys }) as never
    const [store, other] = [createMachineStore(machine), createMachineStore(machine)]
    for (const one of [store, store, other]) one.send(want(['a']))
    expect(log).toEqual([])
    expect(warn.mock.calls).toEqual([
      [
        '[headgate] Machine "parent" has children (part), and nobody runs them: createMachineStore() makes its store alone. createSystem(store), of headgate/actors, starts them.',
      ],
    ])
    createSystem(store as never).destroy()
    expect(log).toEqual(['+a', '-a'])
    const { want: wanted } = systemOf(parentMachine())
    wanted('a')
    expect(warn).toHaveBeenCalledTimes(1)
    warn.mockRestore()
  })

  test('defineMachine says what is wrong with children', () => {
    const wrong = {
      'a:b': { machine: partMachine(), keys: () => [] },
      part: { machine: {}, keys: 3, input: 3, onDone: 'NOWHERE', in: ['NOWHERE'], more: 1 },
      other: { machine: partMachine(), keys: () => [], in: 'ON', mailbox: 3, supervise: { maxRestarts: -1 } },
    }
    const error = caught(() => defineLoose({ ...LOOSE, children: wrong }))
    expect((error as { details: { problems: string[] } }).details.problems).toEqual([
      'Children a:b: a name has a letter at least, and no "/" or ":", which stand in addresses.',
      'Children part has an unknown key "more". Known: machine, keys, in, input, onDone, onFault, supervise, mailbox.',
      'Children part: expected "machine" to be what defineMachine() returned, got an object.',
      'Children part: expected "keys" to be a function of the context, got 3 (number).',
      'Children part: expected "input" to be a function, got 3 (number).',
      'Children part, "in": "NOWHERE" (string) is no state. States: A.',
      'Children other: expected "in" to be a list of states, got "ON" (string).',
      'Children other: expected "mailbox" to be a policy of buffer() whose overflow does not suspend, got 3 (number).',
      'Children other, "supervise": expected "strategy" to be "stop", "restart" or "escalate", got undefined.',
      'Children other, "supervise": expected "maxRestarts" to be an integer from 0, or Infinity, got -1 (number).',
      'Children part, onDone targets "NOWHERE" (string), which is no state. States: A.',
    ])
  })

  test('a state that only a child leads to is reached', () => {
    const children = { part: { machine: partMachine(), keys: () => [], onDone: 'B' } }
    expect(() => defineLoose({ ...LOOSE, states: { A: {}, B: {} }, children })).not.toThrow()
    expect(() => defineLoose({ ...LOOSE, states: { A: {}, B: {} } })).toThrow('State B is unreachable')
  })
})

const LOOSE = { id: 'loose', initial: 'A', context: {}, states: { A: {} } }
