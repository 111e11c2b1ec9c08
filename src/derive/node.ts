/**
 * A derived value as a node of a graph: pulled by who reads it, marked stale by what it was made of.
 *
 *   store A ──> a ─┐
 *      │           ├─> c ──> followers       A commits: a, b, c are marked stale.
 *      └─────> b ──┘                         c is asked: it asks a, then b, whether their states are still those that
 *                                            it was made of, and runs once if one is not.
 *
 * Attached, that is followed, or read by a node that is: it is attached to its inputs, and is current unless marked.
 * Not attached, it holds on to nothing and nothing holds on to it: it is current if nothing was written to any store
 * since it was looked at last; else it asks its inputs.
 *
 * Inputs are compared by state, not by version: a commit of the same state makes nothing run.
 *
 * Inside a batch or a transaction, readers see what followers do not: `ahead` is made of newest writes, `made` of what
 * is published. When the batch is published, `ahead` becomes `made` without another run.
 *
 * What must stay true:
 * - A result is made of inputs that are current, all in the same view, at the same time.
 * - A node that is attached and not stale has only inputs that are attached and not stale.
 * - Nothing runs for a node that nobody reads or follows.
 */
import { deferredOf, HeadgateError } from '../kit/index.ts'
import { type ReadableCore, type Snapshot, settleState } from '../store/index.ts'
import { isBatching, refuseWrites, writesSoFar } from './activities.ts'
import { causeOf } from './cause.ts'
import { Failure, type Input, type View } from './input.ts'
import { Reading } from './reading.ts'
import type { Watcher } from './tell.ts'

/** Computes a derived value from what it reads. */
export type Compute = (reading: Reading) => unknown

export type Equal = (previous: unknown, current: unknown) => boolean

/** The outcome of one run. */
export interface Made {
  readonly reading: Reading
  /** The value, or a {@link Failure}. */
  readonly result: unknown
  /** The newest version: of this run, or of one before where this one failed or came out equal. */
  readonly snapshot: Snapshot<unknown> | undefined
}

const nodeSymbol = Symbol('node')

/** The node of a derived value; undefined for any other source. */
export const nodeOf = (source: object): DerivedNode | undefined =>
  (source as { [nodeSymbol]?: DerivedNode } | undefined)?.[nodeSymbol]

/** Makes an object known by its node. */
export function hangNode(derived: object, node: DerivedNode): void {
  Object.defineProperty(derived, nodeSymbol, { value: node })
}

/** Those that are being computed, each for the one before it. */
const computing: DerivedNode[] = []

export class DerivedNode implements Input {
  readonly name: string
  /** Nodes that are made of this one, and attached. */
  readonly nodes: Set<DerivedNode> = new Set()
  /** Tells its followers; while it has any. */
  watcher: Watcher | undefined
  /** While attached: whether an input may have changed. */
  stale = true
  /** Whether it is in a list of those that tell. */
  queued = false
  readonly #compute: Compute
  readonly #isEqual: Equal
  #made: Made | undefined
  #ahead: Made | undefined
  /** While not attached: how much had been written when it was current last. */
  #currentAt = -1
  #isBusy = false

  constructor(name: string, compute: Compute, isEqual: Equal) {
    this.name = name
    this.#compute = compute
    this.#isEqual = isEqual
  }

