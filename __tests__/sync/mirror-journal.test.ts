import { afterEach, describe, expect, test } from '@jest/globals'
import { type JournalEngine, memoryEngine, openJournal } from '../../src/journal/index.ts'
import type { OpenMirrorJournal } from '../../src/sync/index.ts'
import { closeBenches, robot, statusOf, to, turn, until, versionOf } from './support/bench.ts'

afterEach(closeBenches)

const journalIn =
  (engine: JournalEngine): OpenMirrorJournal =>
  (store, note) =>
    openJournal(store, engine, { note })

/** Closed with all that it had on the disk. */
async function closed(one: { close(): void }): Promise<void> {
  one.close()
  for (let n = 0; n < 5; n += 1) await turn()
}

describe('the journal of a mirror', () => {
  test('is what the next mirror begins with, before it connects, and goes on from', async () => {
    const engine = memoryEngine()
    const bench = robot()
    const first = bench.mirror({ journal: journalIn(engine) })
    await versionOf(first, 0)
    bench.store.update(to(1))
    await versionOf(first, 1)
    await closed(first)
    bench.store.update(to(2))

    let mayConnect = false
    const next = bench.mirror({ journal: journalIn(engine) }, () => {
      if (mayConnect) return bench.connect()
      throw new Error('not yet')
    })
    await statusOf(next, 'stale')
    expect(next.store.snapshot).toMatchObject({ version: 1, state: { x: 1 } })
    mayConnect = true
    expect(await versionOf(next, 2)).toEqual({ x: 2, log: [] })
    expect(bench.server.clients).toMatchObject([{ resumes: 1, snapshots: 0, deltas: 1 }])
    await closed(next)
  })

  test('goes on in versions that rise where the primary began anew meanwhile', async () => {
    const engine = memoryEngine()
    const bench = robot()
    const first = bench.mirror({ journal: journalIn(engine) })
    for (const x of [1, 2, 3]) bench.store.update(to(x))
    await versionOf(first, 3)
    await closed(first)
    const anew = robot()
    anew.store.update(to(9))
    const next = anew.mirror({ journal: journalIn(engine) })
    await next.store.waitFor(({ x }) => x === 9)
    expect(next.store.snapshot.version).toBe(4)
    expect(next.resyncs.epoch).toBe(1)
    await closed(next)
    // What is on the disk is of the new life.
    const last = anew.mirror({ journal: journalIn(engine) })
    anew.store.update(to(10))
    await last.store.waitFor(({ x }) => x === 10)
    expect(last.store.snapshot.version).toBe(5)
    expect(anew.server.clients).toMatchObject([{ resumes: 1, snapshots: 0 }])
    await closed(last)
  })

  test('that does not open is told, and the mirror is without it', async () => {
    const faults: unknown[] = []
    const error = new Error('no disk')
    const bench = robot()
    const one = bench.mirror({
      journal: () => Promise.reject(error),
      onFault: (fault) => void faults.push(fault.error),
    })
    expect(await versionOf(one, 0)).toEqual({ x: 0, log: [] })
    expect(faults).toEqual([error])
  })

  test.each(['not JSON', 'null', '{"epoch":7,"version":"x"}'])(
    'whose note is of somebody else (%s) is kept, gone on from by nobody, and closed with the mirror',
    async (note) => {
      let closed = 0
      const bench = robot()
      const faults: unknown[] = []
      const one = bench.mirror({
        journal: async () => ({
          stats: () => ({ recovered: { note } }),
          close: async () => {
            closed += 1
          },
        }),
        onFault: (fault) => void faults.push(fault.error),
      })
      expect(await versionOf(one, 0)).toEqual({ x: 0, log: [] })
      one.close()
      expect([closed, faults]).toEqual([1, []])
    },
  )

  test('that throws as it is closed does not keep the mirror from its end', async () => {
    const bench = robot()
    const faults: unknown[] = []
    const error = new Error('broken')
    const one = bench.mirror({
      journal: async () => ({
        stats: () => ({ recovered: { note: null } }),
        close: () => {
          throw error
        },
      }),
      onFault: (fault) => void faults.push(fault.error),
    })
    await versionOf(one, 0)
    one.close()
    expect([one.store.closed, faults]).toEqual([true, [error]])
  })

  test('that opens too late is closed', async () => {
    let isClosed = false
    let opens: (journal: Awaited<ReturnType<OpenMirrorJournal>>) => void = () => {}
    const bench = robot()
    const one = bench.mirror({
      journal: () =>
        new Promise((resolve) => {
          opens = resolve
        }),
    })
    one.close()
    opens({
      stats: () => ({ recovered: { note: null } }),
      close: async () => {
        isClosed = true
      },
    })
    await until(() => isClosed)
    expect(bench.server.metrics().accepted).toBe(0)
  })
})
