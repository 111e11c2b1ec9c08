/**
 * Random timelines over random policies, on a real mailbox and on the model of support/model-policies.ts.
 *
 * The two write a line after every step and inside every callback; the lines must be the same. What the
 * policies promise (order, bounds, convergence, no timer after the end) is checked on the real run alone,
 * so that an error which both sides share does not hide it.
 *
 * A failure prints the seed and the shrunk timeline; support/timeline.ts says how many there are.
 */
import assert from 'node:assert/strict'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { batch, buffer, latest, switchLatest } from '../../src/backpressure/index.ts'
import { ModelSubscriber } from './support/model-policies.ts'
import type { ShippedPolicy } from './support/shipped-policy.ts'
import { POLICIES, SETTLING, type Step, TIMELINES, type Timeline, timelines } from './support/timeline.ts'
import { type Outcome, TimelineRun } from './support/timeline-run.ts'

const KINDS = Object.keys(POLICIES) as ShippedPolicy['kind'][]
/** Four fifths; the rest is run against RxJS in properties.rxjs.test.ts. */
const RUNS = Math.ceil((TIMELINES * 0.8) / KINDS.length)

function assertPromises({ policy }: Timeline, outcome: Outcome): void {
  const { stats, deliveries, terminals, cutShort } = outcome
  const versions = deliveries.flat()
  const sorted = [...new Set(versions)].sort((a, b) => a - b)
  assert.deepEqual(versions, sorted, 'every version rises above the one before')
  assert.ok(stats.pendingMax <= stats.capacity, 'no more was ever pending than the capacity')
  assert.ok(terminals.length <= 1, 'there is one end at most')
  // Without `ms` the last window of a batch stays open until it is full.
  const mayWait = policy.batches && !policy.converges && terminals.length === 0
  if (cutShort || mayWait) return
  assert.deepEqual([stats.pending, stats.inFlight], [0, 0], 'nothing waits and nothing runs for ever')
  if (terminals.length > 0) return
  if (policy.converges) assert.equal(stats.lastVersion, stats.published === 0 ? -1 : stats.published)
}

/** Runs to the end of everything that can be delivered. */
async function compareSettled(timeline: Timeline): Promise<void> {
  const steps = [...timeline.steps, ...SETTLING]
  const outcome = await new TimelineRun(timeline).run(steps)
  const model = new ModelSubscriber(timeline).run(steps)
  assert.equal(outcome.log.join('\n'), model.join('\n'), 'the mailbox does what the model does')
  assertPromises(timeline, outcome)
}

/** Leaves in the middle, with whatever waits and runs at that moment. */
async function compareLeft(timeline: Timeline): Promise<void> {
  const steps: Step[] = [...timeline.steps, 'unsubscribe', 'write 1', 'flush', 'wait 40']
  const { log, timers, stats } = await new TimelineRun(timeline).run(steps)
  const model = new ModelSubscriber(timeline).run(steps)
  assert.equal(log.join('\n'), model.join('\n'), 'the mailbox does what the model does')
  assert.deepEqual([timers, stats.pending, stats.inFlight], [0, 0, 0], 'nothing is left')
}

/** A random timeline over a policy that lets a busy mailbox rest, where its source keeps a backlog. */
const restingTimelines = (kind: 'latest' | 'buffer'): fc.Arbitrary<Timeline> => {
  const policy: fc.Arbitrary<ShippedPolicy> =
    kind === 'latest'
      ? fc.constant(latest())
      : fc
          .oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom(9, Number.POSITIVE_INFINITY))
          .map((capacity) => buffer({ capacity }))
  return fc.tuple(timelines(kind), policy).map(([timeline, policy]) => ({ ...timeline, policy }))
}

/** A mailbox that parks, beside one that is offered everything, and the model; whom nobody tells of losses. */
async function compareResting(timeline: Timeline, steps: readonly Step[]): Promise<Outcome> {
  const parked = await new TimelineRun(timeline, 'backlog').run(steps)
  const unseen = await new TimelineRun(timeline, 'backlog', false).run(steps)
  const { stats, deliveries, terminals } = await new TimelineRun(timeline).run(steps)
  const model = new ModelSubscriber(timeline).run(steps)
  const heard = model.filter((line) => !/^@\d+ (drop|conflate) /.test(line))
  assert.equal(parked.log.join('\n'), heard.join('\n'), 'the mailbox does what the model does')
  assert.deepEqual(parked.stats, stats)
  // To look at the figures makes it count; it delivers the same where nobody does before the end.
  const after = [unseen.stats, unseen.deliveries, unseen.terminals]
  assert.deepEqual(after, [stats, deliveries, terminals])
  return parked
}

const plain: Timeline = {
  policy: switchLatest(),
  consumer: { work: 0, writesEvery: 0, completesAt: 0, leavesAt: 0, throwsEvery: 0, onError: 'continue' },
  replay: false,
  tie: 'timer first',
  frames: 'none',
  steps: ['write 3'],
}

/** Timelines that once failed, or that are too rare to be found in every run. */
const FOUND: Readonly<Record<string, Timeline>> = {
  'a handler that was replaced before it returned is not busy for ever': {
    ...plain,
    consumer: { ...plain.consumer, writesEvery: 3, throwsEvery: 4 },
  },
  'the end comes though the last handler was replaced before it returned': {
    ...plain,
    consumer: { ...plain.consumer, writesEvery: 3, completesAt: 4, throwsEvery: 4 },
  },
  'a batch that overflows in a window without a timer is delivered, and ends': {
    ...plain,
    policy: batch({ maxSize: 4, capacity: 2 }),
  },
}

describe('a mailbox on random timelines', () => {
  test.each(KINDS)('does with %s what the model does, and keeps its promises', async (kind) => {
    const property = fc.asyncProperty(timelines(kind), async (timeline) => {
      await compareSettled(timeline)
      await compareLeft(timeline)
    })
    await fc.assert(property, { numRuns: RUNS })
  })

  test.each(['latest', 'buffer'] as const)('that parks does with %s what the model does', async (kind) => {
    let published = 0
    let offered = 0
    const property = fc.asyncProperty(restingTimelines(kind), async (timeline) => {
      // An unbounded buffer takes its time.
      const settled = await compareResting(timeline, [...timeline.steps, ...SETTLING, 'wait 2000', 'drain'])
      assertPromises(timeline, settled)
      const left = await compareResting(timeline, [...timeline.steps, 'unsubscribe', 'write 1', 'wait 40'])
      assert.deepEqual(
        [left.keeps, left.stats.pending, left.stats.inFlight],
        [false, 0, 0],
        'nothing is left',
      )
      published += settled.stats.published
      offered += settled.offered
    })
    await fc.assert(property, { numRuns: RUNS })
    assert(offered < 0.8 * published, `of ${published} versions, ${offered} were offered`)
  })

  test.each(Object.entries(FOUND))('does what the model does: %s', async (_name, timeline) => {
    await compareSettled(timeline)
    await compareLeft(timeline)
  })

  test('tells the seed and the shrunk timeline when it fails', async () => {
    const property = fc.asyncProperty(timelines('latest'), async (timeline) => {
      const { stats } = await new TimelineRun(timeline).run(timeline.steps)
      assert.ok(stats.published < 2, 'less than two versions are ever published')
    })
    const failure = fc.assert(property, { seed: 1, numRuns: 1000 })
    await expect(failure).rejects.toThrow(/seed: 1, path: .*\nCounterexample: .*"steps":\["write/)
  })
})
