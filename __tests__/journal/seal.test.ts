import { describe, expect, test } from '@jest/globals'
import { memoryEngine, openJournal } from '../../src/journal/index.ts'
import { createStore } from '../../src/store/index.ts'

const make = () => createStore({ n: 0 }, { name: 'rover' })

describe('seal', () => {
  test('that makes no text is refused, as no checksum would hold for it', async () => {
    const bytes = {
      encode: async (text: string) => Buffer.from(text) as never,
      decode: (text: string) => text,
    }
    const engine = memoryEngine()
    await expect(openJournal(make(), engine, { seal: bytes })).rejects.toThrow(
      'Expected "seal" to be functions that return texts, got one that returned',
    )
    const store = make()
    let isReady = false
    const seal = {
      encode: (text: string) => (isReady ? (Buffer.from(text) as never) : text),
      decode: (text: string) => text,
    }
    const journal = await openJournal(store, engine, { seal })
    isReady = true
    store.set({ n: 1 })
    await expect(journal.durable()).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    isReady = false
    store.set({ n: 2 })
    await journal.durable()
    await journal.close()
    const again = make()
    await (await openJournal(again, engine, { seal })).close()
    expect(again.state).toEqual({ n: 2 })
  })
})
