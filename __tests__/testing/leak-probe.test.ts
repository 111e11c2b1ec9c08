import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { expectNoLeak, leakProbe, manualClock } from '../../src/testing/index.ts'
import { caught, refusal } from '../store/support.ts'
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
      expect(report).toMatch(/^10 of 10 × \w+ are still alive after 10 rounds$/)
    })

    test(`is silent where there is no longer ${name}`, async () => {
      const { leaked, survivors, report } = await leakProbe(() => fixed(world), use(world))
      expect({ leaked, survivors }).toEqual({ leaked: 0, survivors: {} })
      expect(report).toBe('Nothing of 10 objects is alive after 10 rounds')
    })
  }

  test('tells what is left of several, by name', async () => {
    const held: object[] = []
    class Panel {}
    class Button {}
    const { survivors, leaked, report } = await leakProbe(
      ({ track }) => {
        held.push(track([], 'rows'), track([], 'rows'))
        return [new Panel(), new Button()]
      },
      ([, button]) => held.push(button as object),
      { rounds: 3 },
    )
    expect({ survivors, leaked }).toEqual({ survivors: { rows: 6, Button: 3 }, leaked: 9 })
    expect(report.split('\n')).toEqual([
      '6 of 6 × rows are still alive after 3 rounds',
      '3 of 3 × Button are still alive after 3 rounds',
    ])
    expect(held).toHaveLength(12)
  })

  test('tells the one that is remembered from those that pile up', async () => {
    let last: object | undefined
    const probe = await leakProbe(
      () => ({}),
      (made) => {
        last = made
      },
    )
    expect(probe.leaked).toBe(1)
    expect(probe.report).toBe(
      '1 × an object is still alive after 10 rounds: something remembers the last one',
    )
    expect(last).toBeDefined()
  })

  test('warms up with one round that is not counted, and waits for what is asynchronous', async () => {
    const rounds: string[] = []
    const { tracked } = await leakProbe(
      async ({ round }) => {
        await undefined
        rounds.push(`make ${round}`)
        return {}
      },
      async (_, { round }) => {
        await undefined
        rounds.push(`use ${round}`)
      },
      { rounds: 2 },
    )
    expect(rounds).toEqual(['make 0', 'use 0', 'make 1', 'use 1', 'make 2', 'use 2'])
    expect(tracked).toBe(2)
  })

  test('asserts when it is asked to', async () => {
    const held: object[] = []
    const leaky = await leakProbe(
      () => ({}),
      (made) => held.push(made),
      { rounds: 2, name: 'The menu' },
    )
    expect(caught(() => leaky.assert())).toEqual(
      refusal('LEAK_FOUND', 'The menu leaks: 2 of 2 × an object are still alive after 2 rounds.'),
    )
    const clean = await leakProbe(
      () => ({}),
      () => {},
      { rounds: 2 },
    )
    expect(() => clean.assert()).not.toThrow()
  })

  test('rejects with what the functions throw', async () => {
    const broken = new Error('broken')
    const fail = (): never => {
      throw broken
    }
    await expect(leakProbe(fail, () => {})).rejects.toBe(broken)
    await expect(leakProbe(() => ({}), fail)).rejects.toBe(broken)
  })

  test.each([
    [{ rounds: 0 }, 'Expected "rounds" to be an integer from 1 to 100000, got 0 (number).'],
    [{ heap: 'all' as never }, 'Expected "heap" to be "weak-refs", "memlab" or "auto", got "all" (string).'],
  ])('refuses %p', async (options, message) => {
    await expect(
      leakProbe(
        () => ({}),
        () => {},
        options,
      ),
    ).rejects.toEqual(refusal('OPTION_INVALID', message))
  })
})

describe('expectNoLeak', () => {
  test('resolves where nothing is left, and rejects where something is', async () => {
    const held: object[] = []
    await expectNoLeak(
      () => ({}),
      () => {},
    )
    await expect(
      expectNoLeak(
        () => ({}),
        (made) => held.push(made),
      ),
    ).rejects.toEqual(refusal('LEAK_FOUND'))
  })
})
