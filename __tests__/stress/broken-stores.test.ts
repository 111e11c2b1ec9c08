import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { StressAdapter } from '../../src/stress/adapter.ts'
import { runStress } from '../../src/stress/run-stress.ts'
import { scenarios } from '../../src/stress/scenarios.ts'
import type { ScenarioResult } from '../../src/stress/stress-report.ts'
import { asksForMore } from '../support/runs.ts'
import * as journals from './support/broken-journals.ts'
import * as servers from './support/broken-servers.ts'
import * as stores from './support/broken-stores.ts'
import { exposeGc } from './support/expose-gc.ts'
import { failuresOf, onlyResult } from './support/results.ts'

/** Which scenario must find which store out, and by which fact or limit. */
const MUST_FAIL: readonly (readonly [StressAdapter, string, string])[] = [
  [stores.losesAWrite, 'sets-and-gets', 'each read gives what was written last'],
  [stores.readsTheStateBefore, 'sets-and-gets', 'the state is what was written last'],
  [stores.throwsOnRead, 'sets-and-gets', 'no operation fails'],
  [stores.losesAWrite, 'rapid-transitions', 'every transition counts'],
  [stores.outOfOrder, 'rapid-transitions', 'every subscriber sees strictly rising states'],
  [stores.outOfOrder, 'rapid-transitions', 'the subscriber sees the way of the machine'],
  [stores.dropsAnUpdate, 'massive-subscribers', 'every state is delivered or counted as lost'],
  [stores.countsWrongly, 'massive-subscribers', 'the ledgers add up'],
  [stores.losesAWrite, 'massive-subscribers', 'every state is delivered or counted as lost'],
  [stores.losesAWrite, 'concurrent-writers', 'every state is delivered or counted as lost'],
  [stores.readsTheStateBefore, 'concurrent-writers', 'the counts of all writers are in the state'],
  [stores.throwsOnWrite, 'concurrent-writers', 'no operation fails'],
  [stores.throwsOnWrite, 'concurrent-writers', 'errorPercent'],
  [stores.throwsOnRead, 'mixed-chaos', 'errorPercent'],
  [stores.outOfOrder, 'mixed-chaos', 'every subscriber sees strictly rising states'],
  [stores.forgetsToRelease, 'mixed-chaos', 'nobody follows the store in the end'],
  [stores.waitsForTheSlowest, 'backpressure', 'every fast consumer gets more than any slow one'],
  [stores.neverRecovers, 'exhaustion-recovery', 'the store is healthy afterwards'],
  [stores.alwaysWell, 'exhaustion-recovery', 'the store notices the crowd'],
  [stores.forgetsToRelease, 'exhaustion-recovery', 'nobody of the crowd is left'],
  [stores.garbles, 'large-snapshots', 'what comes back from the wire is what was sent'],
  [stores.forgetsToRelease, 'subscriber-cleanup', 'nobody is left after a wave'],
  [stores.forgetsToRelease, 'subscriber-cleanup', 'nobody is told anything after leaving'],
  [stores.keepsConsumers, 'subscriber-cleanup', 'no consumer is reachable any more'],
  [stores.readsTheStateBefore, 'long-running', 'each read gives what was written last'],
  [stores.garbles, 'long-running', 'every conversion comes back as it went'],
  [stores.dropsAnUpdate, 'long-running', 'those who left before the end were told everything in order'],
  [stores.throwsOnWrite, 'long-running', 'errorPercent'],
  [stores.takesNothing, 'error-injection', 'a write of undefined is refused'],
  [stores.naiveAdapter, 'error-injection', 'the state stays good'],
  [stores.naiveAdapter, 'error-injection', 'no good write fails for a subscriber that throws'],
  [stores.naiveAdapter, 'error-injection', 'whoever stands behind one that throws is told'],
  [journals.stopsWithTheDisk, 'disk-full', 'every write is accepted'],
  [journals.forgetsFailures, 'disk-full', 'nothing acknowledged is lost'],
  [journals.acknowledgesEarly, 'disk-full', 'nothing acknowledged is lost'],
  [journals.neverReopens, 'disk-full', 'the disk holds the newest state'],
  [journals.neverReopens, 'disk-errors', 'nothing acknowledged is lost'],
  [journals.stopsWithTheDisk, 'disk-errors', 'every write is accepted'],
  [journals.acknowledgesEarly, 'crash', 'nothing acknowledged is lost'],
  [journals.writesInParts, 'crash', 'no state is a mixture'],
  [journals.believesTheDisk, 'damage', 'no wrong state is recovered'],
  [journals.believesTheDisk, 'damage', 'what is lost is told, or was the newest'],
  [servers.losesWrites, 'network-cuts', 'nothing committed is lost'],
  [servers.writesTwice, 'network-cuts', 'nothing is done twice'],
  [servers.turnsRound, 'network-cuts', 'every mirror sees strictly rising states'],
  [servers.forgetsMissed, 'network-cuts', 'every state reaches each mirror or is counted as missed'],
  [servers.losesMembers, 'network-cuts', 'all are equal in the end'],
  [servers.staysStale, 'network-cuts', 'after each cut everybody is back, and has everything'],
  [servers.staysStale, 'network-cuts', 'all are equal in the end'],
  [servers.hammers, 'network-cuts', 'connectionsPerCut'],
  [servers.waitsForTheSlowest, 'slow-client', 'neighbourRatio'],
  [servers.servesInTurn, 'slow-client', 'the neighbours have everything while others are stalled'],
  [servers.holdsEverything, 'slow-client', 'heldMb'],
  [servers.letsStrangersWrite, 'hostile-client', 'strangers write nothing'],
  [servers.letsAnybodyIn, 'hostile-client', 'strangers are shown nothing'],
  [servers.connectsTwice, 'reconnect-storm', 'nobody is connected twice'],
  [servers.losesMembers, 'reconnect-storm', 'all are equal in the end'],
  [servers.staysStale, 'reconnect-storm', 'everybody is back'],
  [servers.hammers, 'reconnect-storm', 'connectionsPerCut'],
  [servers.waitsForTheCrowd, 'reconnect-storm', 'backPerWrite'],
  [stores.miscountsCommits, 'cpu-throttling', 'the store counts every write'],
  [stores.losesAWrite, 'cpu-throttling', 'every state is delivered or counted as lost'],
  [stores.readsTheStateBefore, 'gigabytes', 'every entity holds what was written to it last'],
  [stores.keepsCopies, 'gigabytes', 'memoryPerState'],
  [stores.readsTheStateBefore, 'throughput', 'every read gives the newest state'],
  [stores.losesAWrite, 'throughput', 'the state is what was written last'],
  [stores.throwsOnRead, 'latency', 'no operation fails'],
  [stores.leavesATimer, 'latency', 'no timer is left'],
]

