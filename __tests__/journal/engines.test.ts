/** What a journal needs of an engine, held against each: databases of abstract-level as they are published, and ours. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ClassicLevel } from 'classic-level'
import fc from 'fast-check'
import { MemoryLevel } from 'memory-level'
import { type JournalEngine, levelEngine, memoryEngine, openJournal } from '../../src/journal/index.ts'
import { createStore, type Store } from '../../src/store/index.ts'
import { faultyEngine } from '../../src/testing/faulty-engine.ts'
import { runs } from '../support/runs.ts'

let folder = ''
let made = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-engines-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const place = (): string => {
  made += 1
  return join(folder, String(made))
}

async function read(engine: JournalEngine, range: Parameters<JournalEngine['read']>[0]): Promise<string[]> {
  const found: string[] = []
  for await (const { key, text } of engine.read(range)) found.push(`${key}=${text}`)
  return found
}

const entries = (...keys: string[]): { key: string; text: string }[] =>
  keys.map((key) => ({ key, text: key.toUpperCase() }))

interface State {
  n: number
  tail: number[]
}
const storeAt = (n = 0): Store<State> => createStore<State>({ n, tail: [] }, { name: 'rover' })
const step = (store: Store<State>): void => {
  store.update((draft) => {
    draft.n += 1
    draft.tail = [...draft.tail, draft.n].slice(-3)
  })
}

const ENGINES: readonly [string, () => JournalEngine][] = [
  ['memoryEngine', memoryEngine],
  ['faultyEngine without a fault', () => faultyEngine(memoryEngine())],
  ['levelEngine of memory-level', () => levelEngine(new MemoryLevel())],
  ['levelEngine of classic-level', () => levelEngine(new ClassicLevel(place()))],
  [
    'levelEngine of classic-level, relaxed',
    () => levelEngine(new ClassicLevel(place()), { durability: 'relaxed' }),
  ],
]

describe.each(ENGINES)('%s', (_name, make) => {
  test('reads a range from its beginning up to its end, in the order of the keys, or back', async () => {
    const engine = make()
    await engine.open()
    await engine.write(entries('b', 'a', 'd', 'c'))
    expect(await read(engine, { from: 'a', to: 'd' })).toEqual(['a=A', 'b=B', 'c=C'])
    expect(await read(engine, { from: 'b', to: 'z', newestFirst: true })).toEqual(['d=D', 'c=C', 'b=B'])
    expect(await read(engine, { from: 'a', to: 'z', limit: 2 })).toEqual(['a=A', 'b=B'])
    expect(await read(engine, { from: 'x', to: 'z' })).toEqual([])
    await engine.close()
  })

  test('replaces what is under a key, and clears a range', async () => {
    const engine = make()
    await engine.open()
    await engine.write(entries('a', 'b', 'c'))
    await engine.write([{ key: 'b', text: 'ü "\u2028" 🚀' }])
    expect(await read(engine, { from: 'b', to: 'c' })).toEqual(['b=ü "\u2028" 🚀'])
    await engine.clear({ from: 'a', to: 'c' })
    expect(await read(engine, { from: 'a', to: 'z' })).toEqual(['c=C'])
    await engine.close()
  })

  test('has after close() and open() what it had before', async () => {
    const engine = make()
    await engine.open()
    await engine.write(entries('a'))
    await engine.close()
    await engine.open()
    expect(await read(engine, { from: 'a', to: 'z' })).toEqual(['a=A'])
    await engine.write(entries('b'))
    expect(await read(engine, { from: 'a', to: 'z' })).toEqual(['a=A', 'b=B'])
    await engine.close()
  })

  test('lets a reader end early', async () => {
    const engine = make()
    await engine.open()
    await engine.write(entries('a', 'b', 'c'))
    for await (const { key } of engine.read({ from: 'a', to: 'z' })) if (key === 'b') break
    await engine.close()
  })

  test('keeps a journal', async () => {
    const engine = make()
    const store = storeAt()
    const journal = await openJournal(store, engine, { snapshotEvery: 7 })
    for (let n = 0; n < 100; n += 1) step(store)
    expect(await journal.durable()).toBe(100)
    expect(await journal.verify()).toMatchObject({ commits: 100, damaged: [], gaps: [] })
    await journal.close()
    const again = storeAt()
    const reopened = await openJournal(again, engine)
    expect(again.snapshot).toEqual(store.snapshot)
    expect((await reopened.at(50)).state).toEqual({ n: 50, tail: [48, 49, 50] })
    await reopened.close()
  })
})

describe('classic-level', () => {
  test('refuses a folder that is open already, and says so', async () => {
    const location = place()
    const journal = await openJournal(storeAt(), levelEngine(new ClassicLevel(location)))
    await expect(openJournal(storeAt(), levelEngine(new ClassicLevel(location)))).rejects.toMatchObject({
      code: 'JOURNAL_LOCKED',
      details: { journal: 'rover' },
    })
    await journal.close()
    await (await openJournal(storeAt(), levelEngine(new ClassicLevel(location)))).close()
  })

  test('a file that was damaged is told, or only its end is lost: never a state that was none', async () => {
    const spot = fc.record({
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      bit: fc.nat(7),
    })
    await fc.assert(
      fc.asyncProperty(spot, fc.boolean(), async ({ at, bit }, isFlip) => {
        const location = place()
        const store = storeAt()
        const options = { snapshotEvery: 10 }
        const journal = await openJournal(store, levelEngine(new ClassicLevel(location)), options)
        for (let group = 0; group < 12; group += 1) {
          for (let n = 0; n < 4; n += 1) step(store)
          await journal.durable()
        }
        await journal.close()
        await damage(location, (bytes) => {
          const place = Math.floor(at * bytes.length)
          if (!isFlip) return bytes.subarray(0, place)
          bytes[place] = (bytes[place] as number) ^ (1 << bit)
          return bytes
        })
        const again = storeAt()
        try {
          const reopened = await openJournal(again, levelEngine(new ClassicLevel(location)))
          const { n, tail } = again.state
          expect(again.snapshot.version).toBe(n)
          expect(tail).toEqual([n - 2, n - 1, n].filter((each) => each > 0))
          await reopened.close()
        } catch (error) {
          // Told: by us, or by LevelDB, which checks some of its own files.
          expect((error as { code?: string }).code).toMatch(/^(JOURNAL_DAMAGED|LEVEL_\w+)$/)
        }
        await rm(location, { recursive: true, force: true })
      }),
      { numRuns: runs(5) },
    )
  })
})

/** Changes the newest log of LevelDB. */
async function damage(location: string, change: (bytes: Buffer) => Uint8Array): Promise<void> {
  const logs = (await readdir(location)).filter((name) => name.endsWith('.log')).sort()
  const file = join(location, logs.at(-1) ?? '')
  await writeFile(file, change(await readFile(file)))
}
