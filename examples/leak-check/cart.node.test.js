// node --expose-gc --test
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { assertNoLeaks, expectNoLeak } from 'headgate/testing'
import { Cart, shop } from './cart.js'

const use = (cart) => {
  cart.add()
  cart.close()
}

after(() => shop.destroy())

// Weak references: milliseconds, for every component.
test('a cart is released when it is closed', async () => {
  await expectNoLeak(() => new Cart(), use)
  await assertNoLeaks(shop)
})

// Heap snapshots: seconds, for what matters most. It also finds what nobody tracked, and says what holds it.
test('nothing is left in the heap', { timeout: 300_000 }, async () => {
  await expectNoLeak(() => new Cart(), use, { heap: 'memlab', rounds: 20 })
})

// The twin: a cart that is never closed must be found, or the tests above prove nothing.
test('a cart that is not closed is found', { timeout: 300_000 }, async () => {
  const forgotten = []
  await assert.rejects(
    expectNoLeak(
      () => new Cart(),
      (cart) => forgotten.push(cart),
      { heap: 'memlab', rounds: 20 },
    ),
    { code: 'LEAK_FOUND' },
  )
  for (const cart of forgotten) cart.close()
})
