/** An event as a write: its label, its version, and where it may be sent from. */
import { describe, expect, test } from '@jest/globals'
import {
  buffer,
  createMachineStore,
  defineMachine,
  type MachineStore,
  qCoreMachine,
} from '../../src/index.ts'
import type { QCoreCells, QCoreContext } from '../../src/machine/index.ts'
import { caught, microtasks, noteVersions, refusal, slowConsumer } from '../store/support.ts'
import { defineLoose, historyOf, noteCurrent, told } from './support.ts'

const agent = (): MachineStore<QCoreContext, QCoreCells> => createMachineStore(qCoreMachine)

describe('send with write options', () => {
  test('takes who wrote, why, and what travels along', () => {
    const store = agent()
    const { snapshot } = store.send('BOOT_COMPLETE', {
      source: 'bios',
      reason: 'cold start',
      metadata: { attempt: '1' },
    })
    expect(snapshot).toMatchObject({ source: 'bios', reason: 'cold start', metadata: { attempt: '1' } })
    expect(store.state.history[0]?.event).toBe('BOOT_COMPLETE')
  })

  test('takes a reason alone', () => {
    expect(agent().send('BOOT_COMPLETE', 'cold start').snapshot.reason).toBe('cold start')
  })

  test('keeps the type of the event as the reason where only the rest is given', () => {
    expect(agent().send('BOOT_COMPLETE', { source: 'bios' }).snapshot.reason).toBe('BOOT_COMPLETE')
  })

  test('commits on exactly the version that it states, or is refused', () => {
    const store = agent()
    expect(store.send('BOOT_COMPLETE', { expectedVersion: 0 }).snapshot.version).toBe(1)
    const lost = caught(() => store.send('SHUTDOWN', { expectedVersion: 0 }))
    expect(lost).toEqual(refusal('VERSION_CONFLICT'))
    expect(lost).toHaveProperty('details', { store: 'q-core', expected: 0, actual: 1 })
    expect(store.current).toBe('IDLE')
    expect(store.metrics()).toMatchObject({ versionConflicts: 1, unhandledEvents: 0 })
  })

  test('refuses a label that is none, before a guard is asked', () => {
    let asked = 0
    const guard = (): boolean => ++asked > 0
    const store = createMachineStore(
      defineMachine({
        id: 'm',
        initial: 'A',
        context: {},
        states: { A: { on: { GO: { target: 'A', guard } } } },
      }),
    )
    expect(caught(() => store.send('GO', { source: 7 as never }))).toEqual(refusal('OPTION_INVALID'))
    expect(caught(() => store.send('GO', { expectedVersion: 9 }))).toEqual(refusal('VERSION_CONFLICT'))
    expect(asked).toBe(0)
  })
})

describe('send from a place that is not its own', () => {
  test('inside a subscriber the state is new at once, and everyone is told in order', () => {
    const store = agent()
    const first: string[] = []
    const second: string[] = []
    let read = ''
    store.subscribe((snapshot) => {
      noteCurrent(first)(snapshot)
      if (!store.is('IDLE')) return
      store.send({ type: 'PROPOSALS_RECEIVED', count: 2 })
      read = store.current
    })
    store.subscribe(noteCurrent(second))
    store.send('BOOT_COMPLETE')
    expect(read).toBe('ACTIVE')
    expect(first).toEqual(['BOOTING', 'IDLE', 'ACTIVE'])
    expect(second).toEqual(first)
  })

  const attempts: unknown[] = []
  /** Tries to send an event to the store that is running it; notes what it gets for it. */
  const intruder = (): boolean => {
    attempts.push(caught(() => nested.send({ type: 'OTHER' })))
    return true
  }
  const nested = createMachineStore(
    defineLoose<{ n: number }>({
      id: 'nested',
      initial: 'A',
      context: { n: 0 },
      states: {
        A: {
          exit: intruder,
          on: { GO: { target: 'B', guard: intruder, update: intruder }, OTHER: 'C' },
        },
        B: { entry: intruder },
        C: {},
      },
    }),
  )

  test('inside a guard or a recipe of its own store is refused, and changes nothing', () => {
    expect(nested.send({ type: 'GO' })).toMatchObject({ handled: true, snapshot: { version: 1 } })
    expect(nested.current).toBe('B')
    expect(attempts).toHaveLength(4)
    for (const attempt of attempts) {
      expect(attempt).toEqual(
        refusal(
          'WRITE_IN_RECIPE',
          'send() was called inside a recipe, step or guard of its own store "nested"; nothing was written. Change the draft instead, or write after it has returned.',
        ),
      )
    }
    expect(nested.metrics()).toMatchObject({ commits: 1, failedWrites: 4 })
  })

  test('inside a recipe of update is refused, and rolls that update back', () => {
    const store = agent()
    const refused = caught(() =>
      store.update((draft) => {
        draft.context.error = 'x'
        store.send('BOOT_COMPLETE')
      }),
    )
    expect(refused).toEqual(refusal('WRITE_IN_RECIPE'))
    expect(store.snapshot).toMatchObject({
      version: 0,
      state: { current: 'BOOTING', context: { error: '' } },
    })
  })

  test('that fills a subscriber who suspends its writers is refused before a guard is asked', async () => {
    const store = agent()
    const slow = slowConsumer()
    store.subscribe(slow.next, { policy: buffer({ capacity: 1, overflow: 'suspend' }) })
    store.send('BOOT_COMPLETE')
    expect(caught(() => store.send('SHUTDOWN'))).toEqual(refusal('SUBSCRIBER_FULL'))
    expect(store.current).toBe('IDLE')
    slow.gates[0]?.open()
    await store.ready()
    expect(store.send('SHUTDOWN').handled).toBeTrue()
    store.destroy()
    await microtasks()
    expect(slow.seen).toEqual([0, 1])
  })
})

