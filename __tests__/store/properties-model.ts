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
  /** What its consumer does: return, stay busy until it is released, throw, throw and be closed, write. */
  readonly consumer: 'sync' | 'slow' | 'thrower' | 'closer' | 'writer'
}

/** Whether a writer that has answered so often answers a state with a write: not for ever. */
export const isAnswered = (state: Readonly<State>, answers: number): boolean =>
  state.a.n % 2 === 0 && answers < 4

export interface Figures {
  published: number
  delivered: number
  dropped: number
  conflated: number
  pending: number
  errors: number
  inFlight: number
}

export class ModelSubscriber {
  readonly kind: Kind
  readonly store: ModelStore
  readonly offered: Version[] = []
  readonly seen: { readonly version: number; readonly missed: number }[] = []
  held: Version[] = []
  closed = false
  inFlight = 0
  #busy = false
  #pumping = false
  #dropped = 0
  #conflated = 0
  #errors = 0
  #lastSeen = -1
  #answers = 0

  constructor(kind: Kind, store: ModelStore) {
    this.kind = kind
    this.store = store
  }

  get figures(): Figures {
    return {
      published: this.offered.length,
      delivered: this.seen.length,
      dropped: this.#dropped,
      conflated: this.#conflated,
      pending: this.held.length,
      errors: this.#errors,
      inFlight: this.inFlight,
    }
  }

  offer(version: Version): void {
    if (this.closed) return
    this.offered.push(version)
    const { policy, capacity } = this.kind
    if (policy === 'direct' || (!this.#busy && !this.#pumping)) this.#deliver(version)
    else if (policy === 'latest') {
      this.#conflated += this.held.length
      this.held = [version]
    } else if (this.held.length < capacity) this.held.push(version)
    else {
      this.#dropped += 1
      if (policy === 'drop-oldest') this.held = [...this.held.slice(1), version]
    }
  }

  /** One running handler ends. */
  release(): void {
    this.inFlight -= 1
    if (this.closed) return
    this.#busy = false
    this.#pumping = true
    while (!this.#busy && this.held.length > 0) this.#deliver(this.held.shift() as Version)
    this.#pumping = false
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.#dropped += this.held.length
    this.held = []
    // What runs is let go of: an observable is unsubscribed.
    this.inFlight = 0
  }

  #deliver(version: Version): void {
    const place = this.offered.indexOf(version)
    this.seen.push({ version: version.version, missed: place - this.#lastSeen - 1 })
    this.#lastSeen = place
    const { consumer, policy } = this.kind
    if (consumer === 'slow') {
      this.inFlight += 1
      this.#busy = policy !== 'direct'
    }
    if (consumer === 'thrower' || consumer === 'closer') this.#errors += 1
    if (consumer === 'closer') this.close()
    if (consumer === 'writer' && isAnswered(version.state, this.#answers)) this.#answer()
  }

  /** A writer is busy while it writes: what is published meanwhile comes after it. */
  #answer(): void {
    const { policy } = this.kind
    this.#answers += 1
    this.#busy = policy !== 'direct'
    this.store.set('a')
    this.#busy = false
    if (this.#pumping || policy === 'direct') return
    this.#pumping = true
    while (this.held.length > 0 && !this.closed) this.#deliver(this.held.shift() as Version)
    this.#pumping = false
  }
}

export class ModelStore {
  head: Version
  published: Version
  commits = 0
  readonly subscribers: ModelSubscriber[] = []
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
