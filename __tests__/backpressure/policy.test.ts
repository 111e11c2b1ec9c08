import { describe, expect, test } from '@jest/globals'
import {
  audit,
  batch,
  buffer,
  createStore,
  debounce,
  direct,
  exhaust,
  frame,
  latest,
  type Policy,
  parsePolicy,
  sample,
  switchLatest,
  throttle,
} from '../../src/index.ts'

const POLICIES: readonly Policy[] = [
  direct(),
  latest(),
  buffer(),
  exhaust(),
  switchLatest(),
  throttle({ ms: 1 }),
  debounce({ ms: 1 }),
  audit({ ms: 1 }),
  sample({ ms: 1 }),
  batch({ ms: 1 }),
  frame(),
]

const refused = expect.objectContaining({
  code: 'POLICY_INVALID',
  message:
    'Expected "policy" to be a policy made by a factory, such as latest() or buffer({ capacity: 64 }), and no copy of one, got an object.',
})

describe.each(POLICIES.map((policy) => [policy.kind, policy] as const))('%s', (_kind, policy) => {
  test('is taken as its factory made it', () => {
    const store = createStore({ policy: policy as unknown })
    expect(policy).toBeFrozen()
    expect(store.subscribe(() => {}, { policy }).closed).toBe(false)
    // A state keeps it as it is: it is frozen already.
    expect(store.subscribe(() => {}, { policy: store.state.policy as Policy }).closed).toBe(false)
    // The timers of `sample` would keep the process.
    store.destroy()
  })

  test('is refused as a copy, however frozen', () => {
    const store = createStore({ policy: JSON.parse(JSON.stringify(policy)) as Policy })
    const copies: unknown[] = [
      Object.freeze({ ...policy }),
      Object.freeze(structuredClone({ ...policy })),
      Object.freeze(Object.create(policy)),
      store.state.policy,
    ]
    for (const copy of copies) {
      expect(() => store.subscribe(() => {}, { policy: copy as never })).toThrow(refused)
      expect(() => store.stream({ policy: copy as never })).toThrow(
        expect.objectContaining({ code: 'POLICY_INVALID' }),
      )
    }
    expect(store.metrics().subscriberCount).toBe(0)
  })
})

describe('a policy', () => {
  test('without what its factory would have checked is refused', () => {
    const store = createStore(0)
    expect(() => store.subscribe(() => {}, { policy: Object.freeze({ kind: 'buffer' }) as never })).toThrow(
      refused,
    )
  })

  test('read from its label is one', () => {
    const store = createStore(0)
    expect(store.subscribe(() => {}, { policy: parsePolicy('buffer:8') as Policy }).closed).toBe(false)
  })
})
