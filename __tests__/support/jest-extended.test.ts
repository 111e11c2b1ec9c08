import { describe, expect, test } from '@jest/globals'

describe('jest-extended', () => {
  test('lends its matchers to expect', async () => {
    expect([]).toBeEmpty()
    expect([1]).not.toBeEmpty()
    await expect(Promise.resolve([1, 2])).resolves.toIncludeSameMembers([2, 1])
  })

  test('leaves a misspelt matcher without a type and without an implementation', () => {
    // @ts-expect-error: the matcher is called toBeEmpty.
    expect(() => expect([]).toBeEmty()).toThrow(TypeError)
    // @ts-expect-error
    expect(() => expect([]).toBeEmpty(1)).not.toThrow()
  })
})
