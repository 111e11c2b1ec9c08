/**
 * Where a child keeps its state while nobody has asked for its store: the pipeline of a store, without all that others
 * follow it by. It weighs a tenth of a store, and a system of many children is mostly of those that nobody looks at.
 *
 *   driver ──> pipeline ──> head ──> tell
 *                             └────> the store, from the moment that somebody asks for it
 */
import { type Clock, HeadgateError } from '../kit/index.ts'
import type { DriverKernel } from '../machine/index.ts'
import {
  type Commit,
  CommitPipeline,
  type Kernel,
  type PipelineHost,
  type Publications,
  type Snapshot,
  type SubscriberFault,
} from '../store/index.ts'
import type { ActorState } from './actor-snapshot.ts'

/** How many commits one may set off while it is told, as the `drainMax` of a store. */
const QUEUE_MAX = 100_000

/** Whoever follows; what it throws is told to itself. */
export interface LightSink {
  next(snapshot: Snapshot<ActorState>): void
  threw(error: unknown): void
  /** Given what the driver reports that is no failure of the machine. */
  reported(fault: SubscriberFault): void
}

export class LightKernel implements DriverKernel, PipelineHost, Publications<ActorState> {
  readonly name: string
  readonly clock: Clock
  isStopped = false
  readonly #pipeline: CommitPipeline<ActorState>
  readonly #sink: LightSink
  #value: Snapshot<ActorState>
  /** Commits that were made while one is told. */
  #waiting: Snapshot<ActorState>[] | undefined
  /** The store that has taken over in the middle of a step. */
  #heir: Kernel<ActorState> | undefined

  constructor(name: string, clock: Clock, first: Snapshot<ActorState>, sink: LightSink) {
    this.name = name
    this.clock = clock
    this.#value = first
    this.#sink = sink
    this.#pipeline = new CommitPipeline(this, this)
  }

  // ---- what the driver needs of a kernel ----

  get head(): Snapshot<ActorState> {
    return this.#pipeline.head
  }

  get inBatch(): boolean {
    return false
  }

  get inRecipe(): boolean {
    return this.#pipeline.inRecipe
  }

  get destroyed(): boolean {
    return this.isStopped
  }

  get store(): DriverKernel['store'] {
    return this
  }

  readonly commitSettled: DriverKernel['commitSettled'] = (step, write, operation) =>
    this.#pipeline.commitSettled(step, write, operation)

  report(fault: SubscriberFault): void {
    this.#sink.reported(fault)
  }

  /** Nobody can suspend it. */
  ready(): Promise<void> {
    return Promise.resolve()
  }

  // ---- what the pipeline needs ----

  get source(): string {
    return this.name
  }

  get freeze(): boolean {
    return true
  }

  get overrules(): boolean {
    return false
  }

  get timer(): undefined {
    return undefined
  }

  get advise(): undefined {
    return undefined
  }

  admitWrite(): void {}

  get broadcast(): { readonly exhausted: boolean; readonly queueMax: number } {
    return { exhausted: (this.#waiting?.length ?? 0) >= QUEUE_MAX, queueMax: QUEUE_MAX }
  }

  getValue(): Snapshot<ActorState> {
    return this.#value
  }

  publish({ snapshot }: Commit<ActorState>): void {
    this.#value = snapshot
    if (this.#heir !== undefined) this.#heir.adopt(snapshot)
    else if (this.#waiting !== undefined) this.#waiting.push(snapshot)
    else this.#tell(snapshot)
  }

  // ---- its end ----

  stop(): void {
    this.isStopped = true
    this.#waiting = undefined
  }

  /** Hands over to a store, which has adopted its head. A step that is running is committed to it. */
  handOver(heir: Kernel<ActorState>): void {
    this.#waiting = undefined
    if (!this.inRecipe) {
      this.isStopped = true
      return
    }
    this.#heir = heir
    heir.guard(() => {
      if (!this.inRecipe) return
      throw new HeadgateError('WRITE_IN_RECIPE', { store: this.name, operation: 'A write' })
    })
  }

  /** Tells of a commit, then of those that it set off: no stack grows with their number. */
  #tell(first: Snapshot<ActorState>): void {
    const waiting = [first]
    this.#waiting = waiting
    for (let index = 0; index < waiting.length && this.#waiting === waiting; index += 1) {
      try {
        this.#sink.next(waiting[index] as Snapshot<ActorState>)
      } catch (error) {
        this.#sink.threw(error)
      }
    }
    if (this.#waiting === waiting) this.#waiting = undefined
  }
}
