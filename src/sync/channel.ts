/**
 * A client of one store, at the server: a subscriber whose consumer is the network. It is busy while its window is
 * full, so its policy decides what it gets, and its account says what it missed, as for any subscriber.
 */
import { checkPolicy, type Policy, type SubscriberStats } from '../backpressure/index.ts'
import type { ClientLag } from '../health/index.ts'
import { deferredOf, describeValue, HeadgateError, isHeadgateError } from '../kit/index.ts'
import type { Snapshot, SubscriberHandle } from '../store/index.ts'
import { asyncRefusal } from './async-refusal.ts'
import type { Connection } from './connection.ts'
import type { ByeCode, ClientFrame, Grant, Hello, VersionHead } from './frames.ts'
import { writeFrame } from './frames.ts'
import { Outbox, Posted } from './outbox.ts'
import { protocolInvalid } from './read-frame.ts'
import type { ClientFacts, ServeSettings } from './serve-options.ts'
import type { ServedStore } from './served-store.ts'
import { type DeltaText, pieces } from './texts.ts'
import { WriteDesk } from './write-desk.ts'

/** A subscriber's figures, and what the network did. */
export interface ClientStats extends SubscriberStats {
  readonly clientId: string
  /** The name of the store it mirrors. */
  readonly store: string
  /** Milliseconds since the epoch. */
  readonly connectedAt: number
  /** 1 if it resumed from what it had, else 0; plus 1 each time it asked again. */
  readonly resumes: number
  /** States that were sent whole. */
  readonly snapshots: number
  readonly deltas: number
  /** The newest version it has applied; -1 before the first. */
  readonly acknowledgedVersion: number
  /** Committed versions it has not applied yet. */
  readonly lagVersions: number
  /** How long the oldest unacknowledged frame has been waiting; milliseconds. */
  readonly lagMs: number
  readonly bytesSent: number
  /** Bytes buffered by its socket. */
  readonly bufferedBytes: number
  readonly writes: number
  readonly conflicts: number
  readonly refused: number
}

/** What a client has, or will have when it has applied what was sent. */
interface Base {
  readonly version: number
  readonly state: unknown
}

export class Channel {
  readonly facts: ClientFacts
  readonly served: ServedStore
  readonly connection: Connection
  readonly #settings: ServeSettings
  readonly #policy: Policy
  readonly #outbox: Outbox
  readonly #desk: WriteDesk
  readonly #connectedAt: number = Date.now()
  #base: Base | undefined
  /** Versions that it missed and was not told of. */
  #untold = 0
  #resumes = 0
  #snapshots = 0
  #deltas = 0
  #handle: SubscriberHandle | undefined
  #isClosed = false

  /** @throws what the policy of the options throws; `POLICY_INVALID` */
  constructor(
    connection: Connection,
    served: ServedStore,
    hello: Hello,
    grant: Grant,
    settings: ServeSettings,
  ) {
    this.facts = { clientId: hello.clientId, store: served.name, grant }
    this.served = served
    this.connection = connection
    this.#settings = settings
    const { policy, window, windowBytes } = settings
    this.#policy = checkWaiting(policy(this.facts))
    const { socket, held } = connection
    this.#outbox = new Outbox(socket, { window, windowBytes, held, now: () => performance.now() })
    this.#desk = new WriteDesk(served, this.facts, settings)
  }

  /** Undefined until it has begun. */
  get stats(): ClientStats | undefined {
    const { clientId, store } = this.facts
    const figures = this.#handle?.stats()
    if (figures === undefined) return undefined
    const { acknowledgedVersion, lagMs, bytesSent } = this.#outbox
    return {
      ...figures,
      clientId,
      store,
      connectedAt: this.#connectedAt,
      resumes: this.#resumes,
      snapshots: this.#snapshots,
      deltas: this.#deltas,
      acknowledgedVersion,
      lagVersions: this.served.kernel.head.version - acknowledgedVersion,
      lagMs,
      bytesSent,
      bufferedBytes: this.connection.socket.bufferedBytes,
      ...this.#desk.figures,
    }
  }

  /** How far it is behind. */
  get lag(): ClientLag {
    const { acknowledgedVersion, lagMs } = this.#outbox
    const versions = this.served.kernel.head.version - acknowledgedVersion
    return { clientId: this.facts.clientId, versions, ms: lagMs }
  }

