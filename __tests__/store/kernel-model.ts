/**
 * What a kernel should do, as simply as it can be said: the other half of kernel.properties.test.ts.
 *
 * It shares no code with the store. Whoever is told stands in one of three lists, each with the number of the last
 * entry before it joined.
 */

/** A state; its identity says whether anything was written. */
export interface State {
  readonly n: number
  readonly deep: { readonly n: number }
}

export interface Version {
  readonly version: number
  readonly state: State
}

export interface Told {
  readonly before: Version
  readonly snapshot: Version
  readonly origin: unknown
}

export interface Sink {
  next(told: Told): void
  complete(): void
}

export type Place = 'before' | 'between' | 'after'

export interface OpenBatch {
  commit(): void
  rollBack(): void
}

export interface Write {
  readonly how: 'set' | 'update' | 'commit'
  /** What is added; an update or a commit of 0 changes nothing. */
  readonly by: number
  readonly origin?: unknown
  /** How far the version that it expects is ahead of the current one. */
  readonly ahead?: number | undefined
}

/** What a kernel and its model can both do. */
export interface Side {
  write(write: Write): void
  adopt(ahead: number, enforceVersion: boolean, origin: unknown): void
  follow(sink: Sink, place: Place): () => void
  guard(check: (n: number) => void): () => void
  hold(): () => void
  begin(): OpenBatch
  destroy(): void
  look(): Look
}

/** What can be seen from outside. */
export interface Look {
  readonly head: Version
  readonly published: Version
  readonly inBatch: boolean
  readonly destroyed: boolean
  readonly commits: number
  readonly failedWrites: number
  readonly noopWrites: number
  readonly versionConflicts: number
}

export class Refusal extends Error {
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}

interface Follower {
  readonly sink: Sink
  readonly since: number
  left: boolean
}

interface ModelBatch {
  readonly before: Version
  origin: unknown
  adopted: boolean
  open: boolean
}

/** A new state, whatever it was. */
export const stateOf = (n: number): State => ({ n, deep: { n } })

export class ModelKernel implements Side {
  #head: Version = { version: 0, state: stateOf(0) }
  #published = this.#head
  #lists: Record<Place, Follower[]> = { before: [], between: [], after: [] }
  #guards: ((n: number) => void)[] = []
  #inGuard = false
  #batches: ModelBatch[] = []
  #queue: (() => void)[] = []
  #holds = 0
  #chained = 0
  #count = 0
  #ended = false
  /** The places at which nobody waits for the end any more: who comes is told at once. */
  readonly #over = new Set<Place>()
  #figures = { commits: 0, failedWrites: 0, noopWrites: 0, versionConflicts: 0 }
  readonly #drainMax: number

  constructor(drainMax: number) {
    this.#drainMax = drainMax
  }

  look(): Look {
    const [inBatch, destroyed] = [this.#batches.length > 0, this.#ended]
    return { head: this.#head, published: this.#published, inBatch, destroyed, ...this.#figures }
  }

  write({ how, by, origin, ahead }: Write): void {
    this.#counted(() => {
      const expected = ahead === undefined ? undefined : this.#head.version + ahead
      this.#admit(expected)
      if (by === 0 && how !== 'set') {
        if (how === 'update') this.#figures.noopWrites += 1
        return
      }
      const state = stateOf(this.#head.state.n + by)
      this.#ask(state.n)
      this.#commit({ version: this.#nextVersion(), state }, origin)
    })
  }

  adopt(ahead: number, enforceVersion: boolean, origin: unknown): void {
    const version = Math.max(0, this.#head.version + ahead)
    this.#counted(() => {
      this.#admit(undefined)
      const state = stateOf(version)
      this.#ask(state.n)
      const newer = version > this.#head.version
      if (enforceVersion && !newer) this.#conflict()
      const batch = this.#batches.at(-1)
      if (batch !== undefined) batch.adopted = true
      this.#commit({ version: newer ? version : this.#nextVersion(), state }, origin)
    })
  }

