/** What becomes of invoked work that is left, or whose end fails. */
import { describe, expect, test } from '@jest/globals'
import { createMachineStore, defineMachine, type SubscriberFault } from '../../src/index.ts'
import { caught, collectGarbage, microtasks } from '../store/support.ts'
import { type Call, ENDS, type Ends, loader, loading } from './loader.ts'
import { historyOf } from './support.ts'

describe('invoke, when the state is left', () => {
  test('aborts the signal, fails the record, and does not use a late result', async () => {
    const { store, calls, records, ended, send } = loading()
    send('LOAD')
    send('STOP')
    expect(calls[0]?.signal.aborted).toBeTrue()
    const left = [
      'IDLE → LOADING : LOAD (FAILED: Left by STOP before it had ended.)',
      'LOADING → IDLE : STOP (SUCCESS)',
    ]
    expect(historyOf(store.state)).toEqual(left)
    expect(records).toEqual(['IDLE → LOADING : LOAD (PENDING)', left[1]])
    expect(ended).toEqual(left)
    const { snapshot } = store
    calls[0]?.gate.open('late')
    await microtasks()
    expect(store.snapshot).toBe(snapshot)
  })

  test('keeps nothing of the store through a promise that the application keeps', async () => {
    const kept = new Promise<never>(() => {})
    const held = (() => {
      const machine = defineMachine({
        id: 'm',
        initial: 'IDLE',
        context: {},
        types: {} as { events: { type: 'GO'; load: object } | { type: 'STOP' } },
        states: { IDLE: { on: { GO: 'BUSY' } }, BUSY: { on: { STOP: 'IDLE' }, invoke: { src: () => kept } } },
      })
      const store = createMachineStore(machine)
      const load = {}
      store.send({ type: 'GO', load })
      store.send('STOP')
      return [new WeakRef(store), new WeakRef(load)]
    })()
    await microtasks()
    // A WeakRef keeps what it refers to until the end of the job that made it.
    await new Promise((done) => setImmediate(done))
    collectGarbage()
    expect(held.map((ref) => ref.deref())).toEqual([undefined, undefined])
    expect(kept).toBeInstanceOf(Promise)
  })

  test('a late failure is not used either, and reported to nobody', async () => {
    const faults: SubscriberFault[] = []
    const { store, calls, send } = loading(ENDS, { onFault: (fault) => void faults.push(fault) })
    send('LOAD')
    send('STOP')
    const { snapshot } = store
    calls[0]?.gate.fail(new Error('late'))
    await microtasks()
    expect(store.snapshot).toBe(snapshot)
    expect(faults).toEqual([])
  })

  test('a late result is not taken for that of a new entry', async () => {
    const { store, calls, send } = loading()
    send('LOAD')
    send('STOP')
    send('LOAD')
    calls[0]?.gate.open('first')
    await microtasks()
    expect(store.current).toBe('LOADING')
    calls[1]?.gate.open('second')
    await microtasks()
    expect(store.context).toEqual({ output: 'second' })
  })

  test('a re-entry aborts the old work before the new one starts', () => {
    const { store, calls, send } = loading()
    const order: string[] = []
    send('LOAD')
    calls[0]?.signal.addEventListener('abort', () => order.push(`aborted, ${calls.length} started`))
    send('AGAIN')
    expect(order).toEqual(['aborted, 1 started'])
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, false])
    expect(calls[1]?.event).toEqual({ type: 'AGAIN' })
    store.destroy()
  })

  test('by its own end no signal that somebody still reads is left open', async () => {
    const { calls, send } = loading()
    send('LOAD')
    calls[0]?.gate.open('data')
    await microtasks()
    expect(calls[0]?.signal.aborted).toBeTrue()
  })

  test('destroy aborts it, and a late result finds nobody', async () => {
    const { store, calls, send } = loading()
    send('LOAD')
    store.destroy()
    expect(calls[0]?.signal.aborted).toBeTrue()
    calls[0]?.gate.open('late')
    await microtasks()
    expect(store.current).toBe('LOADING')
    expect(store.metrics().failedWrites).toBe(0)
  })

  test('by a subscriber at once: the work was started, and is aborted', () => {
    const { store, calls, send } = loading()
    store.subscribe(({ state }) => {
      if (state.current === 'LOADING') send('STOP')
    })
    send('LOAD')
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([true])
    expect(store.current).toBe('IDLE')
  })
})

describe('invoke, its failures', () => {
  test.each<[string, Ends, (call: Call) => void, string]>([
    ['onDone', { onDone: { target: 'READY', update: fail } }, ({ gate }) => gate.open('x'), 'SUCCESS'],
    [
      'a guard of onDone',
      { onDone: { target: 'READY', guard: fail } },
      ({ gate }) => gate.open('x'),
      'SUCCESS',
    ],
    ['onError', { onError: { target: 'IDLE', update: fail } }, ({ gate }) => gate.fail('x'), 'FAILED: x'],
  ])(
    'a throw of %s is a fault; the record is marked, for the work has ended',
    async (_what, ends, end, status) => {
      const faults: SubscriberFault[] = []
      const { store, calls, send } = loading(ends, { onFault: (fault) => void faults.push(fault) })
      send('LOAD')
      end(calls[0] as Call)
      await microtasks()
      expect(faults).toEqual([
        { subscriberId: 'loader', phase: 'invoke', error: FAILURE, version: 2, failures: 1 },
      ])
      expect(store.current).toBe('LOADING')
      expect(historyOf(store.state)).toEqual([`IDLE → LOADING : LOAD (${status})`])
    },
  )

  test('a guard of send that throws leaves the work running', async () => {
    const { machine, calls } = loader(ENDS)
    const store = createMachineStore(machine)
    store.send({ type: 'LOAD' })
    expect(caught(() => store.batch(fail))).toBe(FAILURE)
    expect(calls[0]?.signal.aborted).toBeFalse()
    calls[0]?.gate.open('data')
    await microtasks()
    expect(store.current).toBe('READY')
  })
})

const FAILURE = new Error('mine')

function fail(): never {
  throw FAILURE
}
