import { dismiss, Follower, settle } from '../follower.ts'
import { checkNobodyLeft } from '../health-checks.ts'
import { canCollect, collect } from '../heap-curve.ts'
import { defineScenario, type Scenario, type ScenarioContext } from '../scenario.ts'
import { FLOOR } from '../thresholds.ts'
import { Workload } from '../workload.ts'

const BYTES_PER_MB = 1_000_000
const WAVES = 10
/** How often garbage is collected while something still refers to what should be gone. */
const COLLECT_ROUNDS = 5

type Context = ScenarioContext<'heapGrowthMb'>

/**
 * Whether a store lets go is seen in three ways: it counts nobody, it tells nobody, and, where garbage can be
 * collected on demand, no consumer is reachable any more.
 */
export const subscriberCleanup: Scenario<'heapGrowthMb'> = defineScenario({
  name: 'subscriber-cleanup',
  group: 'memory',
  goal: 'Subscribers that leave leave nothing behind.',
  method: '10 waves of 100 subscribers and 10 writes, each wave gone before the next comes.',
  thresholds: { heapGrowthMb: FLOOR.heapGrowthMb },
  async run(context) {
    const workload = new Workload(context)
    const consumers: WeakRef<object>[] = []
    await wave(context, workload, 'warm-up', consumers)
    const before = await context.heap()
    for (let done = 1; done <= WAVES; done += 1) {
      await wave(context, workload, `wave ${done}`, consumers)
      context.progress(done, WAVES)
    }
    await checkCollected(context, consumers)
    const growth = (await context.heap()) - before
    workload.checkNoFailure()
    workload.checkLast()
    context.threshold('heapGrowthMb', growth / BYTES_PER_MB)
  },
})

async function wave(
  context: Context,
  workload: Workload,
  name: string,
  consumers: WeakRef<object>[],
): Promise<void> {
  const followers = Array.from({ length: context.load(100) }, (_, index) => {
    const work = (): void => {}
    consumers.push(new WeakRef(work))
    return new Follower(context, workload, { id: `${name.replace(' ', '-')}-${index}`, work })
  })
  for (let write = 0; write < 10; write += 1) await workload.write({ context: { wave: name } })
  await settle(context, followers)
  for (const one of followers) one.leave()
  // Whoever was not let go would be told of this one.
  await workload.write({ context: { wave: 'between' } })
  await dismiss(context, followers)
  checkNobodyLeft(context, 'nobody is left after a wave')
}

async function checkCollected(context: Context, consumers: readonly WeakRef<object>[]): Promise<void> {
  const fact = 'no consumer is reachable any more'
  if (!canCollect()) {
    context.skip(fact, 'garbage is collected on demand only with --expose-gc')
    return
  }
  const alive = (): number => consumers.filter((consumer) => consumer.deref() !== undefined).length
  for (let round = 0; round < COLLECT_ROUNDS && alive() > 0; round += 1) {
    // References that were looked at live to the end of the turn.
    await context.pause(0)
    await collect()
  }
  await context.pause(0)
  context.check(fact, alive() === 0, `${alive()} of ${consumers.length} are`)
}
