/** A file of its own: the modules must not have derived from any store before. */
import { expect, test } from '@jest/globals'
import { createStore, derive, type HeadgateError } from '../../src/index.ts'

test('the first derived value of all may not write either, to the store that it has just read', () => {
  const store = createStore(1)
  const value = derive((read) => {
    const state = read(store)
    try {
      store.set(2)
    } catch (error) {
      return (error as HeadgateError).code
    }
    return state
  })
  expect([value.state, store.state]).toEqual(['WRITE_IN_DERIVE', 1])
})
