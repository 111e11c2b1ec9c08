import { beforeAll, expect, test } from '@jest/globals'
import type { StressAdapter } from '../../src/stress/adapter.ts'
import { runStress } from '../../src/stress/run-stress.ts'
import type { ScenarioResult } from '../../src/stress/stress-report.ts'
import { natsVersion } from '../../src/testing/index.ts'
import { describeNats } from '../support/nats.ts'
import { asksForMore } from '../support/runs.ts'
import * as machines from './support/broken-machines.ts'
import { exposeGc } from './support/expose-gc.ts'
import { failuresOf, onlyResult } from './support/results.ts'

/** Few writes, and time for connections that are lost. */
const SMALL = { scale: 0.02, durationMs: 1_000, timeoutMs: 120_000 }
const PATIENCE_MS = 150_000

beforeAll(exposeGc)

/** Which scenario must find which client out, and by which fact. */
const MUST_FAIL: readonly (readonly [StressAdapter, string, string])[] = [
  [machines.trustsTheAnswer, 'nats-cuts', 'nothing acknowledged is lost'],
  [machines.writesAgain, 'nats-cuts', 'no write counts twice'],
  [machines.waitsForAll, 'nats-slow-replica', 'a slow machine keeps nobody waiting'],
  [machines.trustsTheAnswer, 'nats-leader-kill', 'nothing acknowledged is lost'],
  // The compare-and-set of a cluster of this version takes writes that it should refuse (nats-server#4320).
  ...(natsVersion() === '2.9.10'
    ? ([[machines.naive, 'nats-leader-kill', 'nothing acknowledged is lost']] as const)
    : []),
]

/** Each scenario finds one client out; where `HEADGATE_RUNS` asks for more, all that it must. */
const CASES = asksForMore
  ? MUST_FAIL
  : MUST_FAIL.filter(([, scenario], at) => MUST_FAIL.findIndex(([, other]) => other === scenario) === at)

const run = async (adapter: StressAdapter, scenario: string): Promise<ScenarioResult> =>
  onlyResult(await runStress(adapter, { ...SMALL, scenarios: [scenario] }))

describeNats('a client of many machines that is wrong', () => {
  test.each(CASES.map(([adapter, scenario, fact]) => ({ client: adapter.name, scenario, fact, adapter })))(
    '$client: $scenario finds that it is not so: $fact',
    async ({ adapter, scenario, fact }) => {
      const result = await run(adapter, scenario)
      expect(failuresOf(result)).toContain(fact)
      expect(result.outcome).toBe('failed')
    },
    PATIENCE_MS,
  )

  // Over three servers `naive` is right where the servers are.
  test.each(['nats-cuts', 'nats-slow-replica'])(
    'is found by what is wrong: %s finds nothing where the server is right',
    async (scenario) => {
      const result = await run(machines.naive, scenario)
      expect(failuresOf(result)).toEqual([])
      expect(result.outcome).toBe('passed')
    },
    PATIENCE_MS,
  )
})
