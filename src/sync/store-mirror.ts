/**
 * A mirror: says hello on each connection, hands what comes to its replica, and has it acknowledged.
 *
 * What must stay true: a frame is acknowledged when it is applied, and not before; so a subscriber of the mirror that
 * makes writers wait makes the server wait.
 */
import { BehaviorSubject, type SchedulerLike } from 'rxjs'
import { reportMirror } from '../health/index.ts'
import { HeadgateError, isHeadgateError, onAbort, randomUuid } from '../kit/index.ts'
import type { Store } from '../store/index.ts'
import { Acknowledger } from './acknowledger.ts'
import type { Bye, Chunk, DeltaFrame, ServerFrame, Welcome } from './frames.ts'
import { Greeting } from './greeting.ts'
import type { Link, LinkMember } from './link.ts'
import type { AskOptions, Mirror, MirrorStatus, Recipe, UpdateOptions, WriteResult } from './mirror.ts'
import type { MirrorJournal, MirrorOptions, OpenMirrorJournal } from './mirror-options.ts'
import { MirrorWriter } from './mirror-writer.ts'
import { Proposals } from './proposals.ts'
import { protocolInvalid } from './read-frame.ts'
import { Replica } from './replica.ts'

const WRITES_MAX = 256
const SNAPSHOT_BYTES_MAX = 268_435_456

/** What has come of the store, and how long it was. */
interface Received {
  readonly frame: Chunk | DeltaFrame
  readonly bytes: number
}

export class StoreMirror<S> implements LinkMember, Mirror<S> {
  readonly name: string
  readonly clientId: string
  readonly store: Store<S>
  readonly status$: BehaviorSubject<MirrorStatus> = new BehaviorSubject<MirrorStatus>('connecting')
  readonly resyncs: { damaged: number; epoch: number; gap: number } = { damaged: 0, epoch: 0, gap: 0 }
  readonly #link: Link
  readonly #greeting: Greeting
  readonly #replica: Replica<S>
  readonly #proposals: Proposals
  readonly #writer: MirrorWriter<S>
  readonly #acknowledger: Acknowledger
  readonly #unreport: () => void
  #stopListening = (): void => {}
  #journal: MirrorJournal | undefined
  /** The newest version of the primary that it has heard of. */
  #newest = -1
  #behindSince: number | undefined
  /** What has come and is not applied, while a subscriber makes it wait; at most a window. */
  #inbox: Received[] = []
  #window = 0
  #isWaiting = false

