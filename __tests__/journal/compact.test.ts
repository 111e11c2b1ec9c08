import { describe, expect, test } from '@jest/globals'
import { memoryEngine, openArchive, openJournal } from '../../src/journal/index.ts'
import { createStore } from '../../src/store/index.ts'
import { faultyEngine } from '../../src/testing/faulty-engine.ts'
import { countedEngine } from './support/counted-engine.ts'

const NAME = 'rover'
const key = (kind: 'c' | 's', version: number) => `${NAME}!${kind}!${String(version).padStart(16, '0')}`
const make = () => createStore({ n: 0 }, { name: NAME })

describe('compaction', () => {
  test('leaves what stands in for a state that is damaged', async () => {
    const engine = faultyEngine(memoryEngine())
    const store = make()
    const journal = await openJournal(store, engine, { snapshotEvery: 10, keep: 12 })
    for (let n = 1; n <= 25; n += 1) store.set({ n })
    await journal.durable()
    await engine.damage(key('s', 20), (text) => text.replace('"n":20', '"n":21'))
    for (let n = 26; n <= 35; n += 1) store.set({ n })
    await journal.durable()
    await journal.compact() // 20 is the newest state that nobody needs, if it held
    expect((await journal.at(23)).state).toEqual({ n: 23 })
    expect((await journal.verify()).damaged).toEqual([20])
    await journal.close()
  })

  test('that a journal does by itself reads one state, however much it clears', async () => {
    const engine = countedEngine(memoryEngine())
    const store = make()
    const journal = await openJournal(store, engine, { snapshotEvery: 100, keep: 100 })
    engine.reads = 0
    for (let n = 1; n <= 500; n += 1) {
      store.set({ n })
      if (n % 100 === 0) await journal.durable()
    }
    await journal.close()
    expect(journal.stats().snapshots).toBe(5)
    expect(engine.reads).toBe(5)
    const archive = await openArchive(engine)
    expect(await archive.range()).toEqual({ oldest: 400, newest: 500 })
    await archive.close()
  })

  test.each([0, -1, 1.5, Number.NaN])('keeps no %p versions', async (keep) => {
    const engine = memoryEngine()
    await (await openJournal(make(), engine)).close()
    const archive = await openArchive(engine)
    await expect(archive.compact(keep)).rejects.toThrow(
      `Expected "keep" to be an integer from 1, or Infinity, got ${keep} (number).`,
    )
    expect(await archive.range()).toEqual({ oldest: 0, newest: 0 })
    await archive.close()
  })
})
