/**
 * Writes and reads on behalf of a scenario, and knows what the store should hold.
 *
 * Each write follows from the last one that this object made, not from what the store says. So a store that
 * loses a write is found out: what it holds then differs from `last`.
 */
import { messageOf } from '../kit/index.ts'
import type { StressState } from './adapter.ts'
import type { ScenarioContext } from './scenario.ts'

/** The states of the Q-Core agent, in the order in which the scenarios walk through them. */
export const Q_CORE_WALK: readonly string[] = ['BOOTING', 'IDLE', 'ACTIVE', 'IDLE', 'ERROR_STATE', 'IDLE']

/** The state that every scenario begins with. */
export const FIRST_STATE: StressState = Object.freeze({
  sequence: 0,
  current: 'BOOTING',
  context: Object.freeze({ mission: 'none' }),
})

/** After how many operations a loop lets timers and other work have a turn. */
const TURN_EVERY = 64

export type Change = Partial<Pick<StressState, 'current' | 'context'>>

/** What a workload needs of its context: no named threshold. */
export type AnyContext = Omit<ScenarioContext, 'threshold'>

/** Whether two states say the same. */
export function sameState(one: StressState | undefined, other: StressState | undefined): boolean {
  if (one?.sequence !== other?.sequence || one?.current !== other?.current) return false
  const keys = Object.keys(one?.context ?? {})
  return (
    keys.length === Object.keys(other?.context ?? {}).length &&
    keys.every((key) => one?.context[key] === other?.context[key])
  )
}

export class Workload {
  readonly #context: AnyContext
  /** What the store should hold. */
  last: StressState
  operations = 0
  failures = 0
  /** What the first failure said. */
  firstFailure = ''

  constructor(context: AnyContext) {
    this.#context = context
    this.last = context.store.read()
  }

  get failedPercent(): number {
    return this.operations === 0 ? 0 : (this.failures / this.operations) * 100
  }

  /** Writes the state after the last one. A failure is counted, and the last state stays what it was. */
  async write(change?: Change, reason = 'STRESS'): Promise<boolean> {
    const { store } = this.#context
    const previous = this.last
    const state = this.#context.next(previous, change)
    this.last = state
    const written = await this.attempt('write', () => store.write(state, reason))
    if (!written && this.last === state) this.last = previous
    return written
  }

  /** Reads; undefined where that failed. */
  read(): StressState | undefined {
    const { store } = this.#context
    this.operations += 1
    this.#context.count('read')
    try {
      return this.#context.time('read', () => store.read())
    } catch (error) {
      this.#failed(error)
      return undefined
    }
  }

  /** Runs an operation, timed and counted under its kind; tells whether it succeeded. */
  async attempt(kind: string, work: () => unknown): Promise<boolean> {
    this.operations += 1
    this.#context.count(kind)
    try {
      const pending = this.#context.time(kind, work)
      if (pending !== undefined) await pending
      return true
    } catch (error) {
      this.#failed(error)
      return false
    }
  }

  /** Tells how far the scenario is and, from time to time, gives others a turn. */
  async step(done: number, total: number): Promise<void> {
    this.#context.progress(done, total)
    if (done % TURN_EVERY === 0) await this.#context.pause(0)
  }

  checkLast(): void {
    let held: StressState | undefined
    try {
      held = this.#context.store.read()
    } catch (error) {
      this.#failed(error)
    }
    this.#context.check(
      'the state is what was written last',
      sameState(held, this.last),
      `holds ${held?.sequence}, written ${this.last.sequence}`,
    )
  }

  checkNoFailure(): void {
    const detail =
      this.failures === 0 ? `${this.operations} operations` : `${this.failures} failed: ${this.firstFailure}`
    this.#context.check('no operation fails', this.failures === 0, detail)
  }

  #failed(error: unknown): void {
    this.failures += 1
    if (this.failures === 1) this.firstFailure = messageOf(error)
  }
}
