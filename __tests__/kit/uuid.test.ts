import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { randomUuid } from '../../src/kit/uuid.ts'

const VERSION_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('randomUuid', () => {
  test("returns what the platform's own function makes", () => {
    const uuid = '00000000-1111-4222-8333-444444444444'
    jest.spyOn(crypto, 'randomUUID').mockReturnValue(uuid)
    expect(randomUuid()).toBe(uuid)
  })

  test('makes UUIDs of version 4 that differ', () => {
    const uuids = Array.from({ length: 100 }, randomUuid)
    for (const uuid of uuids) expect(uuid).toMatch(VERSION_4)
    expect(new Set(uuids).size).toBe(100)
  })

  describe('where the platform has only getRandomValues', () => {
    afterEach(() => {
      // The platform's function is on the prototype; the property that hid it goes.
      Reflect.deleteProperty(crypto, 'randomUUID')
    })

    function withoutRandomUuid(): void {
      Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true })
    }

    function withBytes(byte: number): void {
      jest
        .spyOn(crypto, 'getRandomValues')
        .mockImplementation((array) => (array as unknown as Uint8Array).fill(byte) as never)
    }

    test('makes UUIDs of version 4 that differ', () => {
      withoutRandomUuid()
      const uuids = Array.from({ length: 100 }, randomUuid)
      for (const uuid of uuids) expect(uuid).toMatch(VERSION_4)
      expect(new Set(uuids).size).toBe(100)
    })

    test.each([
      [0x00, '00000000-0000-4000-8000-000000000000'],
      [0x0a, '0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0a'],
      [0xff, 'ffffffff-ffff-4fff-bfff-ffffffffffff'],
    ])('sets only the bits of version and variant in bytes of %i', (byte, uuid) => {
      withoutRandomUuid()
      withBytes(byte)
      expect(randomUuid()).toBe(uuid)
    })
  })
})
