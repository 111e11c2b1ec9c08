import { describe, expect, jest, test } from '@jest/globals'
import { MemoryLevel } from 'memory-level'
import { importJournal } from '../../src/journal/import-journal.ts'
import {
  type JournalEngine,
  type JournalOptions,
  journalNames,
  levelEngine,
  memoryEngine,
  openArchive,
  openJournal,
} from '../../src/journal/index.ts'
import { createStore } from '../../src/store/index.ts'
import { faultyEngine } from '../../src/testing/faulty-engine.ts'

interface State {
  n: number
  at?: bigint
}

/** A journal of versions 0 to `count`. */
async function journaled(
  engine: JournalEngine,
  count: number,
  name = 'rover',
  options: JournalOptions<State> = {},
): Promise<void> {
  const store = createStore<State>({ n: 0 }, { name })
  const journal = await openJournal(store, engine, { snapshotEvery: 4, ...options })
  for (let n = 1; n <= count; n += 1) store.set({ n, at: BigInt(n) }, { reason: `STEP ${n}` })
  await journal.close()
}

async function read<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const key = (kind: string, version: number): string => `rover!${kind}!${String(version).padStart(16, '0')}`
const flip = (text: string): string => `${text.slice(0, 20)}~${text.slice(21)}`

describe('journalNames', () => {
  test('lists the journals of an engine in order, also those whose names begin with one another', async () => {
    const engine = memoryEngine()
    for (const name of ['rover', 'arm', 'arm 2', 'arm"', 'arm.left']) await journaled(engine, 2, name)
    expect(await journalNames(engine)).toEqual(['arm', 'arm 2', 'arm"', 'arm.left', 'rover'].sort())
    expect(await journalNames(memoryEngine())).toEqual([])
  })
})

describe('names beyond the basic plane', () => {
  test.each([
    ['memory', () => memoryEngine()],
    ['a database in bytes', () => levelEngine(new MemoryLevel())],
  ])('are listed as others are: %s', async (_what, make) => {
    const engine = make()
    const names = ['a', '\uffee', '🚗', '🚗🚗', '\u{10fffd}']
    for (const name of names) {
      const journal = await openJournal(createStore({ n: 0 }), engine, { name })
      await journal.close()
    }
    await engine.open()
    expect(new Set(await journalNames(engine))).toEqual(new Set(names))
    await engine.close()
    const archive = await openArchive(engine, { name: '🚗' })
    expect(await archive.range()).toEqual({ oldest: 0, newest: 0 })
    await archive.close()
  })
})

