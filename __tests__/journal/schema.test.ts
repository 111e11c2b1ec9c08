import { describe, expect, test } from '@jest/globals'
import { memoryEngine, openJournal } from '../../src/journal/index.ts'
import { createStore } from '../../src/store/index.ts'
import { type FaultyEngine, faultyEngine } from '../../src/testing/faulty-engine.ts'

const state = (version: number) => `rover!s!${String(version).padStart(16, '0')}`
const flip = (text: string): string => text.replace('"n":', '"m":')

async function opened(engine: FaultyEngine, schema: number, migrates = true) {
  const store = createStore({ n: 0 }, { name: 'rover' })
  const migrate = (old: unknown, from: number) => ({ n: (old as { n: number }).n + 100 * from })
  const journal = await openJournal(store, engine, { schema, ...(migrates && { migrate }) })
  return { store, journal, migratedFrom: journal.stats().recovered.migratedFrom }
}

/** A journal of schema 1 that was migrated to schema 2. */
async function migrated(): Promise<FaultyEngine> {
  const engine = faultyEngine(memoryEngine())
  await (await opened(engine, 1)).journal.close()
  await (await opened(engine, 2)).journal.close()
  return engine
}

describe('the schema of a state', () => {
  test('is told by the state: behind a damaged one stands one of the schema before, which is migrated again', async () => {
    const engine = await migrated()
    await engine.damage(state(1), flip)
    const { store, journal, migratedFrom } = await opened(engine, 2)
    expect([store.state, migratedFrom]).toEqual([{ n: 100 }, 1])
    await journal.close()
    expect((await opened(engine, 2)).migratedFrom).toBeNull()
  })

  test('is refused where nothing migrates it, and the journal is not touched', async () => {
    const engine = await migrated()
    await engine.damage(state(1), flip)
    const before = await engine.entries()
    await expect(opened(engine, 2, false)).rejects.toMatchObject({
      code: 'JOURNAL_VERSION',
      details: { what: 'schema', found: 1, known: 2 },
    })
    expect(await engine.entries()).toEqual(before)
  })

  test.each([
    ['an earlier', 2, { n: 100 }],
    ['the same', 1, { n: 0 }],
  ])('counts where the word of the journal is damaged: %s one', async (_, schema, expected) => {
    const engine = faultyEngine(memoryEngine())
    await (await opened(engine, 1)).journal.close()
    await engine.damage('rover!m', (text) => text.slice(1))
    expect((await opened(engine, schema)).store.state).toEqual(expected)
  })

  test('that is later is refused though the word of the journal is damaged', async () => {
    const engine = await migrated()
    await engine.damage('rover!m', () => undefined)
    const details = { what: 'schema', found: 2, known: 1 }
    await expect(opened(engine, 1)).rejects.toMatchObject({ code: 'JOURNAL_VERSION', details })
  })
})
