import { describe, expect, test } from '@jest/globals'
import { BehaviorSubject } from 'rxjs'
import { createMachineStore, type QCoreEvent, qCoreMachine, settled, transitions } from '../../src/index.ts'
import type { MachineState, TransitionFilter, TransitionRecord } from '../../src/machine/index.ts'
import { defineLoose, told } from './support.ts'

const TOUR: QCoreEvent[] = [
  { type: 'BOOT_COMPLETE' },
  { type: 'PROPOSALS_RECEIVED', count: 1 },
  { type: 'NO_PROPOSALS' },
  { type: 'PROPOSALS_RECEIVED', count: 2 },
  { type: 'GUARD_EVENT', severity: 'critical', message: 'x' },
  { type: 'ERROR_CLEARED' },
]

type Name = 'BOOTING' | 'IDLE' | 'ACTIVE' | 'ERROR_STATE' | 'SHUTDOWN'

describe('transitions', () => {
  const ALL = [
    'BOOTING → IDLE',
    'IDLE → ACTIVE',
    'ACTIVE → IDLE',
    'IDLE → ACTIVE',
    'ACTIVE → ERROR_STATE',
    'ERROR_STATE → IDLE',
  ]

  test.each<[string, TransitionFilter<Name> | undefined, string[]]>([
    ['everything', undefined, ALL],
    ['everything, by an empty filter', {}, ALL],
    ['what leaves a state', { from: 'ACTIVE' }, ['ACTIVE → IDLE', 'ACTIVE → ERROR_STATE']],
    ['what enters a state', { to: 'IDLE' }, ['BOOTING → IDLE', 'ACTIVE → IDLE', 'ERROR_STATE → IDLE']],
    ['what an event caused', { event: 'PROPOSALS_RECEIVED' }, ['IDLE → ACTIVE', 'IDLE → ACTIVE']],
    ['what matches all of it', { from: 'ACTIVE', to: 'IDLE', event: 'NO_PROPOSALS' }, ['ACTIVE → IDLE']],
    ['nothing, where not all of it matches', { from: 'ACTIVE', event: 'BOOT_COMPLETE' }, []],
  ])('tells %s', (_what, filter, expected) => {
    const store = createMachineStore(qCoreMachine)
    const seen: string[] = []
    transitions(store, filter).subscribe(({ from, to }) => void seen.push(`${from} → ${to}`))
    for (const event of TOUR) store.send(event)
    expect(seen).toEqual(expected)
  })

  test('gives the records of the history themselves', () => {
    const store = createMachineStore(qCoreMachine)
    const seen: TransitionRecord[] = []
    transitions(store).subscribe((record) => void seen.push(record))
    for (const event of TOUR) store.send(event)
    expect(seen).toHaveLength(6)
    seen.forEach((record, n) => {
      expect(record).toBe(store.state.history[n])
    })
  })

  test('tells nothing for a write that is no transition', () => {
    const store = createMachineStore(qCoreMachine)
    const seen: TransitionRecord[] = []
    transitions(store).subscribe((record) => void seen.push(record))
    store.update((draft) => {
      draft.context.proposals = 7
    })
    store.set({ ...store.state, current: 'IDLE' })
    store.send('NO_PROPOSALS')
    expect(seen).toEqual([])
  })

  /** A machine that goes round between A and B and keeps few records. */
  const round = (historyLimit: number) =>
    createMachineStore(
      defineLoose({
        id: 'round',
        initial: 'A',
        context: {},
        historyLimit,
        states: { A: { on: { GO: 'B' } }, B: { on: { GO: 'A' } } },
      }),
    )

  test.each([1, 2, 3])('tells each change once where the history keeps %i', (historyLimit) => {
    const store = round(historyLimit)
    const seen: TransitionRecord[] = []
    transitions(store).subscribe((record) => void seen.push(record))
    for (let n = 0; n < 7; n += 1) store.send({ type: 'GO' })
    expect(seen.map(({ from }) => from)).toEqual(['A', 'B', 'A', 'B', 'A', 'B', 'A'])
    expect(new Set(seen).size).toBe(7)
  })

  test('tells of a batch what the history still has of it, the newest', () => {
    const store = round(2)
    const seen: TransitionRecord[] = []
    transitions(store).subscribe((record) => void seen.push(record))
    store.batch(() => {
      for (let n = 0; n < 5; n += 1) store.send({ type: 'GO' })
    })
    expect(seen).toEqual([...store.state.history])
    expect(seen).toHaveLength(2)
  })

  test('has nothing to tell where the history keeps nothing', () => {
    const store = round(0)
    const seen: TransitionRecord[] = []
    transitions(store).subscribe((record) => void seen.push(record))
    store.send({ type: 'GO' })
    expect(seen).toEqual([])
  })

  test('tells nothing again where the state goes back to an earlier one', () => {
    const store = round(64)
    store.send({ type: 'GO' })
    const { state } = store
    const seen: TransitionRecord[] = []
    transitions(store).subscribe((record) => void seen.push(record))
    store.send({ type: 'GO' })
    store.set(state)
    expect(seen.map(({ from }) => from)).toEqual(['B'])
  })

  test('follows any stream of machine states', () => {
    const record: TransitionRecord<'A'> = {
      from: 'A',
      to: 'A',
      event: 'GO',
      status: 'PENDING',
      errorMessage: '',
      tsWall: 0,
      tsMono: 0,
    }
    const empty: MachineState<'A', unknown> = {
      current: 'A',
      previous: null,
      context: {},
      history: [],
      attempts: 0,
    }
    const state$ = new BehaviorSubject(empty)
    const seen: string[] = []
    transitions({ state$ }).subscribe((one) => void seen.push(`told ${told(one)}`))
    settled({ state$ }).subscribe((one) => void seen.push(`settled ${told(one)}`))
    state$.next({ ...empty, attempts: 1, history: [record] })
    state$.next({ ...empty, attempts: 1, history: [{ ...record, status: 'SUCCESS' }] })
    expect(seen).toEqual(['told A → A : GO (PENDING)', 'settled A → A : GO (SUCCESS)'])
  })

  test('tells a replica that adopts decoded snapshots each change once', () => {
    const source = createMachineStore(qCoreMachine)
    const replica = createMachineStore(qCoreMachine)
    const seen: string[] = []
    replica.transitions$.subscribe((one) => void seen.push(told(one)))
    const copy = (): void => void replica.put(JSON.parse(JSON.stringify(source.snapshot)))
    source.send('BOOT_COMPLETE')
    copy()
    source.send({ type: 'PROPOSALS_RECEIVED', count: 1 })
    source.send('NO_PROPOSALS')
    copy()
    expect(seen).toEqual([
      'BOOTING → IDLE : BOOT_COMPLETE (SUCCESS)',
      'IDLE → ACTIVE : PROPOSALS_RECEIVED (SUCCESS)',
      'ACTIVE → IDLE : NO_PROPOSALS (SUCCESS)',
    ])
  })
})

