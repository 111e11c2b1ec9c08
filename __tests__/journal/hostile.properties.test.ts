/**
 * Everything at once: random writes of every kind, crashes in the middle of them, disks that fail and hang, damage, repair,
 * compaction, migration, undo and time travel. Whatever comes back was committed, and nothing acknowledged is missing.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ClassicLevel } from 'classic-level'
import fc from 'fast-check'
import { asyncScheduler } from 'rxjs'
import {
  createHistory,
  type History,
  importJournal,
  type Journal,
  type JournalEngine,
  levelEngine,
  memoryEngine,
  openArchive,
  openJournal,
} from '../../src/journal/index.ts'
import { isHeadgateError } from '../../src/kit/index.ts'
import { createStore, type Snapshot, type Store } from '../../src/store/index.ts'
import { type FaultyEngine, faultyEngine } from '../../src/testing/faulty-engine.ts'
import { runs } from '../support/runs.ts'

interface State {
  readonly n: number
  readonly schema: number
  readonly by: Readonly<Record<string, number>>
  readonly tail: readonly number[]
}

const NAME = 'rover'
const KEEP = 12
const PENDING_MAX = 6
const FIRST: State = { n: 0, schema: 1, by: {}, tail: [] }

type Action =
  | { readonly kind: 'write'; readonly count: number; readonly key: string }
  | { readonly kind: 'batch'; readonly count: number; readonly isThrown: boolean; readonly isCrash: boolean }
  | { readonly kind: 'put'; readonly jump: number }
  | { readonly kind: 'fault'; readonly fault: 'lost' | 'kept' }
  | { readonly kind: 'damage'; readonly at: number; readonly how: 'flip' | 'cut' | 'remove' }
  | {
      readonly kind:
        | 'break'
        | 'hold'
        | 'repair'
        | 'turn'
        | 'settle'
        | 'undo'
        | 'redo'
        | 'compact'
        | 'look'
        | 'replay'
        | 'copy'
        | 'crash'
        | 'close'
        | 'migrate'
    }

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      count: fc.integer({ min: 1, max: 9 }),
      key: fc.constantFrom('a', 'b', '__proto__', 'x/y~z'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('batch' as const),
      count: fc.integer({ min: 1, max: 3 }),
      isThrown: fc.boolean(),
      isCrash: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('put' as const), jump: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('fault' as const),
      fault: fc.constantFrom('lost' as const, 'kept' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('damage' as const),
      at: fc.nat(100),
      how: fc.constantFrom('flip' as const, 'cut' as const, 'remove' as const),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'break' as const,
        'hold' as const,
        'repair' as const,
        'repair' as const,
        'turn' as const,
        'turn' as const,
        'settle' as const,
        'undo' as const,
        'redo' as const,
        'compact' as const,
        'look' as const,
        'replay' as const,
        'copy' as const,
        'crash' as const,
        'close' as const,
        'migrate' as const,
      ),
    }),
  },
)

const everything = { from: '', to: '\uffff' }

async function copyOf(disk: JournalEngine): Promise<JournalEngine> {
  const copy = memoryEngine()
  const entries = []
  for await (const entry of disk.read(everything)) entries.push(entry)
  await copy.write(entries)
  return copy
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A store, its journal and its disk, again and again, and what is known of what was written. */
class Program {
  /** What was committed under each version; of those behind a crash, what the next process commits. */
  readonly committed = new Map<number, State>()
  acknowledged = -1
  schema = 1
  disk: JournalEngine
  /** What the next process finds of a disk. */
  readonly left: (disk: JournalEngine) => Promise<JournalEngine>
  isDamaged = false
  /** Damage that does no harm stays, and is told by whoever reads all. */
  hasDamage = false
  engine!: FaultyEngine
  store!: Store<State>
  journal!: Journal<State>
  history!: History<State>
  readonly snapshotEvery: number | 'growth'
  readonly behind: 'skip' | 'suspend'

  constructor(
    snapshotEvery: number | 'growth',
    behind: 'skip' | 'suspend',
    disk: JournalEngine = memoryEngine(),
    left = copyOf,
  ) {
    this.disk = disk
    this.left = left
    this.snapshotEvery = snapshotEvery
    this.behind = behind
  }

  options(repair = false) {
    const { snapshotEvery, behind, schema } = this
    return {
      snapshotEvery,
      behind,
      schema,
      repair,
      pendingMax: PENDING_MAX,
      retryMs: 0,
      closeMs: 30_000,
      keep: KEEP,
      scheduler: asyncScheduler,
      migrate: (old: unknown) => ({ ...(old as State), schema }),
    }
  }

