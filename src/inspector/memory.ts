/**
 * What is remembered of one store while it is inspected: its newest commits, by reference, how many there were a
 * second, and its newest faults.
 *
 * It follows the kernel and is no subscriber, so nothing changes in the figures of the store; a commit costs it one
 * call that makes no object.
 */
import type { Kernel } from '../kernel/index.ts'
import { messageOf } from '../kit/index.ts'
import { findCore, type SubscriberFault } from '../store/index.ts'
import { Commits, type KeptCommit } from './commits.ts'
import type { CommitFacts, FaultFacts } from './facts.ts'
import { cut } from './plain.ts'
import { Rates } from './rates.ts'

/** Faults that are shown. */
export const FAULTS_MAX = 50

export class StoreMemory {
  readonly faults: FaultFacts[] = []
  faultCount = 0
  readonly rates: Rates = new Rates()
  readonly #commits: Commits
  readonly #leave: () => void

  constructor(kernel: Kernel<unknown>, historyLimit: number) {
    this.#commits = new Commits(historyLimit)
    const core = findCore(kernel.store)
    // Not `store.published`, which counts as a read.
    const published = core?.subject.getValue() ?? kernel.head
    if (published.version >= 0) this.#commits.push(published, 0)
    const unfollow = kernel.follow({
      next: ({ snapshot }) => {
        const now = performance.now()
        this.rates.count(now)
        this.#commits.push(snapshot, now - snapshot.tsMono)
      },
      complete: () => {},
    })
    const tap = (fault: SubscriberFault): void => this.#fault(fault)
    const reporter = core?.audience.faults
    if (reporter !== undefined) {
      reporter.taps ??= new Set()
      reporter.taps.add(tap)
    }
    this.#leave = () => {
      unfollow()
      reporter?.taps?.delete(tap)
      if (reporter?.taps?.size === 0) reporter.taps = undefined
    }
  }

  /** Oldest first. */
  timeline(max: number): CommitFacts[] {
    return this.#commits.newestFacts(max)
  }

  get newest(): KeptCommit | undefined {
    return this.#commits.newest
  }

  /** The oldest version that is kept; -1 for none. */
  get oldest(): number {
    return this.#commits.oldest?.snapshot.version ?? -1
  }

  /** The snapshot of a version, if it is kept. */
  find(version: number): KeptCommit | undefined {
    return this.#commits.find(version)
  }

  forget(): void {
    this.#leave()
    this.#commits.clear()
  }

  #fault({ subscriberId, phase, version, error }: SubscriberFault): void {
    this.faultCount += 1
    if (this.faults.length === FAULTS_MAX) this.faults.shift()
    this.faults.push({
      number: this.faultCount,
      at: Date.now(),
      subscriberId: cut(subscriberId),
      phase,
      version,
      message: cut(messageOf(error)),
    })
  }
}
