import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { expectNoLeak, leakProbe, manualClock } from '../../src/testing/index.ts'
import { refusal } from '../store/support.ts'
import { type Component, openWorld, RXJS_LEAKS, type World } from './rxjs-leaks.ts'

const use = (world: World) => async (component: Component) => {
  world.store.set({ total: 1 })
  component.unmount()
  world.store.set({ total: 2 })
}

describe('leakProbe', () => {
  let world: World
  beforeEach(() => {
    world = openWorld(manualClock())
  })
  afterEach(() => world.end())

  for (const [name, { leaky, fixed }] of Object.entries(RXJS_LEAKS)) {
    test(`finds ${name}`, async () => {
      const { leaked, tracked, survivors, report } = await leakProbe(() => leaky(world), use(world))
      expect(leaked).toBe(10)
      expect(tracked).toBe(10)
      expect(Object.values(survivors)).toEqual([10])
      expect(report).toMatch(/^10 of 10 × \w+ are still alive after 10 rounds\.$/)
    })

    test(`is silent where there is no longer ${name}`, async () => {
      const { leaked, survivors, report } = await leakProbe(() => fixed(world), use(world))
      expect({ leaked, survivors }).toEqual({ leaked: 0, survivors: {} })
      expect(report).toBe('Nothing of 10 objects is alive after 10 rounds.')
    })
  }
})
