/** What users of other journals and engines complain of most: a small test for each that ours answers it. */
import { describe, expect, test } from '@jest/globals'
import { type JournalEngine, type JournalEntry, memoryEngine, openJournal } from '../../src/journal/index.ts'
import { createMachineStore, defineMachine } from '../../src/machine/index.ts'
import { createStore, type Store } from '../../src/store/index.ts'
import { type FaultyEngine, faultyEngine } from '../../src/testing/faulty-engine.ts'

interface State {
  n: number
}
const make = (): Store<State> => createStore<State>({ n: 0 }, { name: 'rover' })

/** An engine with a note of what was written, write by write. */
function noted(inner: JournalEngine): { engine: JournalEngine; writes: (readonly JournalEntry[])[] } {
  const writes: (readonly JournalEntry[])[] = []
  const write = async (entries: readonly JournalEntry[]): Promise<void> => {
    writes.push(entries)
    await inner.write(entries)
  }
  return { engine: { ...inner, write }, writes }
}

const keysOf = (entries: readonly JournalEntry[]): string[] => entries.map(({ key }) => key)
const commitKey = (version: number): string => `rover!c!${String(version).padStart(16, '0')}`
const stateKey = (version: number): string => `rover!s!${String(version).padStart(16, '0')}`

describe('a journal', () => {
  test('writes a commit and the whole state that stands on it at once: no head is ahead of another', async () => {
    const { engine, writes } = noted(memoryEngine())
    const store = make()
    const journal = await openJournal(store, engine, { snapshotEvery: 3 })
    for (let n = 1; n <= 3; n += 1) {
      store.set({ n })
      await journal.durable()
    }
    expect(writes.map(keysOf)).toEqual([
      ['rover!m', stateKey(0)],
      [commitKey(1)],
      [commitKey(2)],
      [commitKey(3), stateKey(3)],
    ])
    await journal.close()
  })

  test('grows by no record when it is only opened and closed', async () => {
    const engine = faultyEngine(memoryEngine())
    const store = make()
    const journal = await openJournal(store, engine)
    store.set({ n: 1 })
    await journal.close()
    const before = keysOf(await engine.entries())
    for (let opening = 0; opening < 10; opening += 1) await (await openJournal(make(), engine)).close()
    expect(keysOf(await engine.entries())).toEqual(before)
  })

  test('writes nothing for a write that changes nothing', async () => {
    const { engine, writes } = noted(memoryEngine())
    const store = make()
    const journal = await openJournal(store, engine)
    const opened = writes.length
    store.update(() => {})
    store.update((draft) => {
      draft.n = 0
    })
    store.batch(() => {})
    expect(await journal.durable()).toBe(0)
    await journal.close()
    expect(writes).toHaveLength(opened)
  })

  test('writes many commits in groups with an end, each once', async () => {
    const { engine, writes } = noted(memoryEngine())
    const store = make()
    const journal = await openJournal(store, engine, { snapshotEvery: 10_000 })
    for (let n = 1; n <= 2_000; n += 1) store.set({ n })
    await journal.durable()
    expect(Math.max(...writes.map(({ length }) => length))).toBeLessThanOrEqual(256)
    const keys = writes.flatMap(keysOf)
    expect(new Set(keys).size).toBe(keys.length)
    await journal.close()
  })

  test('leaves an older schema as it was where its migration is not on the disk', async () => {
    const engine: FaultyEngine = faultyEngine(memoryEngine())
    const store = make()
    const journal = await openJournal(store, engine)
    store.set({ n: 7 })
    await journal.close()
    const before = await engine.entries()
    engine.failWrites('lost')
    const migrate = (): State => ({ n: 700 })
    await expect(openJournal(make(), engine, { schema: 2, migrate })).rejects.toThrow('ENOSPC')
    expect(await engine.entries()).toEqual(before)
    const old = make()
    await (await openJournal(old, engine)).close()
    expect(old.state).toEqual({ n: 7 })
  })

  test('is opened all the same where its migration is on the disk though it was refused', async () => {
    const engine = faultyEngine(memoryEngine())
    const journal = await openJournal(make(), engine)
    await journal.close()
    engine.failWrites('kept')
    let migrations = 0
    const migrate = (state: unknown): State => {
      migrations += 1
      return { n: (state as State).n + 1 }
    }
    await expect(openJournal(make(), engine, { schema: 2, migrate })).rejects.toThrow('ENOSPC')
    const store = make()
    await (await openJournal(store, engine, { schema: 2, migrate })).close()
    expect([store.state.n, migrations]).toEqual([1, 1])
  })

  test('refuses what comes before it has loaded, so that a late load overwrites nobody', async () => {
    const store = make()
    const opening = openJournal(store, memoryEngine())
    expect(() => store.set({ n: 1 })).toThrow('its journal "rover" is still opening')
    await (await opening).close()
  })

  test('of a machine that was restored can be restored again, any number of times', async () => {
    const machine = defineMachine({
      id: 'door',
      initial: 'SHUT',
      context: { times: 0 },
      states: {
        SHUT: { on: { OPEN: { target: 'OPEN', update: (draft) => void draft.times++ } } },
        OPEN: { after: { ms: 2_000_000_000, target: 'SHUT' } },
      },
    })
    const engine = memoryEngine()
    const first = createMachineStore(machine, { held: true })
    const journal = await openJournal(first, engine)
    first.send('OPEN')
    await journal.close()
    first.destroy()
    for (let restart = 0; restart < 5; restart += 1) {
      const store = createMachineStore(machine, { held: true })
      const again = await openJournal(store, engine)
      expect(store.snapshot).toEqual(first.snapshot)
      await again.close()
      store.destroy()
    }
  })
})

