/** Decides what clients want to write: on the state that is current, as any writer of the store. */
import { applyDelta, deltaFromJSON } from '../delta/index.ts'
import { Budget, fromJsonForm } from '../json/index.ts'
import { type Immutable, isHeadgateError, messageOf } from '../kit/index.ts'
import { asyncRefusal } from './async-refusal.ts'
import type { Result, SendFrame, WriteFrame } from './frames.ts'
import type { ClientFacts, ServeSettings } from './serve-options.ts'
import type { ServedStore } from './served-store.ts'

/** A machine store, as far as it is needed. */
interface Sendable {
  send(
    event: unknown,
    write: { readonly source: string },
  ): { readonly handled: boolean; readonly reason?: string }
}

/** Why a write was not committed. */
interface Refusal {
  readonly reason: 'conflict' | 'refused'
  readonly message?: string
}

/** Of a reason; it is kept with the result, and may have in it what a client sent. */
const MESSAGE_MAX = 1_000

const refused = (message: string): Refusal => ({ reason: 'refused', message: message.slice(0, MESSAGE_MAX) })
const CONFLICT: Refusal = { reason: 'conflict' }

export class WriteDesk {
  readonly figures = { writes: 0, conflicts: 0, refused: 0 }
  readonly #served: ServedStore
  readonly #client: ClientFacts
  readonly #settings: ServeSettings

  constructor(served: ServedStore, client: ClientFacts, settings: ServeSettings) {
    this.#served = served
    this.#client = client
    this.#settings = settings
  }

  /** Does what a frame asks for, once: one that comes again is given the same answer. */
  answer(frame: WriteFrame | SendFrame): Result {
    const { results } = this.#served
    const { clientId, store } = this.#client
    const known = results.of(clientId, frame.id)
    if (known !== undefined) return known
    const refusal = this.#try(frame)
    if (refusal === undefined) this.figures.writes += 1
    else if (refusal.reason === 'conflict') this.figures.conflicts += 1
    else this.figures.refused += 1
    const result: Result = {
      t: 'result',
      store,
      id: frame.id,
      ok: refusal === undefined,
      version: this.#served.kernel.head.version,
      reason: refusal?.reason,
      message: refusal?.message,
    }
    // What was not committed may be decided again: only what was must not be done twice.
    if (result.ok) results.keep(clientId, result)
    return result
  }

  #try(frame: WriteFrame | SendFrame): Refusal | undefined {
    if (!this.#client.grant.write) return refused('the client may read only')
    try {
      return frame.t === 'write' ? this.#write(frame) : this.#send(frame)
    } catch (error) {
      if (isHeadgateError(error, 'VERSION_CONFLICT')) return CONFLICT
      if (!isHeadgateError(error)) this.#report(error)
      return refused(messageOf(error))
    }
  }

  #write({ epoch, base, reason, ops }: WriteFrame): Refusal | undefined {
    const { kernel } = this.#served
    const { view, write } = this.#settings
    if (view !== undefined) return refused('the client is shown a part of the state, and cannot write it')
    const { state, version } = kernel.head
    if (epoch !== this.#served.epoch || base !== version) return CONFLICT
    const delta = deltaFromJSON(ops, { bytesMax: this.#settings.frameBytesMax })
    const next = applyDelta(state, delta)
    const verdict = this.#verdictOf('write', write?.({ state, next, delta, client: this.#client }))
    if (verdict !== true) return refused(verdict)
    // The callback may have written: then this is a conflict like any other.
    const options = { reason, source: this.#client.clientId, expectedVersion: base, origin: this }
    kernel.commit(() => next as Immutable<unknown>, options, 'a write of a mirror')
    return undefined
  }

  #send({ event: given }: SendFrame): Refusal | undefined {
    const store = this.#served.kernel.store as unknown as Partial<Sendable>
    if (store.send === undefined) return refused('the store is no machine: it takes no events')
    const budget = new Budget({ bytesMax: this.#settings.frameBytesMax })
    const event = fromJsonForm(given, 'event', { budget, isTagged: true })
    const verdict = this.#verdictOf('send', this.#settings.send?.({ event, client: this.#client }))
    if (verdict !== true) return refused(verdict)
    const sent = store.send(event, { source: this.#client.clientId })
    return sent.handled ? undefined : refused(`the event was not handled: ${sent.reason}`)
  }

  /** An asynchronous callback decides nothing: when it has, the state is another one. */
  #verdictOf(option: 'write' | 'send', verdict: unknown = true): true | string {
    const error = asyncRefusal(option, verdict)
    if (error === undefined) return verdict === true ? verdict : String(verdict)
    this.#report(error)
    return error.message
  }

  /** What a callback of the server throws is the server's fault, and the client's answer. */
  #report(error: unknown): void {
    const { kernel } = this.#served
    const { clientId } = this.#client
    kernel.report({
      subscriberId: clientId,
      phase: 'kernel',
      error,
      version: kernel.head.version,
      failures: 1,
    })
  }
}
