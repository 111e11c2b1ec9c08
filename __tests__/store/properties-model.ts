/**
 * What a store should do, as simply as it can be said: the other half of properties.test.ts.
 *
 * It shares no code with the store. A state is three branches, each a number; every write that makes a
 * branch anew gives it a new object, so the identity of a branch here is what its identity should be there.
 * A subscriber is a list of what was offered to it, and where each of them went.
 */

/** The parts of a state. */
export const BRANCHES = ['a', 'b', 'c'] as const
export type Branch = (typeof BRANCHES)[number]
export type State = Record<Branch, { n: number }>

export interface Version {
  readonly version: number
  readonly state: Readonly<State>
}

export interface Kind {
  readonly policy: 'direct' | 'latest' | 'drop-oldest' | 'drop-incoming'
  readonly capacity: number
  readonly replay: boolean
  /** Whether it is told of each drop. */
  readonly hearsDrops: boolean
  /**
   * What its consumer does: return, stay busy until it is released, throw, throw and be closed, write, release
   * another one, do so and stay busy, end another one's subscription, be a stream that is polled.
   */
  readonly consumer:
    | 'sync'
    | 'slow'
    | 'thrower'
    | 'closer'
    | 'writer'
    | 'releaser'
    | 'relay'
    | 'ouster'
    | 'polled'
}

/** Whether a consumer is busy until it is released. */
export const staysBusy = ({ consumer }: Kind): boolean => consumer === 'slow' || consumer === 'relay'

/** Whether a consumer releases another one each time. */
export const releasesAnother = ({ consumer }: Kind): boolean =>
  consumer === 'releaser' || consumer === 'relay'

/** Whether a writer that has answered so often answers a state with a write: not for ever. */
export const isAnswered = (state: Readonly<State>, answers: number): boolean =>
  state.a.n % 2 === 0 && answers < 4

export interface Figures {
  readonly published: number
  readonly delivered: number
  readonly dropped: number
  readonly conflated: number
  readonly pending: number
  readonly errors: number
  readonly inFlight: number
  readonly pendingMax: number
  readonly missed: number
  readonly lastVersion: number
}

export class ModelSubscriber {
  readonly kind: Kind
  readonly store: ModelStore
  readonly offered: Version[] = []
  readonly seen: { readonly version: number; readonly missed: number }[] = []
  held: Version[] = []
  closed = false
  /** Handlers that have returned, and have not ended. */
  running = 0
  #executing = 0
  #busy: boolean
  #pumping = false
  #pendingMax = 0
  #dropped = 0
  #conflated = 0
  #errors = 0
  #lastSeen = -1
  #answers = 0

  constructor(kind: Kind, store: ModelStore) {
    this.kind = kind
    this.store = store
    this.#busy = kind.consumer === 'polled'
  }

  get figures(): Figures {
    return {
      published: this.offered.length,
      delivered: this.seen.length,
      dropped: this.#dropped,
      conflated: this.#conflated,
      pending: this.held.length,
      errors: this.#errors,
      inFlight: this.#executing + this.running,
      pendingMax: this.#pendingMax,
      missed: this.seen.reduce((sum, { missed }) => sum + missed, 0),
      lastVersion: this.seen.at(-1)?.version ?? -1,
    }
  }

  /** Whether a release does anything. */
  get waits(): boolean {
    return this.kind.consumer === 'polled' ? this.held.length > 0 : this.running > 0
  }

  offer(version: Version): void {
    if (this.closed) return
    this.offered.push(version)
    const { policy, capacity } = this.kind
    if (policy === 'direct' || !this.#busy) this.#deliver(version)
    else if (policy === 'latest') {
      this.#conflated += this.held.length
      this.held = [version]
    } else if (this.held.length < capacity) this.held.push(version)
    else {
      if (policy === 'drop-oldest') this.held = [...this.held.slice(1), version]
      this.#drop(1)
    }
    this.#pendingMax = Math.max(this.#pendingMax, this.held.length)
  }

  /** One running handler ends, or a stream is polled. */
  release(): void {
    if (!this.waits) return
    if (this.kind.consumer === 'polled') this.#deliver(this.held.shift() as Version)
    else {
      this.running -= 1
      this.#goOn()
    }
  }

  close(): void {
    if (this.closed) return
    const { length } = this.held
    this.closed = true
    this.held = []
    // What runs is let go of: an observable is unsubscribed.
    this.running = 0
    this.#drop(length)
  }

  /** They go together, and each is told. */
  #drop(count: number): void {
    this.#dropped += count
    if (this.kind.hearsDrops) for (let told = 0; told < count; told += 1) this.store.note()
  }

