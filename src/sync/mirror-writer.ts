/** Writes of a mirror: computed on the state that is here, decided where the store is. */
import { deltaToJSON, diff } from '../delta/index.ts'
import { toJsonForm } from '../json/index.ts'
import { checkTimerMs, HeadgateError, isHeadgateError } from '../kit/index.ts'
import { runRecipe, type Snapshot } from '../store/index.ts'
import type { Result } from './frames.ts'
import type { AskOptions, Recipe, UpdateOptions, WriteResult } from './mirror.ts'
import { Optimistic } from './optimistic.ts'
import type { Proposal, Proposals } from './proposals.ts'
import type { Replica } from './replica.ts'

const TIMEOUT_MS = 10_000
const RETRIES = 16

/** Whole milliseconds until a time. */
const leftOf = (deadline: number): number => Math.max(0, Math.ceil(deadline - performance.now()))

export class MirrorWriter<S> {
  /** What the server granted; until it has said so, it is asked. */
  mayWrite = true
  readonly #replica: Replica<S>
  readonly #proposals: Proposals
  #optimistic: Optimistic<S> | undefined

  constructor(replica: Replica<S>, proposals: Proposals) {
    this.#replica = replica
    this.#proposals = proposals
  }

  /** What is shown of writes that are not decided; made when somebody asks for it. */
  get optimistic(): Optimistic<S> {
    this.#optimistic ??= new Optimistic(this.#replica)
    return this.#optimistic
  }

  /** The connection is lost: whether what was asked for was heard is not known. */
  lost(): void {
    this.#optimistic?.lost()
  }

  async update(recipe: Recipe<S>, options: UpdateOptions): Promise<WriteResult> {
    if (options.timeoutMs !== undefined) checkTimerMs('timeoutMs', options.timeoutMs)
    if (options.optimistic !== true) return await this.#decide(recipe, options)
    this.#requireState('update()')
    const { optimistic } = this
    const shown = optimistic.add(recipe, options.reason ?? 'UPDATE')
    const answered = ({ ok, version }: Result): void =>
      optimistic.answered(shown, ok ? this.#replica.ownVersion(version) : undefined)
    let result: WriteResult | undefined
    try {
      result = await this.#decide(recipe, options, answered)
      return result
    } finally {
      if (result?.committed) optimistic.answered(shown, result.version)
      else optimistic.takeBack(shown, result)
    }
  }

  async #decide(
    recipe: Recipe<S>,
    options: UpdateOptions,
    answered?: (result: Result) => void,
  ): Promise<WriteResult> {
    const { reason = 'UPDATE', retries = RETRIES, timeoutMs = TIMEOUT_MS, signal } = options
    const deadline = performance.now() + timeoutMs
    for (let tries = 0; ; tries += 1) {
      const { state, version } = this.#requireState('update()')
      const { epoch = '', version: base, store } = this.#replica
      const next = runRecipe(state, recipe as never, {
        store: store.name,
        operation: 'update()',
        freeze: true,
      })
      if (Object.is(next, state)) return { committed: true, version }
      const ops = deltaToJSON(diff<unknown>(state, next))
      const result = await this.#ask({ t: 'write', epoch, base, reason, ops }, deadline, signal, answered)
      const isDecided = result.committed || result.reason !== 'conflict'
      if (isDecided || tries >= retries || performance.now() >= deadline || store.closed) return result
    }
  }

  async send(event: unknown, { timeoutMs = TIMEOUT_MS, signal }: AskOptions): Promise<WriteResult> {
    checkTimerMs('timeoutMs', timeoutMs)
    this.#requireState('send()')
    const { form } = toJsonForm(typeof event === 'string' ? { type: event } : event, 'event')
    return await this.#ask({ t: 'send', event: form }, performance.now() + timeoutMs, signal)
  }

  /** What the server says, in the mirror's versions, when the mirror has what it is about. */
  async #ask(
    proposal: Proposal,
    deadline: number,
    signal: AbortSignal | undefined,
    answered?: (result: Result) => void,
  ): Promise<WriteResult> {
    const { store } = this.#replica
    const { version: current } = store.published
    if (!this.mayWrite) {
      return { committed: false, reason: 'refused', version: current, message: 'the client may read only' }
    }
    const timeoutMs = leftOf(deadline)
    const result = await this.#proposals.propose(proposal, { timeoutMs, signal, answered })
    if (result === undefined) return { committed: false, reason: 'timeout', version: store.published.version }
    const version = this.#replica.ownVersion(result.version)
    await this.#reaches(version, deadline, signal)
    if (result.ok) return { committed: true, version }
    const { reason = 'refused', message } = result
    return { committed: false, reason, version, ...(message !== undefined && { message }) }
  }

  /** Whoever wrote reads what he wrote; whoever was in conflict, what he was in conflict with. */
  async #reaches(version: number, deadline: number, signal: AbortSignal | undefined): Promise<void> {
    const { store } = this.#replica
    if (store.closed || store.published.version >= version) return
    const timeoutMs = leftOf(deadline)
    try {
      await store.waitFor((_state, snapshot) => snapshot.version >= version, { timeoutMs, signal })
    } catch (error) {
      // It is decided all the same: what came too late, or comes no more, is told by the state.
      if (!isHeadgateError(error, 'WAIT_TIMEOUT') && !isHeadgateError(error, 'STORE_DESTROYED')) throw error
    }
  }

  #requireState(operation: string): Snapshot<S> {
    const { published, name: store, closed } = this.#replica.store
    if (closed) throw new HeadgateError('STORE_DESTROYED', { store, operation })
    if (published.version < 0) throw new HeadgateError('STORE_UNINITIALIZED', { store, operation })
    return published
  }
}