describe('openArchive', () => {
  test('reads a journal without a store, and changes nothing', async () => {
    const engine = faultyEngine(memoryEngine())
    await journaled(engine, 10)
    const before = await engine.entries()
    const archive = await openArchive<State>(engine)
    expect(archive.name).toBe('rover')
    expect(archive.schema).toBe(1)
    expect(await archive.range()).toEqual({ oldest: 0, newest: 10 })
    expect((await archive.at(7)).state).toEqual({ n: 7, at: 7n })
    const versions = (await read(archive.commits({ from: 8 }))).map(({ version, reason }) => [
      version,
      reason,
    ])
    expect(versions).toEqual([
      [8, 'STEP 8'],
      [9, 'STEP 9'],
      [10, 'STEP 10'],
    ])
    expect(await archive.verify()).toEqual({ commits: 10, snapshots: 3, damaged: [], gaps: [] })
    await archive.close()
    expect(await engine.entries()).toEqual(before)
  })

  test('says where a journal that is damaged holds, and cuts it off only when it is asked to', async () => {
    const engine = faultyEngine(memoryEngine())
    await journaled(engine, 11)
    await engine.damage(key('c', 10), flip)
    const archive = await openArchive<State>(engine)
    expect(await archive.range()).toEqual({ oldest: 0, newest: 9 })
    expect((await archive.verify()).damaged).toEqual([10])
    await expect(archive.at(11)).rejects.toMatchObject({ code: 'VERSION_NOT_KEPT', details: { newest: 9 } })
    expect(await archive.repair()).toEqual({ lastGood: 9, truncatedAt: 10 })
    expect((await archive.verify()).damaged).toEqual([])
    expect((await engine.entries()).map((entry) => entry.key)).toContain(`rover!x!${key('c', 11).slice(6)}`)
    await archive.close()
  })

  test('compacts', async () => {
    const engine = memoryEngine()
    await journaled(engine, 10)
    const archive = await openArchive<State>(engine)
    expect(await archive.compact(3)).toEqual({ clearedCommits: 4, clearedSnapshots: 1 })
    expect(await archive.range()).toEqual({ oldest: 4, newest: 10 })
    await archive.close()
  })

  test('asks for a name where it is not clear which journal is meant', async () => {
    const engine = memoryEngine()
    await expect(openArchive(engine)).rejects.toMatchObject({
      code: 'JOURNAL_ABSENT',
      details: { journal: null, found: [] },
    })
    await journaled(engine, 1)
    await journaled(engine, 1, 'arm')
    await expect(openArchive(engine)).rejects.toMatchObject({ details: { found: ['arm', 'rover'] } })
    await expect(openArchive(engine, { name: 'leg' })).rejects.toMatchObject({ details: { journal: 'leg' } })
    expect((await openArchive(engine, { name: 'arm' })).name).toBe('arm')
  })

  test('says that records are sealed', async () => {
    const seal = { encode: (text: string) => btoa(text), decode: (text: string) => atob(text) }
    const engine = memoryEngine()
    await journaled(engine, 3, 'rover', { seal })
    await expect((await openArchive(engine)).range()).rejects.toMatchObject({ code: 'JOURNAL_SEALED' })
    expect((await (await openArchive<State>(engine, { seal })).at(3)).state.n).toBe(3)
  })
})

describe('importJournal', () => {
  test('makes the same journal of what another exports, from which a store goes on', async () => {
    const [from, to] = [faultyEngine(memoryEngine()), faultyEngine(memoryEngine())]
    await journaled(from, 700)
    const archive = await openArchive<State>(from)
    const made = await importJournal(to, archive.export())
    expect(made.name).toBe('rover')
    expect(await to.entries()).toEqual(await from.entries())
    const store = createStore<State>({ n: 0 }, { name: 'rover' })
    await (await openJournal(store, to)).close()
    expect(store.snapshot).toMatchObject({ version: 700, state: { n: 700, at: 700n } })
  })

  test('refuses what is there already, and a line that is no record, by its number', async () => {
    const engine = memoryEngine()
    await journaled(engine, 3)
    const lines = await read((await openArchive(engine)).export())
    await expect(importJournal(engine, lines)).rejects.toMatchObject({ code: 'JOURNAL_EXISTS' })
    expect(await importJournal(engine, lines, { name: 'copy' })).toEqual({ name: 'copy', records: 4 })
    const refusal = (...given: string[]): Promise<unknown> =>
      importJournal(memoryEngine(), given).catch(({ code, details }) => [code, details.option])
    expect(await refusal()).toEqual(['OPTION_INVALID', 'line 1'])
    expect(await refusal('{"journal":7}')).toEqual(['OPTION_INVALID', 'line 1'])
    expect(await refusal(lines[0] as string, '', '{"version":1}')).toEqual(['OPTION_INVALID', 'line 3'])
    expect(await refusal(lines[0] as string, 'torn')).toEqual(['OPTION_INVALID', 'line 2'])
    expect(await refusal(...lines.slice(0, -1))).toEqual(['OPTION_INVALID', 'line 6'])
    expect(await refusal(...lines.slice(0, -2), lines.at(-1) as string)).toEqual(['OPTION_INVALID', 'line 6'])
    const later = JSON.stringify({ journal: 'rover', format: 9, schema: 1 })
    expect(await refusal(later)).toEqual(['JOURNAL_VERSION', undefined])
  })

  test.each([
    ['a name that keys cannot have', '{"journal":"a!b","format":1,"schema":1}', '', '"name"'],
    [
      'a version below 0',
      '{"journal":"a","format":1,"schema":1}',
      '{"version":-5,"from":-1,"metadata":{},"state":{}}',
      'line 2',
    ],
    [
      'a version that is none',
      '{"journal":"a","format":1,"schema":1}',
      '{"version":1e16,"from":-1,"metadata":{},"state":{}}',
      'line 2',
    ],
  ])('refuses %s, and writes nothing', async (_what, meta, record, told) => {
    const engine = memoryEngine()
    await expect(importJournal(engine, [meta, record])).rejects.toThrow(told)
    expect(await journalNames(engine)).toEqual([])
  })

  test('refuses to export what does not hold', async () => {
    const engine = faultyEngine(memoryEngine())
    await journaled(engine, 3)
    await engine.damage(key('c', 2), flip)
    await expect(read((await openArchive(engine)).export())).rejects.toMatchObject({
      code: 'JOURNAL_DAMAGED',
    })
  })
})