  follow(sink: Sink, place: Place): () => void {
    if (this.#over.has(place)) {
      sink.complete()
      return () => {}
    }
    const follower: Follower = { sink, since: this.#count, left: false }
    this.#lists[place] = [...this.#lists[place], follower]
    // A plain observer is given the current version first, and what waits for nobody else is told then.
    if (place === 'between') this.hold()()
    return () => {
      follower.left = true
      this.#lists[place] = this.#lists[place].filter((each) => each !== follower)
    }
  }

  guard(check: (n: number) => void): () => void {
    const own = (n: number): void => check(n)
    this.#guards = [...this.#guards, own]
    return () => {
      this.#guards = this.#guards.filter((each) => each !== own)
    }
  }

  hold(): () => void {
    let held = true
    this.#holds += 1
    return () => {
      if (!held) return
      held = false
      this.#release()
    }
  }

  begin(): OpenBatch {
    return this.#counted(() => {
      this.#admit(undefined)
      const batch: ModelBatch = { before: this.#head, origin: undefined, adopted: false, open: true }
      this.#batches.push(batch)
      return {
        commit: () => this.#end(batch, !this.#ended),
        rollBack: () => this.#end(batch, false),
      }
    })
  }

  destroy(): void {
    if (this.#ended) return
    this.#ended = true
    this.#over.add('between')
    this.#queue = []
    for (const place of ['before', 'between', 'after'] as const) {
      this.#over.add(place)
      const list = this.#lists[place]
      this.#lists[place] = []
      for (const follower of list) {
        if (follower.left) continue
        follower.left = true
        follower.sink.complete()
      }
    }
  }

  #counted<R>(work: () => R): R {
    try {
      return work()
    } catch (error) {
      this.#figures.failedWrites += 1
      throw error
    }
  }

  #admit(expected: number | undefined): void {
    if (this.#ended) throw new Refusal('STORE_DESTROYED')
    if (this.#inGuard) throw new Refusal('WRITE_IN_RECIPE')
    if (expected !== undefined && expected !== this.#head.version) this.#conflict()
    if (this.#holds > 0 && this.#chained >= this.#drainMax) throw new Refusal('RUNAWAY_WRITES')
  }

  #conflict(): never {
    this.#figures.versionConflicts += 1
    throw new Refusal('VERSION_CONFLICT')
  }

  #ask(n: number): void {
    this.#inGuard = true
    try {
      for (const check of this.#guards) check(n)
    } finally {
      this.#inGuard = false
    }
    if (this.#ended) throw new Refusal('STORE_DESTROYED')
  }

  #nextVersion(): number {
    return Math.max(this.#head.version, this.#published.version + 1)
  }

  #commit(version: Version, origin: unknown): void {
    const before = this.#head
    this.#head = version
    const batch = this.#batches.at(-1)
    if (batch === undefined) this.#publish(before, origin)
    else batch.origin = origin
  }

  /** Ends a batch; those inside it become part of it first. */
  #end(batch: ModelBatch, commits: boolean): void {
    if (!batch.open) return
    const { before } = batch
    while (this.#batches.at(-1) !== batch) this.#end(this.#batches.at(-1) as ModelBatch, !this.#ended)
    batch.open = false
    this.#batches.pop()
    if (!commits) {
      this.#head = before
      this.#figures.failedWrites += 1
    } else if (this.#head === before) return
    else if (this.#head.state === before.state && !batch.adopted) {
      this.#head = before
      this.#figures.noopWrites += 1
    } else {
      const outer = this.#batches.at(-1)
      if (outer === undefined) this.#publish(before, batch.origin)
      else {
        outer.origin = batch.origin
        outer.adopted ||= batch.adopted
      }
    }
  }

  #publish(before: Version, origin: unknown): void {
    const told: Told = { before, snapshot: this.#head, origin }
    this.#published = this.#head
    this.#figures.commits += 1
    this.#count += 1
    const number = this.#count
    const tell = (): void => this.#tell(told, number)
    if (this.#holds > 0) {
      this.#chained += 1
      this.#queue.push(tell)
      return
    }
    this.#holds = 1
    tell()
    this.#release()
  }

  #tell(told: Told, number: number): void {
    for (const place of ['before', 'between', 'after'] as const) {
      for (const follower of this.#lists[place]) {
        if (!follower.left && number > follower.since) follower.sink.next(told)
      }
    }
  }

  #release(): void {
    while (this.#holds === 1) {
      const tell = this.#queue.shift()
      if (tell === undefined) {
        this.#chained = 0
        break
      }
      tell()
    }
    this.#holds -= 1
  }
}
