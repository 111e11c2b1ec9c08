import { describe, expect, test } from '@jest/globals'
import { firstValueFrom, from, take, toArray } from 'rxjs'
import { createMachineStore, defineMachine, qCoreMachine, type SendResult } from '../../src/index.ts'
import { caught, isDeeplyFrozen, ManualClock, noteVersions, refusal } from '../store/support.ts'
import { booted, defineLoose, noteCurrent, told } from './support.ts'

describe('createMachineStore', () => {
  test('is a store in the initial state of its machine', () => {
    const store = createMachineStore(qCoreMachine)
    expect(store.snapshot).toMatchObject({ version: 0, reason: 'INIT', source: 'q-core', metadata: {} })
    expect(store.state).toEqual({
      current: 'BOOTING',
      previous: null,
      context: { biosOk: false, proposals: 0, error: '' },
      history: [],
      attempts: 0,
    })
    expect(store.machine).toBe(qCoreMachine)
    expect([store.current, store.context]).toEqual(['BOOTING', store.state.context])
  })

  test('is named after its machine, or as it is told', () => {
    expect(createMachineStore(qCoreMachine).name).toBe('q-core')
    expect(createMachineStore(qCoreMachine, { name: 'robot-7' }).snapshot.source).toBe('robot-7')
  })

  test('is never uninitialized: initialize changes nothing', () => {
    const store = createMachineStore(qCoreMachine)
    expect(store.initialize({ ...store.state, current: 'IDLE' })).toBe(store.snapshot)
    expect(store.current).toBe('BOOTING')
  })

  test('throws what the entry of the initial state throws', () => {
    const error = new Error('entry')
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: {},
      states: {
        A: {
          entry: () => {
            throw error
          },
        },
      },
    })
    expect(caught(() => createMachineStore(machine))).toBe(error)
  })

  test('refuses options that make no sense, its own and those of every store', () => {
    const strict = 'yes' as unknown as boolean
    expect(caught(() => createMachineStore(qCoreMachine, { strict }))).toEqual(
      refusal('OPTION_INVALID', 'Expected "strict" to be true or false, got "yes" (string).'),
    )
    expect(caught(() => createMachineStore(qCoreMachine, { name: '' }))).toEqual(
      refusal('OPTION_INVALID', 'Expected "name" to be a string that is not empty, got "" (string).'),
    )
  })

  test('calls its state by name in the metrics', () => {
    const store = createMachineStore(qCoreMachine)
    expect(store.metrics().currentState).toBe('BOOTING')
    store.send('BOOT_COMPLETE')
    expect(store.metrics().currentState).toBe('IDLE')
  })

  test('counts a read for current, context and is, none for send and can', () => {
    const store = createMachineStore(qCoreMachine)
    void store.current
    void store.context
    store.is('IDLE')
    expect(store.metrics().reads).toBe(3)
    store.send('BOOT_COMPLETE')
    store.can('SHUTDOWN')
    expect(store.metrics().reads).toBe(3)
  })

  test('gives RxJS its snapshots, and its consumers theirs', async () => {
    const store = createMachineStore(qCoreMachine)
    const names: string[] = []
    store.subscribe(noteCurrent(names))
    const snapshots = firstValueFrom(from(store).pipe(take(2), toArray()))
    store.send('BOOT_COMPLETE')
    expect(names).toEqual(['BOOTING', 'IDLE'])
    expect((await snapshots).map(({ version }) => version)).toEqual([0, 1])
  })
})

