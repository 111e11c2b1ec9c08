import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { createStore } from '../../src/index.ts'

const own = Object.getOwnPropertyDescriptor(globalThis, 'crypto')

afterEach(() => {
  if (own !== undefined) Object.defineProperty(globalThis, 'crypto', own)
})

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('the id of a store', () => {
  test.each([
    ['no crypto', undefined],
    ['a crypto that has nothing', {}],
    ['random values only', { getRandomValues: (bytes: Uint8Array) => bytes.fill(7) }],
  ])('is a UUID where the platform has %s', (_what, crypto) => {
    Object.defineProperty(globalThis, 'crypto', { value: crypto, configurable: true })
    const random = jest.spyOn(Math, 'random')
    expect(createStore(0).instanceId).toMatch(UUID)
    expect(random.mock.calls.length).toBe(crypto !== undefined && 'getRandomValues' in crypto ? 0 : 16)
  })
})
