/** What `set`, `update` and `put` may bring to a machine store. */
import { describe, expect, test } from '@jest/globals'
import { queueScheduler } from 'rxjs'
import { createMachineStore, qCoreMachine } from '../../src/index.ts'
import { caught } from '../store/support.ts'
import { defineLoose } from './support.ts'

const SENTENCE =
  'Machine "q-core" has no state "LOST" (string); nothing was written. States: BOOTING, IDLE, ACTIVE, ERROR_STATE, SHUTDOWN.'

/** What a caller without types, or a damaged replica, may bring. */
const LOST = 'LOST' as 'IDLE'

describe('createMachineStore', () => {
  test.each([
    [
      'update',
      (store: ReturnType<typeof create>) =>
        store.update((draft) => {
          draft.current = LOST
        }),
    ],
    ['set', (store: ReturnType<typeof create>) => store.set({ ...store.state, current: LOST })],
    [
      'put',
      (store: ReturnType<typeof create>) =>
        store.put({ ...store.snapshot, version: 9, state: { ...store.state, current: LOST } }),
    ],
  ])('refuses a state that the machine does not have, brought by %s, and changes nothing', (_name, write) => {
    const store = create()
    const before = store.snapshot
    expect(caught(() => write(store))).toHaveProperty('message', SENTENCE)
    expect(store.snapshot).toBe(before)
    expect(store.metrics()).toMatchObject({ commits: 0, failedWrites: 1 })
    expect(store.send('BOOT_COMPLETE').handled).toBeTrue()
  })

  test('handles nothing once it is destroyed', () => {
    const store = create()
    expect(store.can('BOOT_COMPLETE')).toBeTrue()
    store.destroy()
    expect(store.can('BOOT_COMPLETE')).toBeFalse()
  })

  test('starts no work of a state that a synchronous scheduler has left at once', () => {
    let started = 0
    const startWork = async (): Promise<void> => {
      started += 1
    }
    const machine = defineLoose({
      id: 'hasty',
      initial: 'A',
      context: {},
      states: {
        A: { after: { 0: 'B' }, invoke: { src: startWork } },
        B: {},
      },
    })
    const store = createMachineStore(machine, { scheduler: queueScheduler })
    expect(store.current).toBe('B')
    expect(started).toBe(0)
  })
})

function create() {
  return createMachineStore(qCoreMachine)
}
