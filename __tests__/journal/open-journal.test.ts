import { describe, expect, test } from '@jest/globals'
import { VirtualTimeScheduler } from 'rxjs'
import { collection } from '../../src/collection/index.ts'
import {
  type Journal,
  type JournalEngine,
  type JournalFault,
  type JournalOptions,
  memoryEngine,
  openJournal,
} from '../../src/journal/index.ts'
import { JournalLog } from '../../src/journal/journal-log.ts'
import { checked, JournalKeys } from '../../src/journal/record.ts'
import type { HeadgateError } from '../../src/kit/index.ts'
import { createStore, type Snapshot, type Store } from '../../src/store/index.ts'
import { type FaultyEngine, faultyEngine } from '../../src/testing/faulty-engine.ts'

interface State {
  n: number
  log: string[]
}
const first: State = { n: 0, log: [] }
const make = (): Store<State> => createStore(first, { name: 'rover' })
const write = (store: Store<State>, n: number): Snapshot<State> =>
  store.update(
    (draft) => {
      draft.n = n
      draft.log.push(`at ${n}`)
    },
    { reason: 'STEP', metadata: { n: String(n) } },
  )
const writeAll = (store: Store<State>, count: number): void => {
  for (let n = 1; n <= count; n += 1) write(store, store.state.n + 1)
}

async function open(
  engine: JournalEngine,
  options: JournalOptions<State> = {},
  store: Store<State> = make(),
): Promise<{ store: Store<State>; journal: Journal<State>; faults: JournalFault[] }> {
  const journal = await openJournal(store, engine, options)
  const faults: JournalFault[] = []
  journal.faults$.subscribe((fault) => void faults.push(fault))
  return { store, journal, faults }
}

async function read<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const balance = (journal: Journal<State>): void => {
  const { committed, durable, skipped, pending } = journal.stats()
  expect(durable + skipped + pending).toBe(committed)
}

