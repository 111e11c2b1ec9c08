import { dismiss, Follower, settle } from '../follower.ts'
import { checkHealthy } from '../health-checks.ts'
import { defineScenario, type Scenario, type ScenarioContext } from '../scenario.ts'
import { FLOOR } from '../thresholds.ts'
import { Q_CORE_WALK, sameState, Workload } from '../workload.ts'

const BYTES_PER_MB = 1_000_000
/** Below the 100 from which on a store may wonder about a leak. */
const FOLLOWERS_MAX = 50
const LOOK_EVERY = 256

type Context = ScenarioContext<'heapGrowthMb' | 'errorPercent'>

/** The heap is compared with that after the first tenth of the time, when everything has been used once. */
export const longRunning: Scenario<'heapGrowthMb' | 'errorPercent'> = defineScenario({
  name: 'long-running',
  group: 'stability',
  goal: 'Mixed work may go on for as long as it likes: the store stays right, small and healthy.',
  method: 'Writes, reads, comings and goings, and conversions in a random mix, for the whole duration.',
  thresholds: { heapGrowthMb: FLOOR.heapGrowthMb, errorPercent: FLOOR.errorPercent },
  async run(context) {
    const mix = new Mix(context)
    const beganMs = performance.now()
    const elapsedMs = (): number => performance.now() - beganMs
    let settledHeap: number | undefined
    while (elapsedMs() < context.durationMs) {
      for (let step = 0; step < LOOK_EVERY; step += 1) await mix.step()
      context.progress(Math.min(elapsedMs(), context.durationMs), context.durationMs)
      await context.pause(0)
      if (settledHeap === undefined && elapsedMs() > context.durationMs / 10) {
        settledHeap = await context.heap()
      }
    }
    const growth = (await context.heap()) - (settledHeap ?? 0)
    await mix.end()
    context.threshold('heapGrowthMb', growth / BYTES_PER_MB)
    context.threshold('errorPercent', mix.workload.failedPercent)
  },
})

class Mix {
  readonly workload: Workload
  readonly #context: Context
  readonly #watcher: Follower
  readonly #followers: Follower[] = []
  #joined = 0
  #stale = 0
  #garbled = 0
  #misbehaved = 0

  constructor(context: Context) {
    this.#context = context
    this.workload = new Workload(context)
    this.#watcher = new Follower(context, this.workload, { id: 'watcher' })
  }

  async step(): Promise<void> {
    const dice = this.#context.random()
    if (dice < 0.4) await this.#write()
    else if (dice < 0.8) this.#read()
    else if (dice < 0.9) this.#comeOrGo()
    else this.#convert()
  }

  /** Ends everything that is open, and states the verdict. */
  async end(): Promise<void> {
    const context = this.#context
    checkHealthy(context, 'the store is healthy in the end')
    context.check('each read gives what was written last', this.#stale === 0, `${this.#stale} did not`)
    context.check('every conversion comes back as it went', this.#garbled === 0, `${this.#garbled} did not`)
    context.check(
      'those who left before the end were told everything in order',
      this.#misbehaved === 0,
      `${this.#misbehaved} of ${this.#joined} were not`,
    )
    this.workload.checkNoFailure()
    this.workload.checkLast()
    await settle(context, [this.#watcher, ...this.#followers])
    await dismiss(context, [this.#watcher, ...this.#followers])
  }

  async #write(): Promise<void> {
    const current = Q_CORE_WALK[Math.floor(this.#context.random() * Q_CORE_WALK.length)] as string
    await this.workload.write({ current, context: { reading: `${this.#context.random()}` } })
  }

  #read(): void {
    if (!sameState(this.workload.read(), this.workload.last)) this.#stale += 1
  }

  #comeOrGo(): void {
    const context = this.#context
    if (this.#followers.length < FOLLOWERS_MAX && context.random() < 0.5) {
      this.#joined += 1
      this.#followers.push(new Follower(context, this.workload, { id: `passer-${this.#joined}` }))
      return
    }
    const at = Math.floor(context.random() * this.#followers.length)
    const [gone] = this.#followers.splice(at, 1)
    gone?.leave()
    if (gone !== undefined && (!gone.accounted || gone.misordered > 0)) this.#misbehaved += 1
  }

  #convert(): void {
    const { store } = this.#context
    if (store.convert === undefined) return
    this.#context.count('convert')
    const back = this.#context.time('convert', () => store.convert?.())
    if (!sameState(back, this.workload.last)) this.#garbled += 1
  }
}
