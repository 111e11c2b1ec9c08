/** A file of its own: the modules must not have derived from any store before. */
import { expect, test } from '@jest/globals'
import { createStore, derive } from '../../src/index.ts'

test('the first derived value of all, read for the first time inside a batch, reads what the batch has written', () => {
  const store = createStore(1)
  const double = derive((read) => read(store) * 2)
  const seen = store.batch(() => {
    store.set(5)
    return [double.state, double.published.state, double.state]
  })
  expect(seen).toEqual([10, 2, 10])
})
