/**
 * Keeps checkpoints of a thread in an engine of a journal.
 *
 *   store     v0 ─ v1 ─ v2 ─ v3 ─ v4 ─ v5        tokens, spendings, transitions
 *   shadow    v0 ─────────── v3 ────── v5        those that are checkpoints
 *   journal   whole          delta     delta     checksums, recovery, what is durable: the journal's
 *
 * The shadow is a store that is given the checkpoints only, and it has a journal: so a checkpoint is the difference
 * from the one before, and everything that is promised of journals holds. A failed disk stops nothing.
 */
import { asyncScheduler, type Subscription } from 'rxjs'
import { direct } from '../backpressure/index.ts'
import { type Journal, type JournalEngine, type JournalStats, openJournal } from '../journal/index.ts'
import { toJsonForm } from '../json/index.ts'
import { checkKeys, describeValue, HeadgateError, TIMER_MS_MAX } from '../kit/index.ts'
import type { AnyMachine, AnyState, Cell, MachineStore, Ports } from '../machine/index.ts'
import { createStore, kernelOf, type Snapshot, type Store } from '../store/index.ts'
import { type Checkpoint, goOn, threadOf } from './checkpoint.ts'
import { driverOf } from './interrupts.ts'
import { sharedEngine } from './shared-engine.ts'

/** When a checkpoint is written, and how often the whole state. */
export interface CheckpointerOptions {
  /** Which conversation; default that of the store, else its name. One engine may hold any number. */
  readonly threadId?: string
  /**
   * What is a checkpoint: each change of state, each commit, or the newest commit after `ms` milliseconds, at most
   * 2 147 483 647. Default `'transition'`.
   */
  readonly every?: 'transition' | 'commit' | { readonly ms: number }
  /** When whole states are written, as for a journal; default `'growth'`. */
  readonly snapshotEvery?: number | 'growth'
}

/** The checkpoints of one thread; see {@link checkpointer}. */
export interface Checkpointer extends AsyncDisposable {
  readonly threadId: string
  /** The version that the store went on from; -1 where the thread is new. */
  readonly resumedFrom: number
  /** Resolves when what is a checkpoint by now is on the disk, with its version. */
  durable(): Promise<number>
  /** The checkpoint of a version, for `resume` and `fork`. @throws `VERSION_NOT_KEPT` */
  at(version: number): Promise<Checkpoint>
  /** The checkpoints that are kept, oldest first. */
  list(): AsyncIterable<Checkpoint>
  stats(): JournalStats
  /** Writes what waits, and stops. The engine stays open while other threads use it. */
  close(): Promise<void>
}

/**
 * Keeps checkpoints of a machine store, and has a store that was made with `held: true` go on from the newest one.
 *
 * A checkpoint is written after its version was published: a crash loses at most what came after the last one, and
 * never leaves half a version. They grow with what changed: 500 turns take about what their texts take.
 *
 * @example
 * ```ts
 * import { createMachineStore, defineMachine } from 'headgate'
 * import { checkpointer, fork } from 'headgate/agents'
 * import { memoryEngine } from 'headgate/journal'
 *
 * const light = defineMachine({
 *   id: 'light',
 *   initial: 'RED',
 *   context: {},
 *   states: { RED: { on: { NEXT: 'GREEN' } }, GREEN: { on: { NEXT: 'RED' } } },
 * })
 * const engine = memoryEngine() // in production: levelEngine(new ClassicLevel('./data'))
 * const store = createMachineStore(light, { held: true })
 * const thread = await checkpointer(store, engine, { threadId: 'crossing' })
 * store.send('NEXT')
 * await thread.close() // or the process is killed
 *
 * const restarted = createMachineStore(light, { held: true })
 * const again = await checkpointer(restarted, engine, { threadId: 'crossing' })
 * console.log(restarted.current, again.resumedFrom) // → GREEN 1
 * const branch = fork(light, await again.at(0), { threadId: 'what if' })
 * console.log(branch.current) // → RED
 * await again.close()
 * ```
 * @throws `OPTION_INVALID`, `OPTION_UNKNOWN`; what `openJournal` throws
 */
