// node --expose-gc --experimental-vm-modules node_modules/jest/bin/jest.js --runInBand
import { afterAll, expect, test } from '@jest/globals'
import { assertNoLeaks, expectNoLeak } from 'headgate/testing'
import { Cart, shop } from './cart.js'

const use = (cart) => {
  cart.add()
  cart.close()
}

afterAll(() => shop.destroy())

// Weak references: milliseconds, for every component.
test('a cart is released when it is closed', async () => {
  await expectNoLeak(() => new Cart(), use)
  await assertNoLeaks(shop)
})

// Heap snapshots: seconds, for what matters most. It also finds what nobody tracked, and says what holds it.
test(
  'nothing is left in the heap',
  () => expectNoLeak(() => new Cart(), use, { heap: 'memlab', rounds: 20 }),
  300_000,
)

// The twin: a cart that is never closed must be found, or the tests above prove nothing.
test('a cart that is not closed is found', async () => {
  const forgotten = []
  const probe = expectNoLeak(
    () => new Cart(),
    (cart) => forgotten.push(cart),
    { heap: 'memlab', rounds: 20 },
  )
  await expect(probe).rejects.toMatchObject({ code: 'LEAK_FOUND' })
  for (const cart of forgotten) cart.close()
}, 300_000)
