/** Disks that fail at random under random writers: what was acknowledged comes back, and never a state that was none. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { asyncScheduler } from 'rxjs'
import { memoryEngine, openJournal } from '../../src/journal/index.ts'
import { createStore } from '../../src/store/index.ts'
import { faultyEngine } from '../../src/testing/faulty-engine.ts'
import { runs } from '../support/runs.ts'

const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('write' as const), count: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('lost' as const, 'kept' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('break' as const, 'repair' as const, 'turn' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
)

describe('a journal on a disk that fails at random', () => {
  test('loses nothing that it acknowledged, recovers states that were committed, and keeps its books', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        async (actions, snapshotEvery) => {
          const disk = memoryEngine()
          const committed = new Map<number, unknown>()
          let acknowledged = -1
          const begin = async () => {
            const engine = faultyEngine(disk)
            const store = createStore({ n: 0, tail: [] as number[] }, { name: 'rover' })
            const options = { snapshotEvery, pendingMax: 5, retryMs: 0, scheduler: asyncScheduler }
            const journal = await openJournal(store, engine, options)
            const { version, state } = store.snapshot
            expect(version).toBeGreaterThanOrEqual(acknowledged)
            if (committed.has(version)) expect(state).toEqual(committed.get(version))
            for (const later of committed.keys()) if (later > version) committed.delete(later)
            committed.set(version, state)
            return { engine, store, journal }
          }
          let { engine, store, journal } = await begin()
          for (const one of actions) {
            if (one.kind === 'write') {
              for (let at = 0; at < one.count; at += 1) {
                const { version, state } = store.update((draft) => {
                  draft.n += 1
                  draft.tail.push(draft.n)
                  if (draft.tail.length > 3) draft.tail.shift()
                })
                committed.set(version, state)
              }
            } else if (one.kind === 'break' || one.kind === 'repair') engine[one.kind]()
            else if (one.kind === 'turn') await new Promise((resolve) => setImmediate(resolve))
            else if (one.kind === 'crash') {
              acknowledged = Math.max(acknowledged, journal.durableVersion)
              engine.break() // what it still wants to write comes to nothing
              await journal.close().catch(() => {})
              ;({ engine, store, journal } = await begin())
            } else engine.failWrites(one.kind)
            const { committed: all, durable, skipped, pending } = journal.stats()
            expect(durable + skipped + pending).toBe(all)
            acknowledged = Math.max(acknowledged, journal.durableVersion)
          }
          engine.repair()
          await journal.durable()
          expect((await journal.at(store.snapshot.version)).state).toEqual(store.state)
          await journal.close()
          acknowledged = store.snapshot.version
          await (await begin()).journal.close()
        },
      ),
      { numRuns: runs(60) },
    )
  })
})
