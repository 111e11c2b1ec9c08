/** A file of its own: the modules must not have derived from any store before. */
import { expect, test } from '@jest/globals'
import { createStore, derive } from '../../src/index.ts'

test('the first derived value of all may not write to a store that nothing has read yet', () => {
  const store = createStore(1)
  const value = derive((read) => {
    store.set(2)
    return read(store)
  })
  expect(() => value.state).toThrow('derived value "derived" was being computed; nothing was written')
  expect(store.state).toBe(1)
})