describe('send', () => {
  test('commits an event as one version, labelled with its type', () => {
    const clock = new ManualClock()
    const store = createMachineStore(qCoreMachine, { clock })
    clock.advance(30)
    const result = store.send('BOOT_COMPLETE')
    const times = { tsWall: clock.wall(), tsMono: clock.mono() }
    expect(result.snapshot).toBe(store.snapshot)
    expect(result.snapshot).toMatchObject({ version: 1, reason: 'BOOT_COMPLETE', source: 'q-core', ...times })
    expect(result).toMatchObject({
      handled: true,
      transition: { from: 'BOOTING', to: 'IDLE', event: 'BOOT_COMPLETE', status: 'SUCCESS', ...times },
    })
    expect(result.handled && result.transition).toBe(store.state.history[0])
    expect(store.metrics()).toMatchObject({ commits: 1, unhandledEvents: 0, failedWrites: 0 })
  })

  test('freezes what it commits', () => {
    const store = createMachineStore(qCoreMachine)
    store.send({ type: 'BIOS_ERROR', message: 'no disk' })
    expect(isDeeplyFrozen(store.snapshot)).toBeTrue()
    expect(store.context).toEqual({ biosOk: false, proposals: 0, error: 'no disk' })
  })

  test('returns the current snapshot for an event that was handled and changed nothing', () => {
    const machine = defineMachine({
      id: 'm',
      initial: 'A',
      context: { n: 0 },
      states: {
        A: {
          on: { LOOK: {}, SAME: { target: 'A', update: (draft) => void Object.assign(draft, { n: 0 }) } },
        },
      },
    })
    const store = createMachineStore(machine)
    const seen: number[] = []
    store.subscribe(noteVersions(seen))
    const { snapshot } = store
    for (const type of ['LOOK', 'SAME'] as const) {
      const result = store.send(type)
      expect(result).toMatchObject({ handled: true, transition: { event: type, from: 'A', to: 'A' } })
      expect(result.snapshot).toBe(snapshot)
    }
    expect(seen).toEqual([0])
    expect(store.metrics()).toMatchObject({ commits: 0, unhandledEvents: 0 })
  })

  test('commits a change of the context without a change of state', () => {
    const machine = defineMachine({
      id: 'm',
      initial: 'A',
      context: { n: 0 },
      states: { A: { on: { COUNT: { target: 'A', update: (draft) => void draft.n++ } } } },
    })
    const store = createMachineStore(machine)
    expect(store.send('COUNT')).toMatchObject({ handled: true, snapshot: { version: 1, reason: 'COUNT' } })
    expect(store.state).toMatchObject({ context: { n: 1 }, history: [], attempts: 0 })
  })

  test.each<[string, (store: ReturnType<typeof booted>) => SendResult, string]>([
    ['no transition', (store) => store.send('NO_PROPOSALS'), 'unhandled'],
    ['a guard', (store) => store.send({ type: 'PROPOSALS_RECEIVED', count: 0 }), 'guard'],
    [
      'a final state',
      (store) => {
        store.send('SHUTDOWN')
        return store.send('BOOT_COMPLETE')
      },
      'final',
    ],
  ])('returns a refusal by %s as a value, changes nothing and counts it', (_by, refused, reason) => {
    const store = booted()
    const result = refused(store)
    expect(result).toEqual({ handled: false, reason, snapshot: store.snapshot })
    expect(result.snapshot).toBe(store.snapshot)
    expect(store.metrics()).toMatchObject({
      unhandledEvents: 1,
      failedWrites: 0,
      currentVersion: reason === 'final' ? 2 : 1,
    })
  })

  test.each([undefined, null, 7, {}, [], { type: 1 }])('refuses %p: it is no event', (event) => {
    const store = booted()
    expect(caught(() => store.send(event as never))).toEqual(refusal('EVENT_INVALID'))
    expect(caught(() => store.can(event as never))).toEqual(refusal('EVENT_INVALID'))
    expect(store.metrics()).toMatchObject({ unhandledEvents: 0, currentVersion: 1 })
  })

  test('lets what a guard or a recipe throws reach the caller as it is, and changes nothing', () => {
    const error = new Error('mine')
    const fail = (): never => {
      throw error
    }
    const machine = defineMachine({
      id: 'm',
      initial: 'A',
      context: {},
      states: {
        A: {
          on: {
            GUARD: { target: 'B', guard: fail },
            UPDATE: { target: 'B', update: fail },
            ENTRY: 'C',
            OK: 'B',
          },
        },
        B: { on: { BACK: 'A' } },
        C: { entry: fail },
      },
    })
    const store = createMachineStore(machine)
    const before = store.snapshot
    for (const type of ['GUARD', 'UPDATE', 'ENTRY'] as const)
      expect(caught(() => store.send(type))).toBe(error)
    expect(store.snapshot).toBe(before)
    expect(store.metrics()).toMatchObject({ failedWrites: 3, unhandledEvents: 0, commits: 0 })
    expect(store.send('OK').snapshot.version).toBe(1)
  })

  test('a machine in a final state stays there, and its store works on', () => {
    const store = createMachineStore(qCoreMachine)
    store.send('SHUTDOWN')
    store.update((draft) => {
      draft.context.error = 'off'
    })
    expect(store.state).toMatchObject({ current: 'SHUTDOWN', context: { error: 'off' } })
    expect(store.send('BOOT_COMPLETE')).toMatchObject({ handled: false, reason: 'final' })
  })
})

describe('is', () => {
  test('tells the current state from every other one', () => {
    const store = createMachineStore(qCoreMachine)
    const names = [...qCoreMachine.states.keys()] as 'IDLE'[]
    expect(names.filter((name) => store.is(name))).toEqual(['BOOTING'])
    store.send('BOOT_COMPLETE')
    expect(names.filter((name) => store.is(name))).toEqual(['IDLE'])
  })
})

describe('transitions$', () => {
  test('tells each change of state from the subscription on, and completes with the store', () => {
    const store = booted()
    const seen: string[] = []
    store.transitions$.subscribe({
      next: (record) => void seen.push(told(record)),
      complete: () => void seen.push('complete'),
    })
    store.send({ type: 'PROPOSALS_RECEIVED', count: 1 })
    store.send('BOOT_COMPLETE')
    store.send('NO_PROPOSALS')
    store.destroy()
    expect(seen).toEqual([
      'IDLE → ACTIVE : PROPOSALS_RECEIVED (SUCCESS)',
      'ACTIVE → IDLE : NO_PROPOSALS (SUCCESS)',
      'complete',
    ])
  })
})

describe('destroy', () => {
  test('ends everyone; the last state stays readable and every event is refused', () => {
    const store = booted()
    const ends: string[] = []
    store.subscribe({ next: () => {}, complete: () => void ends.push('subscriber') })
    store.state$.subscribe({ complete: () => void ends.push('state$') })
    store.destroy()
    expect(ends).toEqual(['subscriber', 'state$'])
    expect([store.current, store.is('IDLE')]).toEqual(['IDLE', true])
    expect(caught(() => store.send('SHUTDOWN'))).toEqual(
      refusal(
        'STORE_DESTROYED',
        'send() on store "q-core" was refused: the store is destroyed. Stop writing before destroy(), or create a new store.',
      ),
    )
    expect(store.metrics()).toMatchObject({ unhandledEvents: 0, failedWrites: 1, subscriberCount: 0 })
  })
})

describe('the members of machine stores', () => {
  test('read through the same functions, so that V8 gives all stores one shape', () => {
    const getters = [createMachineStore(qCoreMachine), createMachineStore(qCoreMachine)].map((store) =>
      ['current', 'context'].map((key) => Object.getOwnPropertyDescriptor(store, key)?.get),
    )
    expect(getters[0]).toEqual([expect.any(Function), expect.any(Function)])
    expect(getters[0]).toEqual(getters[1])
  })
})
