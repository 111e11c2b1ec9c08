import { describe, expect, test } from '@jest/globals'
import { memoryEngine, openJournal } from '../../src/journal/index.ts'
import { createStore } from '../../src/store/index.ts'
import { countedEngine } from './support/counted-engine.ts'

const make = () => createStore({ n: 0 }, { name: 'rover' })

describe('opening', () => {
  test.each([2, 20])('reads a state and what is behind it, of %s states', async (states) => {
    const engine = countedEngine(memoryEngine())
    const store = make()
    const options = { snapshotEvery: 50, keep: Number.POSITIVE_INFINITY }
    const journal = await openJournal(store, engine, options)
    for (let n = 1; n <= states * 50 + 7; n += 1) store.set({ n })
    await journal.close()
    engine.reads = 0
    const again = make()
    await (await openJournal(again, engine, options)).close()
    expect(again.state).toEqual(store.state)
    // What it says of itself, a state, the commits behind it, and the newest again for its note.
    expect(engine.reads).toBe(1 + 1 + 7 + 1)
  })
})
