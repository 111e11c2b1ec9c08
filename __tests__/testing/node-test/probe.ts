/** Run by `node --test`: the probe under Node's own test runner, on real timers. Jest does not collect this file. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isHeadgateError } from '../../../src/index.ts'
import { assertNoLeaks, drain, leakProbe } from '../../../src/testing/index.ts'
import { type Component, openWorld, RXJS_LEAKS } from '../rxjs-leaks.ts'

for (const [name, { leaky, fixed }] of Object.entries(RXJS_LEAKS)) {
  for (const [kind, mount, leaked] of [
    ['finds', leaky, 10] as const,
    ['is silent without', fixed, 0] as const,
  ]) {
    test(`${kind} ${name}`, async () => {
      const world = openWorld()
      const use = (component: Component): void => {
        world.store.set({ total: 1 })
        component.unmount()
      }
      const result = await leakProbe(() => mount(world), use)
      assert.equal(result.leaked, leaked, result.report)
      await drain(world.store)
      world.end()
      await assertNoLeaks(world.store)
    })
  }
}

test('says so where memlab is asked for and not installed', async () => {
  const probe = (heap: 'memlab' | 'auto') =>
    leakProbe(
      () => ({}),
      () => {},
      { heap },
    )
  await assert.rejects(probe('memlab'), (error) => isHeadgateError(error, 'OPTION_INVALID'))
  assert.equal((await probe('auto')).method, 'weak-refs')
})

// The leaky ones leave timers behind.
test('ends', () => void setImmediate(() => process.exit()))
