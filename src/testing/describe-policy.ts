/**
 * Holds a policy to the laws of policies, with random timelines, and to what its own diagrams show.
 */
import type { Policy } from '../backpressure/index.ts'
import { checkKeys, describeValue, HeadgateError, type KnownKeys } from '../kit/index.ts'
import { checkDiagram, type PolicyDiagram } from './policy-diagram.ts'
import { endsOnNewest, POLICY_LAWS, type PolicyLaw } from './policy-laws.ts'
import { type PolicyRun, runTimeline } from './policy-run.ts'
import { smaller, timelineOf, timelineText } from './policy-timeline.ts'

/** The two functions of a test runner. */
export interface PolicyTestRunner {
  describe(name: string, body: () => void): unknown
  test(name: string, body: () => Promise<void>): unknown
}

/** Options of {@link describePolicy}. */
export interface DescribePolicyOptions extends Partial<PolicyTestRunner> {
  /** How many random timelines each law is looked for in; default 200. */
  runs?: number | undefined
  /** Where the random timelines begin; default 1. A failure tells its own. */
  seed?: number | undefined
}

const KEYS: KnownKeys<DescribePolicyOptions> = { describe: true, test: true, runs: true, seed: true }

/** Two subscribers that do the same must be given the same. */
const OWN_STATE: PolicyLaw = {
  name: 'begins anew for each subscriber',
  broken: () => undefined,
}

/**
 * Describes a policy in the tests of whoever wrote it: one test for each law of policies, and one for each diagram.
 *
 * The laws: it throws nothing, accounts for every version at every instant, hands over in order, tells what was
 * missed, holds no more than its capacity, waits if it says so, hands a replay over at once, ends on the newest
 * version if it says so (and not always, if it says that it does not), loses nothing if it says so, lets the end
 * through, lets go of everything, and begins anew for each subscriber. Consumers are synchronous, busy or pulled;
 * they throw, and write inside their call.
 *
 * @example
 * ```ts no-run
 * import { describe, test } from 'node:test'
 * import { latest } from 'headgate'
 * import { describePolicy } from 'headgate/testing'
 *
 * describePolicy(latest(), [
 *   {
 *     name: 'keeps the newest while the consumer is busy',
 *     source: '  -abcd---e----|',
 *     expected: '-a---d---e---|',
 *     busyMs: 4,
 *     lost: ['b conflated', 'c conflated'],
 *     missed: ['2 before d'],
 *   },
 * ], { describe, test })
 * ```
 *
 * @param options.describe - of the test runner, as `test`; default the global ones.
 * @throws `OPTION_INVALID` where there is no test runner, or `runs` is no integer from 1.
 */
export function describePolicy(
  policy: Policy,
  diagrams: readonly PolicyDiagram[] = [],
  options: DescribePolicyOptions = {},
): void {
  checkKeys(options, KEYS, 'describePolicy()')
  const { runs = 200, seed = 1, describe = globalOf('describe'), test = globalOf('test') } = options
  if (!Number.isInteger(runs) || runs < 1) throw refused('runs', 'an integer from 1', runs)
  describe(`the policy ${policy.label}`, () => {
    let found: Promise<Violations> | undefined
    for (const law of [...POLICY_LAWS, OWN_STATE]) {
      if (law.applies?.(policy) === false) continue
      test(law.name, async () => {
        found ??= lookFor(policy, seed, runs)
        const violation = (await found).get(law)
        if (violation !== undefined) throw new Error(violation)
      })
    }
    if (!policy.converges) {
      test('does not always end on the newest version, as it says', async () => {
        found ??= lookFor(policy, seed, runs)
        if ((await found).alwaysConverges)
          throw new Error(
            `${policy.label} ended on the newest version in all of ${runs} timelines: it converges`,
          )
      })
    }
    for (const diagram of diagrams) test(diagram.name, () => checkDiagram(policy, diagram))
  })
}

function globalOf<Name extends keyof PolicyTestRunner>(name: Name): PolicyTestRunner[Name] {
  const found = (globalThis as Partial<PolicyTestRunner>)[name]
  // The cast holds for the functions of any test runner.
  if (typeof found === 'function') return found as PolicyTestRunner[Name]
  throw refused(name, 'that of the test runner, as there is no global one', found)
}

/** The first way in which each law is broken. */
class Violations extends Map<PolicyLaw, string> {
  alwaysConverges = true
}

async function lookFor(policy: Policy, seed: number, runs: number): Promise<Violations> {
  const violations = new Violations()
  for (let run = 0; run < runs; run += 1) {
    const timeline = timelineOf(seed + run, policy.waits && !policy.batches)
    const seen = await runTimeline(policy, timeline)
    if (endsOnNewest(seen) === false) violations.alwaysConverges = false
    for (const law of POLICY_LAWS) {
      if (violations.has(law) || law.applies?.(policy) === false) continue
      if (law.broken(seen, policy) !== undefined)
        violations.set(law, await tell(law, policy, seen, seed + run))
    }
    if (!violations.has(OWN_STATE) && textOf(await runTimeline(policy, timeline)) !== textOf(seen)) {
      violations.set(OWN_STATE, `two subscribers were given different things: ${timelineText(timeline)}`)
    }
  }
  return violations
}

const textOf = (run: PolicyRun): string => JSON.stringify([run.calls, run.losses, run.settled])

/** Says how a law is broken, by the shortest timeline that is found. */
async function tell(law: PolicyLaw, policy: Policy, seen: PolicyRun, seed: number): Promise<string> {
  let least = seen
  for (let shrinks = true; shrinks; ) {
    shrinks = false
    for (const timeline of smaller(least.timeline)) {
      const run = await runTimeline(policy, timeline)
      if (law.broken(run, policy) === undefined) continue
      least = run
      shrinks = true
      break
    }
  }
  return `${policy.label} (seed ${seed}): ${law.broken(least, policy)}.\n  ${timelineText(least.timeline)}`
}

function refused(option: string, expected: string, received: unknown): HeadgateError<'OPTION_INVALID'> {
  return new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(received) })
}
