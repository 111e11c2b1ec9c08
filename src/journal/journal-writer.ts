/**
 * Writes commits to the engine, in order, in groups: what comes while the disk is busy goes with the next write.
 *
 *   waiting   [7 8 9]                   told by the store, inside its write; nothing is computed there
 *   writing   [5 6] ──> engine          their deltas are taken, and a whole state is added when it is due
 *   durable   4
 *
 * A failed write says nothing of what is on the disk, and an engine that has failed may acknowledge and lose what
 * comes later. So it is closed and opened, what it has is read, and only what is missing is written again.
 */
import type { SchedulerLike } from 'rxjs'
import { diff } from '../delta/index.ts'
import { messageOf } from '../kit/index.ts'
import type { Snapshot } from '../store/index.ts'
import type { JournalEntry } from './engine.ts'
import type { JournalLog } from './journal-log.ts'
import { changeOf, wholeOf } from './record.ts'
import { StateRhythm } from './state-rhythm.ts'

/** Commits of one write to the engine: the event loop has its turn between two. */
const GROUP_MAX = 256

interface Waiting<S> {
  readonly snapshot: Snapshot<S>
  /** What was current before; without it the state is written whole. */
  readonly before: Snapshot<S> | undefined
  readonly note: string | undefined
}

export interface WriterOptions {
  readonly pendingMax: number
  readonly snapshotEvery: number | 'growth'
  readonly retryMs: number
  /** Of the states. */
  readonly schema: number
  readonly scheduler: SchedulerLike
}

export interface WriterEvents {
  /** Told when commits that waited are being written: there is room again. */
  room(): void
  /** Told when something is on the disk; whether a whole state is among it. */
  durable(isWhole: boolean): void
  /** Told once for each episode of failures. */
  failed(error: unknown): void
  /** Told of commits, up to a version, that no engine could keep. */
  refused(error: unknown, to: number): void
}

export class JournalWriter<S> {
  committed = 0
  durable = 0
  skipped = 0
  batches = 0
  bytes = 0
  snapshots = 0
  reopens = 0
  lastError: string | null = null
  durableVersion: number
  isDegraded = false
  /** The newest commits, if no engine could keep them and nothing newer has been written. */
  refused: { readonly error: unknown; readonly from: number; readonly to: number } | undefined
  readonly #log: JournalLog<S>
  readonly #options: WriterOptions
  readonly #events: WriterEvents
  #waiting: Waiting<S>[] = []
  #writing: readonly Waiting<S>[] = []
  #rhythm: StateRhythm
  #run: Promise<void> | undefined
  #isGivenUp = false
  #wake: () => void = () => {}
  #abandon: () => void = () => {}

  constructor(log: JournalLog<S>, durableVersion: number, options: WriterOptions, events: WriterEvents) {
    this.#log = log
    this.durableVersion = durableVersion
    this.#options = options
    this.#rhythm = new StateRhythm(options.snapshotEvery)
    this.#events = events
  }

  get pending(): number {
    return this.#waiting.length + this.#writing.length
  }

  /** How many more commits may wait. */
  get room(): number {
    return this.#options.pendingMax - this.#waiting.length
  }

