import { describe, expect, test } from '@jest/globals'
import { isDevelopment } from '../../src/kit/index.ts'

describe('isDevelopment', () => {
  test.each([
    ['production', false],
    ['development', true],
    ['test', true],
    ['', true],
  ])('with NODE_ENV "%s" is %p', (environment, expected) => {
    const before = process.env.NODE_ENV
    process.env.NODE_ENV = environment
    expect(isDevelopment()).toBe(expected)
    process.env.NODE_ENV = before
  })

  test('is false where there is no process', () => {
    const { process } = globalThis
    globalThis.process = undefined as unknown as NodeJS.Process
    try {
      expect(isDevelopment()).toBe(false)
    } finally {
      globalThis.process = process
    }
  })
})
