/**
 * Random timelines over random policies, on a real mailbox and on the model of support/model-policies.ts.
 *
 * The two write a line after every step and inside every callback; the lines must be the same. What the
 * policies promise (order, bounds, convergence, no timer after the end) is checked on the real run alone,
 * so that an error which both sides share does not hide it.
 *
 * A failure prints the seed and the shrunk timeline; `HEADGATE_RUNS` sets the runs of each property.
 */
import assert from 'node:assert/strict'
import { afterAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Policy } from '../../src/backpressure/index.ts'
import { ModelSubscriber } from './support/model-policies.ts'
import { POLICIES, SETTLING, type Timeline, timelines } from './support/timeline.ts'
import { type Outcome, TimelineRun } from './support/timeline-run.ts'

const RUNS = Number(process.env.HEADGATE_RUNS ?? 900)

/** Whether a policy ends on the newest version, once writes stop and the consumer is idle. */
function converges(policy: Policy): boolean {
  if (policy.kind === 'exhaust') return false
  if (policy.kind === 'throttle') return policy.trailing
  return policy.kind !== 'buffer' || policy.overflow === 'drop-oldest'
}

function assertPromises({ policy }: Timeline, outcome: Outcome): void {
  const { stats, deliveries, terminals, cutShort } = outcome
  const versions = deliveries.flat()
  const sorted = [...new Set(versions)].sort((a, b) => a - b)
  assert.deepEqual(versions, sorted, 'every version rises above the one before')
  assert.ok(stats.pendingMax <= stats.capacity, 'no more was ever pending than the capacity')
  assert.ok(terminals.length <= 1, 'there is one end at most')
  if (cutShort) return
  assert.deepEqual([stats.pending, stats.inFlight], [0, 0], 'nothing waits and nothing runs for ever')
  if (terminals.length > 0) return
  if (converges(policy)) assert.equal(stats.lastVersion, stats.published === 0 ? -1 : stats.published)
}

async function runBeside(timeline: Timeline): Promise<void> {
  const steps = [...timeline.steps, ...SETTLING]
  const settled = await new TimelineRun(timeline).run(steps)
  assert.equal(settled.log.join('\n'), new ModelSubscriber(timeline).run(steps).join('\n'))
  assertPromises(timeline, settled)
}

async function leavesNothing(timeline: Timeline): Promise<void> {
  const { timers, stats } = await new TimelineRun(timeline).run([...timeline.steps, 'unsubscribe'])
  assert.deepEqual([timers, stats.pending, stats.inFlight], [0, 0, 0])
}

describe('a mailbox on random timelines', () => {
  let count = 0

  test.each(Object.keys(POLICIES) as Policy['kind'][])('with %s does what its model does', async (kind) => {
    const property = fc.asyncProperty(timelines(kind), async (timeline) => {
      count += 1
      await runBeside(timeline)
      await leavesNothing(timeline)
    })
    await fc.assert(property, { numRuns: RUNS })
  })

  afterAll(() => console.log(count))
})
void expect
