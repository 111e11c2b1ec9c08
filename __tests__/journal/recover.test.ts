import { describe, expect, test } from '@jest/globals'
import { type JournalEngine, memoryEngine, openJournal } from '../../src/journal/index.ts'
import { createStore } from '../../src/store/index.ts'
import { faultyEngine } from '../../src/testing/faulty-engine.ts'
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

/** An engine whose process is killed behind so many changes of the disk. */
function killedBehind(engine: JournalEngine, changes: number): JournalEngine & { readonly left: number } {
  let left = changes
  const change = (): void => {
    if (left === 0) throw new Error('killed')
    left -= 1
  }
  return {
    ...engine,
    get left() {
      return left
    },
    async write(entries) {
      change()
      await engine.write(entries)
    },
    async clear(range) {
      change()
      await engine.clear(range)
    },
  }
}

describe('a repair that migrates, too', () => {
  test('comes to the same where it is killed behind any of its changes, and is begun again', async () => {
    const migrate = (old: unknown) => ({ n: (old as { n: number }).n + 1_000 })
    const options = { schema: 2, migrate, repair: true, snapshotEvery: 10 }
    let killed = 0
    for (let isWhole = false; !isWhole; killed += 1) {
      const engine = faultyEngine(memoryEngine())
      const store = make()
      const journal = await openJournal(store, engine, { snapshotEvery: 10 })
      for (let n = 1; n <= 27; n += 1) {
        store.set({ n })
        await journal.durable()
      }
      await journal.close()
      await engine.damage(`rover!c!${'24'.padStart(16, '0')}`, (text) => text.slice(1))
      const limited = killedBehind(engine, killed)
      const opened = await openJournal(make(), limited, options).catch(() => undefined)
      isWhole = opened !== undefined
      await opened?.close()

      const again = make()
      const last = await openJournal(again, engine, options)
      expect(again.snapshot).toMatchObject({ version: 24, state: { n: 1_023 } })
      expect(await last.verify()).toMatchObject({ damaged: [], gaps: [] })
      expect((await last.at(23)).state).toEqual({ n: 23 })
      const aside = (await engine.entries()).filter(({ key }) => key.includes('!x!'))
      expect(aside.map(({ key }) => Number(key.slice(-16)))).toEqual([24, 25, 26, 27])
      await last.close()
    }
    expect(killed).toBeGreaterThan(5)
  })
})
