import { describe, expect, test } from '@jest/globals'
import { type LevelLike, levelEngine, openJournal } from '../../src/journal/index.ts'
import { createStore } from '../../src/store/index.ts'

/** What a database of abstract-level does, in memory, with a note of what it was asked. */
class FakeLevel implements LevelLike {
  readonly asked: object[] = []
  readonly #values = new Map<string, string>()
  /** As browser-level has it once it is open. */
  db: { transaction(stores: unknown, mode?: unknown, options?: object): unknown } | undefined
  refusal: Error | undefined

  async open(): Promise<void> {
    if (this.refusal !== undefined) throw this.refusal
    this.db = { transaction: (_stores, _mode, options) => options }
  }

  async close(): Promise<void> {
    this.db = undefined
  }

  async batch(puts: { key: string; value: string }[], options: object): Promise<void> {
    this.asked.push(options)
    for (const { key, value } of puts) this.#values.set(key, value)
  }

  async *iterator(options: {
    gte: string
    lt: string
    reverse: boolean
    limit: number
  }): AsyncGenerator<[string, string], undefined> {
    this.asked.push(options)
    const { gte, lt, reverse, limit } = options
    const keys = [...this.#values.keys()].filter((key) => key >= gte && key < lt).sort()
    if (reverse) keys.reverse()
    for (const key of limit < 0 ? keys : keys.slice(0, limit)) yield [key, this.#values.get(key) ?? '']
  }

  async clear({ gte, lt }: { gte: string; lt: string }): Promise<void> {
    for (const key of this.#values.keys()) if (key >= gte && key < lt) this.#values.delete(key)
  }
}

describe('levelEngine', () => {
  test('keeps a journal in a database of abstract-level', async () => {
    const engine = levelEngine(new FakeLevel())
    const store = createStore({ n: 0 }, { name: 'rover' })
    const journal = await openJournal(store, engine, { snapshotEvery: 2 })
    for (let n = 1; n <= 5; n += 1) store.set({ n })
    await journal.close()
    const again = createStore({ n: 0 }, { name: 'rover' })
    await (await openJournal(again, engine)).close()
    expect(again.snapshot).toEqual(store.snapshot)
    expect(engine.name).toBe('FakeLevel')
  })

  test.each([
    ['strict', true],
    ['relaxed', false],
  ] as const)('asks for %s writes, of LevelDB and of IndexedDB', async (durability, sync) => {
    const db = new FakeLevel()
    const engine = levelEngine(db, { durability })
    await engine.open()
    await engine.write([{ key: 'a', text: '1' }])
    expect(db.asked).toEqual([{ keyEncoding: 'utf8', valueEncoding: 'utf8', sync }])
    expect(db.db?.transaction([], 'readwrite')).toEqual({ durability })
    await engine.close()
    await engine.open() // another transaction function: asked anew
    expect(db.db?.transaction([], 'readwrite')).toEqual({ durability })
  })

  test('reads far ahead', async () => {
    const db = new FakeLevel()
    const engine = levelEngine(db)
    await engine.open()
    for await (const _ of engine.read({ from: 'a', to: 'b', newestFirst: true, limit: 3 }));
    expect(db.asked).toMatchObject([
      { gte: 'a', lt: 'b', reverse: true, limit: 3, highWaterMarkBytes: 1 << 20 },
    ])
  })

  test('says that a database is open elsewhere', async () => {
    const db = new FakeLevel()
    db.refusal = Object.assign(new Error('not open'), { cause: { code: 'LEVEL_LOCKED' } })
    await expect(openJournal(createStore(0, { name: 'rover' }), levelEngine(db))).rejects.toThrow(
      'Journal "rover" is open in another process',
    )
  })

  test('refuses a durability that there is not', () => {
    expect(() => levelEngine(new FakeLevel(), { durability: 'some' as 'strict' })).toThrow(
      'Expected "durability" to be "strict" or "relaxed", got "some" (string).',
    )
  })
})
