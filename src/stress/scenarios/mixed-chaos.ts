import { dismiss, Follower, settle } from '../follower.ts'
import { defineScenario, type Scenario, type ScenarioContext } from '../scenario.ts'
import { FLOOR } from '../thresholds.ts'
import { Q_CORE_WALK, Workload } from '../workload.ts'

/** Errors are counted here, not refused: the scenario is about a store that stays usable among them. */
export const mixedChaos: Scenario<'errorPercent'> = defineScenario({
  name: 'mixed-chaos',
  group: 'concurrency',
  goal: 'Readers, writers and subscribers that come and go do not disturb one another.',
  method:
    '3 readers of 300 reads, 2 writers of 100 writes, and 2 that subscribe and leave 50 times, all at once.',
  thresholds: { errorPercent: FLOOR.errorPercent },
  async run(context) {
    const workload = new Workload(context)
    const watcher = new Follower(context, workload, { id: 'watcher' })
    const passers: Follower[] = []
    const readers = Array.from({ length: 3 }, () => read(context, workload))
    const writers = Array.from({ length: 2 }, () => write(context, workload))
    const comers = Array.from({ length: 2 }, (_, index) => comeAndGo(context, workload, `${index}`, passers))
    const [backwards] = await Promise.all([Promise.all(readers), ...writers, ...comers])

    const steps = backwards.reduce((sum, count) => sum + count, 0)
    context.check('no reader sees the state go back', steps === 0, `${steps} steps back`)
    workload.checkLast()
    await settle(context, [watcher])
    await dismiss(context, [watcher, ...passers])
    context.threshold('errorPercent', workload.failedPercent)
  },
})

/** Returns how often a state was older than the one read before. */
async function read(context: ScenarioContext<'errorPercent'>, workload: Workload): Promise<number> {
  const total = context.load(300)
  let newest = -1
  let backwards = 0
  for (let done = 1; done <= total; done += 1) {
    const sequence = workload.read()?.sequence ?? newest
    if (sequence < newest) backwards += 1
    newest = sequence
    context.progress(done, total)
    await context.pause(context.random() * 2)
  }
  return backwards
}

async function write(context: ScenarioContext<'errorPercent'>, workload: Workload): Promise<void> {
  const total = context.load(100)
  for (let done = 1; done <= total; done += 1) {
    const current = Q_CORE_WALK[Math.floor(context.random() * Q_CORE_WALK.length)] as string
    await workload.write({ current, context: { step: `${done}` } }, 'CHAOS')
    await context.pause(context.random() * 5)
  }
}

async function comeAndGo(
  context: ScenarioContext<'errorPercent'>,
  workload: Workload,
  name: string,
  passers: Follower[],
): Promise<void> {
  const total = context.load(50)
  for (let done = 1; done <= total; done += 1) {
    await workload.attempt('join', () => {
      passers.push(new Follower(context, workload, { id: `passer-${name}-${done}` }))
    })
    await context.pause(context.random() * 8)
    await workload.attempt('leave', () => passers.at(-1)?.leave())
    for (const passer of passers) if (passer.id.startsWith(`passer-${name}-`)) passer.leave()
  }
}
