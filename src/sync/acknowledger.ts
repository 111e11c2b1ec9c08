/**
 * What a mirror has applied and has not acknowledged yet. One acknowledgement stands for all frames before it, so they
 * go together: a thousand mirrors that each answer one write at once take as long over that as over the write.
 *
 * It waits 20 ms at most, and never for more than half of a window: a server that has more to send does not wait for
 * it.
 */
import type { SchedulerLike, Subscription } from 'rxjs'
import type { Chunk, DeltaFrame } from './frames.ts'

const WAIT_MS = 20

/** How much a server lets a client have unacknowledged; without `windowBytes` each frame is acknowledged at once. */
export interface Window {
  readonly window: number
  readonly windowBytes: number | undefined
}

export interface AppliedFrame {
  readonly version: number
  /** Of a chunk. */
  readonly index: number | undefined
}

export class Acknowledger {
  readonly #scheduler: SchedulerLike
  readonly #send: (newest: AppliedFrame) => void
  #window: Window = { window: 1, windowBytes: undefined }
  #newest: AppliedFrame | undefined
  #frames = 0
  #bytes = 0
  #timer: Subscription | undefined

  constructor(scheduler: SchedulerLike, send: (newest: AppliedFrame) => void) {
    this.#scheduler = scheduler
    this.#send = send
  }

  /** A server has said what it lets its clients have. */
  begin(window: Window): void {
    this.forget()
    this.#window = window
  }

  /** A frame is applied, or passed over. */
  applied(frame: Chunk | DeltaFrame, bytes: number): void {
    const { window, windowBytes = 0 } = this.#window
    this.#newest = { version: frame.version, index: frame.t === 'chunk' ? frame.index : undefined }
    this.#frames += 1
    this.#bytes += bytes
    // Of a state the next chunk is waited for.
    const isDue = frame.t === 'chunk' || this.#frames * 2 >= window || this.#bytes * 2 >= windowBytes
    if (isDue) this.#flush()
    else this.#timer ??= this.#scheduler.schedule(() => this.#flush(), WAIT_MS)
  }

  /** The connection is lost or over: nobody waits for it. */
  forget(): void {
    this.#timer?.unsubscribe()
    this.#timer = undefined
    this.#newest = undefined
    this.#frames = 0
    this.#bytes = 0
  }

  #flush(): void {
    const newest = this.#newest
    this.forget()
    if (newest !== undefined) this.#send(newest)
  }
}
