/** The store of a member: what counts in the log becomes its versions, and nothing else does. */
import { applyDelta, sameValue } from '../delta/index.ts'
import { type Kernel, kernelOf, LostElsewhere, tellOfLost } from '../kernel/index.ts'
import { describeValue, HeadgateError, type Immutable } from '../kit/index.ts'
import type { Store } from '../store/index.ts'
import { type Labels, opsOf } from './record.ts'

export class Replica<S> {
  readonly store: Store<S>
  readonly kernel: Kernel<S>
  readonly #lost = new LostElsewhere()
  readonly #leave: (() => void)[]

  constructor(store: Store<S>) {
    this.store = store
    this.kernel = kernelOf(store)
    this.#leave = [
      this.kernel.guard((write) => {
        if (typeof write === 'object' && write.origin === this) return
        throw new HeadgateError('WRITE_ELSEWHERE', { store: store.name })
      }),
      tellOfLost(store, this.#lost),
    ]
  }

  get version(): number {
    return this.kernel.head.version
  }

  get state(): Immutable<S> {
    return this.kernel.head.state
  }

  /** What operations make of a state. @throws `DELTA_INVALID`, `CODEC_INVALID` */
  applied(state: Immutable<S>, ops: unknown): Immutable<S> {
    return applyDelta<unknown>(state, opsOf(ops)) as Immutable<S>
  }

  /** Goes on to the next version. @throws the refusals of a guard, or of a machine that does not know the state */
  next(state: Immutable<S>, labels: Labels): void {
    this.#adopt(state, labels)
  }

  /**
   * Takes a state over any distance; those between are lost.
   *
   * @throws `OPTION_INVALID` for a store that is ahead of the log: it is another's
   */
  begin(state: Immutable<S>, labels: Labels, isResync: boolean): void {
    const { version } = labels
    const own = this.version
    if (own === version && sameValue(this.state, state)) return
    if (own >= version) {
      throw new HeadgateError('OPTION_INVALID', {
        option: 'store',
        expected: `one that is older than version ${version}, which the log is at`,
        received: `version ${describeValue(own)}`,
      })
    }
    this.#adopt(state, labels, isResync ? version - own - 1 : 0)
  }

  /** Lets the store be written again. */
  leave(): void {
    for (const leave of this.#leave.splice(0)) leave()
  }

  #adopt(state: Immutable<S>, { version, reason, source, tsWall, metadata = {} }: Labels, lost = 0): void {
    const snapshot = { version, state, reason, source, tsWall, tsMono: performance.now(), metadata }
    const unfollow =
      lost === 0
        ? undefined
        : this.kernel.follow(
            { next: (commit) => this.#lost.count(commit.snapshot, lost), complete: () => {} },
            { place: 'before' },
          )
    // A batch, as it can overrule a subscriber that suspends its writers: nobody can make the log wait.
    const batch = this.kernel.begin({ whenFull: 'overrule', origin: this })
    try {
      this.kernel.adopt(snapshot, { enforceVersion: true, origin: this })
    } catch (error) {
      batch.rollBack()
      throw error
    }
    batch.commit()
    unfollow?.()
  }
}
