import { describe, expect, test } from '@jest/globals'
import { of, Subject } from 'rxjs'
import { initialState, type QCoreEvent, qCoreMachine, runMachine, transition } from '../../src/index.ts'
import { isDeeplyFrozen, refusal } from '../store/support.ts'
import { defineLoose } from './support.ts'

describe('runMachine', () => {
  test('gives the initial state, then the state after each event that was handled', () => {
    const states: unknown[] = []
    of<QCoreEvent[]>(
      { type: 'BOOT_COMPLETE' },
      { type: 'NO_PROPOSALS' },
      { type: 'SHUTDOWN' },
      { type: 'SHUTDOWN' },
    )
      .pipe(runMachine(qCoreMachine))
      .subscribe((state) => void states.push(state))
    expect(states).toMatchObject([
      { current: 'BOOTING', previous: null, attempts: 0 },
      { current: 'IDLE', previous: 'BOOTING', attempts: 1, context: { biosOk: true } },
      { current: 'SHUTDOWN', previous: 'IDLE', attempts: 2 },
    ])
    expect(states.every(isDeeplyFrozen)).toBeTrue()
  })

  test('gives the state again for an event that was handled and changed nothing', () => {
    const machine = defineLoose({ id: 'm', initial: 'A', context: {}, states: { A: { on: { LOOK: {} } } } })
    const states: unknown[] = []
    of({ type: 'LOOK' })
      .pipe(runMachine(machine))
      .subscribe((state) => void states.push(state))
    expect(states).toEqual([initialState(machine), initialState(machine)])
    expect(states[1]).toBe(states[0])
  })

  test('gives what the pure transition gives', () => {
    const states: unknown[] = []
    of('BOOT_COMPLETE' as const)
      .pipe(runMachine(qCoreMachine))
      .subscribe((state) => void states.push(state))
    const { state } = transition(qCoreMachine, initialState(qCoreMachine), 'BOOT_COMPLETE')
    expect(states[1]).toMatchObject({ current: state.current, context: state.context })
  })

  test('runs a machine of its own for each subscription', () => {
    const events$ = new Subject<'BOOT_COMPLETE'>()
    const run$ = events$.pipe(runMachine(qCoreMachine))
    const early: number[] = []
    const late: number[] = []
    run$.subscribe(({ attempts }) => void early.push(attempts))
    events$.next('BOOT_COMPLETE')
    run$.subscribe(({ attempts }) => void late.push(attempts))
    events$.next('BOOT_COMPLETE')
    expect({ early, late }).toEqual({ early: [0, 1], late: [0, 1] })
  })

  test('runs the events that a callback sends after the one that it is told of', () => {
    const events$ = new Subject<QCoreEvent>()
    const names: string[] = []
    events$.pipe(runMachine(qCoreMachine)).subscribe(({ current }) => {
      if (current === 'IDLE') events$.next({ type: 'SHUTDOWN' })
      names.push(current)
    })
    events$.next({ type: 'BOOT_COMPLETE' })
    expect(names).toEqual(['BOOTING', 'IDLE', 'SHUTDOWN'])
  })

  test('ends with what a guard or a recipe throws, and with what is no event', () => {
    const error = new Error('guard')
    const guard = (): never => {
      throw error
    }
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: {},
      states: { A: { on: { GO: { guard } } } },
    })
    const errors: unknown[] = []
    for (const event of [{ type: 'GO' }, 7 as never]) {
      of(event)
        .pipe(runMachine(machine))
        .subscribe({ error: (one) => void errors.push(one) })
    }
    expect(errors).toEqual([error, refusal('EVENT_INVALID')])
  })
})
