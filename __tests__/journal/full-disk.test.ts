/** A disk that is filled and freed again and again: the store goes on, and nothing that was acknowledged is lost. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ClassicLevel } from 'classic-level'
import fc from 'fast-check'
import { VirtualTimeScheduler } from 'rxjs'
import { type JournalEngine, levelEngine, memoryEngine, openJournal } from '../../src/journal/index.ts'
import { createStore } from '../../src/store/index.ts'
import { runs } from '../support/runs.ts'

const RETRY_MS = 1_000
const ROUNDS = 50

interface Disk extends JournalEngine {
  fill(): void
  free(): void
  /** Writes that were acknowledged and lost. */
  readonly lost: number
}

/**
 * A disk that may be full. Its engine does as LevelDB does there: after a write that has failed it acknowledges what
 * it loses, until it is opened again.
 */
function fillable(inner: JournalEngine): Disk {
  let [isFull, isPoisoned, lost] = [false, false, 0]
  return {
    ...inner,
    get lost() {
      return lost
    },
    open: async () => {
      await inner.open()
      isPoisoned = false
    },
    write: async (entries) => {
      if (isPoisoned) {
        lost += 1
        return
      }
      if (isFull) {
        isPoisoned = true
        throw new Error('ENOSPC: no space left on device')
      }
      await inner.write(entries)
    },
    fill: () => {
      isFull = true
    },
    free: () => {
      isFull = false
    },
  }
}

/** Lets what waits for promises and for the disk run until it holds. */
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20_000 && !holds(); turn += 1) await new Promise((next) => setImmediate(next))
  expect(holds()).toBe(true)
}

/** @param bursts - how many writes come while the disk is full, and how many when it has room again; a round each */
async function fillAndFree(
  engine: JournalEngine,
  bursts: readonly (readonly [number, number])[],
): Promise<void> {
  const disk = fillable(engine)
  const scheduler = new VirtualTimeScheduler()
  const options = { retryMs: RETRY_MS, pendingMax: 50, snapshotEvery: 20, scheduler }
  const store = createStore({ n: 0, tail: [] as number[] }, { name: 'rover' })
  const journal = await openJournal(store, disk, options)
  const write = (times: number): void => {
    for (let time = 0; time < times; time += 1) {
      store.update((draft) => {
        draft.n += 1
        draft.tail = [...draft.tail, draft.n].slice(-3)
      })
    }
  }
  let written = 0
  for (const [full, free] of bursts) {
    disk.fill()
    write(full)
    written += full
    expect(store.state.n).toBe(written) // every write was accepted
    await until(() => journal.status === 'degraded')
    const before = journal.durableVersion
    expect(before).toBeLessThan(written)
    disk.free()
    write(free)
    written += free
    const freed = scheduler.frame
    for (let attempt = 0; attempt < 2 && journal.status === 'degraded'; attempt += 1) {
      scheduler.maxFrames = scheduler.frame + RETRY_MS
      scheduler.flush()
      scheduler.frame = scheduler.maxFrames
      await until(() => journal.status !== 'degraded' || journal.stats().lastError !== null)
      await new Promise((next) => setImmediate(next))
    }
    expect(await journal.durable()).toBe(written)
    expect(scheduler.frame - freed).toBeLessThanOrEqual(2 * RETRY_MS)
    const { committed, durable, skipped, pending } = journal.stats()
    expect(durable + skipped + pending).toBe(committed)
    expect((await journal.at(written)).state).toEqual(store.state)
  }
  expect(disk.lost).toBe(0)
  expect(journal.stats().reopens).toBeGreaterThanOrEqual(bursts.length)
  expect((await journal.verify()).damaged).toEqual([])
  await journal.close()
  const again = createStore({ n: 0, tail: [] as number[] }, { name: 'rover' })
  await (await openJournal(again, engine)).close()
  expect(again.snapshot).toEqual(store.snapshot)
}

describe('a disk that is filled and freed 50 times', () => {
  test('stops no write, loses nothing, and has all of it again within two attempts', async () => {
    const burst = fc.tuple(fc.integer({ min: 1, max: 80 }), fc.nat(20))
    const rounds = fc.array(burst, { minLength: ROUNDS, maxLength: ROUNDS })
    await fc.assert(
      fc.asyncProperty(rounds, (bursts) => fillAndFree(memoryEngine(), bursts)),
      { numRuns: runs(1) },
    )
  })

  test('under LevelDB too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'headgate-full-'))
    try {
      const bursts = Array.from({ length: ROUNDS }, (_, round) => [1 + (round % 7), round % 3] as const)
      await fillAndFree(levelEngine(new ClassicLevel(folder)), bursts)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