/** Each scenario finds one store out; where `HEADGATE_RUNS` asks for more, all that it must. */
const CASES = asksForMore
  ? MUST_FAIL
  : MUST_FAIL.filter(([, scenario], at) => MUST_FAIL.findIndex(([, other]) => other === scenario) === at)

const SMALL = { scale: 0.1, durationMs: 200 }
/** Who will never have what is waited for is not waited for long. */
const HOPELESS: readonly StressAdapter[] = [servers.staysStale, servers.servesInTurn]
const HOPELESS_MS = 3_000
/** On a busy machine a scenario that ends well by itself needs more than it is given. */
const PATIENCE_MS = 50_000

/** What became of a store in a scenario; of several facts about it, it runs once. */
const results = new Map<string, Promise<ScenarioResult>>()

function resultOf(adapter: StressAdapter, scenario: string): Promise<ScenarioResult> {
  const run = `${adapter.name}: ${scenario}`
  const timeoutMs = HOPELESS.includes(adapter) ? HOPELESS_MS : PATIENCE_MS
  const result =
    results.get(run) ?? runStress(adapter, { ...SMALL, timeoutMs, scenarios: [scenario] }).then(onlyResult)
  results.set(run, result)
  return result
}

beforeAll(exposeGc)

afterEach(() => {
  for (const timer of stores.timersLeft.splice(0)) clearInterval(timer)
})

describe('a store that is wrong', () => {
  test.each(CASES.map(([adapter, scenario, fact]) => ({ store: adapter.name, scenario, fact, adapter })))(
    '$store: $scenario finds that it is not so: $fact',
    async ({ adapter, scenario, fact }) => {
      const result = await resultOf(adapter, scenario)
      expect(failuresOf(result)).toContain(fact)
      expect(result.outcome).toBe('failed')
      expect(result.message).toContain(fact)
    },
  )

  // Those of NATS need its server: broken-machines.system.test.ts.
  test('is in the table for every scenario but those of NATS', () => {
    const covered = new Set(MUST_FAIL.map(([, scenario]) => scenario))
    const others = scenarios.filter(({ name }) => !covered.has(name))
    expect(others.filter(({ name }) => !name.startsWith('nats-'))).toEqual([])
  })
})