  #deliver(version: Version): void {
    const place = this.offered.indexOf(version)
    this.seen.push({ version: version.version, missed: place - this.#lastSeen - 1 })
    this.#lastSeen = place
    this.#busy = true
    this.#executing += 1
    this.#handle(version)
    this.#executing -= 1
    if (this.closed) return
    if (staysBusy(this.kind)) this.running += 1
    else this.#goOn()
  }

  #handle({ state }: Version): void {
    const { consumer } = this.kind
    if (consumer === 'polled') return
    this.store.note()
    if (consumer === 'thrower' || consumer === 'closer') this.#errors += 1
    if (consumer === 'closer') this.close()
    if (consumer === 'ouster') this.store.waiting(this)?.close()
    if (releasesAnother(this.kind)) this.store.waiting(this)?.release()
    if (consumer !== 'writer' || !isAnswered(state, this.#answers)) return
    this.#answers += 1
    this.store.set('a')
  }

  /** A handler has ended: what is held comes next. */
  #goOn(): void {
    if (this.closed || this.kind.consumer === 'polled') return
    this.#busy = false
    if (this.#pumping) return
    this.#pumping = true
    while (!this.#busy && this.held.length > 0) this.#deliver(this.held.shift() as Version)
    this.#pumping = false
  }
}

export class ModelStore {
  head: Version
  published: Version
  commits = 0
  readonly subscribers: ModelSubscriber[] = []
  /** The figures of all who are there, at each callback. */
  readonly notes: Figures[][] = []
  #batches = 0
  #delivering = false
  #queue: { readonly version: Version; readonly audience: readonly ModelSubscriber[] }[] = []

  constructor() {
    this.head = { version: 0, state: { a: { n: 1 }, b: { n: 1 }, c: { n: 1 } } }
    this.published = this.head
  }

  /** Makes one branch anew, one higher. */
  set(branch: Branch): void {
    const { state } = this.head
    this.#commit({ ...state, [branch]: { n: state[branch].n + 1 } }, this.#nextVersion())
  }

  /** Makes every branch anew, at the version given or the next. Whether it is refused is the result. */
  put(version: number, enforceVersion: boolean): boolean {
    const newer = version > this.head.version
    if (enforceVersion && !newer) return false
    const state = { a: { n: 1 }, b: { n: 1 }, c: { n: 1 } }
    this.#commit(state, newer ? version : this.#nextVersion())
    return true
  }

  batch(work: () => void, throws: boolean): void {
    const before = this.head
    this.#batches += 1
    work()
    this.#batches -= 1
    if (throws) this.head = before
    else if (this.head !== before && this.#batches === 0) this.#publish(this.head)
  }

  subscribe(kind: Kind): ModelSubscriber {
    const subscriber = new ModelSubscriber(kind, this)
    this.subscribers.push(subscriber)
    if (kind.replay) this.#exclusively(() => subscriber.offer(this.published))
    return subscriber
  }

  /** The first one, other than this, that waits to be released. */
  waiting(but: ModelSubscriber): ModelSubscriber | undefined {
    return this.subscribers.find((each) => each !== but && each.waits)
  }

  note(): void {
    this.notes.push(this.subscribers.filter(({ closed }) => !closed).map(({ figures }) => figures))
  }

  #nextVersion(): number {
    return Math.max(this.head.version, this.published.version + 1)
  }

  #commit(state: State, version: number): void {
    this.head = { version, state }
    if (this.#batches === 0) this.#publish(this.head)
  }

  #publish(version: Version): void {
    this.published = version
    this.commits += 1
    this.#queue.push({ version, audience: [...this.subscribers] })
    this.#exclusively(() => {})
  }

  #exclusively(work: () => void): void {
    if (this.#delivering) {
      work()
      return
    }
    this.#delivering = true
    work()
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      for (const subscriber of next.audience) subscriber.offer(next.version)
    }
    this.#delivering = false
  }
}
