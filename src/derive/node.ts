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
import { type ReadableCore, settleState } from '../store/index.ts'
import { isBatching, refuseWrites, writesSoFar } from './activities.ts'
import { Attached } from './attached.ts'
import { Failure, type Input, type View } from './input.ts'
import { firstLabels, type Labels, Made } from './made.ts'
import type { Reading } from './reading.ts'
import type { Watcher } from './tell.ts'

/** Computes a derived value from what it reads. */
export type Compute = (reading: Reading) => unknown

export type Equal = (previous: unknown, current: unknown) => boolean

const nodeSymbol = Symbol('node')

/** The node of a derived value; undefined for any other source. */
export const nodeOf = (source: object): DerivedNode | undefined =>
  (source as { [nodeSymbol]?: DerivedNode } | undefined)?.[nodeSymbol]

/** Makes an object known by its node. */
export function hangNode(derived: object, node: DerivedNode): void {
  Object.defineProperty(derived, nodeSymbol, { value: node })
}

/** The one that is being computed; it is for the one that it knows as `outer`. */
let computing: DerivedNode | undefined

/** Whoever is computed when a write is refused is the one that tried. */
const whoComputes = {
  get name(): string {
    return computing?.name ?? ''
  },
}

export class DerivedNode implements Input {
  readonly name: string
  /** Nodes that are made of this one, and attached. */
  readonly nodes: Attached = new Attached()
  /** Tells its followers; while it has any. */
  watcher: Watcher | undefined
  /** While attached: whether an input may have changed. */
  stale = true
  /** Whether it is in a line of those that tell, and the next one there. */
  queued = false
  behind: DerivedNode | undefined
  /** While those that stand on it are still to be marked: the next one of which that is so. */
  after: DerivedNode | undefined
  readonly #compute: Compute
  readonly #isEqual: Equal
  #made: Made | undefined
  #ahead: Made | undefined
  /** While not attached: how much had been written when it was current last. */
  #currentAt = -1
  #isBusy = false
  /** While it is computed: the one for which it is. */
  #outer: DerivedNode | undefined

  constructor(name: string, compute: Compute, isEqual: Equal) {
    this.name = name
    this.#compute = compute
    this.#isEqual = isEqual
  }

  /** The outcome that holds now in a view. Throws `DERIVE_CYCLE` where it is being computed. */
  bring(view: View): Made {
    if (this.#isBusy) throw this.#cycle()
    if (view === 'head' && isBatching()) return this.#bringAhead()
    const made = this.#made
    const isKnown = made !== undefined && !made.reading.isCyclic
    const now = this.#isAttached ? -1 : writesSoFar()
    const holds = now < 0 ? !this.stale : this.#currentAt === now && made?.reading.isFed === false
    if (isKnown && holds) return made
    const brought = this.#bringPublished()
    this.#currentAt = now
    // The run may have met its first store of a copy of the library, and that in the middle of a batch.
    return view === 'head' && isBatching() ? this.#bringAhead() : brought
  }

  read(view: View): unknown {
    return this.bring(view).result
  }

  /** How it was made last, without a look at whether that still holds. */
  get last(): Made | undefined {
    return this.#made
  }

  labels(view: View): Labels | undefined {
    return (view === 'head' ? (this.#ahead ?? this.#made) : this.#made)?.labels
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
    const nodes = this.nodes.list
    this.watcher = undefined
    this.nodes.clear()
    this.#part()
    watcher?.complete()
    for (const node of nodes) node.complete()
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

  #bringPublished(): Made {
    const before = this.#made
    let former: readonly Input[] | undefined
    this.#enter()
    try {
      if (before === undefined || !before.reading.holds('published')) {
        const ahead = this.#ahead
        if (ahead?.reading.holds('published') === true) former = this.#publish(ahead)
        else {
          this.#made ??= new Made('published')
          former = this.#run(this.#made, before)
        }
      }
    } finally {
      this.#exit()
    }
    if (former !== undefined && this.#isAttached) this.#reattach(former)
    this.#ahead = undefined
    this.stale = false
    // The cast holds: what was not made has been made.
    return this.#made as Made
  }

  #bringAhead(): Made {
    this.#enter()
    try {
      for (const known of [this.#made, this.#ahead]) if (known?.reading.holds('head') === true) return known
      const ahead = new Made('head')
      this.#run(ahead, this.#made)
      this.#ahead = ahead
      return ahead
    } finally {
      this.#exit()
    }
  }

  /** What was made of newest writes is published, with the labels that the batch was given. */
  #publish(ahead: Made): readonly Input[] {
    const before = this.#made
    const { reading, version, state, labels } = ahead
    reading.publish(before?.reading)
    if (labels !== undefined && version !== before?.version) {
      ahead.renew(version, state, reading.cause ?? firstLabels(labels.source), this.watcher !== undefined)
    }
    reading.cause = undefined
    this.#made = ahead
    return before?.reading.inputs ?? []
  }

  /**
   * Computes the value.
   *
   * @param before - what it follows: itself, where it is made anew.
   * @returns the inputs of the run before, where they were others.
   */
  #run(made: Made, before: Made | undefined): readonly Input[] | undefined {
    const { reading } = made
    const last = before?.version ?? -1
    reading.begin(before?.reading)
    try {
      const value = this.#compute(reading)
      const isObject = typeof value === 'object' && value !== null
      const returned = isObject ? deferredOf(value) : undefined
      if (returned !== undefined) throw new HeadgateError('DERIVE_ASYNC', { derived: this.name, returned })
      if (last >= 0 && this.#isEqual(before?.state, value)) {
        if (made !== before) made.takeOver(before as Made)
      } else {
        const state = isObject ? this.#settled(value, before?.state, reading.isFrozen) : value
        made.renew(last + 1, state, reading.cause ?? firstLabels(this.name), this.watcher !== undefined)
      }
      made.result = made.state
    } catch (error) {
      made.result = new Failure(error)
      if (before !== undefined && made !== before) made.takeOver(before)
    } finally {
      reading.cause = undefined
    }
    return reading.end()
  }

  #settled(value: unknown, before: unknown, freeze: boolean): unknown {
    const subject = `derived value "${this.name}"`
    return settleState(value, before, { subject, operation: 'derive()', freeze })
  }

  /** Follows the inputs of the last run in the place of those of the one before. */
  #reattach(former: readonly Input[]): void {
    const inputs = this.#inputs
    if (former === inputs) return
    const kept = new Set(inputs)
    const known = new Set(former)
    for (const input of inputs) if (!known.has(input)) input.attach(this)
    for (const input of former) if (!kept.has(input)) input.detach(this)
  }

  #enter(): void {
    this.#isBusy = true
    this.#outer = computing
    if (computing === undefined) refuseWrites(whoComputes)
    computing = this
  }

  #exit(): void {
    computing = this.#outer
    if (computing === undefined) refuseWrites(undefined)
    this.#outer = undefined
    this.#isBusy = false
  }

  #cycle(): HeadgateError {
    const names = [this.name]
    for (let node = computing; node !== undefined && node !== this; node = node.#outer)
      names.unshift(node.name)
    return new HeadgateError('DERIVE_CYCLE', { names: [this.name, ...names] })
  }
}
