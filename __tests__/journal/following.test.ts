/** Several that have one database open, as tabs have IndexedDB: one writes, the others follow, and one takes over. */
import { describe, expect, test } from '@jest/globals'
import { buffer } from '../../src/backpressure/index.ts'
import { health } from '../../src/health/index.ts'
import {
  type Journal,
  type JournalEngine,
  type JournalFault,
  type JournalOptions,
  type JournalTurn,
  type JournalTurns,
  memoryEngine,
  openJournal,
} from '../../src/journal/index.ts'
import { HeadgateError } from '../../src/kit/index.ts'
import { createMachineStore, defineMachine } from '../../src/machine/index.ts'
import { createStore, type Store } from '../../src/store/index.ts'
import { manualClock } from '../../src/testing/index.ts'
import { becomes } from '../support/processes.ts'
import { turn } from '../sync/support/bench.ts'

/** Web Locks and a BroadcastChannel in one process. */
class Tabs implements JournalTurns {
  isTaken = false
  readonly #line: (() => void)[] = []
  readonly #listeners = new Set<() => void>()

  take(_journal: string, signal?: AbortSignal): Promise<JournalTurn | undefined> {
    if (!this.isTaken) return Promise.resolve(this.#turn())
    if (signal === undefined) return Promise.resolve(undefined)
    return new Promise((resolve, reject) => {
      const next = (): void => resolve(this.#turn())
      this.#line.push(next)
      signal.addEventListener('abort', () => {
        if (this.#line.includes(next)) this.#line.splice(this.#line.indexOf(next), 1)
        reject(signal.reason)
      })
    })
  }

  #turn(): JournalTurn {
    this.isTaken = true
    return {
      tell: () => {
        for (const listener of this.#listeners) listener()
      },
      end: () => {
        this.isTaken = false
        this.#line.shift()?.()
      },
    }
  }

  hear(_journal: string, listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get listeners(): number {
    return this.#listeners.size
  }
}

/** Tabs of one origin: each opens the same database. */
function origin(): { turns: Tabs; disk: JournalEngine; engine: () => JournalEngine } {
  const turns = new Tabs()
  const disk = memoryEngine()
  return { turns, disk, engine: () => ({ ...disk, turns }) }
}

interface State {
  n: number
}
interface Tab {
  readonly store: Store<State>
  readonly journal: Journal<State>
  readonly faults: JournalFault[]
}
async function tab(engine: JournalEngine, options: JournalOptions<State> = {}): Promise<Tab> {
  const store = createStore<State>({ n: 0 }, { name: 'rover' })
  const journal = await openJournal(store, engine, { follow: true, ...options })
  const faults: JournalFault[] = []
  journal.faults$.subscribe((fault) => void faults.push(fault))
  return { store, journal, faults }
}
const count = (store: Store<State>, times = 1): void => {
  for (let time = 0; time < times; time += 1) store.set({ n: store.state.n + 1 }, { reason: 'COUNT' })
}

describe('openJournal, follow', () => {
  test('writes where nobody else does, and follows where somebody does', async () => {
    const { engine } = origin()
    const writer = await tab(engine())
    count(writer.store, 3)
    await writer.journal.durable()
    const follower = await tab(engine())
    expect([writer.journal.status, follower.journal.status]).toEqual(['live', 'following'])
    expect(follower.store.snapshot).toEqual(writer.store.snapshot)
    expect(follower.journal.stats()).toMatchObject({ committed: 0, recovered: { version: 3 } })
    expect(health(follower.store).journals).toMatchObject([
      { name: 'rover', status: 'following', durableVersion: 3, committed: 0, lastError: null },
    ])
    const seen: number[] = []
    follower.store.subscribe(({ version }) => void seen.push(version), { policy: buffer({ capacity: 99 }) })
    count(writer.store, 4)
    expect(await becomes(() => follower.store.state.n === 7)).toBe(true)
    expect(seen).toEqual([3, 4, 5, 6, 7])
    expect(follower.store.snapshot).toEqual(writer.store.snapshot)
    expect(await follower.journal.durable()).toBe(7)
    expect((await follower.journal.at(5)).state).toEqual({ n: 5 })
    expect(await follower.journal.compact()).toEqual({ clearedCommits: 0, clearedSnapshots: 0 })
    await follower.journal.close()
    expect(health(follower.store).journals).toEqual([])
    await writer.journal.close()
  })

  test('refuses writes of who follows, until its journal is closed', async () => {
    const { engine, turns } = origin()
    const writer = await tab(engine())
    const follower = await tab(engine())
    expect(() => count(follower.store)).toThrow('another tab writes its journal "rover"')
    await follower.journal.close()
    expect(turns.listeners).toBe(0)
    expect(follower.journal.status).toBe('closed')
    count(follower.store)
    await writer.journal.close()
  })

  test('is refused without it', async () => {
    const { engine } = origin()
    const writer = await tab(engine())
    await expect(tab(engine(), { follow: false })).rejects.toMatchObject({ code: 'JOURNAL_LOCKED' })
    await writer.journal.close()
    const next = await tab(engine(), { follow: false })
    expect(next.journal.status).toBe('live')
    await next.journal.close()
  })

  test('takes over when the writer is gone, with all that it wrote, in an epoch of its own', async () => {
    const { engine } = origin()
    const writer = await tab(engine())
    const [second, third] = [await tab(engine()), await tab(engine())]
    expect([writer, second, third].map(({ journal }) => journal.epoch)).toEqual([1, 1, 1])
    count(writer.store, 5)
    await writer.journal.close()
    expect(await becomes(() => second.journal.status === 'live')).toBe(true)
    expect(second.journal.epoch).toBe(2)
    expect(second.store.state.n).toBe(5)
    count(second.store, 2)
    expect(await second.journal.durable()).toBe(7)
    expect(health(second.store).journals).toMatchObject([{ status: 'live', durableVersion: 7 }])
    expect(await becomes(() => third.store.state.n === 7)).toBe(true)
    expect(third.journal.status).toBe('following')
    expect(third.journal.epoch).toBe(2)
    await second.journal.close()
    expect(await becomes(() => third.journal.status === 'live')).toBe(true)
    count(third.store)
    await third.journal.close()
    expect(third.faults).toEqual([])
    const after = await tab(engine())
    expect([after.store.state.n, after.journal.epoch]).toEqual([8, 4])
    expect(await after.journal.verify()).toMatchObject({ damaged: [], gaps: [] })
    await after.journal.close()
  })

  test('goes over versions that were skipped, or cleared, to the next whole state', async () => {
    const { engine } = origin()
    const writer = await tab(engine(), { pendingMax: 2, keep: 1, snapshotEvery: 2 })
    const follower = await tab(engine())
    count(writer.store, 9)
    await writer.journal.durable()
    count(writer.store, 3)
    await writer.journal.durable()
    expect(writer.journal.stats().skipped).toBeGreaterThan(0)
    expect(await becomes(() => follower.store.state.n === 12)).toBe(true)
    expect(follower.store.snapshot.version).toBe(12)
    await follower.journal.close()
    await writer.journal.close()
  })

  test('waits for a subscriber of its own that suspends writers', async () => {
    const { engine } = origin()
    const writer = await tab(engine())
    const follower = await tab(engine())
    const seen: number[] = []
    const released: (() => void)[] = []
    follower.store.subscribe(
      ({ version }) => {
        seen.push(version)
        return new Promise<void>((resolve) => void released.push(resolve))
      },
      { policy: buffer({ capacity: 1, overflow: 'suspend' }), replay: false },
    )
    count(writer.store, 5)
    await writer.journal.durable()
    for (let version = 1; version <= 5; version += 1) {
      expect(await becomes(() => released.length > 0)).toBe(true)
      released.shift()?.()
    }
    expect(await becomes(() => seen.length === 5)).toBe(true)
    expect(seen).toEqual([1, 2, 3, 4, 5])
    await follower.journal.close()
    await writer.journal.close()
  })

  test('is closed while a subscriber of its own has no room, and has said what it has', async () => {
    const { engine } = origin()
    const writer = await tab(engine())
    const follower = await tab(engine())
    follower.store.subscribe(() => new Promise<void>(() => {}), {
      policy: buffer({ capacity: 1, overflow: 'suspend' }),
      replay: false,
    })
    count(writer.store, 5)
    await writer.journal.durable()
    expect(await becomes(() => follower.store.snapshot.version === 2)).toBe(true)
    await turn()
    expect(follower.journal.durableVersion).toBe(2)
    await follower.journal.close()
    expect([follower.journal.status, follower.faults]).toEqual(['closed', []])
    await writer.journal.close()
  })

  test('tells that it cannot wait for its turn', async () => {
    const { engine, turns } = origin()
    const writer = await tab(engine())
    const take = turns.take.bind(turns)
    turns.take = (name, signal) =>
      signal === undefined ? take(name) : Promise.reject(new Error('no locks here'))
    const { store } = await tab(engine()).then(async (follower) => {
      expect(await becomes(() => follower.journal.stats().lastError === 'no locks here')).toBe(true)
      await follower.journal.close()
      return follower
    })
    expect(store.state.n).toBe(0)
    await writer.journal.close()
  })

  test('refuses to follow another schema, and leaves nothing behind', async () => {
    const { engine, turns } = origin()
    const writer = await tab(engine(), { schema: 2 })
    await expect(tab(engine(), { schema: 1 })).rejects.toMatchObject({ code: 'JOURNAL_VERSION' })
    await expect(tab(engine(), { schema: 3, migrate: (state) => state as State })).rejects.toMatchObject({
      code: 'JOURNAL_VERSION',
    })
    expect(turns.listeners).toBe(0)
    await writer.journal.close()
  })

  test('tells what it cannot read, and reads on', async () => {
    const { disk, turns } = origin()
    const writer = await tab({ ...disk, turns })
    let isBroken = false
    const reader: JournalEngine = {
      ...disk,
      turns,
      async *read(range) {
        if (isBroken) throw new Error('gone')
        yield* disk.read(range)
      },
    }
    const follower = await tab(reader)
    isBroken = true
    count(writer.store)
    await writer.journal.durable()
    expect(await becomes(() => follower.faults.length === 1)).toBe(true)
    expect(follower.journal.stats().lastError).toBe('gone')
    isBroken = false
    count(writer.store)
    expect(await becomes(() => follower.store.state.n === 2)).toBe(true)
    await follower.journal.close()
    await writer.journal.close()
  })

  test('follows on where the disk fails as its turn has come, and takes over when it works', async () => {
    const { disk, turns } = origin()
    const clock = manualClock()
    let isFull = false
    const engine: JournalEngine = {
      ...disk,
      turns,
      write: async (entries) => {
        if (isFull) throw new Error('disk full')
        await disk.write(entries)
      },
    }
    const writer = await tab({ ...disk, turns })
    const second = await tab(engine, { retryMs: 500, scheduler: clock })
    const third = await tab({ ...disk, turns })
    isFull = true
    await writer.journal.close()
    expect(await becomes(() => third.journal.status === 'live')).toBe(true)
    expect(second.faults.map(({ error }) => String(error))).toEqual(['Error: disk full'])
    expect([second.journal.status, clock.pendingTimers]).toEqual(['following', 1])
    count(third.store, 3)
    expect(await becomes(() => second.store.state.n === 3)).toBe(true)
    isFull = false
    await third.journal.close()
    clock.advance(500)
    expect(await becomes(() => second.journal.status === 'live')).toBe(true)
    count(second.store)
    expect(await second.journal.durable()).toBe(4)
    expect(clock.pendingTimers).toBe(0)
    await second.journal.close()
    expect([turns.isTaken, turns.listeners]).toEqual([false, 0])
  })

  test('opens its engine anew after a write that failed at its turn', async () => {
    const { disk, turns } = origin()
    const clock = manualClock()
    const calls: string[] = []
    let isFull = false
    let hasFailed = false
    const engine: JournalEngine = {
      ...disk,
      turns,
      open: async () => {
        calls.push('open')
        hasFailed = false
      },
      close: async () => {
        calls.push('close')
        if (hasFailed) throw new Error('gone')
      },
      write: async (entries) => {
        hasFailed ||= isFull
        if (isFull) throw new Error('disk full')
        if (!hasFailed) await disk.write(entries) // one that has failed acknowledges, and loses
      },
    }
    const writer = await tab({ ...disk, turns })
    const second = await tab(engine, { scheduler: clock })
    isFull = true
    await writer.journal.close()
    expect(await becomes(() => clock.pendingTimers === 1)).toBe(true)
    expect(calls).toEqual(['open', 'close', 'open'])
    isFull = false
    clock.advance(1_000)
    expect(await becomes(() => second.journal.status === 'live')).toBe(true)
    count(second.store, 2)
    await second.journal.close()
    const after = await tab({ ...disk, turns })
    expect(after.store.state.n).toBe(2)
    await after.journal.close()
  })

  test('asks for no other turn once it is closed, or where the journal itself is wrong', async () => {
    const { disk, turns } = origin()
    const clock = manualClock()
    const writer = await tab({ ...disk, turns })
    const failing = async (error: Error): Promise<Tab> => {
      const write = (): Promise<void> => Promise.reject(error)
      return await tab({ ...disk, turns, write }, { scheduler: clock })
    }
    const full = await failing(new Error('disk full'))
    const wrong = await failing(
      new HeadgateError('JOURNAL_DAMAGED', { journal: 'rover', lastGood: 1, firstAfter: 3 }),
    )
    await writer.journal.close()
    expect(await becomes(() => full.faults.length + wrong.faults.length === 2)).toBe(true)
    expect(clock.pendingTimers).toBe(1)
    await full.journal.close()
    expect([clock.pendingTimers, turns.isTaken, turns.listeners]).toEqual([0, false, 1])
    await wrong.journal.close()
  })

  test('writes on where nobody can be told of it', async () => {
    const { disk, turns } = origin()
    const take = async (): Promise<JournalTurn> => ({
      tell: () => {
        throw new Error('deaf')
      },
      end: () => {},
    })
    const engine = { ...disk, turns: { take, hear: turns.hear.bind(turns) } }
    const { store, journal, faults } = await tab(engine)
    count(store)
    expect(await journal.durable()).toBe(1)
    count(store)
    expect(await journal.durable()).toBe(2)
    expect(faults.map(({ error }) => String(error))).toEqual(['Error: deaf', 'Error: deaf'])
    await journal.close()
  })

  test('runs a machine where the journal is written, and nowhere else', async () => {
    const { engine } = origin()
    const started: string[] = []
    const machine = defineMachine({
      id: 'worker',
      initial: 'IDLE',
      context: {},
      states: {
        IDLE: { on: { GO: 'BUSY' } },
        BUSY: {
          on: { STOP: 'IDLE' },
          invoke: { onRestore: 'restart', src: () => new Promise(() => void started.push('BUSY')) },
        },
      },
    })
    const open = async () => {
      const store = createMachineStore(machine, { held: true })
      return { store, journal: await openJournal(store, engine(), { follow: true }) }
    }
    const writer = await open()
    const follower = await open()
    writer.store.send('GO')
    expect(await becomes(() => follower.store.current === 'BUSY')).toBe(true)
    expect(started).toEqual(['BUSY'])
    expect(() => follower.store.send('STOP')).toThrow('another tab writes its journal')
    await writer.journal.close()
    expect(await becomes(() => follower.journal.status === 'live')).toBe(true)
    expect(started).toEqual(['BUSY', 'BUSY'])
    await follower.journal.close()
  })

  test('is closed while its turn comes', async () => {
    const { engine, turns } = origin()
    const writer = await tab(engine())
    const follower = await tab(engine())
    await Promise.all([writer.journal.close(), follower.journal.close()])
    expect(turns.isTaken).toBe(false)
    const after = await tab(engine())
    expect(after.journal.status).toBe('live')
    await after.journal.close()
  })
})