export async function checkpointer<Context, Cells extends Cell, Io extends Ports>(
  store: MachineStore<Context, Cells, Io>,
  engine: JournalEngine,
  options: CheckpointerOptions = {},
): Promise<Checkpointer> {
  checkKeys(options, { threadId: true, every: true, snapshotEvery: true }, 'checkpointer()')
  const { threadId = threadOf(store).threadId, every = 'transition', snapshotEvery = 'growth' } = options
  checkEvery(every)
  const driver = driverOf(store)
  const welcome = kernelOf(store).guard(() => {
    throw new HeadgateError('JOURNAL_OPENING', { journal: threadId, store: store.name })
  })
  const release = driver.running.hold()
  // The cast holds: nobody reads it before it has a state.
  const shadow = createStore<AnyState>(undefined, { name: threadId }) as Store<AnyState>
  try {
    const journal = await openJournal(shadow, sharedEngine(engine), {
      name: encodeURIComponent(threadId).replace(/[!~]/g, '_'),
      snapshotEvery,
      keep: Number.POSITIVE_INFINITY,
    })
    welcome()
    const { recovered } = journal.stats()
    if (recovered.version >= 0) goOn(store, shadow.snapshot as Snapshot<never>, {})
    const thread = { ...threadOf(store), threadId }
    // The cast forgets names that nothing here depends on.
    return new ShadowCheckpointer(store as unknown as AnyStore, shadow, journal, thread, every)
  } catch (error) {
    welcome()
    shadow.destroy()
    throw error
  } finally {
    driver.running.start()
    release()
  }
}

function checkEvery(every: unknown): void {
  if (every === 'transition' || every === 'commit') return
  const { ms } = Object(every) as { readonly ms?: unknown }
  if (typeof ms === 'number' && ms >= 0 && ms <= TIMER_MS_MAX) return
  const expected = `"transition", "commit" or { ms } with a number from 0 to ${TIMER_MS_MAX}`
  throw new HeadgateError('OPTION_INVALID', { option: 'every', expected, received: describeValue(every) })
}

type AnyStore = Store<AnyState> & { readonly machine: AnyMachine }

class ShadowCheckpointer implements Checkpointer {
  readonly threadId: string
  readonly resumedFrom: number
  readonly #parentId: string | undefined
  readonly #shadow: Store<AnyState>
  readonly #journal: Journal<AnyState>
  readonly #leave: () => void
  #timer: Subscription | undefined
  #newest: Snapshot<AnyState> | undefined

  constructor(
    store: AnyStore,
    shadow: Store<AnyState>,
    journal: Journal<AnyState>,
    { threadId, parentId }: { threadId: string; parentId?: string },
    every: 'transition' | 'commit' | { readonly ms: number },
  ) {
    this.threadId = threadId
    this.resumedFrom = journal.stats().recovered.version
    this.#parentId = parentId
    this.#shadow = shadow
    this.#journal = journal
    this.#leave = store.subscribe((snapshot) => this.#offer(snapshot, every), {
      id: `checkpointer ${threadId}`,
      policy: direct(),
    })
  }

  durable(): Promise<number> {
    return this.#journal.durable()
  }

  async at(version: number): Promise<Checkpoint> {
    return this.#checkpointOf(await this.#journal.at(version))
  }

  async *list(): AsyncGenerator<Checkpoint, undefined> {
    for await (const snapshot of this.#journal.commits()) yield this.#checkpointOf(snapshot)
  }

  stats(): JournalStats {
    return this.#journal.stats()
  }

  async close(): Promise<void> {
    this.#leave()
    this.#timer?.unsubscribe()
    this.#keep()
    await this.#journal.close()
    this.#shadow.destroy()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #offer(snapshot: Snapshot<AnyState>, every: 'transition' | 'commit' | { readonly ms: number }): void {
    const kept = this.#shadow.snapshot
    if (snapshot.version <= kept.version) return
    this.#newest = snapshot
    if (typeof every === 'object') {
      this.#timer ??= asyncScheduler.schedule(() => {
        this.#timer = undefined
        this.#keep()
      }, every.ms)
    } else if (every === 'commit' || snapshot.state.attempts !== kept.state?.attempts) this.#keep()
  }

  #keep(): void {
    const newest = this.#newest
    this.#newest = undefined
    if (newest !== undefined) this.#shadow.put(newest)
  }

  #checkpointOf(snapshot: Snapshot<AnyState>): Checkpoint {
    const { version, tsWall, reason } = snapshot
    return {
      threadId: this.threadId,
      id: `${this.threadId}@${version}`,
      ...(this.#parentId !== undefined && { parentId: this.#parentId }),
      version,
      snapshot: toJsonForm(snapshot, 'snapshot').form,
      entered: {},
      at: tsWall,
      reason,
    }
  }
}
