import { describe, expect, test } from '@jest/globals'
import { VirtualTimeScheduler } from 'rxjs'
import { health, toPrometheus } from '../../src/health/index.ts'
import { memoryEngine, openJournal } from '../../src/journal/index.ts'
import { createStore } from '../../src/store/index.ts'
import { faultyEngine } from '../../src/testing/faulty-engine.ts'

/** Lets everything that waits for promises run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('health of a store with a journal', () => {
  test('holds its figures, until it is closed', async () => {
    const store = createStore(0, { name: 'rover' })
    const journal = await openJournal(store, memoryEngine())
    store.set(1)
    await journal.durable()
    expect(health(store)).toMatchObject({ status: 'healthy', issues: [] })
    expect(health(store).journals).toEqual([
      {
        name: 'rover',
        status: 'live',
        durableVersion: 1,
        committed: 1,
        durable: 1,
        skipped: 0,
        pending: 0,
        batches: 1,
        bytes: journal.stats().bytes,
        snapshots: 0,
        reopens: 0,
        lastError: null,
      },
    ])
    await journal.close()
    expect(health(store).journals).toEqual([])
  })

  test('JOURNAL_DEGRADED holds while the disk fails, says what the engine says, and clears', async () => {
    const engine = faultyEngine(memoryEngine())
    const scheduler = new VirtualTimeScheduler()
    const store = createStore(0, { name: 'rover' })
    const journal = await openJournal(store, engine, { scheduler })
    engine.break()
    store.set(1)
    await settled()
    expect(health(store)).toMatchObject({
      status: 'degraded',
      issues: [
        {
          code: 'JOURNAL_DEGRADED',
          severity: 'warning',
          journal: 'rover',
          message:
            'Journal "rover" cannot write behind version 0; 1 commits wait. Its engine says: ENOSPC: no space left on device. It tries again by itself: make room, or look at the disk.',
        },
      ],
    })
    engine.repair()
    scheduler.flush()
    await journal.durable()
    expect(health(store)).toMatchObject({ status: 'healthy', issues: [] })
    await journal.close()
  })

  test('JOURNAL_BEHIND holds from when versions are given up until the newest is on the disk', async () => {
    const engine = faultyEngine(memoryEngine())
    const store = createStore(0, { name: 'rover' })
    const journal = await openJournal(store, engine, { pendingMax: 2 })
    engine.hold()
    store.set(1)
    await settled()
    for (let n = 2; n <= 5; n += 1) store.set(n)
    expect(health(store).issues).toMatchObject([{ code: 'JOURNAL_BEHIND', journal: 'rover' }])
    engine.repair()
    await journal.durable()
    expect(health(store).issues).toEqual([])
    await journal.close()
  })

  test('is in the figures for Prometheus, under the name of the journal', async () => {
    const store = createStore(0, { name: 'rover' })
    const [one, two] = [
      await openJournal(store, memoryEngine()),
      await openJournal(store, memoryEngine(), { name: 'mirror' }),
    ]
    store.set(1)
    await Promise.all([one.durable(), two.durable()])
    const page = toPrometheus(store).replaceAll(store.instanceId, 'i')
    expect(page).toContain('# TYPE headgate_journal_durable_total counter\n')
    expect(page).toContain('headgate_journal_durable_total{store="rover",instance="i",journal="rover"} 1\n')
    expect(page).toContain('headgate_journal_status{store="rover",instance="i",journal="mirror"} 0\n')
    await Promise.all([one.close(), two.close()])
    expect(toPrometheus(store)).not.toContain('headgate_journal')
  })
})
