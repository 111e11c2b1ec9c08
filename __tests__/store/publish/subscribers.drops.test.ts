import { describe, expect, test } from '@jest/globals'
import { buffer, createStore } from '../../../src/index.ts'

describe('Store.subscribe', () => {
  test('reports an onDrop that rejects as a fault, and goes on', async () => {
    const faults: string[] = []
    const store = createStore(0, { onFault: ({ phase, version }) => void faults.push(`${phase} ${version}`) })
    const handle = store.subscribe(() => new Promise(() => {}), {
      policy: buffer({ capacity: 1 }),
      onDrop: async () => {
        throw new Error('an onDrop that fails late')
      },
    })
    for (const n of [1, 2, 3]) store.set(n)
    await new Promise((done) => setImmediate(done))
    expect(faults).toEqual(['drop 1', 'drop 2'])
    expect(handle.stats()).toMatchObject({ published: 4, delivered: 1, dropped: 2, pending: 1 })
  })

  test('refuses a policy that is null, and attaches nobody', () => {
    const store = createStore(0)
    expect(() => store.subscribe(() => {}, { policy: null as never })).toThrow(
      'Expected "policy" to be a policy made by a factory, such as latest() or buffer({ capacity: 64 }), and no copy of one, got null.',
    )
    expect(store.metrics().subscriberCount).toBe(0)
  })
})
