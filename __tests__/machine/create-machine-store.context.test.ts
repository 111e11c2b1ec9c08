import { describe, expect, test } from '@jest/globals'
import { createMachineStore, qCoreMachine } from '../../src/index.ts'
import { caught } from '../store/support.ts'

describe('MachineStore.updateContext', () => {
  test('commits what its recipe changes in the context, and leaves the rest of the state as it is', () => {
    const store = createMachineStore(qCoreMachine)
    const before = store.snapshot
    const after = store.updateContext((draft) => {
      draft.proposals = 7
    }, 'COUNTED')
    expect(after).toMatchObject({ version: 1, reason: 'COUNTED', source: 'q-core' })
    expect(after.state).toEqual({ ...before.state, context: { ...before.state.context, proposals: 7 } })
    expect(after.state.history).toBe(before.state.history)
    expect(after.state).toBeFrozen()
    expect(after.state.context).toBeFrozen()
  })

  test('does not use what its recipe returns', () => {
    const store = createMachineStore(qCoreMachine)
    store.updateContext((draft) => draft.proposals++)
    expect(store.context.proposals).toBe(1)
  })

  test('commits nothing for a recipe that changes nothing, and counts it', () => {
    const store = createMachineStore(qCoreMachine)
    const before = store.snapshot
    expect(store.updateContext(() => {})).toBe(before)
    expect(store.metrics()).toMatchObject({ commits: 0, noopWrites: 1, failedWrites: 0 })
  })

  test.each<[string, (store: ReturnType<typeof create>) => unknown, string]>([
    ['an async recipe', (store) => store.updateContext(async () => {}), 'RECIPE_ASYNC'],
    [
      'a version that has passed',
      (store) => store.updateContext(() => {}, { expectedVersion: 4 }),
      'VERSION_CONFLICT',
    ],
    [
      'a write inside the recipe',
      (store) => store.updateContext(() => void store.send('SHUTDOWN')),
      'WRITE_IN_RECIPE',
    ],
  ])('refuses %s, and changes nothing', (_what, write, code) => {
    const store = create()
    const before = store.snapshot
    expect(caught(() => write(store))).toHaveProperty('code', code)
    expect(store.snapshot).toBe(before)
  })
})

function create() {
  return createMachineStore(qCoreMachine)
}
