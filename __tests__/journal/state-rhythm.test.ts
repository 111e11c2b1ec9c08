import { describe, expect, test } from '@jest/globals'
import { createStore } from '../../src/index.ts'
import { memoryEngine, openJournal } from '../../src/journal/index.ts'

/** What a journal writes of a state that is made anew by each commit. */
async function written(next: (at: number) => string, commits: number) {
  const store = createStore({ text: '' })
  const journal = await openJournal(store, memoryEngine(), {
    snapshotEvery: 'growth',
    keep: Number.POSITIVE_INFINITY,
  })
  for (let at = 0; at < commits; at += 1) {
    store.set({ text: next(at) })
    await journal.durable()
  }
  const stats = journal.stats()
  const state = await journal.at(commits)
  await journal.close()
  return { ...stats, state: state.state.text }
}

describe("snapshotEvery: 'growth'", () => {
  test('writes a whole state when the changes behind the last one are five times as long', async () => {
    const { snapshots, state } = await written((at) => `${at}`.repeat(400), 60)
    expect(snapshots).toBeGreaterThanOrEqual(8)
    expect(snapshots).toBeLessThanOrEqual(15)
    expect(state).toBe('59'.repeat(400))
  })

  test('writes none for a state that grows as its changes do', async () => {
    const store = createStore({ items: [] as string[] })
    const journal = await openJournal(store, memoryEngine(), { snapshotEvery: 'growth' })
    for (let at = 0; at < 200; at += 1) {
      store.update((draft) => {
        draft.items.push('x'.repeat(1_000))
      })
      await journal.durable()
    }
    expect(journal.stats().snapshots).toBeLessThanOrEqual(1)
    await journal.close()
  })
})