  async begin(): Promise<void> {
    this.engine = faultyEngine(this.disk)
    this.store = createStore<State>({ ...FIRST, schema: this.schema }, { name: NAME })
    try {
      this.journal = await openJournal(this.store, this.engine, this.options())
    } catch (error) {
      if (!isHeadgateError(error, 'JOURNAL_DAMAGED')) throw error
      expect(this.isDamaged).toBe(true) // nothing else may be told as damage
      expect(this.store.state).toEqual({ ...FIRST, schema: this.schema })
      this.journal = await openJournal(this.store, this.engine, this.options(true))
    }
    const { version, state } = this.store.snapshot
    const { migratedFrom } = this.journal.stats().recovered
    const recovered = migratedFrom === null ? version : version - 1
    const before = this.committed.get(recovered)
    if (!this.isDamaged) expect(recovered).toBeGreaterThanOrEqual(this.acknowledged)
    if (before !== undefined) expect(state).toEqual({ ...before, schema: this.schema })
    else expect(state).toEqual({ ...FIRST, schema: this.schema })
    for (const later of this.committed.keys()) if (later > recovered) this.committed.delete(later)
    this.committed.set(version, state)
    this.acknowledged = version
    this.isDamaged = false
    this.history = createHistory(this.store, { limit: 5 })
  }

  note({ version, state }: Snapshot<State>): void {
    this.committed.set(version, state)
  }

  /** A write, which may be refused where the disk keeps writers waiting. */
  write(work: () => Snapshot<State> | undefined): void {
    const before = this.store.snapshot
    try {
      const snapshot = work()
      if (snapshot !== undefined) this.note(snapshot)
    } catch (error) {
      expect([this.behind, isHeadgateError(error, 'JOURNAL_FULL')]).toEqual(['suspend', true])
      expect(this.store.snapshot).toBe(before)
      expect(this.journal.stats().pending).toBeGreaterThanOrEqual(PENDING_MAX)
    }
  }

  step(key: string): void {
    const { state } = this.store
    const n = state.n + 1
    const by = Object.fromEntries([...Object.entries(state.by), [key, n]]) // `__proto__` too
    this.write(() => this.store.set({ ...state, n, by, tail: [...state.tail, n].slice(-3) }))
  }

  /** The process is gone; whatever it still does reaches another disk. */
  async crash(): Promise<void> {
    this.acknowledged = Math.max(this.acknowledged, this.journal.durableVersion)
    const left = await this.left(this.disk)
    this.engine.break()
    this.engine.repair() // who hangs is let go, onto the old disk
    this.engine.break()
    void this.journal.close().catch(() => {})
    this.disk = left
    await this.begin()
  }

  async look(): Promise<void> {
    await this.journal.compact() // behind the one that it does itself, which would clear what is read
    const versions: number[] = []
    for await (const { version, state } of this.journal.commits()) {
      versions.push(version)
      expect(state).toEqual(this.committed.get(version))
    }
    expect(versions).toEqual([...versions].sort((one, other) => one - other))
    const back: number[] = []
    for await (const { version } of this.journal.commits({ newestFirst: true })) back.push(version)
    expect(back.reverse()).toEqual(versions)
    for (const version of versions) expect((await this.journal.at(version)).version).toBe(version)
    if (!this.isDamaged) expect(versions).toContain(this.journal.durableVersion)
    const { damaged } = await this.journal.verify()
    if (!this.hasDamage) expect(damaged).toEqual([])
  }

  async damage(at: number, how: 'flip' | 'cut' | 'remove'): Promise<void> {
    const records = (await this.engine.entries()).filter(({ key }) => /![cs]!/.test(key))
    const record = records[at % records.length]
    if (record === undefined) return
    this.isDamaged = true
    this.hasDamage = true
    await this.engine.damage(record.key, (text) => {
      const place = at % text.length
      if (how === 'remove') return undefined
      if (how === 'cut') return text.slice(0, place)
      return `${text.slice(0, place)}${text[place] === 'x' ? 'y' : 'x'}${text.slice(place + 1)}`
    })
  }

