/**
 * What is remembered of one store while it is inspected: its newest commits, by reference, how many there were a
 * second, and its newest faults.
 *
 * It follows the kernel and is no subscriber, so nothing changes in the figures of the store; a commit costs it one
 * call that keeps one object.
 */
import { diff } from '../delta/index.ts'
import type { Kernel } from '../kernel/index.ts'
import { messageOf } from '../kit/index.ts'
import { findCore, type Snapshot, type SubscriberFault } from '../store/index.ts'
import type { CommitFacts, FaultFacts } from './facts.ts'
import { cut } from './plain.ts'
import { Rates } from './rates.ts'

/** Faults that are shown. */
export const FAULTS_MAX = 50
/** A commit that changes more is not counted further. */
const CHANGES_MAX = 200
/**
 * Commits of which is counted what they changed, at a time: the newest. Of a store that commits more often than somebody
 * reads, the others have no number: to count all of them was four fifths of what watching cost.
 */
export const COUNTED_MAX = 32
/** A clock that is not the platform's says nothing of how long something took. */
const TOLD_MS_MAX = 60_000

/** A commit that is kept. */
class Kept {
  readonly snapshot: Snapshot<unknown>
  readonly toldMs: number
  #before: Snapshot<unknown> | undefined
  #changes: number | null = null

  constructor(snapshot: Snapshot<unknown>, before: Snapshot<unknown> | undefined, toldMs: number) {
    this.snapshot = snapshot
    this.toldMs = toldMs >= 0 && toldMs < TOLD_MS_MAX ? toldMs : 0
    this.#before = before
  }

  /** Whether what it changed is still to be counted. */
  get isOpen(): boolean {
    return this.#before !== undefined
  }

  /** Counts what it changed, once; what was before is let go of. */
  count(): void {
    const before = this.#before
    if (before === undefined) return
    this.#before = undefined
    try {
      this.#changes = diff(before.state, this.snapshot.state, { operationsMax: CHANGES_MAX })?.length ?? null
    } catch {
      // A state that nothing could walk has no number.
    }
  }

  /** Leaves it without a number. */
  skip(): void {
    this.#before = undefined
  }

  get facts(): CommitFacts {
    const { version, reason, source, tsWall } = this.snapshot
    return {
      version,
      reason: cut(reason),
      source: cut(source),
      at: tsWall,
      toldMs: this.toldMs,
      changes: this.#changes,
    }
  }
}

export class StoreMemory {
  readonly faults: FaultFacts[] = []
  faultCount = 0
  readonly rates: Rates = new Rates()
  readonly #commits: Kept[] = []
  readonly #historyLimit: number
  readonly #leave: () => void

  constructor(kernel: Kernel<unknown>, historyLimit: number) {
    this.#historyLimit = historyLimit
    const core = findCore(kernel.store)
    // Not `store.published`, which counts as a read.
    const published = core?.subject.getValue() ?? kernel.head
    if (published.version >= 0) this.#keep(new Kept(published, undefined, 0))
    const unfollow = kernel.follow({
      next: ({ snapshot, before }) => {
        const now = performance.now()
        this.rates.count(now)
        this.#keep(new Kept(snapshot, before, now - snapshot.tsMono))
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
    const shown = this.#commits.slice(-max)
    const open = shown.filter(({ isOpen }) => isOpen)
    for (const kept of open.slice(-COUNTED_MAX)) kept.count()
    for (const kept of open) kept.skip()
    return shown.map(({ facts }) => facts)
  }

  get newest(): { readonly snapshot: Snapshot<unknown>; readonly facts: CommitFacts } | undefined {
    return this.#commits.at(-1)
  }

  /** The oldest version that is kept; -1 for none. */
  get oldest(): number {
    return this.#commits[0]?.snapshot.version ?? -1
  }

  /** The snapshot of a version, if it is kept. */
  find(version: number): { readonly snapshot: Snapshot<unknown>; readonly facts: CommitFacts } | undefined {
    return this.#commits.find(({ snapshot }) => snapshot.version === version)
  }

  forget(): void {
    this.#leave()
    this.#commits.length = 0
  }

  #keep(kept: Kept): void {
    this.#commits.push(kept)
    if (this.#commits.length > this.#historyLimit) this.#commits.shift()
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