  /** Welcomes the client, and feeds it from what it has. */
  begin({ resume }: Hello): void {
    const { store, history, epoch } = this.served
    const { facts } = this
    const policy = this.#policy
    const [has, ...since] = (resume?.epoch === epoch ? history.from(resume.version) : undefined) ?? []
    this.#base = has && { version: has.version, state: this.#shown(has) }
    if (has !== undefined) this.#resumes += 1
    this.connection.send({
      t: 'welcome',
      store: facts.store,
      epoch,
      mode: has === undefined ? 'snapshot' : 'resume',
      version: store.published.version,
      heartbeatMs: this.#settings.heartbeatMs,
      window: this.#settings.window,
      windowBytes: this.#settings.windowBytes,
      grant: { read: true, write: facts.grant.write === true },
    })
    // Who wants every version is given those that it missed, one by one; others the newest, and how many they missed.
    const catchesUp = policy.lossless && has !== undefined
    if (catchesUp) this.#outbox.post(since.flatMap((snapshot) => this.#framesOf(snapshot, 0)))
    else if (resume?.epoch === epoch) {
      // Also of what is forgotten it is told how much it was.
      this.#untold = Math.max(0, store.published.version - resume.version - 1)
    }
    if (has !== undefined) this.#outbox.acknowledgedVersion = has.version
    this.#handle = store.subscribe(
      {
        next: (entry, { missed }) => this.#deliver(entry, missed),
        error: () => this.end('OVERFLOW', 'the buffer of the client was full'),
        complete: () => this.end('DESTROYED', 'the store is destroyed'),
      },
      { id: facts.clientId, policy, replay: !catchesUp },
    )
    // What it was sent may have been the end of its connection.
    if (this.#isClosed) this.#handle.unsubscribe()
  }

  /** @throws `PROTOCOL_INVALID` for a frame that is none of a client that was welcomed. */
  received(frame: ClientFrame): void {
    if (frame.t === 'ack') {
      if (!this.#outbox.acknowledge(frame.version, frame.index)) this.connection.countFrame()
    } else if (frame.t === 'write' || frame.t === 'send') {
      // Whoever shows what he wrote knows from the answer which of the versions that come has it.
      this.#outbox.sendAhead(() => this.connection.answer(this.#desk.answer(frame)))
    } else if (frame.t === 'leave') this.close()
    else throw protocolInvalid(`a "${frame.t}" is not expected here`)
  }

  /** Looks whether the socket has room again. */
  settle(): void {
    this.#outbox.settle()
  }

  /** Says why, and closes. */
  end(code: ByeCode, message: string): void {
    this.connection.send({ t: 'bye', store: this.facts.store, code, message })
    this.close()
  }

  close(): void {
    this.#isClosed = true
    this.#handle?.unsubscribe()
    this.#outbox.close()
    this.connection.forget(this)
  }

  #shown({ state }: Snapshot<unknown>): unknown {
    const { view } = this.#settings
    if (view === undefined) return state
    const shown = view(state, this.facts)
    const refusal = asyncRefusal('view', shown)
    if (refusal !== undefined) throw refusal
    return shown
  }

  #deliver(entry: unknown, missed: number): Promise<void> | undefined {
    const snapshots = (Array.isArray(entry) ? entry : [entry]) as readonly Snapshot<unknown>[]
    this.#untold += missed
    try {
      return this.#outbox.post(snapshots.flatMap((snapshot) => this.#framesOf(snapshot)))
    } catch (error) {
      // A view that is asynchronous never shows anything: the client would wait for ever.
      if (isHeadgateError(error, 'OPTION_INVALID')) this.connection.failed(this, error)
      throw error
    }
  }

  /** The frames that take the client to a snapshot. */
  #framesOf(snapshot: Snapshot<unknown>, missed: number = this.#untold): Posted[] {
    const { version, reason, source, tsWall, metadata } = snapshot
    const base = this.#base
    if (base?.version === version) return []
    let frames: Posted[]
    try {
      const state = this.#shown(snapshot)
      const delta = base && this.served.texts.ofDelta(base.state, state)
      const head: VersionHead = { version, missed, reason, source, tsWall, metadata }
      frames =
        base === undefined || delta?.text === undefined
          ? this.#chunks(head, state)
          : this.#delta(head, base.version, delta)
      this.#base = { version, state }
    } catch (error) {
      // It is reported as this subscriber's; the next version that can be sent tells that one is missed.
      this.#untold += 1
      throw error
    }
    this.#untold = 0
    return frames
  }

  #delta(head: VersionHead, from: number, delta: DeltaText): Posted[] {
    this.#deltas += 1
    return this.served.frames.of(delta, head, from, () => {
      const { version } = head
      const labels = writeFrame({ t: 'delta', store: this.facts.store, from, ...head })
      const text = `${labels.slice(0, -1)},"ops":${delta.text}}`
      return [new Posted({ version, index: undefined, isLast: true }, text)]
    })
  }

  #chunks(head: VersionHead, state: unknown): Posted[] {
    this.#snapshots += 1
    return this.served.frames.of(state, head, undefined, () => {
      const texts = pieces(this.served.texts.ofState(state), this.#settings.chunkBytes)
      return chunkFrames(this.facts.store, head, texts)
    })
  }
}

function chunkFrames(store: string, head: VersionHead, texts: readonly string[]): Posted[] {
  const { version } = head
  const count = texts.length
  return texts.map((text, index) => {
    const of = { store, version, index, count, text }
    const frame = writeFrame({ t: 'chunk', ...of, head: index === 0 ? head : undefined })
    return new Posted({ version, index, isLast: index === count - 1 }, frame)
  })
}

function checkWaiting(given: unknown): Policy {
  // The rejection of a promise, which is no policy, is taken care of.
  deferredOf(given)
  const policy = checkPolicy(given)
  if (policy.waits) return policy
  throw new HeadgateError('POLICY_INVALID', {
    option: 'policy',
    expected: 'a policy that waits until the client is idle, such as latest() or buffer({ capacity: 64 })',
    received: describeValue(policy.label),
  })
}
