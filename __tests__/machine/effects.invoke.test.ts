/** The work of `invoke`: when it starts, what it is given, and what becomes of its end. */
import { describe, expect, test } from '@jest/globals'
import { createMachineStore } from '../../src/index.ts'
import { microtasks } from '../store/support.ts'
import { type Call, type Context, ENDS, loader, loading, takeOutput } from './loader.ts'
import { defineLoose, historyOf } from './support.ts'

describe('invoke', () => {
  test('starts the work once, inside the write, with the context and the event that led here', () => {
    const { store, calls, send } = loading()
    store.send({ type: 'LOAD', by: 'Ada' } as { type: string })
    send('NOTE')
    expect(calls).toHaveLength(1)
    expect(calls[0]).toMatchObject({ event: { type: 'LOAD', by: 'Ada' }, context: { output: '' } })
    expect(calls[0]?.context).toBeFrozen()
    expect(calls[0]?.signal.aborted).toBeFalse()
    expect(historyOf(store.state)).toEqual(['IDLE → LOADING : LOAD (PENDING)'])
  })

  test('that ends well becomes SUCCESS and takes onDone with its output, in one commit', async () => {
    const { store, calls, records, ended, send } = loading()
    send('LOAD')
    expect(ended).toEqual([])
    calls[0]?.gate.open('data')
    await microtasks()
    expect(store.snapshot).toMatchObject({ version: 2, reason: 'done.invoke' })
    expect(store.state).toMatchObject({ current: 'READY', context: { output: 'data' }, attempts: 2 })
    expect(historyOf(store.state)).toEqual([
      'IDLE → LOADING : LOAD (SUCCESS)',
      'LOADING → READY : done.invoke (SUCCESS)',
    ])
    expect(ended).toEqual(historyOf(store.state))
    expect(records).toEqual(['IDLE → LOADING : LOAD (PENDING)', ended[1]])
  })

  test('that fails becomes FAILED with its message and takes onError with the error', async () => {
    const { store, calls, records, ended, send } = loading()
    send('LOAD')
    calls[0]?.gate.fail(new RangeError('no disk'))
    await microtasks()
    expect(store.state).toMatchObject({ current: 'BROKEN', context: { output: 'RangeError: no disk' } })
    expect(historyOf(store.state)).toEqual([
      'IDLE → LOADING : LOAD (FAILED: no disk)',
      'LOADING → BROKEN : error.invoke (SUCCESS)',
    ])
    expect(ended).toEqual(historyOf(store.state))
    expect(records).toEqual(['IDLE → LOADING : LOAD (PENDING)', ended[1]])
  })

  test.each<[unknown, string]>([
    ['text', 'text'],
    [undefined, 'undefined'],
    [7, '7'],
  ])('that rejects with %p, which is no error, has it as its message', async (reason, message) => {
    const { store, calls, send } = loading()
    send('LOAD')
    calls[0]?.gate.fail(reason)
    await microtasks()
    expect(store.state.history[0]).toMatchObject({ status: 'FAILED', errorMessage: message })
  })

  test('whose start throws fails as if it had rejected, after the write', async () => {
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: {},
      states: {
        A: { on: { GO: 'B' } },
        B: {
          invoke: {
            src: () => {
              throw new Error('at once')
            },
            onError: 'A',
          },
        },
      },
    })
    const store = createMachineStore(machine)
    expect(store.send({ type: 'GO' }).snapshot.state.current).toBe('B')
    await microtasks()
    expect(historyOf(store.state)).toEqual(['A → B : GO (FAILED: at once)', 'B → A : error.invoke (SUCCESS)'])
  })

  test('whose start returns no promise ends with what it returned', async () => {
    const machine = defineLoose<Context>({
      id: 'm',
      initial: 'A',
      context: { output: '' },
      states: { A: { invoke: { src: () => 'plain', onDone: { target: 'B', update: takeOutput } } }, B: {} },
    })
    const store = createMachineStore(machine)
    expect(store.current).toBe('A')
    await microtasks()
    expect(store.state).toMatchObject({ current: 'B', context: { output: 'plain' } })
  })

  test.each<[string, (call: Call) => void, string]>([
    ['ends well', ({ gate }) => gate.open('x'), 'IDLE → LOADING : LOAD (SUCCESS)'],
    ['fails', ({ gate }) => gate.fail(new Error('x')), 'IDLE → LOADING : LOAD (FAILED: x)'],
  ])(
    'without onDone and onError marks its record when it %s, and the machine stays',
    async (_how, end, record) => {
      const { store, calls, records, ended, send } = loading({})
      send('LOAD')
      end(calls[0] as Call)
      await microtasks()
      expect(store.snapshot).toMatchObject({ version: 2, state: { current: 'LOADING', attempts: 1 } })
      expect(historyOf(store.state)).toEqual([record])
      expect(records).toEqual(['IDLE → LOADING : LOAD (PENDING)'])
      expect(ended).toEqual([record])
      expect(store.metrics().unhandledEvents).toBe(0)
      expect(calls).toHaveLength(1)
    },
  )

  test('whose onDone is refused by its guard marks its record, and the machine stays', async () => {
    const { store, calls, send } = loading({ onDone: { target: 'READY', guard: () => false } })
    send('LOAD')
    calls[0]?.gate.open('data')
    await microtasks()
    expect(historyOf(store.state)).toEqual(['IDLE → LOADING : LOAD (SUCCESS)'])
    expect(store.current).toBe('LOADING')
  })

  test('whose onDone has several takes the first that agrees', async () => {
    const isEmpty = (_context: unknown, { output }: { output: unknown }): boolean => output === ''
    const { store, calls, send } = loading({
      onDone: [{ target: 'BROKEN', guard: isEmpty }, { target: 'READY' }],
    })
    send('LOAD')
    calls[0]?.gate.open('data')
    await microtasks()
    expect(store.current).toBe('READY')
    send('LOAD')
    calls[1]?.gate.open('')
    await microtasks()
    expect(store.current).toBe('BROKEN')
  })

  test('whose onDone enters the state again starts anew', async () => {
    const { store, calls, send } = loading({ onDone: { target: 'LOADING', reenter: true } })
    send('LOAD')
    calls[0]?.gate.open('x')
    await microtasks()
    expect(calls.map(({ event }) => event)).toEqual([{ type: 'LOAD' }, { type: 'done.invoke', output: 'x' }])
    expect(historyOf(store.state)).toEqual([
      'IDLE → LOADING : LOAD (SUCCESS)',
      'LOADING → LOADING : done.invoke (PENDING)',
    ])
    store.destroy()
  })

  test('of the initial state starts with the store, and has no record to mark', async () => {
    const { machine, calls } = loader(ENDS, 'LOADING')
    const store = createMachineStore(machine)
    expect(calls.map(({ event }) => event)).toEqual([{ type: 'init' }])
    expect(store.state.history).toEqual([])
    calls[0]?.gate.open('data')
    await microtasks()
    expect(store.state).toMatchObject({ current: 'READY', context: { output: 'data' } })
    expect(historyOf(store.state)).toEqual(['LOADING → READY : done.invoke (SUCCESS)'])
  })

  test('of the initial state that ends without onDone commits nothing', async () => {
    const { machine, calls } = loader({}, 'LOADING')
    const store = createMachineStore(machine)
    calls[0]?.gate.open('data')
    await microtasks()
    expect(store.snapshot.version).toBe(0)
  })

  test('with a history limit of 0 has no record, and its ends are taken all the same', async () => {
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: {},
      historyLimit: 0,
      states: { A: { on: { GO: 'B' } }, B: { invoke: { src: async () => {}, onDone: 'A' } } },
    })
    const store = createMachineStore(machine)
    store.send({ type: 'GO' })
    await microtasks()
    expect(store.state).toMatchObject({ current: 'A', attempts: 2, history: [] })
  })
})
