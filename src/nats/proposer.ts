/**
 * Brings one record at a time into the log, and waits until the log shows what became of it.
 *
 *   publish ──> stored, stale, unsure ─ ─ decides nothing: it says when to publish again, under the same id
 *   read    ──> its own record counts            'counts'
 *           ──> another one on its base counts   'conflict'
 *           ──> neither, in time                 'timeout': it may still come to count
 */
import type { SchedulerLike } from 'rxjs'
import { onAbort } from '../kit/index.ts'
import type { CommitLog, PublishAnswer } from './commit-log.ts'

export type Verdict = 'counts' | 'conflict' | 'timeout'

export interface Proposal {
  readonly text: string
  /** What it is based on. */
  readonly base: number
}

export interface ProposeOptions {
  /** How long it may take. */
  readonly ms: number
  readonly signal?: AbortSignal | undefined
}

export interface ProposerHost {
  readonly member: string
  /** The newest record that was read. */
  readonly seen: number
  /** Whether it reads; who does not, publishes nothing. */
  readonly isConnected: boolean
}

interface Outstanding extends Proposal {
  readonly id: string
  isOver: boolean
  settle(verdict: Verdict): void
  /** Has it look again whether to publish. */
  wake: () => void
}

/** How long after which answer it is published again, where nothing is read of it. */
const AGAIN_MS: Readonly<Record<PublishAnswer, number>> = { stored: 2_000, stale: 20, unsure: 100 }
const AGAIN_MS_MAX = 2_000

export class Proposer {
  readonly #log: CommitLog
  readonly #host: ProposerHost
  readonly #scheduler: SchedulerLike
  #outstanding: Outstanding | undefined
  #made = 0
  #isClosed = false

  constructor(log: CommitLog, host: ProposerHost, scheduler: SchedulerLike) {
    this.#log = log
    this.#host = host
    this.#scheduler = scheduler
  }

  /** One at a time: the caller waits for the one before. @throws the signal's reason */
  propose(proposal: Proposal, { ms, signal }: ProposeOptions): Promise<Verdict> {
    signal?.throwIfAborted()
    if (this.#isClosed) return Promise.resolve('timeout')
    this.#made += 1
    const id = `${this.#host.member}-${this.#made}`
    return new Promise((resolve, reject) => {
      const end = (): void => {
        outstanding.isOver = true
        timer.unsubscribe()
        stopListening()
        this.#outstanding = undefined
        outstanding.wake()
      }
      const settle = (verdict: Verdict): void => {
        end()
        resolve(verdict)
      }
      const timer = this.#scheduler.schedule(() => settle('timeout'), ms)
      const stopListening = onAbort(signal, () => {
        end()
        reject(signal?.reason)
      })
      const outstanding: Outstanding = { ...proposal, id, isOver: false, settle, wake: () => {} }
      this.#outstanding = outstanding
      void this.#publish(outstanding)
    })
  }

  /** Whether a record is the one that it waits for. */
  isOwn(id: string): boolean {
    return this.#outstanding?.id === id
  }

  /** A record was read. */
  read(id: string, base: number, counts: boolean): void {
    const outstanding = this.#outstanding
    if (outstanding === undefined) return
    if (outstanding.id === id) outstanding.settle(counts ? 'counts' : 'conflict')
    else if (counts && outstanding.base === base) outstanding.settle('conflict')
    else outstanding.wake()
  }

  /** It reads again: what waits may be published. */
  connected(): void {
    this.#outstanding?.wake()
  }

  /** What was written between is not known any more, nor what became of the record. */
  giveUp(): void {
    this.#outstanding?.settle('timeout')
  }

  /** Nothing is published any more, also of what is on its way here. */
  close(): void {
    this.#isClosed = true
    this.giveUp()
  }

  async #publish(outstanding: Outstanding): Promise<void> {
    const { id, text } = outstanding
    for (let unsure = 0; !outstanding.isOver; ) {
      if (!this.#host.isConnected) {
        await this.#pause(outstanding, AGAIN_MS_MAX)
        continue
      }
      const { seen } = this.#host
      const answer = await this.#log.publish(text, id, seen)
      // What it was refused for may have been read meanwhile.
      if (outstanding.isOver || (answer === 'stale' && this.#host.seen > seen)) continue
      if (answer === 'unsure') unsure += 1
      const ms = Math.min(AGAIN_MS[answer] * 2 ** Math.max(0, unsure - 1), AGAIN_MS_MAX)
      await this.#pause(outstanding, ms * (0.5 + Math.random() / 2), answer === 'stored')
    }
  }

  /** Waits for a time, or until it is over, or, unless it is to be left in peace, until something is read. */
  #pause(outstanding: Outstanding, ms: number, inPeace = false): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        if (inPeace && !outstanding.isOver) return
        timer.unsubscribe()
        outstanding.wake = () => {}
        resolve()
      }
      const timer = this.#scheduler.schedule(() => {
        outstanding.wake = () => {}
        resolve()
      }, ms)
      outstanding.wake = end
    })
  }
}
