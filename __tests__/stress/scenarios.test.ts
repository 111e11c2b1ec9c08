import { beforeAll, describe, expect, test } from '@jest/globals'
import { addsUp } from '../../src/stress/follower.ts'
import { headgateAdapter } from '../../src/stress/headgate-adapter.ts'
import { profiles } from '../../src/stress/profile.ts'
import { runStress } from '../../src/stress/run-stress.ts'
import { scenarios } from '../../src/stress/scenarios.ts'
import type { ScenarioResult } from '../../src/stress/stress-report.ts'
import { asksForMore } from '../support/runs.ts'
import { exposeGc } from './support/expose-gc.ts'
import { onlyResult } from './support/results.ts'

beforeAll(exposeGc)

/** A scenario of a few seconds, on a busy machine. */
const PATIENCE_MS = 120_000

/** The quick profile where `HEADGATE_RUNS` asks for more; on a desk half of its load, in less than half of its time. */
const QUICK = asksForMore ? {} : { scale: 0.1, durationMs: 200 }

const run = async (scenario: string, load: { scale?: number } = QUICK): Promise<ScenarioResult> =>
  onlyResult(
    await runStress(headgateAdapter, {
      profile: 'quick',
      scenarios: [scenario],
      ...load,
      timeoutMs: PATIENCE_MS,
    }),
  )

describe.each(scenarios.map(({ name }) => name))('%s', (name) => {
  let result: ScenarioResult

  test('finds nothing wrong with the store of Headgate', async () => {
    result = await run(name)
    expect(result.checks.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    expect(result.checks.map(({ fact }) => fact)).toIncludeAllMembers([
      'nobody follows the store in the end',
      'no timer is left',
    ])
    expect(result.outcome).toBeOneOf(['passed', 'failed', 'skipped'])
  }, 150_000)

  test('reports a figure beside each limit that it names', () => {
    const limits = scenarios.find((scenario) => scenario.name === name)?.thresholds ?? {}
    expect(result.thresholds.map((one) => one.name).sort()).toEqual(Object.keys(limits).sort())
    for (const one of result.thresholds) {
      expect(one).toMatchObject({
        unit: limits[one.name]?.unit,
        atLeast: limits[one.name]?.atLeast ?? null,
        atMost: limits[one.name]?.atMost ?? null,
      })
    }
  })

  test('has ledgers that add up', () => {
    expect(result.ledgers.filter((ledger) => !addsUp(ledger))).toEqual([])
  })

  test('of mirrors has all that they were told, over all of their connections', () => {
    if (result.counts.mirror === undefined || result.outcome !== 'passed') return
    const delivered = result.ledgers.reduce((sum, ledger) => sum + ledger.delivered, 0)
    expect(delivered).toBe(result.counts.deliver)
  })
})

describe('the loads of the suite at scale 1', () => {
  test.each([
    ['sets-and-gets', { write: 1_000, read: 1_000, subscribe: 1, deliver: 1_000 }],
    ['rapid-transitions', { write: 1_000, read: 1_000, subscribe: 1, deliver: 1_000 }],
    ['massive-subscribers', { write: 100, subscribe: 200, deliver: 20_000 }],
    ['concurrent-writers', { write: 1_500, subscribe: 1, deliver: 1_500 }],
    ['mixed-chaos', { write: 200, read: 900, join: 100, leave: 100, subscribe: 101 }],
    ['large-snapshots', { write: 100, convert: 100, deliver: 100 }],
    ['subscriber-cleanup', { write: 121, subscribe: 1_100, deliver: 11_000 }],
    ['exhaustion-recovery', { write: 30, subscribe: 1_000, deliver: 10_000 }],
    ['damage', { write: 40, keep: 40, flip: 100, cut: 100, remove: 50 }],
    ['cpu-throttling', { write: 500, deliver: 500 }],
    ['throughput', { write: 5_000, read: 5_000 }],
    ['latency', { write: 1_000, read: 1_000 }],
  ] as const)('%s does %j', async (name, counts) => {
    expect((await run(name, { scale: 1 })).counts).toMatchObject(counts)
  })

  test('error-injection spoils one operation in ten', async () => {
    const { counts } = await run('error-injection', { scale: 1 })
    const throwers = ((counts.subscribe ?? 0) - 1) / 2
    const bad = (counts['bad-write'] ?? 0) + throwers
    expect((counts.write ?? 0) + (counts['bad-write'] ?? 0)).toBe(500)
    expect(bad).toBeWithin(30, 75)
  })
})

describe('profiles', () => {
  test('rise in load', () => {
    const { quick, ci, full, soak } = profiles
    expect([quick.scale, ci.scale, full.scale, soak.scale]).toEqual([0.2, 1, 4, 4])
    expect([quick, ci, full, soak].map(({ durationMs }) => durationMs)).toEqual([
      500, 2_000, 30_000, 3_600_000,
    ])
  })
})
