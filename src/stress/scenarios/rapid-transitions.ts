import { dismiss, Follower, settle } from '../follower.ts'
import { defineScenario, type Scenario } from '../scenario.ts'
import { FLOOR } from '../thresholds.ts'
import { Q_CORE_WALK, Workload } from '../workload.ts'

/**
 * Here the next state is made from what the store says, as a handler of a state machine does it. A write that
 * is lost shows in the end: the number of the state has stayed behind the number of transitions.
 */
export const rapidTransitions: Scenario<'writeMsMean' | 'writeMsP95'> = defineScenario({
  name: 'rapid-transitions',
  group: 'high-volume',
  goal: 'A state machine that moves as fast as it can goes through every state, in order.',
  method: '1 000 transitions, each from the state that was read to the next one of the Q-Core agent.',
  thresholds: { writeMsMean: FLOOR.writeMsMean, writeMsP95: FLOOR.writeMsP95 },
  async run(context) {
    const workload = new Workload(context)
    const seen: string[] = []
    const follower = new Follower(context, workload, {
      id: 'machine-log',
      work: ({ current }) => void seen.push(current),
    })
    const total = context.load(1_000)
    for (let done = 1; done <= total; done += 1) {
      workload.last = workload.read() ?? workload.last
      await workload.write({ current: stateAfter(workload.last.sequence) }, 'TRANSITION')
      await workload.step(done, total)
    }
    const { sequence } = context.store.read()
    context.check('every transition counts', sequence === total, `at ${sequence} after ${total}`)
    workload.checkNoFailure()
    await settle(context, [follower])
    checkWay(context, seen.slice(follower.replayed), follower)
    await dismiss(context, [follower])
    context.threshold('writeMsMean', context.latency('write').mean)
    context.threshold('writeMsP95', context.latency('write').p95)
  },
})

const stateAfter = (sequence: number): string => Q_CORE_WALK[(sequence + 1) % Q_CORE_WALK.length] as string

/** Only where nothing was dropped is the way known. */
function checkWay(
  context: Parameters<typeof rapidTransitions.run>[0],
  seen: readonly string[],
  follower: Follower,
): void {
  const fact = 'the subscriber sees the way of the machine'
  if (follower.lost > 0) {
    context.skip(fact, `${follower.lost} states were dropped`)
    return
  }
  const wrong = seen.findIndex((current, index) => current !== stateAfter(index))
  const detail = wrong === -1 ? `${seen.length} steps` : `step ${wrong + 1} was ${seen[wrong]}`
  context.check(fact, wrong === -1, detail)
}
