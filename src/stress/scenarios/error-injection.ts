import type { StressState } from '../adapter.ts'
import { dismiss, Follower, settle } from '../follower.ts'
import { defineScenario, type Scenario, type ScenarioContext } from '../scenario.ts'
import { FLOOR } from '../thresholds.ts'
import { sameState, Workload } from '../workload.ts'

/** One operation in ten is bad. */
const BAD_SHARE = 0.1

/**
 * Two kinds of bad operation: a write of `undefined`, as untyped callers make it, which a store should refuse;
 * and a subscriber that throws at what it is told, which should be nobody's trouble but its own.
 */
export const errorInjection: Scenario<'successPercent'> = defineScenario({
  name: 'error-injection',
  group: 'errors',
  goal: 'Errors of callers reach those callers, and nothing and nobody else.',
  method: '500 operations, one in ten of them bad: a write of undefined, or a subscriber that throws.',
  thresholds: { successPercent: FLOOR.successPercent },
  async run(context) {
    const workload = new Workload(context)
    const witness = new Follower(context, workload, { id: 'witness' })
    const total = context.load(500)
    const tally = { damaged: 0, refused: 0, accepted: 0, untold: 0 }
    for (let done = 1; done <= total; done += 1) {
      const bad = context.random() < BAD_SHARE
      if (!bad) await workload.write({ context: { step: `${done}` } })
      else if (context.random() < 0.5) await writeNothing(context, workload, tally)
      else if (!(await writePastThrower(context, workload, done))) tally.untold += 1
      if (!sameState(tryRead(context), workload.last)) tally.damaged += 1
      await workload.step(done, total)
    }
    context.check('the state stays good', tally.damaged === 0, `damaged ${tally.damaged} times`)
    context.check(
      'a write of undefined is refused',
      tally.accepted === 0,
      `${tally.refused} refused, ${tally.accepted} accepted`,
    )
    context.check(
      'no good write fails for a subscriber that throws',
      workload.failures === tally.refused,
      `${workload.failures - tally.refused} failed`,
    )
    context.check(
      'whoever stands behind one that throws is told',
      tally.untold === 0,
      `${tally.untold} times not`,
    )
    workload.checkLast()
    await settle(context, [witness])
    await dismiss(context, [witness])
    context.threshold('successPercent', 100 - workload.failedPercent)
  },
})

interface Tally {
  refused: number
  accepted: number
}

async function writeNothing(
  context: ScenarioContext<'successPercent'>,
  workload: Workload,
  tally: Tally,
): Promise<void> {
  // The cast is the point: it stands for a caller without types.
  const nothing = undefined as unknown as StressState
  const accepted = await workload.attempt('bad-write', () => context.store.write(nothing, 'BAD'))
  if (!accepted) {
    tally.refused += 1
    return
  }
  tally.accepted += 1
  // Repairs the state, so that each damage is counted once.
  await workload.write({ context: { repaired: 'yes' } })
}

/** Tells whether the state reached one that joined after a subscriber that throws. */
async function writePastThrower(
  context: ScenarioContext<'successPercent'>,
  workload: Workload,
  done: number,
): Promise<boolean> {
  const thrower = new Follower(context, workload, {
    id: `thrower-${done}`,
    work: () => {
      throw new Error('thrown on purpose')
    },
  })
  // Joins after the thrower, so a store that stops at the first failure does not reach it.
  const next = new Follower(context, workload, { id: `bystander-${done}` })
  await workload.write({ context: { step: `${done}` } }, 'PAST_A_THROWER')
  await settle(context, [next])
  const reached = next.fresh + next.lost === 1
  thrower.leave()
  next.leave()
  return reached
}

function tryRead(context: ScenarioContext<'successPercent'>): StressState | undefined {
  try {
    return context.store.read()
  } catch {
    return undefined
  }
}
