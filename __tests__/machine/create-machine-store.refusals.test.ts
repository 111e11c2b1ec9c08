/** Events that are not handled: as errors of a strict store, and asked for with can. */
import { describe, expect, test } from '@jest/globals'
import { createMachineStore, defineMachine, qCoreMachine } from '../../src/index.ts'
import { caught, refusal } from '../store/support.ts'
import { booted, defineLoose } from './support.ts'

describe('send on a strict store', () => {
  const ERROR_HERE = [
    'Machine "q-core" in state IDLE has no transition for event NO_PROPOSALS. Handled here: PROPOSALS_RECEIVED, GUARD_EVENT, SHUTDOWN.',
    'Machine "q-core" in state IDLE has a guard that refused event PROPOSALS_RECEIVED. Handled here: PROPOSALS_RECEIVED, GUARD_EVENT, SHUTDOWN.',
    'Machine "q-core" in state SHUTDOWN is final, so it does not handle event SHUTDOWN. Handled here: nothing.',
  ]

  test('throws for an event that is not handled, and says what is', () => {
    const store = createMachineStore(qCoreMachine, { strict: true })
    store.send('BOOT_COMPLETE')
    const unhandled = caught(() => store.send('NO_PROPOSALS'))
    expect(unhandled).toEqual(refusal('EVENT_UNHANDLED', ERROR_HERE[0]))
    expect(unhandled).toHaveProperty('details', {
      machine: 'q-core',
      state: 'IDLE',
      event: 'NO_PROPOSALS',
      reason: 'unhandled',
      allowed: ['PROPOSALS_RECEIVED', 'GUARD_EVENT', 'SHUTDOWN'],
    })
    expect(caught(() => store.send({ type: 'PROPOSALS_RECEIVED', count: 0 }))).toEqual(
      refusal('EVENT_UNHANDLED', ERROR_HERE[1]),
    )
    store.send('SHUTDOWN')
    expect(caught(() => store.send('SHUTDOWN'))).toEqual(refusal('EVENT_UNHANDLED', ERROR_HERE[2]))
    expect(store.metrics()).toMatchObject({ unhandledEvents: 3, currentVersion: 2 })
  })

  test('does not mind an event that is handled and changes nothing', () => {
    const machine = defineMachine({ id: 'm', initial: 'A', context: {}, states: { A: { on: { LOOK: {} } } } })
    expect(createMachineStore(machine, { strict: true }).send('LOOK').handled).toBeTrue()
  })
})

describe('can', () => {
  test('says whether an event would be handled now', () => {
    const store = booted()
    expect(store.can('NO_PROPOSALS')).toBeFalse()
    expect(store.can({ type: 'PROPOSALS_RECEIVED', count: 0 })).toBeFalse()
    expect(store.can({ type: 'PROPOSALS_RECEIVED', count: 1 })).toBeTrue()
    store.send('SHUTDOWN')
    expect(store.can('SHUTDOWN')).toBeFalse()
  })

  test('asks the guard and runs nothing else, and counts nothing', () => {
    const ran: string[] = []
    const run = (name: string) => (): boolean => ran.push(name) > 0
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: {},
      states: {
        A: { exit: run('exit'), on: { GO: { target: 'B', guard: run('guard'), update: run('update') } } },
        B: { entry: run('entry') },
      },
    })
    const store = createMachineStore(machine)
    expect(store.can({ type: 'GO' })).toBeTrue()
    expect(ran).toEqual(['guard'])
    expect(store.metrics()).toMatchObject({ commits: 0, unhandledEvents: 0 })
  })

  test('throws what the guard throws', () => {
    const error = new Error('guard')
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: {},
      states: {
        A: {
          on: {
            GO: {
              guard: () => {
                throw error
              },
            },
          },
        },
      },
    })
    expect(caught(() => createMachineStore(machine).can({ type: 'GO' }))).toBe(error)
  })
})
