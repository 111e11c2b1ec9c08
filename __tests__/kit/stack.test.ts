import { afterEach, describe, expect, test } from '@jest/globals'
import { createStore } from '../../src/index.ts'
import { stackTextOf } from '../../src/kit/index.ts'

const { prepareStackTrace } = Error

afterEach(() => {
  Error.prepareStackTrace = prepareStackTrace
})

describe('stackTextOf', () => {
  test.each<[string, typeof Error.prepareStackTrace | undefined]>([
    ['gives a text', undefined],
    ['returns call sites', (_error, sites) => sites],
  ])('is a text with the place where prepareStackTrace %s', (_what, prepare) => {
    if (prepare !== undefined) Error.prepareStackTrace = prepare
    expect(stackTextOf(new Error('here'))).toContain('stack.test')
  })

  test('is empty where it throws or gives nothing of use', () => {
    Error.prepareStackTrace = () => {
      throw new Error('broken')
    }
    expect(stackTextOf(new Error('here'))).toBe('')
    Error.prepareStackTrace = () => 7
    expect(stackTextOf(new Error('here'))).toBe('')
  })

  test('a subscription is made and left alone whatever the process has set', () => {
    Error.prepareStackTrace = (_error, sites) => sites
    const store = createStore(0, { detectLeaks: true })
    const seen: number[] = []
    const handle = store.subscribe(({ state }) => void seen.push(state))
    store.set(1)
    handle.unsubscribe()
    expect(seen).toEqual([0, 1])
  })
})