/** Lets everything that waits for promises run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('openJournal', () => {
  test('keeps every commit, and gives a later store the state, the version and the labels', async () => {
    const engine = memoryEngine()
    const { store, journal } = await open(engine)
    writeAll(store, 5)
    expect(await journal.durable()).toBe(5)
    await journal.close()
    const again = await open(engine)
    expect(again.store.snapshot).toEqual(store.snapshot)
    expect(again.journal.stats().recovered).toEqual({
      version: 5,
      replayed: 5,
      skippedSnapshots: 0,
      truncatedAt: null,
      note: null,
      migratedFrom: null,
    })
    write(again.store, 6)
    expect(again.store.snapshot.version).toBe(6)
    await again.journal.close()
  })

  test('writes no store that has no state, and begins with its first one', async () => {
    const engine = memoryEngine()
    const store = createStore<State>({ name: 'rover' } as never)
    const empty = createStore<State>()
    const journal = await openJournal(empty, engine, { name: 'rover' })
    expect(journal.durableVersion).toBe(-1)
    empty.initialize(first)
    expect(await journal.durable()).toBe(empty.snapshot.version)
    await journal.close()
    expect((await open(engine)).store.state).toEqual(first)
    store.destroy()
  })

  test('brings back whatever a state may hold', async () => {
    const engine = memoryEngine()
    const rich = {
      at: new Map([['k', new Set([1n])]]),
      robots: collection([['r1', { battery: 1 }]]),
      none: undefined,
    }
    const store = createStore(rich, { name: 'rich' })
    const journal = await openJournal(store, engine)
    store.set({ ...rich, robots: rich.robots.set('r2', { battery: 2 }) })
    await journal.close()
    const again = createStore(rich, { name: 'rich' })
    await (await openJournal(again, engine)).close()
    expect(again.state).toEqual(store.state)
  })

  test('groups what is committed while the disk is busy', async () => {
    const engine = memoryEngine()
    const { store, journal } = await open(engine)
    writeAll(store, 100)
    await journal.durable()
    expect(journal.stats()).toMatchObject({ committed: 100, durable: 100, batches: 1 })
    await journal.close()
  })

  test('refuses writes while it opens, and lets them in afterwards, also where opening fails', async () => {
    const store = make()
    const opening = openJournal(store, memoryEngine())
    expect(() => write(store, 1)).toThrow(
      'A write on store "rover" was refused: its journal "rover" is still opening, and what it recovers would overwrite the write',
    )
    await (await opening).close()
    write(store, 1)
    const broken = faultyEngine(memoryEngine())
    broken.break()
    await expect(openJournal(store, broken)).rejects.toThrow('ENOSPC')
    write(store, 2)
    expect(store.state.n).toBe(2)
  })

  test('writes a whole state at intervals, and recovers from the newest', async () => {
    const engine = memoryEngine()
    const { store, journal } = await open(engine, { snapshotEvery: 10 })
    writeAll(store, 25)
    await journal.close()
    expect(journal.stats().snapshots).toBe(2)
    const again = await open(engine)
    expect(again.journal.stats().recovered).toMatchObject({ version: 25, replayed: 5 })
    expect(again.store.state).toEqual(store.state)
  })

  test('keeps several journals of one engine apart', async () => {
    const engine = memoryEngine()
    const one = await open(engine, { name: 'one' })
    const two = await open(engine, { name: 'one more' })
    write(one.store, 1)
    write(two.store, 2)
    await one.journal.close()
    await two.journal.close()
    expect((await open(engine, { name: 'one' })).store.state.n).toBe(1)
    expect((await open(engine, { name: 'one more' })).store.state.n).toBe(2)
  })

  test('seals what it writes', async () => {
    const engine = faultyEngine(memoryEngine())
    const seal = {
      encode: async (text: string) => Buffer.from(text).toString('base64'),
      decode: (text: string) => Buffer.from(text, 'base64').toString(),
    }
    const { store, journal } = await open(engine, { seal })
    write(store, 1)
    await journal.close()
    expect(JSON.stringify(await engine.entries())).not.toContain('STEP')
    expect((await open(engine, { seal })).store.state).toEqual(store.state)
  })

  test('keeps a version that was put from elsewhere, with its labels', async () => {
    const engine = memoryEngine()
    const { store, journal } = await open(engine)
    store.put({ ...store.snapshot, version: 7, state: { n: 7, log: [] }, source: 'elsewhere' })
    write(store, 8)
    await journal.close()
    const again = await open(engine)
    expect(again.store.snapshot).toEqual(store.snapshot)
    expect((await again.journal.at(7)).source).toBe('elsewhere')
  })

  test('takes an option that is undefined for one that is not there', async () => {
    const given = {
      name: undefined,
      keep: undefined,
      behind: undefined,
      scheduler: undefined,
      seal: undefined,
    }
    const { journal, store } = await open(memoryEngine(), given as never)
    write(store, 1)
    expect(await journal.durable(undefined, { timeoutMs: 1_000 })).toBe(1)
    await journal.close()
  })

  test('does not wait for a commit as long as no timer can', async () => {
    const { journal, store } = await open(memoryEngine())
    write(store, 1)
    await expect(journal.durable(undefined, { timeoutMs: 2 ** 31 })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      details: { option: 'timeoutMs' },
    })
    await journal.close()
  })

  test.each<[JournalOptions<State>, string]>([
    // A timer of more milliseconds would be due at once: `close()` would give up a disk that works.
    [{ closeMs: 2 ** 31 }, 'Expected "closeMs" to be a number of milliseconds from 0 to 2147483647'],
    [{ retryMs: 1e12 }, 'Expected "retryMs" to be a number of milliseconds from 0 to 2147483647'],
    [{ kepp: 1 } as JournalOptions<State>, 'openJournal() has no option "kepp". Did you mean "keep"?'],
    [{ snapshotEvery: 0 }, 'Expected "snapshotEvery" to be an integer from 1, or "growth", got 0 (number).'],
    [{ name: 'a!b' }, 'Expected "name" to be a text without "!" and "~"'],
    [{ behind: 'wait' as 'skip' }, 'Expected "behind" to be "skip" or "suspend", got "wait" (string).'],
    [{ keep: 0 }, 'Expected "keep" to be an integer from 1, or Infinity'],
    [{ retryMs: -1 }, 'Expected "retryMs" to be a number of milliseconds from 0'],
  ])('refuses %j', async (options, message) => {
    await expect(openJournal(make(), memoryEngine(), options)).rejects.toThrow(message)
  })
})

describe('a disk that fails', () => {
  test.each(['lost', 'kept'] as const)(
    'leaves nothing out and nothing twice where a refused write was %s',
    async (fault) => {
      const engine = faultyEngine(memoryEngine())
      const { store, journal, faults } = await open(engine)
      engine.failWrites(fault)
      writeAll(store, 3)
      expect(await journal.durable()).toBe(3)
      expect(engine.opens).toBe(2) // closed and opened before anything else was written
      expect(journal.stats()).toMatchObject({
        reopens: 1,
        durable: 3,
        lastError: 'ENOSPC: no space left on device',
      })
      expect(faults).toMatchObject([{ journal: 'rover', durableVersion: 0 }])
      expect((await journal.verify()).gaps).toEqual([])
      await journal.close()
      expect((await open(engine)).store.state).toEqual(store.state)
    },
  )

  test('stops no write, is told once an episode, and catches up', async () => {
    const scheduler = new VirtualTimeScheduler()
    const engine = faultyEngine(memoryEngine())
    const { store, journal, faults } = await open(engine, { retryMs: 1_000, scheduler })
    for (let episode = 1; episode <= 3; episode += 1) {
      engine.break()
      writeAll(store, 10)
      await settled()
      expect(journal.status).toBe('degraded')
      balance(journal)
      engine.repair()
      scheduler.flush()
      expect(await journal.durable()).toBe(episode * 10)
      expect(journal.status).toBe('live')
    }
    expect(faults).toHaveLength(3)
    await journal.close()
    expect((await open(engine)).store.state).toEqual(store.state)
  })

  test('keeps the newest state alone when too many wait, and counts what it skipped', async () => {
    const engine = faultyEngine(memoryEngine())
    const { store, journal } = await open(engine, { pendingMax: 4 })
    engine.hold()
    writeAll(store, 1)
    await settled() // the first write is under way
    const early = store.snapshot
    writeAll(store, 9)
    balance(journal)
    expect(journal.status).toBe('behind')
    const skipped = journal.stats().skipped
    expect(skipped).toBeGreaterThan(0)
    const waiting = [journal.durable(early), journal.durable({ ...early, version: 3 })]
    engine.repair()
    expect(await journal.durable()).toBe(10)
    const [one = 0, three = 0] = await Promise.all(waiting)
    expect(one).toBeGreaterThanOrEqual(1)
    expect(three).toBeGreaterThanOrEqual(3)
    expect(journal.stats()).toMatchObject({ committed: 10, durable: 10 - skipped, skipped, pending: 0 })
    await expect(journal.at(3)).rejects.toThrow('Journal "rover" does not keep version 3; it holds 0 to 10')
    await journal.close()
    expect((await open(engine)).store.state).toEqual(store.state)
  })

  test('suspends writers instead where it was told to: they wait, or are refused', async () => {
    const engine = faultyEngine(memoryEngine())
    const { store, journal } = await open(engine, { pendingMax: 2, behind: 'suspend' })
    engine.hold()
    writeAll(store, 1)
    await settled()
    writeAll(store, 2)
    expect(() => write(store, 9)).toThrow(
      'A write on store "rover" was refused: 2 commits wait for the disk in journal "rover".',
    )
    expect(store.metrics().failedWrites).toBe(1)
    const waited = store.whenReady(() => write(store, 4).version)
    const others = store.ready()
    await settled()
    expect(store.snapshot.version).toBe(3)
    engine.repair()
    expect(await waited).toBe(4)
    await others
    await journal.close()
    expect(journal.stats()).toMatchObject({ skipped: 0, durable: 4 })
    expect((await open(engine)).store.state).toEqual(store.state)
  })

  test('skips where a writer overrules it, and lets everybody write once it is closed', async () => {
    const engine = faultyEngine(memoryEngine())
    const { store, journal } = await open(engine, { pendingMax: 1, behind: 'suspend', closeMs: 0 })
    engine.hold()
    writeAll(store, 1)
    await settled()
    writeAll(store, 1)
    store.set({ n: 3, log: [] }, { whenFull: 'overrule' })
    expect(journal.stats().skipped).toBe(1)
    const ready = store.ready()
    await expect(store.ready({ timeoutMs: 0 })).rejects.toThrow('journal "rover"')
    await expect(journal.close()).rejects.toThrow('versions 1 to 3')
    await ready
    write(store, 4)
    engine.repair()
  })

  test('a batch, and what is written inside of a walk, fit as well as other writes', async () => {
    const engine = faultyEngine(memoryEngine())
    const { store, journal } = await open(engine, { pendingMax: 2, behind: 'suspend' })
    engine.hold()
    writeAll(store, 1)
    await settled()
    store.batch(() => writeAll(store, 3))
    const codes: string[] = []
    const follower = store.subscribe(
      ({ state }) => {
        try {
          if (state.n < 9) write(store, state.n + 1)
        } catch (error) {
          codes.push((error as HeadgateError).code)
        }
      },
      { replay: false },
    )
    write(store, 5) // the second that waits: its follower finds no room for another
    follower.unsubscribe()
    expect(codes).toEqual(['JOURNAL_FULL'])
    expect(journal.stats()).toMatchObject({ skipped: 0, pending: 3 })
    engine.repair()
    await journal.close()
  })

  test('gives up a write that hangs, and does not wait for an engine that does not close', async () => {
    const scheduler = new VirtualTimeScheduler()
    scheduler.maxFrames = 10_000
    const engine = faultyEngine(memoryEngine())
    const { store, journal } = await open(engine, { scheduler })
    engine.hold()
    writeAll(store, 3)
    await settled()
    writeAll(store, 2)
    const closing = journal.close()
    scheduler.flush()
    await expect(closing).rejects.toThrow('before versions 1 to 5 were on the disk; they may be lost.')
    balance(journal)
    engine.repair()
    await settled()
    expect(journal.stats()).toMatchObject({ pending: 5, durable: 0 })

    const stuck = memoryEngine()
    scheduler.maxFrames = 20_000
    const never = await open({ ...stuck, close: () => new Promise(() => {}) }, { scheduler })
    write(never.store, 1)
    const ending = never.journal.close()
    await settled()
    scheduler.flush()
    await expect(ending).rejects.toThrow('Everything of journal "rover" is on the disk')
  })

  test('leaves an engine alone that was given up, also where it answers late', async () => {
    const scheduler = new VirtualTimeScheduler()
    scheduler.maxFrames = 10_000
    const inner = memoryEngine()
    const calls: string[] = []
    let answer = (): void => {}
    let isBroken = false
    const engine: JournalEngine = {
      ...inner,
      open: async () => void calls.push('open'),
      close: () => {
        calls.push('close')
        if (!isBroken || calls.filter((call) => call === 'close').length > 1) return Promise.resolve()
        return new Promise((resolve) => {
          answer = resolve
        })
      },
      write: async (entries) => {
        calls.push('write')
        if (isBroken) throw new Error('gone')
        await inner.write(entries)
      },
    }
    const { store, journal } = await open(engine, { scheduler })
    isBroken = true
    write(store, 1)
    await settled()
    const closing = journal.close()
    scheduler.flush()
    await expect(closing).rejects.toThrow('they may be lost')
    expect(calls).toEqual(['open', 'write', 'write', 'close', 'close'])
    answer()
    await settled()
    expect(calls.slice(5)).toEqual([]) // opened once more, it would be locked for the next program
  })

  test('closes an engine that was given up and opens late', async () => {
    const scheduler = new VirtualTimeScheduler()
    scheduler.maxFrames = 10_000
    const inner = memoryEngine()
    const calls: string[] = []
    let opened = (): void => {}
    let isBroken = false
    const engine: JournalEngine = {
      ...inner,
      open: () => {
        calls.push('open')
        if (!isBroken) return Promise.resolve()
        return new Promise((resolve) => {
          opened = resolve
        })
      },
      close: async () => void calls.push('close'),
      write: async (entries) => {
        if (isBroken) throw new Error('gone')
        await inner.write(entries)
      },
    }
    const { store, journal } = await open(engine, { scheduler })
    isBroken = true
    write(store, 1)
    await settled()
    const closing = journal.close()
    scheduler.flush()
    await expect(closing).rejects.toThrow('they may be lost')
    expect(calls).toEqual(['open', 'close', 'open', 'close'])
    opened()
    await settled()
    expect(calls.slice(4)).toEqual(['close'])
    expect(journal.stats().reopens).toBe(0)
  })

  test('waits at the end for a disk that is slow and gets on', async () => {
    const scheduler = new VirtualTimeScheduler()
    const inner = memoryEngine()
    const waiting: (() => void)[] = []
    const engine: JournalEngine = {
      ...inner,
      write: async (entries) => {
        if (entries.length > 50) await new Promise<void>((resolve) => waiting.push(resolve))
        await inner.write(entries)
      },
    }
    const { store, journal } = await open(engine, { scheduler })
    writeAll(store, 600) // three groups
    const closing = journal.close()
    for (let group = 0; group < 3; group += 1) {
      scheduler.maxFrames = (group + 1) * 10_000 - 1
      scheduler.flush()
      await settled()
      waiting.shift()?.()
      await settled()
    }
    await closing
    expect(journal.stats()).toMatchObject({ durable: 600, pending: 0 })
  })

  test('says at the end what could not be written', async () => {
    const scheduler = new VirtualTimeScheduler()
    const engine = faultyEngine(memoryEngine())
    const { store, journal } = await open(engine, { scheduler })
    engine.break()
    writeAll(store, 3)
    const durable = journal.durable()
    await settled()
    const closing = journal.close()
    scheduler.flush()
    await expect(closing).rejects.toThrow(
      'Journal "rover" was closed before versions 1 to 3 were on the disk; they may be lost. See the cause; if there is none, check the disk, or raise retryMs or closeMs.',
    )
    await expect(durable).rejects.toThrow('was closed before')
    await expect(journal.durable()).rejects.toThrow('was closed before')
    expect(journal.status).toBe('closed')
  })

  test('reports a state that JSON cannot hold, and goes on with the next one', async () => {
    const engine = memoryEngine()
    const store = createStore<{ f: unknown }>({ f: 0 }, { name: 'rover' })
    const journal = await openJournal(store, engine)
    store.set({ f: () => 1 })
    await expect(journal.durable()).rejects.toThrow('got a function. Keep it beside the state.')
    await expect(journal.durable()).rejects.toThrow('got a function') // nothing more is to come
    store.set({ f: 2 })
    expect(await journal.durable()).toBe(2)
    expect(journal.stats()).toMatchObject({ committed: 2, durable: 1, skipped: 1, pending: 0 })
    await journal.close()
    const again = createStore<{ f: unknown }>({ f: 0 }, { name: 'rover' })
    await (await openJournal(again, engine)).close()
    expect(again.state).toEqual({ f: 2 })
  })

  test('says at the end that the newest state is one that JSON cannot hold', async () => {
    const store = createStore<{ f: unknown }>({ f: 0 }, { name: 'rover' })
    const journal = await openJournal(store, memoryEngine())
    store.set({ f: () => 1 })
    const cause = await journal.durable().catch((error: unknown) => error)
    const refusal = { code: 'JOURNAL_PENDING', details: { from: 1, to: 1 }, cause }
    await expect(journal.close()).rejects.toMatchObject(refusal)
    await expect(journal.durable()).rejects.toMatchObject(refusal)
    expect(String(cause)).toContain('got a function')
    expect(journal.status).toBe('closed')
  })

  test('names what was refused ahead of what a failed disk leaves waiting', async () => {
    const scheduler = new VirtualTimeScheduler()
    const engine = faultyEngine(memoryEngine())
    const store = createStore<{ f: unknown }>({ f: 0 }, { name: 'rover' })
    const journal = await openJournal(store, engine, { scheduler })
    store.set({ f: () => 1 })
    await expect(journal.durable()).rejects.toThrow('got a function')
    engine.break()
    store.set({ f: 2 })
    await settled()
    const closing = journal.close()
    scheduler.flush()
    await expect(closing).rejects.toMatchObject({ details: { from: 1, to: 2 } })
  })

  test('gives up waiting by a signal and by a time', async () => {
    const scheduler = new VirtualTimeScheduler()
    const engine = faultyEngine(memoryEngine())
    const { store, journal } = await open(engine, { scheduler })
    engine.hold()
    write(store, 1)
    const controller = new AbortController()
    const waits = [
      journal.durable(store.snapshot, { signal: controller.signal }),
      journal.durable(store.snapshot, { timeoutMs: 50 }),
    ]
    controller.abort(new Error('enough'))
    scheduler.flush()
    await expect(waits[0]).rejects.toThrow('enough')
    await expect(waits[1]).rejects.toThrow('within 50 ms')
    engine.repair()
    expect(await journal.durable()).toBe(1)
    await journal.close()
  })
})

describe('damage', () => {
  const key = (kind: 'c' | 's', version: number): string =>
    `rover!${kind}!${String(version).padStart(16, '0')}`
  const flip = (text: string): string =>
    `${text.slice(0, 30)}${text[30] === 'x' ? 'y' : 'x'}${text.slice(31)}`

  async function filled(count = 8, options: JournalOptions<State> = {}): Promise<FaultyEngine> {
    const engine = faultyEngine(memoryEngine())
    const { store, journal } = await open(engine, options)
    writeAll(store, count)
    await journal.close()
    return engine
  }

  test.each(['flipped', 'cut', 'gone'] as const)('of the newest record is a torn tail: %s', async (how) => {
    const engine = await filled()
    await engine.damage(key('c', 8), (text) =>
      how === 'flipped' ? flip(text) : how === 'cut' ? text.slice(0, -1) : undefined,
    )
    const { store, journal } = await open(engine)
    expect(store.state.n).toBe(7)
    expect(journal.stats().recovered).toMatchObject({ version: 7, truncatedAt: how === 'gone' ? null : 8 })
    write(store, 70)
    await journal.close()
    expect((await open(engine)).store.state).toEqual(store.state)
  })

  test.each(['flipped', 'gone'] as const)(
    'in the middle is refused, and nothing is changed: %s',
    async (how) => {
      const engine = await filled()
      await engine.damage(key('c', 4), (text) => (how === 'flipped' ? flip(text) : undefined))
      const before = await engine.entries()
      const store = make()
      await expect(open(engine, {}, store)).rejects.toThrow(
        `Journal "rover" is damaged: its records are intact up to version 3, and again from version 5.`,
      )
      expect(await engine.entries()).toEqual(before)
      expect(store.state).toEqual(first)
    },
  )

  test('is cut off by a repair, which keeps a copy', async () => {
    const engine = await filled()
    await engine.damage(key('c', 4), flip)
    const { store, journal } = await open(engine, { repair: true })
    expect([store.state.n, journal.stats().recovered.truncatedAt]).toEqual([3, 4])
    await journal.close()
    const aside = (await engine.entries())
      .map((entry) => entry.key)
      .filter((each) => each.startsWith('rover!x!'))
    expect(aside).toHaveLength(5)
  })

  test('of the newest whole state costs nothing where the commits behind an older one hold', async () => {
    const engine = await filled(25, { snapshotEvery: 10 })
    await engine.damage(key('s', 20), flip)
    const { store, journal } = await open(engine)
    expect(store.state.n).toBe(25)
    expect(journal.stats().recovered).toMatchObject({ replayed: 15, skippedSnapshots: 1 })
  })

  test('is looked for among any number of whole states', async () => {
    const engine = memoryEngine()
    const { journal } = await open(engine)
    const count = 200_000
    const log = new JournalLog<State>(
      {
        ...engine,
        async *read({ from }) {
          if (!from.includes('!s!')) return
          for (let version = 0; version < count; version += 1) yield { key: keys.of('s', version), text }
        },
      },
      new JournalKeys('rover'),
      'rover',
      undefined,
    )
    const keys = new JournalKeys('rover')
    const text = checked('{"version":0,"from":-1,"metadata":{},"state":{}}')
    expect(await log.verify()).toEqual({ commits: 0, snapshots: count, damaged: [], gaps: [] })
    await journal.close()
  })

  test('is found by verify', async () => {
    const engine = await filled(25, { snapshotEvery: 10 })
    const { journal } = await open(engine)
    expect(await journal.verify()).toEqual({ commits: 25, snapshots: 3, damaged: [], gaps: [] })
    await engine.damage(key('c', 7), flip)
    await engine.damage(key('c', 12), () => undefined)
    expect(await journal.verify()).toMatchObject({ commits: 24, damaged: [7], gaps: [[11, 13]] })
    await engine.damage(key('s', 0), () => undefined)
    const gaps = [
      [-1, 10],
      [11, 13],
    ]
    expect(await journal.verify()).toMatchObject({ snapshots: 2, damaged: [7], gaps })
    for (const version of [10, 20]) await engine.damage(key('s', version), () => undefined)
    expect(await journal.verify()).toMatchObject({ snapshots: 0, gaps: [[-1, 1]] })
  })

  test('of any single record never leads to a wrong state', async () => {
    const states = new Map<number, State>()
    const source = make()
    states.set(0, source.state as State)
    for (let n = 1; n <= 12; n += 1) states.set(n, write(source, n).state as State)
    for (let version = 1; version <= 12; version += 1) {
      for (let at = 0; at < 40; at += 13) {
        const engine = await filled(12, { snapshotEvery: 5 })
        await engine.damage(key('c', version), (text) => `${text.slice(0, at)}?${text.slice(at + 1)}`)
        const store = make()
        try {
          await (await open(engine, {}, store)).journal.close()
          expect(store.state).toEqual(states.get(store.snapshot.version))
        } catch (error) {
          expect(error).toHaveProperty('code', 'JOURNAL_DAMAGED')
        }
      }
    }
  })
})

describe('the schema', () => {
  test('of a later program is refused, and the journal is not touched', async () => {
    const engine = faultyEngine(memoryEngine())
    await (await open(engine, { schema: 3 })).journal.close()
    const before = await engine.entries()
    await expect(open(engine, { schema: 2 })).rejects.toThrow(
      'Journal "rover" has schema 3, but this program knows 2; the journal was not touched.',
    )
    expect(await engine.entries()).toEqual(before)
  })

  test('of an earlier one is migrated, once', async () => {
    const engine = memoryEngine()
    const old = await open(engine)
    write(old.store, 1)
    await old.journal.close()
    await expect(open(engine, { schema: 2 })).rejects.toThrow('has schema 1, but this program knows 2')
    let calls = 0
    const migrate = (state: unknown, schema: number): State => {
      calls += 1
      return { ...(state as State), n: (state as State).n + 100 * schema }
    }
    const now = await open(engine, { schema: 2, migrate })
    expect(now.store.snapshot).toMatchObject({ version: 2, reason: 'MIGRATE', state: { n: 101 } })
    expect(now.journal.stats().recovered.migratedFrom).toBe(1)
    await now.journal.close()
    const later = await open(engine, { schema: 2, migrate })
    expect([later.store.state.n, later.store.snapshot.version, calls]).toEqual([101, 2, 1])
  })

  describe('that is migrated', () => {
    const old = async (): Promise<JournalEngine> => {
      const engine = memoryEngine()
      const { store, journal } = await open(engine)
      write(store, 7)
      await journal.close()
      return engine
    }
    const watched = () => {
      const store = make()
      const seen: [version: number, reason: string, n: number][] = []
      store.subscribe(({ version, reason, state }) => void seen.push([version, reason, state.n]))
      return { store, seen }
    }

    test('is seen by nobody as it was: its followers are told of one commit', async () => {
      const { store, seen } = watched()
      const migrate = (): State => ({ ...first, n: 700 })
      const { journal } = await open(await old(), { schema: 2, migrate }, store)
      expect(seen).toEqual([
        [0, 'INIT', 0],
        [2, 'MIGRATE', 700],
      ])
      expect(store.snapshot.source).toBe('rover')
      write(store, 701)
      expect(await journal.durable()).toBe(3)
      expect((await journal.at(2)).state.n).toBe(700)
    })

    test.each([
      ['throws', (): State => JSON.parse('{'), 'JSON'],
      ['returns nothing', () => undefined as unknown as State, 'migrate() on store "rover"'],
      ['returns a promise', () => Promise.resolve(first) as unknown as State, 'returned a promise'],
    ])('leaves its store as it was where its migration %s', async (_, migrate, message) => {
      const engine = await old()
      const { store, seen } = watched()
      await expect(open(engine, { schema: 2, migrate }, store)).rejects.toThrow(message)
      expect([store.snapshot.version, store.state, seen]).toEqual([0, first, [[0, 'INIT', 0]]])
      expect((await open(engine)).store.state.n).toBe(7)
    })

    test('is written whole though the migration returns the state that the store has', async () => {
      const engine = await old()
      const store = make()
      const migrate = () => store.state
      const { journal } = await open(engine, { schema: 2, migrate }, store)
      expect(store.snapshot).toMatchObject({ version: 2, reason: 'MIGRATE', state: first })
      await journal.close()
      expect((await open(engine, { schema: 2, migrate })).store.snapshot).toEqual(store.snapshot)
    })
  })
})

describe('time travel', () => {
  const travelled = async (options: JournalOptions<State> = {}) => {
    const opened = await open(memoryEngine(), { snapshotEvery: 10, ...options })
    const all: Snapshot<State>[] = [opened.store.snapshot]
    for (let n = 1; n <= 35; n += 1) {
      all.push(write(opened.store, n))
      if (n % 7 === 0) await opened.journal.durable()
    }
    await opened.journal.durable()
    return { ...opened, all }
  }

  test('gives the snapshot of every version', async () => {
    const { journal, all } = await travelled()
    for (const snapshot of all) expect(await journal.at(snapshot.version)).toEqual(snapshot)
    await expect(journal.at(36)).rejects.toThrow('does not keep version 36; it holds 0 to 35')
  })

  test('reads a range, in order and back', async () => {
    const { journal, all } = await travelled()
    expect(await read(journal.commits())).toEqual(all)
    expect(await read(journal.commits({ from: 8, to: 22 }))).toEqual(all.slice(8, 23))
    expect(await read(journal.commits({ from: 8, to: 22, newestFirst: true }))).toEqual(
      all.slice(8, 23).reverse(),
    )
  })

  test('clears what is older than it keeps, and tells the oldest', async () => {
    const { journal, all } = await travelled({ keep: 12 })
    const oldest = async () => (await read(journal.commits()))[0]?.version
    await journal.compact() // by now it has done so itself, with the newest whole state
    expect(await journal.compact()).toEqual({ clearedCommits: 0, clearedSnapshots: 0 })
    expect(await oldest()).toBe(20)
    await expect(journal.at(19)).rejects.toThrow('it holds 20 to 35')
    expect(await journal.at(20)).toEqual(all[20])
    expect((await journal.verify()).damaged).toEqual([])
  })

  test('replays into another store, as it was', async () => {
    const { journal, all } = await travelled()
    const other = make()
    const seen: number[] = []
    other.subscribe(({ version }) => void seen.push(version), { replay: false })
    expect(await journal.replay(other, { from: 30 })).toBe(6)
    expect(other.snapshot).toEqual(all.at(-1))
    expect(seen).toEqual([30, 31, 32, 33, 34, 35])
  })

  /** A journal of versions that were written at 0, 1 000 and 5 000 milliseconds, and time to replay them in. */
  const timed = async () => {
    const scheduler = new VirtualTimeScheduler()
    let now = 0
    const clock = { wall: () => now, mono: () => now }
    const source = createStore(first, { name: 'rover', clock })
    const { journal } = await open(memoryEngine(), { scheduler }, source)
    for (const time of [1_000, 5_000]) {
      now = time
      write(source, time)
    }
    await journal.durable()
    const into = make()
    const seen: number[] = []
    into.subscribe(({ state }) => void seen.push(state.n), { replay: false })
    const pass = async (ms: number): Promise<void> => {
      await settled()
      scheduler.maxFrames = scheduler.frame + ms
      scheduler.flush()
      scheduler.frame = scheduler.maxFrames
      await settled()
    }
    return { journal, into, seen, pass }
  }

  test('replays at the pace at which it was written, or a multiple of it', async () => {
    const { journal, into, seen, pass } = await timed()
    const replaying = journal.replay(into, { speed: 2 })
    await pass(499)
    expect(seen).toEqual([0])
    await pass(1)
    await pass(1_999)
    expect(seen).toEqual([0, 1_000])
    await pass(1)
    expect(await replaying).toBe(3)
    expect(into.state.n).toBe(5_000)
  })

  test('ends a replay by its signal, also while it waits', async () => {
    const { journal, into, seen, pass } = await timed()
    const aborted = AbortSignal.abort(new Error('stop'))
    await expect(journal.replay(into, { signal: aborted })).rejects.toThrow('stop')
    expect(seen).toEqual([])
    const controller = new AbortController()
    const replaying = journal.replay(into, { speed: 1, signal: controller.signal })
    await pass(1_000)
    controller.abort(new Error('stop'))
    await expect(replaying).rejects.toThrow('stop')
    expect(seen).toEqual([0, 1_000])
  })

  test('ends a replay whose signal is aborted by who is told of a version', async () => {
    const { journal, into } = await timed()
    const controller = new AbortController()
    into.subscribe(() => controller.abort(new Error('enough')), { replay: false })
    await expect(journal.replay(into, { speed: 1, signal: controller.signal })).rejects.toThrow('enough')
  })

  test.each([0, -1, Number.NaN])('refuses to replay %p times as fast', async (speed) => {
    const { journal, into } = await timed()
    await expect(journal.replay(into, { speed })).rejects.toThrow('Expected "speed" to be a number above 0')
  })

  test('is closed at the end of the block that has opened it', async () => {
    const { store, journal } = await open(memoryEngine())
    write(store, 1)
    await journal[Symbol.asyncDispose]()
    expect([journal.status, journal.durableVersion]).toEqual(['closed', 1])
  })
})