describe('on an engine that is silent about what it has lost, a journal', () => {
  const COUNT = 200
  const filled = async (): Promise<FaultyEngine> => {
    const engine = faultyEngine(memoryEngine())
    const store = make()
    const journal = await openJournal(store, engine)
    for (let n = 1; n <= COUNT; n += 1) store.set({ n })
    await journal.close()
    return engine
  }
  const lose = async (engine: FaultyEngine, from: number, to: number): Promise<void> => {
    for (let version = from; version <= to; version += 1)
      await engine.damage(commitKey(version), () => undefined)
  }
  const opened = async (engine: FaultyEngine) => {
    const store = make()
    return { store, journal: await openJournal(store, engine) }
  }

  test('tells of another payload, though it can be read: LMDB', async () => {
    const engine = await filled()
    await engine.damage(commitKey(100), (text) => text.replace('"value":100', '"value":101'))
    await expect(opened(engine)).rejects.toMatchObject({
      code: 'JOURNAL_DAMAGED',
      details: { lastGood: 99, firstAfter: 101 },
    })
  })

  test('tells of a group that is gone from the middle: LevelDB', async () => {
    const engine = await filled()
    await lose(engine, 101, 150)
    await expect(opened(engine)).rejects.toMatchObject({
      code: 'JOURNAL_DAMAGED',
      details: { lastGood: 100, firstAfter: 151 },
    })
  })

  test('goes on from a state that was, in a later epoch, where all behind it is gone: SQLite', async () => {
    const engine = await filled()
    await lose(engine, 101, COUNT)
    const { store, journal } = await opened(engine)
    expect([store.snapshot.version, store.state.n, journal.epoch]).toEqual([100, 100, 2])
    await journal.close()
  })

  test.each([
    ['nothing', undefined],
    ['a text', 'disk gone'],
    ['an error without a message', Object.create(null)],
  ])('goes on where a write is refused with %s', async (_, thrown) => {
    const inner = memoryEngine()
    let isRefused = true
    const write = (entries: readonly JournalEntry[]): Promise<void> => {
      if (entries.length !== 1 || !isRefused) return inner.write(entries)
      isRefused = false
      throw thrown // at once, without a promise
    }
    const store = make()
    const journal = await openJournal(store, { ...inner, write })
    store.set({ n: 1 })
    expect(await journal.durable()).toBe(1)
    expect(journal.stats()).toMatchObject({ reopens: 1, lastError: expect.any(String) })
    await journal.close()
  })
})
