/**
 * The writers who wait for subscribers that suspend them.
 *
 * They are let in one by one, in the order in which they asked, and write in the same step in which there is room:
 * nobody comes between.
 */
import type { SchedulerLike } from 'rxjs'
import { FairLock, HeadgateError, onAbort } from '../../kit/index.ts'
import { limited } from '../limited.ts'
import type { WaitOptions } from '../readable.ts'

/** What the line needs of its store. */
interface WaitingHost {
  readonly storeName: string
  readonly scheduler: SchedulerLike
  /** Whether the store is destroyed. */
  isOver(): boolean
  /** The subscriber that has no room, if one has none. */
  full(): { readonly id: string } | undefined
}

/** Promises between the end of a turn and whoever awaits `ready()`. */
const HOPS = 4

export class WaitingWriters {
  readonly #host: WaitingHost
  readonly #line = new FairLock()
  /** Calls of those who wait for room: the first in line. */
  readonly #waiting = new Set<() => void>()

  constructor(host: WaitingHost) {
    this.#host = host
  }

  /** Runs `write` once every suspending subscriber has room. */
  whenReady<R>(write: () => R, options: WaitOptions, operation: string): Promise<R> {
    const late = (timeoutMs: number): HeadgateError =>
      new HeadgateError('READY_TIMEOUT', {
        store: this.#host.storeName,
        operation,
        timeoutMs,
        subscriberId: this.#host.full()?.id ?? 'none',
      })
    return limited(options, this.#host.scheduler, late, ({ signal }) =>
      this.#inTurn(write, signal, operation),
    )
  }

  async #inTurn<R>(write: () => R, signal: AbortSignal, operation: string): Promise<R> {
    signal.throwIfAborted()
    await this.#line.enter(signal)
    try {
      while (!this.#host.isOver() && this.#host.full() !== undefined) await this.#room(signal)
      signal.throwIfAborted()
      if (this.#host.isOver()) {
        throw new HeadgateError('STORE_DESTROYED', { store: this.#host.storeName, operation })
      }
      return write()
    } finally {
      // Behind whoever awaits this call: it has its chance to write before the next one looks.
      void (async () => {
        for (let hop = 0; hop < HOPS; hop += 1) await undefined
        this.#line.leave()
      })()
    }
  }

  #room(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        stopListening()
        resolve()
      }
      this.#waiting.add(look)
      const stopListening = onAbort(signal, () => {
        this.#waiting.delete(look)
        reject(signal.reason)
      })
    })
  }

  /** Lets the first in line look again. */
  wake(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const look of waiting) look()
  }
}
