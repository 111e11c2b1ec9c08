/** What transitions do that is no write: `run` and `emit`. The types are checked by `tsc`. */
import { describe, expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import type { Draft } from 'immer'
import {
  createMachineStore,
  defineMachine,
  type MachineStoreOptions,
  type RunTools,
} from '../../src/index.ts'
import type { EventObject } from '../../src/machine/index.ts'
import { microtasks } from '../store/support.ts'
import { defineLoose, problemsOf } from './support.ts'

interface Context {
  n: number
}

/** A machine of two states that notes whatever it does. */
function noted(more: Record<string, unknown> = {}, options: MachineStoreOptions = {}) {
  const log: string[] = []
  const note =
    (what: string) =>
    (context: Context, event: EventObject): void =>
      void log.push(`${what} ${event.type} ${context.n}`)
  const count = (draft: Context): void => {
    draft.n += 1
  }
  const machine = defineLoose<Context>({
    id: 'm',
    initial: 'A',
    context: { n: 0 },
    states: {
      A: {
        exit: { update: count, run: note('exit A') },
        on: {
          GO: { target: 'B', update: count, run: note('go'), emit: { type: 'going' } },
          PING: { run: note('ping'), emit: (context: Context) => ({ type: `pong ${context.n}` }) },
          REFUSED: { guard: () => false, run: note('refused') },
          ...more,
        },
      },
      B: { entry: { update: count, run: note('entry B') }, on: { BACK: 'A' } },
    },
  })
  const store = createMachineStore(machine, options)
  store.events$.subscribe((event) => void log.push(`emitted ${event.type}`))
  const send = (type: string): void => void store.send({ type })
  return { store, log, send }
}

describe('run and emit', () => {
  test('are done after the commit, in the order exit, transition, entry, with the context that it left', () => {
    const { log, store, send } = noted()
    send('GO')
    expect(log).toEqual(['exit A GO 3', 'emitted going', 'go GO 3', 'entry B GO 3'])
    expect(store.snapshot.version).toBe(1)
  })

  test('are done ahead of all subscribers of the store', () => {
    const { log, store, send } = noted()
    store.subscribe(({ state }) => void log.push(`told ${String(state.current)}`))
    log.length = 0
    send('GO')
    expect(log.at(-1)).toBe('told B')
    expect(log).toHaveLength(5)
  })

  test('make a commit of an event that changes nothing else', () => {
    const { log, store, send } = noted()
    send('PING')
    expect(log).toEqual(['emitted pong 0', 'ping PING 0'])
    expect([store.snapshot.version, store.snapshot.reason, store.state.attempts]).toEqual([1, 'PING', 0])
  })

  test('are not done where the guard refuses, nor by can()', () => {
    const { log, store, send } = noted()
    send('REFUSED')
    store.can({ type: 'GO' })
    expect(log).toEqual([])
  })

  test('are done once a batch is over, each once, with the context of its own step', () => {
    const { log, store, send } = noted()
    store.batch(() => {
      send('PING')
      store.updateContext((draft) => {
        draft.n = 10
      })
      store.update((draft) => {
        draft.context.n += 1
      })
      send('GO')
      expect(log).toEqual([])
    })
    expect(log).toEqual([
      'emitted pong 0',
      'ping PING 0',
      'exit A GO 14',
      'emitted going',
      'go GO 14',
      'entry B GO 14',
    ])
    send('BACK')
    expect(log).toHaveLength(6)
  })

  test('are not done of a batch that was rolled back, nor of one inside of another', () => {
    const { log, store, send } = noted()
    const broken = (): never => {
      throw new Error('rolled back')
    }
    expect(() =>
      store.batch(() => {
        send('GO')
        broken()
      }),
    ).toThrow('rolled back')
    store.updateContext((draft) => {
      draft.n = 1
    })
    expect(log).toEqual([])
    store.batch(() => {
      send('PING')
      expect(() =>
        store.batch(() => {
          send('GO')
          broken()
        }),
      ).toThrow('rolled back')
    })
    expect(log).toEqual(['emitted pong 1', 'ping PING 1'])
  })

  test('are not done of a state that comes without an event', () => {
    const { log, store } = noted()
    store.set({ ...store.state, current: 'B', attempts: 1 })
    expect(log).toEqual([])
  })

  test('run for the initial state when the store is made', () => {
    const log: string[] = []
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: {},
      states: { A: { entry: { run: (_context: unknown, { type }: EventObject) => void log.push(type) } } },
    })
    createMachineStore(machine)
    expect(log).toEqual(['init'])
  })

  test('may write, send and emit; what follows is done in its turn', () => {
    const again = {
      run: (context: Context, _event: EventObject, { send, update, emit }: RunTools<Context>) => {
        emit({ type: 'hello' })
        update((draft: Draft<Context>) => {
          draft.n = context.n + 5
        })
        send({ type: 'GO' })
      },
    }
    const { log, store, send } = noted({ AGAIN: again })
    send('AGAIN')
    expect(log).toEqual(['emitted hello', 'exit A GO 8', 'emitted going', 'go GO 8', 'entry B GO 8'])
    expect(store.current).toBe('B')
  })

  test('grow no stack with a chain of 20 000 sends', () => {
    let left = 20_000
    const { store, send } = noted({
      AGAIN: {
        run: (_context: Context, _event: EventObject, tools: RunTools<Context>) => {
          left -= 1
          if (left > 0) tools.send({ type: 'AGAIN' })
        },
      },
    })
    send('AGAIN')
    expect([left, store.snapshot.version]).toEqual([0, 20_000])
  })

  test('that throw or reject are faults of phase "run", and stop nothing', async () => {
    const faults: string[] = []
    const broken = new Error('broken')
    const { log, send } = noted(
      {
        THROW: {
          target: 'B',
          emit: () => {
            throw broken
          },
          run: () => {
            throw broken
          },
        },
        REJECT: { run: async () => Promise.reject(broken) },
      },
      { onFault: ({ phase, error, subscriberId }) => void faults.push(`${subscriberId} ${phase} ${error}`) },
    )
    send('REJECT')
    send('THROW')
    expect(log).toEqual(['exit A THROW 2', 'entry B THROW 2'])
    await microtasks()
    expect(faults).toEqual(Array.from({ length: 3 }, () => 'm run Error: broken'))
  })

  test('are not done any more once one of them has destroyed the store', () => {
    const { log, store, send } = noted({
      END: { target: 'B', run: () => store.destroy(), emit: { type: 'ended' } },
    })
    let isComplete = false
    store.events$.subscribe({
      complete: () => {
        isComplete = true
      },
    })
    send('END')
    expect(log).toEqual(['exit A END 2', 'emitted ended'])
    expect(isComplete).toBe(true)
  })

  test('what throws in a follower of events$ is a fault, and stops no other', () => {
    const faults: string[] = []
    const { store, log, send } = noted({}, { onFault: ({ subscriberId }) => void faults.push(subscriberId) })
    store.events$.subscribe(() => {
      throw new Error('broken')
    })
    send('PING')
    expect([faults, log]).toEqual([['events$'], ['emitted pong 0', 'ping PING 0']])
  })

  test('of states inside of states are done in the order of the steps, each with its own event', () => {
    const log: string[] = []
    const run =
      (what: string) =>
      (_context: unknown, event: EventObject): void =>
        void log.push(`${what} ${event.type}`)
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: {},
      states: {
        A: { on: { GO: { target: 'W', run: run('go') } } },
        W: {
          initial: 'x',
          entry: { run: run('entry W') },
          exit: { run: run('exit W') },
          onDone: { target: 'A', run: run('done') },
          states: {
            x: { entry: { run: run('entry x') }, exit: { run: run('exit x') }, always: 'y' },
            y: { type: 'final', entry: { run: run('entry y') } },
          },
        },
      },
    })
    const store = createMachineStore(machine)
    store.send({ type: 'GO' })
    expect(log).toEqual([
      'go GO',
      'entry W GO',
      'entry x GO',
      'exit x GO',
      'entry y GO',
      'exit W done.state',
      'done done.state',
    ])
    expect(store.snapshot.version).toBe(1)
  })

  test('are typed', () => {
    const machine = defineMachine({
      id: 'm',
      initial: 'A',
      context: { n: 0 },
      types: {} as {
        events: { type: 'GO'; by: string } | { type: 'STOP' }
        emitted: { type: 'alarm'; level: number }
      },
      states: {
        A: {
          entry: {
            update: (draft) => {
              draft.n += 1
            },
            run: (context) => {
              expectTypeOf(context).toEqualTypeOf<{ readonly n: number }>()
            },
          },
          on: {
            GO: {
              target: 'B',
              run: (context, event, tools) => {
                expectTypeOf(context.n).toEqualTypeOf<number>()
                expectTypeOf(event).toEqualTypeOf<{ type: 'GO'; by: string }>()
                tools.emit({ type: 'alarm', level: 1 })
                tools.send('STOP')
                // @ts-expect-error there is no such event
                if (context.n < 0) tools.send('UNKNOWN')
                // @ts-expect-error a level is a number
                if (context.n < 0) tools.emit({ type: 'alarm', level: '1' })
              },
            },
          },
        },
        B: {
          on: {
            STOP: { emit: (context, event) => ({ type: 'alarm', level: context.n + event.type.length }) },
          },
        },
      },
    })
    defineMachine({
      id: 'm',
      initial: 'A',
      context: {},
      types: {} as { events: { type: 'STOP' }; emitted: { type: 'alarm' } },
      // @ts-expect-error only an alarm is emitted
      states: { A: { on: { STOP: { emit: { type: 'alert' } } } } },
    })
    const store = createMachineStore(machine)
    const levels: number[] = []
    store.events$.subscribe((event) => {
      expectTypeOf(event).toEqualTypeOf<{ type: 'alarm'; level: number }>()
      levels.push(event.level)
    })
    store.send({ type: 'GO', by: 'Ada' })
    expect(levels).toEqual([1, 5])
  })

  test('are refused where they are none', () => {
    const state = { entry: { run: 1, ran: 2 }, exit: 3, on: { GO: { run: 4, emit: 'going' } } }
    expect(problemsOf({ id: 'm', initial: 'A', context: {}, states: { A: state } })).toEqual([
      'State A, entry has an unknown key "ran". Known: update, run, emit.',
      'State A, entry: expected "run" to be a function, got 1 (number).',
      'State A: expected "exit" to be a function, or an object with "update", "run" or "emit", got 3 (number).',
      'State A, event GO: expected "run" to be a function, got 4 (number).',
      'State A, event GO: expected "emit" to be an event, or a function that makes one, got "going" (string).',
    ])
  })
})
