// A file of its own: the plug-in cannot be unloaded.
import { expect, test } from '@jest/globals'
import { enableArrayMethods, isDraft } from 'immer'
import { createStore } from '../../../src/store/index.ts'

test("a recipe's arrays take immer's array methods from the application, and only from there", () => {
  const store = createStore({ items: [{ id: 1 }, { id: 2 }] })
  const drafts: boolean[] = []
  const look = (): unknown =>
    store.update((draft) => {
      draft.items.find((item) => drafts.push(isDraft(item)) > 10)
    })
  look()
  expect(drafts).toEqual([true, true])
  enableArrayMethods()
  look()
  expect(drafts).toEqual([true, true, false, false])
})
