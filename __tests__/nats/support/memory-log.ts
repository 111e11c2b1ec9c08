/**
 * A log in memory that does what servers and networks do: what was sent is lost, comes late or twice, the server takes
 * what it should refuse, followers are cut, and the oldest records go.
 */
import type { SchedulerLike, Subscription } from 'rxjs'
import type { CommitLog, LogEntry, LogFollower, ServerFacts } from '../../../src/nats/commit-log.ts'

interface Stored {
  readonly sequence: number
  readonly id: string
  readonly text: string
}

/** What all members of one log share. */
export class Servers {
  records: Stored[] = []
  snapshots: string[] = []
  readonly parts: Map<string, { sequence: number; bytes: Uint8Array }> = new Map()
  sequence: number = 0
  partsMade: number = 0
  /** Whether the servers are right: what is written on something older is refused, and what is written twice is there once. */
  compares: boolean = false
  /** Records that are kept. */
  historyMax: number = Number.POSITIVE_INFINITY
  /** What is under way; whoever runs the program says what happens next. */
  readonly underway: (() => void)[] = []
  readonly logs: Set<MemoryLog> = new Set()
  readonly scheduler: SchedulerLike
  readonly #ids = new Set<string>()

  constructor(scheduler: SchedulerLike) {
    this.scheduler = scheduler
  }

  /** Something is under way, once a time has passed. */
  send(arrive: () => void, ms: number): void {
    if (ms === 0) this.underway.push(arrive)
    else this.scheduler.schedule(() => void this.underway.push(arrive), ms)
  }

  store(id: string, text: string): void {
    if (this.compares && this.#ids.has(id)) return
    this.#ids.add(id)
    this.sequence += 1
    this.records.push({ sequence: this.sequence, id, text })
    while (this.records.length > this.historyMax) this.records.shift()
    for (const log of this.logs) log.tell()
  }
}

/** When it is noticed that there are no heartbeats. */
const SILENT_MS = 6_000

/** What becomes of a record that is published. */
export type Fate = 'stored' | 'lost' | 'late' | 'twice'

export class MemoryLog implements CommitLog {
  readonly server: ServerFacts = { version: '0.0.0', replicas: 3, syncs: true }
  payloadBytesMax = 524_288
  stateBytesMax = 10_000_000
  /** Decides about each record. */
  fate: () => Fate = () => 'stored'
  /** How long anything takes from here to the servers, and from them. */
  awayMs = 0
  /** How many more records the servers say there are than there are. */
  miscounted = 0
  /** How many of the next questions about states are not answered. */
  unanswered = 0
  /** Whether it is without a connection. */
  isUnplugged = false
  readonly #servers: Servers
  /** Of those who follow and were forgotten. */
  readonly #silences = new Map<LogFollower, Subscription>()
  readonly #followers = new Map<LogFollower, { next: number; isTelling: boolean }>()
  #closed = (): void => {}

  constructor(servers: Servers) {
    this.#servers = servers
    servers.logs.add(this)
  }

  publish(text: string, id: string, expected: number): void {
    const servers = this.#servers
    const fate = this.isUnplugged ? 'lost' : this.fate()
    if (fate === 'lost') return
    const arrive = (): void => {
      if (!servers.compares || expected === 0 || expected === servers.sequence) servers.store(id, text)
      if (fate === 'twice') servers.underway.push(() => servers.store(id, text))
    }
    // What is late comes after all that is sent next.
    servers.send(fate === 'late' ? () => servers.send(arrive, 0) : arrive, this.awayMs)
  }

  follow(from: number, follower: LogFollower): () => void {
    this.#followers.set(follower, { next: from, isTelling: false })
    this.#servers.underway.push(() => {
      if (this.isUnplugged && this.#followers.delete(follower)) follower.lost(new Error('no connection'))
      else if (this.#followers.has(follower) && !this.#tell(follower)) follower.upToDate()
    })
    return () => {
      this.#followers.delete(follower)
      this.#silences.get(follower)?.unsubscribe()
      this.#silences.delete(follower)
    }
  }

  /** Something has come. */
  tell(): void {
    for (const follower of [...this.#followers.keys()]) this.#tell(follower)
  }

  /** Tells a follower of the next record: one at a time, each under way for a while; or of all, where it is far away. */
  #tell(follower: LogFollower): boolean {
    const place = this.#followers.get(follower)
    if (place === undefined || place.isTelling) return place !== undefined
    const { records } = this.#servers
    const at = records.findIndex(({ sequence }) => sequence >= place.next)
    if (at < 0) return false
    const entry: LogEntry = { ...(records[at] as Stored), pending: records.length - at - 1 + this.miscounted }
    const isFar = this.awayMs > 0
    place.isTelling = !isFar
    place.next = entry.sequence + 1
    this.#servers.send(() => {
      place.isTelling = false
      if (!this.#followers.has(follower)) return
      follower.entry(entry)
      this.#tell(follower)
    }, this.awayMs)
    if (isFar) this.#tell(follower)
    return true
  }

  /** Its connection is lost, until it is plugged in again. */
  unplug(): void {
    this.isUnplugged = true
    this.cut()
  }

  /** The servers forget who follows, and say nothing. */
  forget(): void {
    this.#followers.clear()
  }

  /** They forget who follows, who hears no heartbeat then. */
  silence(): void {
    for (const follower of this.#followers.keys()) {
      const lost = this.#servers.scheduler.schedule(() => follower.lost(new Error('silent')), SILENT_MS)
      this.#silences.set(follower, lost)
    }
    this.forget()
  }

  /** What followed is told no more. */
  cut(): void {
    for (const follower of [...this.#followers.keys()]) {
      this.#followers.delete(follower)
      follower.lost(new Error('cut'))
    }
  }

  async newest(): Promise<number> {
    return this.#servers.sequence
  }

  async newestSnapshot(): Promise<string | undefined> {
    this.#answers()
    return this.#servers.snapshots.at(-1)
  }

  async putSnapshot(text: string): Promise<void> {
    this.#answers()
    this.#servers.snapshots.push(text)
  }

  async putPart(id: string, index: number, bytes: Uint8Array): Promise<number> {
    this.#answers()
    const { parts } = this.#servers
    const sequence = this.#servers.partsMade + 1
    this.#servers.partsMade = sequence
    parts.set(`${id}.${index}`, { sequence, bytes: bytes.slice() })
    return sequence
  }

  async part(id: string, index: number): Promise<Uint8Array | undefined> {
    this.#answers()
    return this.#servers.parts.get(`${id}.${index}`)?.bytes
  }

  async trim(partsBefore: number): Promise<void> {
    this.#answers()
    const { parts, snapshots } = this.#servers
    for (const [key, { sequence }] of parts) if (sequence < partsBefore) parts.delete(key)
    snapshots.splice(0, snapshots.length - 2)
  }

  #answers(): void {
    if (this.unanswered === 0) return
    this.unanswered -= 1
    throw new Error('timeout')
  }

  onClosed(closed: () => void): void {
    this.#closed = closed
  }

  /** The connection is closed for good. */
  end(): void {
    this.#closed()
  }

  async close(): Promise<void> {
    this.#followers.clear()
    this.#servers.logs.delete(this)
  }
}
