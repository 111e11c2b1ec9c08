/** A write that somebody waits for, until it is decided, its time is over, or nobody wants it any more. */
import { type Immutable, onAbort } from '../kit/index.ts'
import type { WriteResult } from '../sync/index.ts'
import type { ClaimRecord, ReleaseRecord } from './record.ts'
import type { Made } from './record-texts.ts'

/** Makes a version, or says why it does not. Run again on each newer state. */
export type Make<S> = (state: Immutable<S>) => Made<S> | WriteResult

/** What becomes of leadership. */
export type Claim = Omit<ClaimRecord, 'base' | 'v' | 'member'> | Omit<ReleaseRecord, 'base' | 'v' | 'member'>

/** What is written: a version, or a record that makes none; undefined where that is not wanted any more. */
export type Wanted<S> = { readonly make: Make<S> } | { readonly claim: () => Claim | undefined }

export interface WriteOptions {
  readonly operation: string
  readonly retries: number
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** Waits for a connection; else it is refused where there is none. */
  readonly waits?: boolean
  /** Is made on a state that is in the log, and not on what the writes before it will make of that. */
  readonly isAlone?: boolean
}

export class PendingWrite<S> {
  readonly wanted: Wanted<S>
  readonly options: WriteOptions
  readonly deadline: number
  readonly result: Promise<WriteResult>
  /** How often another record came first. */
  losses = 0
  /** Whether it stands in a record that is on its way. */
  isUnderWay = false
  isOver = false
  #resolve!: (result: WriteResult) => void
  #reject!: (error: unknown) => void
  #stopListening = (): void => {}

  /** @param over - it is over before it was decided */
  constructor(wanted: Wanted<S>, options: WriteOptions, deadline: number, over: () => void) {
    this.wanted = wanted
    this.options = options
    this.deadline = deadline
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    const { signal } = options
    this.#stopListening = onAbort(signal, () => {
      this.fail(signal?.reason)
      over()
    })
  }

  settle(result: WriteResult): void {
    if (this.#end()) this.#resolve(result)
  }

  fail(error: unknown): void {
    if (this.#end()) this.#reject(error)
  }

  #end(): boolean {
    if (this.isOver) return false
    this.isOver = true
    this.#stopListening()
    return true
  }
}
