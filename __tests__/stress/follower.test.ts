import { describe, expect, test } from '@jest/globals'
import { addsUp, Follower, settle } from '../../src/stress/follower.ts'
import { headgateAdapter } from '../../src/stress/headgate-adapter.ts'
import { runStress } from '../../src/stress/run-stress.ts'
import { defineScenario, type ScenarioContext } from '../../src/stress/scenario.ts'
import { Workload } from '../../src/stress/workload.ts'
import { broken } from './support/broken-stores.ts'

/** Lets a test work as a scenario does. */
async function asScenario(
  adapter: Parameters<typeof runStress>[0],
  run: (context: ScenarioContext, workload: Workload) => Promise<void>,
): Promise<void> {
  const scenario = defineScenario({
    name: 'test',
    group: 'test',
    goal: 'A test.',
    method: 'A test.',
    thresholds: {},
    run: (context) => run(context, new Workload(context)),
  })
  const [result] = (await runStress(adapter, { scenarios: [scenario] })).results
  expect(result?.message).toBe('')
}

const replaying = broken('replays', (store) => ({
  subscribe(consumer, options) {
    consumer(store.read())
    return store.subscribe(consumer, options)
  },
}))

describe('Follower', () => {
  test('sets apart what is replayed on joining', () =>
    asScenario(replaying, async (context, workload) => {
      await workload.write()
      const follower = new Follower(context, workload, { id: 'log' })
      await workload.write()
      follower.leave()
      const { received, replayed, fresh, expected, misordered } = follower
      expect({ received, replayed, fresh, expected, misordered }).toEqual({
        received: 2,
        replayed: 1,
        fresh: 1,
        expected: 1,
        misordered: 0,
      })
    }))

  test('accounts for what waits and for what was dropped', () =>
    asScenario(headgateAdapter, async (context, workload) => {
      const busy = new Follower(context, workload, {
        id: 'busy',
        capacity: 2,
        work: () => new Promise(() => {}),
      })
      for (let write = 0; write < 5; write += 1) await workload.write()
      expect(busy.ledger()).toMatchObject({ published: 5, delivered: 1, dropped: 2, pending: 2 })
      expect([busy.fresh, busy.lost, busy.accounted, busy.settled]).toEqual([1, 4, true, false])
      busy.leave()
      await workload.write()
      expect([busy.expected, busy.accounted, busy.settled]).toEqual([5, true, true])
    }))

  test('settles when the states that waited have come', () =>
    asScenario(headgateAdapter, async (context, workload) => {
      const slow = new Follower(context, workload, { id: 'slow', work: () => context.pause(5) })
      for (let write = 0; write < 5; write += 1) await workload.write()
      expect(slow.fresh).toBe(1)
      await settle(context, [slow])
      expect([slow.fresh, slow.settled]).toEqual([5, true])
      slow.leave()
    }))
})

describe('addsUp', () => {
  const ledger = { id: 'a', published: 10, delivered: 4, dropped: 3, conflated: 2, pending: 1 }

  test('is true of a ledger in which everything published is in one of the four fates', () => {
    expect(addsUp(ledger)).toBeTrue()
    for (const key of ['published', 'delivered', 'dropped', 'conflated', 'pending'] as const) {
      expect(addsUp({ ...ledger, [key]: ledger[key] + 1 })).toBeFalse()
    }
  })
})
