/**
 * The store of a mirror: what frames tell becomes its versions, and nothing else does.
 *
 *   delta   from the version that it has: applied; from an older one: passed over; from a newer one: a gap
 *   chunks  adopted when all of them are there, or not at all
 */
import type { SchedulerLike } from 'rxjs'
import { applyDelta, deltaFromJSON } from '../delta/index.ts'
import { Budget, fromJsonForm, parseJson } from '../json/index.ts'
import { type Kernel, kernelOf, LostElsewhere, tellOfLost } from '../kernel/index.ts'
import { HeadgateError, type Immutable, isVersion } from '../kit/index.ts'
import { createStore, type Store, type SubscriberFault } from '../store/index.ts'
import type { Chunk, DeltaFrame, Resume, VersionHead } from './frames.ts'
import type { MirrorJournal } from './mirror-options.ts'
import { protocolInvalid } from './read-frame.ts'

export interface ReplicaOptions {
  readonly name: string
  readonly scheduler: SchedulerLike
  readonly bytesMax: number
  readonly onFault: ((fault: SubscriberFault) => void) | undefined
}

/** The pieces of a state that have come so far. */
interface Assembly {
  readonly head: VersionHead
  readonly texts: string[]
  length: number
}

export class Replica<S> {
  readonly store: Store<S>
  readonly kernel: Kernel<S>
  /** The life of the primary that its versions are of. */
  epoch: string | undefined
  /** The version of the primary that it has; -1 before it has one of this life. */
  version = -1
  readonly #bytesMax: number
  readonly #lost = new LostElsewhere()
  /** What the primary's versions are less than its own: above 0 after a primary that began anew. */
  #offset = 0
  #assembly: Assembly | undefined
  #isRecovering = false

  constructor({ name, scheduler, bytesMax, onFault }: ReplicaOptions) {
    this.store = createStore<S>(undefined, { name, scheduler, onFault }) as Store<S>
    this.kernel = kernelOf(this.store)
    this.#bytesMax = bytesMax
    tellOfLost(this.store, this.#lost)
    this.kernel.guard((write) => {
      if (this.#isRecovering || (typeof write === 'object' && write.origin === this)) return
      throw new HeadgateError('WRITE_ELSEWHERE', { store: name })
    })
  }

  /** What it has of the primary; undefined before it has anything of this life. */
  get place(): Resume | undefined {
    const { epoch, version } = this
    return epoch !== undefined && version >= 0 ? { epoch, version } : undefined
  }

  /** A version of the primary as one of its own. */
  ownVersion(version: number): number {
    return version + this.#offset
  }

  /** Where it stands, for a journal to note with each version. */
  readonly note = (): string => JSON.stringify({ epoch: this.epoch, version: this.version })

  /** Lets a journal put in what it holds, and goes on from where that stood. @throws what `open` rejects with */
  async recover<Journal extends MirrorJournal>(
    open: (store: Store<S>, note: () => string) => Promise<Journal>,
  ): Promise<Journal> {
    this.#isRecovering = true
    let journal: Journal
    try {
      journal = await open(this.store, this.note)
    } finally {
      this.#isRecovering = false
    }
    const { epoch, version } = placeIn(journal.stats().recovered.note)
    const own = this.kernel.head.version
    // Without a note it has a state of no known life: it asks for another, and its versions go on from here.
    if (typeof epoch === 'string' && isVersion(version) && version <= own) {
      this.epoch = epoch
      this.version = version
      this.#offset = own - version
    }
    return journal
  }

  /** What comes from now on is of this life of the primary. */
  begin(epoch: string): void {
    this.abandon()
    if (this.epoch !== epoch) this.version = -1
    this.epoch = epoch
  }

  /** What has come of a snapshot will not be completed. */
  abandon(): void {
    this.#assembly = undefined
  }

  /**
   * @returns false where it does not have what the delta stands on.
   * @throws `DELTA_INVALID`, `CODEC_INVALID`, and the refusals of every write; nothing has changed then.
   */
  delta(frame: DeltaFrame): boolean {
    if (frame.from > this.version) return false
    if (frame.from < this.version) return true
    const delta = deltaFromJSON(frame.ops, { bytesMax: this.#bytesMax })
    this.#adopt(applyDelta<unknown>(this.kernel.head.state, delta) as Immutable<S>, frame)
    return true
  }

  /** @throws as {@link Replica.delta}; `PROTOCOL_INVALID` for a chunk that does not follow the one before. */
  chunk({ head, version, index, count, text }: Chunk): void {
    if (index === 0 && head !== undefined) this.#assembly = { head, texts: [], length: 0 }
    const assembly = this.#assembly
    if (assembly?.head.version !== version || assembly.texts.length !== index || index >= count) {
      throw protocolInvalid('the chunks of a snapshot come one after the other')
    }
    if (assembly.length + text.length > this.#bytesMax) {
      throw protocolInvalid(`a state is longer than ${this.#bytesMax} bytes`)
    }
    if (index === count - 1) {
      this.#adopt(this.#read([...assembly.texts, text].join('')), assembly.head)
      this.#assembly = undefined
    } else {
      assembly.texts.push(text)
      assembly.length += text.length
    }
  }

  #read(text: string): Immutable<S> {
    // As many values as there are bytes: a server is believed, up to its length.
    const budget = new Budget({ bytesMax: this.#bytesMax, valuesMax: this.#bytesMax })
    return fromJsonForm(parseJson(text, budget, 'state'), 'state', { budget, isTagged: true }) as Immutable<S>
  }

  #adopt(state: Immutable<S>, { version, missed, reason, source, tsWall, metadata }: VersionHead): void {
    const { head } = this.kernel
    const offset = this.version < 0 ? Math.max(0, head.version + 1 - version) : this.#offset
    const stamps = { tsWall, tsMono: performance.now() }
    // Ahead of the subscribers, who are told of what is lost with the snapshot.
    const unfollow = this.kernel.follow(
      { next: (commit) => this.#lost.count(commit.snapshot, missed), complete: () => {} },
      { place: 'before' },
    )
    const before = { offset: this.#offset, version: this.version }
    // Before they are told: a subscriber that looks at the mirror sees what it was given.
    this.#offset = offset
    this.version = version
    try {
      const snapshot = { version: version + offset, state, reason, source, ...stamps, metadata }
      this.kernel.adopt(snapshot, { enforceVersion: true, origin: this })
    } catch (error) {
      this.#offset = before.offset
      this.version = before.version
      throw error
    } finally {
      unfollow()
    }
  }
}

/** What a note says; nothing for one that somebody else has made. */
function placeIn(note: string | null): { readonly epoch?: unknown; readonly version?: unknown } {
  try {
    return (JSON.parse(note ?? '{}') as object | null) ?? {}
  } catch {
    return {}
  }
}