describe('send inside a batch', () => {
  test('publishes one version, and transitions$ tells every change of state', () => {
    const store = agent()
    const versions: number[] = []
    const seen: string[] = []
    store.subscribe(noteVersions(versions))
    store.transitions$.subscribe((record) => void seen.push(told(record)))
    const within = store.batch(() => {
      store.send('BOOT_COMPLETE')
      store.send({ type: 'PROPOSALS_RECEIVED', count: 2 })
      store.send('NO_PROPOSALS')
      return { current: store.current, told: seen.length }
    })
    expect(within).toEqual({ current: 'IDLE', told: 0 })
    expect(versions).toEqual([0, 1])
    expect(store.state).toMatchObject({ current: 'IDLE', previous: 'ACTIVE', attempts: 3 })
    expect(store.snapshot.reason).toBe('NO_PROPOSALS')
    expect(seen).toEqual([
      'BOOTING → IDLE : BOOT_COMPLETE (SUCCESS)',
      'IDLE → ACTIVE : PROPOSALS_RECEIVED (SUCCESS)',
      'ACTIVE → IDLE : NO_PROPOSALS (SUCCESS)',
    ])
  })

  test('asks and refuses by the state inside the batch', () => {
    const store = agent()
    store.batch(() => {
      store.send('BOOT_COMPLETE')
      expect([store.is('IDLE'), store.can('NO_PROPOSALS')]).toEqual([true, false])
      expect(store.send('NO_PROPOSALS')).toMatchObject({ handled: false, reason: 'unhandled' })
    })
    expect(store.metrics()).toMatchObject({ commits: 1, unhandledEvents: 1 })
  })

  test('goes back to the state before a batch that throws, and nobody is told', () => {
    const store = agent()
    store.send('BOOT_COMPLETE')
    const before = store.snapshot
    const seen: string[] = []
    store.transitions$.subscribe((record) => void seen.push(told(record)))
    const error = new Error('batch')
    const thrown = caught(() =>
      store.batch(() => {
        store.send({ type: 'PROPOSALS_RECEIVED', count: 2 })
        store.send('SHUTDOWN')
        throw error
      }),
    )
    expect(thrown).toBe(error)
    expect(store.snapshot).toBe(before)
    expect(seen).toEqual([])
    expect(store.send({ type: 'PROPOSALS_RECEIVED', count: 1 }).snapshot.version).toBe(2)
    expect(historyOf(store.state as never)).toEqual([
      'BOOTING → IDLE : BOOT_COMPLETE (SUCCESS)',
      'IDLE → ACTIVE : PROPOSALS_RECEIVED (SUCCESS)',
    ])
  })

  test('of a strict store takes the whole batch back where an event is not handled', () => {
    const store = createMachineStore(qCoreMachine, { strict: true })
    const thrown = caught(() =>
      store.batch(() => {
        store.send('BOOT_COMPLETE')
        store.send('BOOT_COMPLETE')
      }),
    )
    expect(thrown).toEqual(refusal('EVENT_UNHANDLED'))
    expect(store.snapshot.version).toBe(0)
  })
})
