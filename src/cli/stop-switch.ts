import { onAbort } from '../kit/index.ts'
import type { StopSignal } from './command-io.ts'
import { isReaderGone } from './print.ts'

/** Why a run ended before its records did. */
export type StopCause =
  | { readonly kind: 'signal'; readonly name: StopSignal }
  /** Nobody reads the output any more. */
  | { readonly kind: 'output'; readonly error: Error }
  /** A bad record of a strict run. */
  | { readonly kind: 'strict' }
  /** The records could not be read to their end. */
  | { readonly kind: 'unreadable'; readonly sentence: string }

/** The exit status of a run that was stopped. */
export const STOPPED_STATUS: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143, IDLE: 4 }

/** Says that the command was stopped before there was a run. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
  readonly signal: StopSignal

  constructor(signal: StopSignal, meanwhile: string) {
    super(
      signal === 'IDLE'
        ? `${meanwhile} awaits what will never come`
        : `${signal} while ${meanwhile} was loaded`,
    )
    this.signal = signal
  }
}

/** Ends a run, once: whoever asks first gives the cause. */
export class StopSwitch {
  readonly #listeners = new Set<() => void>()
  readonly #stopListening: () => void
  /** Undefined while the run goes on. */
  cause: StopCause | undefined

  /** @param signal - aborts with the name of a signal of the system. */
  constructor(signal: AbortSignal) {
    this.#stopListening = onAbort(signal, () =>
      this.stop({ kind: 'signal', name: signal.reason as StopSignal }),
    )
  }

  /**
   * Calls `listener` when the run is to end, at once if it is; returns what takes the listener away.
   *
   * Not an AbortSignal: its first use costs as much as fifty records, and one is used for every chunk.
   */
  onStop(listener: () => void): () => void {
    if (this.cause !== undefined) listener()
    else this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  stop(cause: StopCause): void {
    if (this.cause !== undefined) return
    this.cause = cause
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }

  /** The exit status that the cause leads to. A reader who has seen enough is no failure. */
  get status(): number {
    if (this.cause === undefined) return 0
    if (this.cause.kind === 'signal') return STOPPED_STATUS[this.cause.name]
    if (this.cause.kind === 'output') return isReaderGone(this.cause.error) ? 0 : 1
    return 1
  }

  release(): void {
    this.#stopListening()
  }
}
