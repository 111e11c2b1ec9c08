import { describe, expect, test } from '@jest/globals'
import { findLeaks } from './support/find-leaks.ts'

describe.each([
  ['released subscribers', 'released-subscribers.ts', /StoreSubscriber/],
  ['destroyed stores', 'destroyed-stores.ts', /MachineStoreCore/],
])('6 Release: %s', (_claim, scenario, retained) => {
  test('leave nothing on the heap', async () => {
    expect(await findLeaks(scenario, 'clean')).toEqual([])
  })

  test('are found, with what retains them, when they are kept on purpose', async () => {
    const traces = await findLeaks(scenario, 'leak')
    expect(traces.join('\n')).toMatch(retained)
  })
})
