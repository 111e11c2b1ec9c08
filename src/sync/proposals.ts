/** What a mirror asked the server to do, until it answers: sent again after each reconnect, with the same id. */
import type { SchedulerLike } from 'rxjs'
import { HeadgateError, onAbort, randomUuid } from '../kit/index.ts'
import type { Result } from './frames.ts'

/** A frame without its name and store. */
export type Proposal =
  | {
      readonly t: 'write'
      readonly epoch: string
      readonly base: number
      readonly reason: string
      readonly ops: unknown
    }
  | { readonly t: 'send'; readonly event: unknown }

export interface ProposalOptions {
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  /** Told the answer at once, ahead of what comes behind it. */
  readonly answered?: ((result: Result) => void) | undefined
}

type Frame = Proposal & { readonly id: string; readonly store: string }

interface Unanswered {
  readonly frame: Frame
  readonly settle: (result: Result | undefined) => void
  /** How often it was sent, and so may have been heard. */
  sent: number
}

export interface ProposalsHost {
  readonly name: string
  readonly writesMax: number
  readonly scheduler: SchedulerLike
  /** @returns whether there was anybody to send it to */
  send(frame: Frame): boolean
}

export class Proposals {
  readonly #host: ProposalsHost
  /** Another one for each mirror: ids of one that was closed mean nothing to it. */
  readonly #session = randomUuid()
  readonly #unanswered = new Map<string, Unanswered>()
  #made = 0
  #isOver = false

  constructor(host: ProposalsHost) {
    this.#host = host
  }

  /**
   * Asks, and resolves with the answer, or with undefined where none came.
   *
   * @throws `WRITES_FULL`, the signal's reason
   */
  propose(proposal: Proposal, options: ProposalOptions): Promise<Result | undefined> {
    const { timeoutMs, signal, answered } = options
    const { name, writesMax, scheduler } = this.#host
    if (this.#unanswered.size >= writesMax)
      throw new HeadgateError('WRITES_FULL', { mirror: name, writesMax })
    signal?.throwIfAborted()
    if (this.#isOver) return Promise.resolve(undefined) // by what was run to make the proposal
    this.#made += 1
    const id = `${this.#session}-${this.#made}`
    return new Promise((resolve, reject) => {
      const end = (): void => {
        timer.unsubscribe()
        stopListening()
        this.#unanswered.delete(id)
      }
      const settle = (result: Result | undefined): void => {
        end()
        if (result !== undefined) answered?.(result)
        resolve(result)
      }
      const timer = scheduler.schedule(() => settle(undefined), timeoutMs)
      const stopListening = onAbort(signal, () => {
        end()
        reject(signal?.reason)
      })
      const frame = { ...proposal, id, store: name }
      const unanswered: Unanswered = { frame, settle, sent: 0 }
      this.#unanswered.set(id, unanswered)
      this.#send(unanswered)
    })
  }

  answered(result: Result): void {
    this.#unanswered.get(result.id)?.settle(result)
  }

  /** Sends what has no answer once more. */
  sendAgain(): void {
    for (const each of this.#unanswered.values()) this.#send(each)
  }

  #send(unanswered: Unanswered): void {
    if (this.#host.send(unanswered.frame)) unanswered.sent += 1
  }

  /**
   * The server has ended the connection for a frame that it cannot read. Frames are answered in order, so it was the
   * oldest without an answer, if it was one of these: sent again it would end the next connection too. Whether it was
   * heard on an earlier connection, or was a frame of another mirror, is not known.
   */
  unreadable(version: number, message: string, isShared: boolean): void {
    for (const { frame, settle, sent } of this.#unanswered.values()) {
      const { id, store } = frame
      if (sent === 0) continue
      const isKnown = sent === 1 && !isShared
      settle(isKnown ? { t: 'result', store, id, ok: false, version, reason: 'refused', message } : undefined)
      return
    }
  }

  /**
   * The store has begun anew, with none of the answers: what was sent has none any more. A write that was not is a
   * conflict, and is made again on what is there now; an event goes to whoever is there.
   */
  begunAnew(version: number): void {
    for (const { frame, settle, sent } of [...this.#unanswered.values()]) {
      const { id, store, t } = frame
      if (sent > 0) settle(undefined)
      else if (t === 'write') {
        settle({ t: 'result', store, id, ok: false, version, reason: 'conflict', message: undefined })
      }
    }
  }

  /** No answer will come any more. */
  giveUp(): void {
    this.#isOver = true
    for (const { settle } of [...this.#unanswered.values()]) settle(undefined)
  }
}