describe('note', () => {
  test('is kept with the commit that it was asked for, and read when the journal is opened', async () => {
    const engine = memoryEngine()
    const store = createStore<State>({ n: 0 }, { name: 'rover' })
    let line = 0
    const note = (): string => `line ${line}`
    const journal = await openJournal(store, engine, { note })
    expect(journal.stats().recovered.note).toBeNull()
    for (line = 1; line <= 3; line += 1) store.set({ n: line })
    await journal.close()
    const again = await openJournal(createStore<State>({ n: 0 }, { name: 'rover' }), engine)
    expect(again.stats().recovered.note).toBe('line 3')
    await again.close()
  })

  test('is that of the newest version where versions were skipped, and of the state that was migrated', async () => {
    const engine = faultyEngine(memoryEngine())
    const store = createStore<State>({ n: 0 }, { name: 'rover' })
    const journal = await openJournal(store, engine, { pendingMax: 2, note: () => `n ${store.state.n}` })
    engine.hold()
    for (let n = 1; n <= 9; n += 1) store.set({ n })
    engine.repair()
    await journal.close()
    expect(journal.stats().skipped).toBeGreaterThan(0)
    const migrate = (state: unknown): State => ({ n: (state as State).n * 10 })
    const options = { schema: 2, migrate }
    for (const open of [1, 2]) {
      const next = createStore<State>({ n: 0 }, { name: 'rover' })
      const later = await openJournal(next, engine, options)
      expect([open, next.state.n, later.stats().recovered.note]).toEqual([open, 90, 'n 9'])
      await later.close()
    }
  })

  test("that is asynchronous notes nothing and is told, and its rejection is nobody else's", async () => {
    const late = Promise.reject(new Error('late'))
    const then = jest.spyOn(late, 'then')
    const store = createStore({ n: 0 }, { name: 'rover' })
    const journal = await openJournal(store, memoryEngine(), { note: (() => late) as never })
    const faults: string[] = []
    journal.faults$.subscribe(({ error }) => void faults.push((error as Error).message))
    store.set({ n: 1 })
    expect(await journal.durable()).toBe(1)
    expect(faults).toEqual([expect.stringContaining('a promise')])
    expect(then).toHaveBeenCalled()
    await journal.close()
  })

  test('that throws, or returns no text, notes nothing and is told', async () => {
    const store = createStore<State>({ n: 0 }, { name: 'rover' })
    const notes: unknown[] = [7, new Error('mine')]
    const journal = await openJournal(store, memoryEngine(), {
      note: () => {
        const next = notes.shift()
        if (next instanceof Error) throw next
        return next as string
      },
    })
    const told: unknown[] = []
    journal.faults$.subscribe(({ error }) => void told.push(error))
    store.set({ n: 1 })
    store.set({ n: 2 })
    expect(await journal.durable()).toBe(2)
    expect(told).toEqual([expect.objectContaining({ code: 'OPTION_INVALID' }), new Error('mine')])
    await journal.close()
  })
})