  /** Whether versions were given up, and the state that holds them still waits. */
  get isBehind(): boolean {
    return this.skipped > 0 && [...this.#writing, ...this.#waiting].some(({ before }) => before === undefined)
  }

  /** The first and the last version that is not on the disk. */
  get pendingVersions(): { readonly from: number; readonly to: number } {
    const all = [...this.#writing, ...this.#waiting].map(({ snapshot }) => snapshot.version)
    const { refused, durableVersion } = this
    return {
      from: refused?.from ?? all[0] ?? durableVersion,
      to: all.at(-1) ?? refused?.to ?? durableVersion,
    }
  }

  /** Takes a commit; inside the store's write, so it only keeps it. */
  add(snapshot: Snapshot<S>, before: Snapshot<S> | undefined, note?: string): void {
    this.committed += 1
    if (this.room <= 0) {
      this.skipped += this.#waiting.length
      this.#waiting = [{ snapshot, before: undefined, note }]
    } else this.#waiting.push({ snapshot, before, note })
    this.#run ??= this.#work()
  }

  /** Resolves when nothing waits, or when it was given up. */
  async idle(): Promise<void> {
    const abandoned = new Promise<void>((resolve) => {
      this.#abandon = resolve
    })
    while (this.#run !== undefined && !this.#isGivenUp) await Promise.race([this.#run, abandoned])
  }

  /** Ends the attempts to write, also one that hangs: what comes of it is not known. */
  giveUp(): void {
    this.#isGivenUp = true
    this.#wake()
    this.#abandon()
  }

  async #work(): Promise<void> {
    await Promise.resolve() // what is committed in one go is written in one go
    while (this.#waiting.length > 0 && !this.#isGivenUp) {
      this.#writing = this.#waiting.splice(0, GROUP_MAX)
      this.#events.room()
      await this.#writeGroup()
    }
    this.#run = undefined
  }

  async #writeGroup(): Promise<void> {
    let entries: JournalEntry[]
    try {
      entries = await this.#entries()
    } catch (error) {
      // It cannot be written, now or later: a state that JSON cannot hold. The next one may be.
      this.#fail(error)
      this.#giveUpGroup(error)
      return
    }
    let isThere = await this.#written(entries)
    while (!isThere && !this.#isGivenUp) isThere = await this.#complete(entries)
    if (isThere && !this.#isGivenUp) this.#done(entries)
  }

  async #written(entries: readonly JournalEntry[]): Promise<boolean> {
    try {
      await this.#log.engine.write(entries)
      return true
    } catch (error) {
      this.#fail(error)
      return false
    } finally {
      this.batches += 1
    }
  }

  async #entries(): Promise<JournalEntry[]> {
    const entries: JournalEntry[] = []
    let from = this.durableVersion
    const rhythm = this.#rhythm.copy()
    for (const { snapshot, before, note } of this.#writing) {
      const link = { from, note }
      const isNext = before?.version === from && before.state !== undefined
      if (isNext) {
        const ops = diff<unknown>(before.state, snapshot.state)
        const made = this.#log.entryOf('c', changeOf(snapshot, link, ops))
        const change = made instanceof Promise ? await made : made
        entries.push(change)
        rhythm.add(change)
      }
      // What is no next one is the first of all, or follows versions that were skipped.
      if (!isNext || rhythm.mayBeDue) {
        const whole = await this.#log.entryOf('s', wholeOf(snapshot, link, this.#options.schema))
        if (rhythm.isDue(whole, !isNext)) entries.push(whole)
      }
      from = snapshot.version
    }
    this.#rhythm = rhythm
    return entries
  }

  #done(entries: readonly JournalEntry[]): void {
    const states = entries.filter(({ key }) => key.includes('!s!')).length
    this.durable += this.#writing.length
    this.durableVersion = this.#writing.at(-1)?.snapshot.version ?? this.durableVersion
    this.snapshots += states
    for (const { key, text } of entries) this.bytes += key.length + text.length
    this.#writing = []
    this.refused = undefined
    this.isDegraded = false
    this.#events.durable(states > 0)
  }

  #giveUpGroup(error: unknown): void {
    const [{ snapshot: first } = { snapshot: undefined }] = this.#writing
    const to = this.#writing.at(-1)?.snapshot.version ?? -1
    this.refused = { error, from: this.refused?.from ?? first?.version ?? to, to }
    this.skipped += this.#writing.length
    this.#writing = []
    this.#events.refused(error, to)
  }

  #fail(error: unknown): void {
    this.lastError = messageOf(error)
    if (!this.isDegraded) {
      this.isDegraded = true
      this.#events.failed(error)
    }
  }

  /** Opens the engine again, looks what of a write it has, and writes what is missing; false where that fails, too. */
  async #complete(entries: readonly JournalEntry[]): Promise<boolean> {
    const { engine } = this.#log
    try {
      await engine.close().catch(() => {}) // it has failed, and may fail at this, too
      // Whoever has given it up has closed it: opened once more, it would be locked for the next program.
      if (this.#isGivenUp) return false
      await engine.open()
      if (this.#isGivenUp) {
        await engine.close().catch(() => {})
        return false
      }
      this.reopens += 1
      const missing: JournalEntry[] = []
      for (const entry of entries) if (!(await this.#has(entry))) missing.push(entry)
      if (missing.length > 0 && !this.#isGivenUp) await engine.write(missing)
      return true
    } catch (error) {
      this.#fail(error)
      await this.#pause()
      return false
    }
  }

  async #has({ key, text }: JournalEntry): Promise<boolean> {
    for await (const found of this.#log.engine.read({ from: key, to: `${key}~`, limit: 1 })) {
      return found.text === text
    }
    return false
  }

  #pause(): Promise<void> {
    if (this.#isGivenUp) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = this.#options.scheduler.schedule(() => resolve(), this.#options.retryMs)
      this.#wake = () => {
        timer.unsubscribe()
        resolve()
      }
    })
  }
}