  constructor(link: Link, options: MirrorOptions, scheduler: SchedulerLike) {
    const { store: name = '', clientId = randomUuid(), writesMax = WRITES_MAX, token, onFault } = options
    const { snapshotBytesMax: bytesMax = SNAPSHOT_BYTES_MAX, signal } = options
    this.name = name
    this.clientId = clientId
    this.#link = link
    this.#replica = new Replica({ name: name === '' ? 'mirror' : name, scheduler, bytesMax, onFault })
    this.store = this.#replica.store
    this.#greeting = new Greeting({
      name,
      clientId,
      link,
      scheduler,
      token,
      resume: () => this.#replica.place,
      failed: (error) => this.failed(error),
      lost: () => {
        this.lost()
        return !this.store.closed
      },
    })
    this.#proposals = new Proposals({
      name,
      writesMax,
      scheduler,
      send: (frame) => {
        if (this.status$.value !== 'live') return false
        link.send(frame)
        return true
      },
    })
    this.#writer = new MirrorWriter(this.#replica, this.#proposals)
    this.#acknowledger = new Acknowledger(scheduler, ({ version, index }) =>
      link.send({ t: 'ack', store: name, version, index }),
    )
    this.#unreport = reportMirror(this.#replica.kernel, () => {
      const { versions: lagVersions, ms: lagMs } = this.lag
      return {
        name: this.store.name,
        status: this.status$.value,
        lagVersions,
        lagMs,
        resyncs: { ...this.resyncs },
      }
    })
    this.#stopListening = onAbort(signal, () => this.close())
    if (signal?.aborted === true) return
    if (options.journal === undefined) link.add(this)
    else void this.#recover(options.journal)
  }

  get lag(): { readonly versions: number; readonly ms: number } {
    const versions = Math.max(0, this.#newest - this.#replica.version)
    return { versions, ms: this.#behindSince === undefined ? 0 : performance.now() - this.#behindSince }
  }

  get optimistic(): Store<S> {
    return this.#writer.optimistic.store
  }

  update(recipe: Recipe<S>, options: UpdateOptions = {}): Promise<WriteResult> {
    return this.#writer.update(recipe, options)
  }

  send(event: unknown, options: AskOptions = {}): Promise<WriteResult> {
    return this.#writer.send(event, options)
  }

  close(): void {
    if (this.store.closed) return
    this.#become('closed')
    this.#stopListening()
    this.#greeting.forget()
    this.#link.remove(this)
    this.#drop()
    this.#proposals.giveUp()
    this.#unreport()
    void this.#closeJournal()
    this.store.destroy()
    this.status$.complete()
  }

  /** Never rejects. */
  async #closeJournal(): Promise<void> {
    try {
      await this.#journal?.close()
    } catch (error) {
      this.failed(error)
    }
  }

  // ---- what the link tells ----

  opened(): void {
    this.#greeting.say(true)
  }

  lost(): void {
    this.#greeting.forget()
    this.#drop()
    this.#writer.lost()
    this.#behindSince ??= performance.now()
    if (this.status$.value === 'live') this.#become('stale')
  }

  /** @throws `PROTOCOL_INVALID` where the server does not wait for acknowledgements. */
  received(frame: ServerFrame, bytes: number): void {
    if (frame.t === 'welcome') this.#welcome(frame)
    else if (frame.t === 'result') this.#proposals.answered(frame)
    else if (frame.t === 'bye') this.#bye(frame)
    else if (!this.#greeting.isAsking && (frame.t === 'chunk' || frame.t === 'delta')) {
      if (this.#inbox.length >= this.#window) throw protocolInvalid('more frames came than a window has')
      this.#inbox.push({ frame, bytes })
      if (!this.#isWaiting) this.#work()
    }
  }

  failed(error: unknown): void {
    const { version } = this.#replica
    this.#replica.kernel.report({ subscriberId: 'sync', phase: 'kernel', error, version, failures: 1 })
  }

  /** Begins with what a journal holds; without it where it does not open. Never rejects. */
  async #recover(open: OpenMirrorJournal): Promise<void> {
    try {
      const journal = await this.#replica.recover(open)
      if (this.store.closed) await journal.close()
      else this.#journal = journal
    } catch (error) {
      this.failed(error)
    }
    if (this.store.closed) return
    if (this.store.published.version >= 0) this.#become('stale')
    this.#link.add(this)
  }

  #welcome({ epoch, mode, version, grant, window, windowBytes }: Welcome): void {
    const isAnotherLife = this.#replica.epoch !== undefined && this.#replica.epoch !== epoch
    this.#inbox = []
    this.#greeting.welcomed()
    this.#window = window
    this.#acknowledger.begin({ window, windowBytes })
    this.#replica.begin(epoch)
    this.#writer.mayWrite = grant.write
    this.#newest = version
    if (isAnotherLife) {
      this.resyncs.epoch += 1
      this.#proposals.begunAnew(version)
    }
    if (mode === 'resume' || version < 0) this.#live()
  }

  #bye({ code, message, store }: Bye): void {
    if (code === 'DESTROYED') this.close()
    else if (code === 'OVERFLOW') this.#say(true)
    else {
      this.failed(new HeadgateError('CONNECTION_ENDED', { store: this.store.name, code, message }))
      const isUnreadable = code === 'PROTOCOL_INVALID' && this.status$.value === 'live'
      if (isUnreadable) this.#proposals.unreadable(this.#replica.version, message, this.#link.isShared)
      if (this.store.closed) return // by who was told
      // Two that have one id would take it from each other for ever.
      if (code === 'REPLACED') this.close()
      else if (store !== undefined) this.#greeting.sayLater()
    }
  }

  // ---- what comes of the store ----

  #work(): void {
    for (;;) {
      const [next] = this.#inbox
      if (next === undefined) return
      try {
        if (!this.#apply(next.frame)) return
      } catch (error) {
        this.#refused(error)
        return
      }
      this.#inbox.shift()
      this.#acknowledger.applied(next.frame, next.bytes)
    }
  }

  /** @returns false where a snapshot or what is missing was asked for instead. */
  #apply(frame: Chunk | DeltaFrame): boolean {
    if (frame.t === 'chunk') this.#replica.chunk(frame)
    else if (!this.#replica.delta(frame)) {
      this.resyncs.gap += 1
      this.#askAnew(true)
      return false
    }
    this.#newest = Math.max(this.#newest, frame.version)
    const isWhole = frame.t === 'chunk' && frame.index === frame.count - 1
    if (isWhole && this.status$.value !== 'live') this.#live()
    else this.#noteLag()
    return true
  }

  #refused(error: unknown): void {
    if (this.store.closed) return
    if (isHeadgateError(error, 'SUBSCRIBER_FULL')) {
      void this.#workLater()
      return
    }
    this.failed(error)
    this.resyncs.damaged += 1
    this.#askAnew(false)
  }

  /** A subscriber of the mirror has no room: what has come waits, unacknowledged. */
  async #workLater(): Promise<void> {
    this.#isWaiting = true
    try {
      await this.store.ready()
    } catch {
      return // it was closed meanwhile
    }
    this.#isWaiting = false
    this.#work()
  }

  #askAnew(resumes: boolean): void {
    this.#drop()
    this.#say(resumes)
  }

  /** Until the server welcomes it again, it takes no writes. */
  #say(resumes: boolean): void {
    if (this.status$.value === 'live') this.#become('stale')
    // Whoever is told may close the mirror.
    if (!this.store.closed) this.#greeting.say(resumes)
  }

  /** What has come is of no use any more. */
  #drop(): void {
    this.#inbox = []
    this.#replica.abandon()
    this.#acknowledger.forget()
  }

  #live(): void {
    this.#become('live')
    this.#noteLag()
    this.#proposals.sendAgain()
  }

  #noteLag(): void {
    if (this.#replica.version >= this.#newest) this.#behindSince = undefined
    else this.#behindSince ??= performance.now()
  }

  #become(status: MirrorStatus): void {
    if (this.status$.value !== status && !this.store.closed) this.status$.next(status)
  }
}
