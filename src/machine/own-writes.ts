import { isHeadgateError } from '../kit/index.ts'
import type { EventObject } from './definition.ts'
import type { Elsewhere, Taking } from './elsewhere.ts'
import type { AnyMachine, StateNode } from './machine.ts'
import { elapsedStep, endedStep, itemStep, type OwnStep } from './own-steps.ts'
import type { Running } from './running.ts'
import type { Outcome } from './work.ts'

type Phase = 'after' | 'invoke'

/** The driver that the writes are of. */
interface Writer {
  readonly machine: AnyMachine
  readonly elsewhere: Elsewhere | undefined
  readonly kernel: {
    readonly inBatch: boolean
    readonly inRecipe: boolean
    readonly store: { readonly name: string; ready(): Promise<void> }
  }
  taking(event: EventObject, decideNext: OwnStep['decide']): Taking
  apply(
    operation: string,
    event: EventObject,
    write: undefined,
    decideNext: OwnStep['decide'],
  ): { readonly handled: boolean }
  report(phase: Phase, error: unknown): void
}

/**
 * What a machine writes that nobody sent: when the time of an `after` has come, and what invoked work leads to.
 *
 * What such a write throws has no caller: it is reported as a fault. It waits until it may write: where a scheduler
 * runs it inside a batch or a recipe until that is over, or it would be decided on, and rolled back with, what the
 * batch has come to; where a subscriber suspends the writers until it is its turn; and while the machine is held.
 */
export class OwnWrites {
  readonly #writer: Writer
  readonly #running: Running

  constructor(writer: Writer, running: Running) {
    this.#writer = writer
    this.#running = running
  }

  /** The time of an `after` has come. */
  elapsed(node: StateNode, ms: number, isCurrent: () => boolean): void {
    this.#write('after', isCurrent, elapsedStep(this.#writer.machine, node, ms))
  }

  /** Invoked work has put out an item; a promise where it cannot be taken yet. */
  item(node: StateNode, value: unknown, isCurrent: () => boolean): Promise<void> | undefined {
    const taken = node.invoke?.onNext ?? []
    if (taken.length === 0) return undefined
    let isTaken = false
    let tell: (() => void) | undefined
    this.#write('invoke', isCurrent, itemStep(this.#writer.machine, taken, value), () => {
      isTaken = true
      tell?.()
    })
    if (isTaken) return undefined
    return new Promise((resolve) => {
      tell = resolve
    })
  }

  /** Invoked work has ended; `isLast` where none is left that the same change of state began. */
  ended(
    node: StateNode,
    outcome: Outcome,
    { isCurrent, isLast }: { isCurrent(): boolean; isLast(): boolean },
  ): void {
    const report = (error: unknown): void => this.#writer.report('invoke', error)
    this.#write('invoke', isCurrent, endedStep(this.#writer.machine, node, outcome, isLast, report))
  }

  /** Commits a step, unless the state has been left. */
  #write(phase: Phase, isCurrent: () => boolean, own: OwnStep, done: () => void = () => {}): void {
    const retry = (): void => this.#write(phase, isCurrent, own, done)
    if (this.#running.isHeld) {
      this.#running.keep(retry)
      return
    }
    const writer = this.#writer
    const { kernel, elsewhere } = writer
    if (elsewhere !== undefined) {
      const taking = writer.taking(own.event, own.decide)
      elsewhere
        .commit(taking, isCurrent)
        .then((isDone) => isDone && own.committed?.(taking.result?.handled === true))
        .catch((error: unknown) => writer.report(phase, error))
        .then(done)
      return
    }
    if (kernel.inBatch || kernel.inRecipe) {
      queueMicrotask(retry)
      return
    }
    try {
      if (isCurrent()) {
        const { handled } = writer.apply(phase, own.event, undefined, own.decide)
        own.committed?.(handled)
      }
    } catch (error) {
      // Rejects only when the store is destroyed: then there is nothing left to do.
      if (isFull(error, kernel.store.name)) {
        kernel.store.ready().then(retry, done)
        return
      }
      writer.report(phase, error)
    }
    done()
  }
}

/** Whether a write was refused by those who suspend the writers of this store. */
const isFull = (error: unknown, store: string): boolean =>
  (isHeadgateError(error, 'SUBSCRIBER_FULL') || isHeadgateError(error, 'JOURNAL_FULL')) &&
  error.details.store === store