  async run(one: Action): Promise<void> {
    switch (one.kind) {
      case 'write':
        for (let at = 0; at < one.count; at += 1) this.step(one.key)
        break
      case 'batch': {
        const before = this.store.snapshot
        try {
          this.store.batch(() => {
            for (let at = 0; at < one.count; at += 1) this.step('batch')
            if (one.isThrown) throw new Error('taken back')
          })
          this.note(this.store.snapshot)
        } catch {
          this.committed.delete(before.version + 1)
          expect(this.store.snapshot).toBe(before)
        }
        if (one.isCrash) await this.crash()
        break
      }
      case 'put': {
        const { snapshot } = this.store
        const version = snapshot.version + one.jump
        const state = { ...snapshot.state, n: version * 1_000 }
        this.write(() => this.store.put({ ...snapshot, version, state }))
        break
      }
      case 'fault':
        this.engine.failWrites(one.fault)
        break
      case 'damage':
        await this.damage(one.at, one.how)
        await this.crash()
        break
      case 'break':
      case 'hold':
      case 'repair':
        this.engine[one.kind]()
        break
      case 'turn':
        await turn()
        break
      case 'settle':
        this.engine.repair()
        await this.journal.durable()
        break
      case 'undo':
      case 'redo': {
        const { kind } = one
        this.write(() => {
          const { handled, snapshot } = this.history[kind]()
          return handled ? snapshot : undefined
        })
        break
      }
      case 'compact':
        await this.journal.compact().catch(() => {}) // of a disk that fails
        break
      case 'look':
        this.engine.repair()
        await this.journal.durable()
        await this.look()
        break
      case 'replay': {
        this.engine.repair()
        await this.journal.durable()
        const other = createStore<State>(FIRST)
        await this.journal.replay(other)
        expect(other.state).toEqual(this.committed.get(this.journal.durableVersion))
        break
      }
      case 'copy': {
        const archive = await openArchive<State>(await copyOf(this.disk))
        const target = memoryEngine()
        try {
          await importJournal(target, archive.export())
        } catch (error) {
          expect([this.hasDamage, isHeadgateError(error, 'JOURNAL_DAMAGED')]).toEqual([true, true])
          break
        }
        const { newest } = await archive.range()
        const copied = await openArchive<State>(target)
        expect(await copied.range()).toEqual(await archive.range())
        if (newest >= 0) expect((await copied.at(newest)).state).toEqual(this.committed.get(newest))
        break
      }
      case 'crash':
        await this.crash()
        break
      case 'close':
      case 'migrate':
        this.engine.repair()
        await this.journal.durable() // a disk that fails at the end would have it give up
        await this.journal.close()
        expect(this.journal.durableVersion).toBe(this.store.snapshot.version)
        this.acknowledged = this.store.snapshot.version
        if (one.kind === 'migrate') this.schema += 1
        await this.begin()
        break
    }
    const { committed, durable, skipped, pending } = this.journal.stats()
    expect(durable + skipped + pending).toBe(committed)
    this.acknowledged = Math.max(this.acknowledged, this.journal.durableVersion)
  }
}

/** A process without a journal that closes: its database is opened anew from the same files. */
async function withFolder(work: (open: () => JournalEngine) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'headgate-hostile-'))
  try {
    await work(() => levelEngine(new ClassicLevel(folder)))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

describe('a journal to which everything happens', () => {
  test('under LevelDB too', async () => {
    // Those that look at the disk while the engine is opened again would find it closed.
    const onFiles = action.filter(({ kind }) => kind !== 'damage' && kind !== 'copy')
    await fc.assert(
      fc.asyncProperty(
        fc.array(onFiles, { maxLength: 25 }),
        fc.constantFrom(1, 2, 5, 'growth' as const),
        fc.constantFrom('skip' as const, 'suspend' as const),
        async (actions, snapshotEvery, behind) => {
          await withFolder(async (open) => {
            const program = new Program(snapshotEvery, behind, open(), async (disk) => {
              await disk.close()
              return open()
            })
            await program.begin()
            for (const one of actions) await program.run(one)
            await program.run({ kind: 'look' })
            await program.run({ kind: 'close' })
            await program.journal.close()
          })
        },
      ),
      { numRuns: runs(6) },
    )
  })

  test('gives back what was committed, and all that was acknowledged', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 40 }),
        fc.constantFrom(1, 2, 5, 'growth' as const),
        fc.constantFrom('skip' as const, 'suspend' as const),
        async (actions, snapshotEvery, behind) => {
          const program = new Program(snapshotEvery, behind)
          await program.begin()
          for (const one of actions) await program.run(one)
          await program.run({ kind: 'look' })
          await program.run({ kind: 'close' })
        },
      ),
      { numRuns: runs(40) },
    )
  })
})