describe('settled', () => {
  const work = (): Promise<never> => new Promise(() => {})
  const busy = (historyLimit = 64) =>
    createMachineStore(
      defineLoose({
        id: 'busy',
        initial: 'A',
        context: {},
        historyLimit,
        states: { A: { on: { GO: 'B' } }, B: { invoke: { src: work }, on: { GO: 'A' } } },
      }),
    )

  test.each([1, 2, 64])('tells each change once, by either stream, where the history keeps %i', (limit) => {
    const store = busy(limit)
    const begun: string[] = []
    const ended: string[] = []
    store.transitions$.subscribe((record) => void begun.push(record.from))
    store.settled$.subscribe((record) => void ended.push(record.from))
    for (let n = 0; n < 6; n += 1) store.send({ type: 'GO' })
    expect(begun).toEqual(['A', 'B', 'A', 'B', 'A', 'B'])
    // A history of one has no place for the record of the work that is left.
    expect(ended).toEqual(limit === 1 ? ['B', 'B', 'B'] : begun)
    store.destroy()
  })

  test('tells at once what invokes nothing', () => {
    const store = createMachineStore(qCoreMachine)
    const seen: string[] = []
    settled(store, { to: 'IDLE' }).subscribe(({ event, status }) => void seen.push(`${event} ${status}`))
    for (const event of TOUR) store.send(event)
    expect(seen).toEqual(['BOOT_COMPLETE SUCCESS', 'NO_PROPOSALS SUCCESS', 'ERROR_CLEARED SUCCESS'])
  })

  test('tells a state that a batch went through with how it ended, and by both streams once', () => {
    const store = busy()
    const begun: string[] = []
    const ended: string[] = []
    store.transitions$.subscribe((record) => void begun.push(told(record)))
    store.settled$.subscribe((record) => void ended.push(told(record)))
    store.batch(() => {
      store.send({ type: 'GO' })
      store.send({ type: 'GO' })
      store.send({ type: 'GO' })
    })
    expect(ended).toEqual(['A → B : GO (FAILED: Left by GO before it had ended.)', 'B → A : GO (SUCCESS)'])
    expect(begun).toEqual([...ended, 'A → B : GO (PENDING)'])
    store.destroy()
  })
})