  /** The outcome that holds now in a view. Throws `DERIVE_CYCLE` where it is being computed. */
  bring(view: View): Made {
    if (this.#isBusy) throw this.#cycle()
    if (view === 'head' && isBatching()) return this.#bringAhead()
    const now = writesSoFar()
    const made = this.#made
    if (made !== undefined && this.#isCurrent(made.reading, now)) return made
    const brought = this.#bringPublished(now)
    // The run may have met its first store of a copy of the library, and that in the middle of a batch.
    return view === 'head' && isBatching() ? this.#bringAhead() : brought
  }

  read(view: View): unknown {
    return this.bring(view).result
  }

  snapshot(view: View): Snapshot<unknown> | undefined {
    return (view === 'head' ? (this.#ahead ?? this.#made) : this.#made)?.snapshot
  }

  get isFed(): boolean {
    return this.#made?.reading.isFed === true
  }

  hasEnded(asked: Set<Input> = new Set()): boolean {
    // Attached, it is told.
    if (this.#isAttached || asked.has(this)) return false
    asked.add(this)
    return this.#inputs.some((input) => input.hasEnded(asked))
  }

  get core(): ReadableCore<unknown> | undefined {
    for (const { core } of this.#inputs) if (core !== undefined) return core
    return undefined
  }

  underway(asked: Set<Input> = new Set()): number {
    if (asked.has(this)) return 0
    asked.add(this)
    return this.#inputs.reduce((sum, input) => sum + input.underway(asked), 0)
  }

  attach(node: DerivedNode): void {
    const wasAttached = this.#isAttached
    this.nodes.add(node)
    if (!wasAttached) this.#join(false)
  }

  detach(node: DerivedNode): void {
    if (this.nodes.delete(node) && !this.#isAttached) this.#part()
  }

  watch(watcher: Watcher): void {
    const wasAttached = this.#isAttached
    this.watcher = watcher
    if (!wasAttached) this.#join(this.isFed)
  }

  unwatch(): void {
    if (this.watcher === undefined) return
    this.watcher = undefined
    if (!this.#isAttached) this.#part()
  }

  /** An input has ended: so does this, for everyone who follows it. */
  complete(): void {
    if (!this.#isAttached) return
    const { watcher } = this
    const nodes = [...this.nodes]
    this.watcher = undefined
    this.nodes.clear()
    this.#part()
    watcher?.complete()
    for (const node of nodes) node.complete()
  }

  #isCurrent({ isCyclic, isFed }: Reading, now: number): boolean {
    if (isCyclic) return false
    return this.#isAttached ? !this.stale : this.#currentAt === now && !isFed
  }

  get #isAttached(): boolean {
    return this.watcher !== undefined || this.nodes.size > 0
  }

  get #inputs(): readonly Input[] {
    return this.#made?.reading.inputs ?? []
  }

  /** @param isDoubtful - whether it may have changed though nothing was written; not where it was just read. */
  #join(isDoubtful: boolean): void {
    this.stale = isDoubtful || this.#currentAt !== writesSoFar()
    for (const input of this.#inputs) input.attach(this)
  }

  #part(): void {
    this.#currentAt = this.stale ? -1 : writesSoFar()
    for (const input of this.#inputs) input.detach(this)
  }

  #bringPublished(now: number): Made {
    const before = this.#made
    let made = before
    this.#enter()
    try {
      if (before === undefined || !before.reading.holds('published')) {
        const ahead = this.#ahead
        made = ahead?.reading.holds('published') === true ? relabeled(ahead, before) : this.#make('published')
      }
    } finally {
      this.#exit()
    }
    if (made !== before) {
      this.#made = made
      if (this.#isAttached) this.#reattach(before?.reading)
    }
    this.#ahead = undefined
    this.#currentAt = now
    this.stale = false
    return made as Made
  }

  #bringAhead(): Made {
    this.#enter()
    try {
      for (const known of [this.#made, this.#ahead]) if (known?.reading.holds('head') === true) return known
      this.#ahead = this.#make('head')
      return this.#ahead
    } finally {
      this.#exit()
    }
  }

  #make(view: View): Made {
    const reading = new Reading(view)
    const before = this.#made
    const last = before?.snapshot
    const outer = refuseWrites(this.name)
    try {
      const value = this.#compute(reading)
      const isObject = typeof value === 'object' && value !== null
      const returned = isObject ? deferredOf(value) : undefined
      if (returned !== undefined) throw new HeadgateError('DERIVE_ASYNC', { derived: this.name, returned })
      if (last !== undefined && this.#isEqual(last.state, value)) {
        return { reading, result: last.state, snapshot: last }
      }
      const state = isObject ? this.#settled(value, last, reading.isFrozen) : value
      const snapshot = stamped((last?.version ?? -1) + 1, state, causeOf(reading, before?.reading, this.name))
      return { reading, result: state, snapshot }
    } catch (error) {
      return { reading, result: new Failure(error), snapshot: last }
    } finally {
      refuseWrites(outer)
    }
  }

  #settled(value: unknown, last: Snapshot<unknown> | undefined, freeze: boolean): unknown {
    const subject = `derived value "${this.name}"`
    return settleState(value, last?.state, { subject, operation: 'derive()', freeze })
  }

  /** Follows the inputs of the last run in the place of those of the one before. */
  #reattach(before: Reading | undefined): void {
    const { reading } = this.#made as Made
    if (before !== undefined && reading.hasInputsOf(before)) return
    for (const input of reading.inputs) input.attach(this)
    const kept = new Set(reading.inputs)
    for (const input of before?.inputs ?? []) if (!kept.has(input)) input.detach(this)
  }

  #enter(): void {
    this.#isBusy = true
    computing.push(this)
  }

  #exit(): void {
    computing.pop()
    this.#isBusy = false
  }

  #cycle(): HeadgateError {
    const cycle = [...computing.slice(computing.indexOf(this)), this]
    return new HeadgateError('DERIVE_CYCLE', { names: cycle.map(({ name }) => name) })
  }
}

/** A version, with the labels of what caused it. */
const stamped = (
  version: number,
  state: unknown,
  { reason, source, tsWall, tsMono, metadata }: Omit<Snapshot<unknown>, 'version' | 'state'>,
): Snapshot<unknown> => Object.freeze({ version, state, reason, source, tsWall, tsMono, metadata })

/** What was made of newest writes, now that they are published: their labels are those that the batch was given. */
function relabeled(ahead: Made, before: Made | undefined): Made {
  const { result, snapshot } = ahead
  const reading = ahead.reading.published()
  if (snapshot === undefined || snapshot === before?.snapshot) return { reading, result, snapshot }
  const { version, state, source } = snapshot
  return { reading, result, snapshot: stamped(version, state, causeOf(reading, before?.reading, source)) }
}

/** Marks everything that stands on some nodes, and lists those of them that have followers. */
export function markStale(nodes: Iterable<DerivedNode>, followed: DerivedNode[]): void {
  const marking = [...nodes]
  for (const node of marking) {
    if (node.stale) continue
    node.stale = true
    if (node.watcher !== undefined && !node.queued) {
      node.queued = true
      followed.push(node)
    }
    for (const above of node.nodes) marking.push(above)
  }
}
