import { describe, expect, test } from '@jest/globals'
import { ClassicLevel } from 'classic-level'
import { runCommand } from '../../src/cli/command.ts'
import type { RunModule, RunSubscriber } from '../../src/cli/run-module.ts'
import { type JournalEngine, openArchive } from '../../src/journal/index.ts'
import { type Cell, defineMachine, type Machine } from '../../src/machine/index.ts'
import { type FakeIo, fakeIo } from './support/fake-io.ts'
import { engineOf, journalFolder } from './support/journal-folder.ts'
import { lampModule } from './support/machines.ts'

const RECORDS = [
  { watts: 5 },
  { press: 2 },
  { watts: 7 },
  { watts: 7 },
  {},
  { press: 3 },
  { press: 0, watts: 9 },
  { press: 2 },
  { break: true },
]
const lines = RECORDS.map((record) => `${JSON.stringify(record)}\n`)

interface Ran {
  readonly status: number
  readonly io: FakeIo
  readonly summary: {
    readonly records: number
    readonly metrics: Record<string, unknown>
    readonly journal: Record<string, unknown>
  }
}

async function run(
  folder: string,
  module: unknown = lampModule,
  input = lines,
  level?: typeof ClassicLevel,
): Promise<Ran> {
  // Not at `/`: a module is a file that is there.
  const io = fakeIo(input, import.meta.dirname)
  io.modules.set(import.meta.filename, module)
  if (level !== undefined) {
    const { importModule } = io
    io.importModule = async (url) => (url === 'classic-level' ? { ClassicLevel: level } : importModule(url))
  }
  const status = await runCommand(['run', 'run-journal.test.ts', '--json', '--journal', folder], io)
  return { status, io, summary: JSON.parse(io.stdout.lines.at(-1) ?? '{}') }
}

/** A database whose disk is full from its second write on: as often as is said, or for ever. */
function fullDisk(times: number): typeof ClassicLevel {
  let writes = 0
  // A proxy, since `batch` has more forms than the one that a journal uses.
  return new Proxy(ClassicLevel, {
    construct: (Level, given: ConstructorParameters<typeof ClassicLevel>) => {
      const level = new Level(...given)
      const batch = level.batch.bind(level) as (...given: unknown[]) => Promise<void>
      const failing = async (...operations: unknown[]): Promise<void> => {
        writes += 1
        if (writes > 1 && writes <= 1 + times) throw new Error('ENOSPC: no space left on device')
        await batch(...operations)
      }
      return Object.assign(level, { batch: failing })
    },
  })
}

/** What a journal holds, but for its times. */
async function heldIn(engine: JournalEngine): Promise<unknown[]> {
  const archive = await openArchive<{ current: string; context: unknown; attempts: number }>(engine)
  const held: unknown[] = []
  for await (const { version, reason, state } of archive.commits()) {
    held.push([version, reason, state.current, state.context, state.attempts])
  }
  await archive.close()
  return held
}

/** Cuts a journal off behind a version, as if the process had been killed when that was on the disk. */
async function cutBehind(folder: string, version: number): Promise<void> {
  const engine = engineOf(folder)
  await engine.open()
  const from = `lamp!c!${String(version + 1).padStart(16, '0')}`
  await engine.clear({ from, to: 'lamp!c!~' })
  await engine.close()
}

describe('headgate run --journal', () => {
  test('goes on behind each write at which it was killed, and ends the same', async () => {
    const whole = journalFolder()
    expect((await run(whole)).summary).toMatchObject({ records: 9, metrics: { currentVersion: 12 } })
    const held = await heldIn(engineOf(whole))
    expect(held).toHaveLength(13)
    for (let version = 0; version <= 12; version += 1) {
      const folder = journalFolder()
      await run(folder)
      await cutBehind(folder, version)
      const { status, summary, io } = await run(folder)
      expect([version, status, io.stderr.text]).toEqual([version, 0, ''])
      expect(summary.journal).toMatchObject({ committed: 12 - version, durable: 12 - version, skipped: 0 })
      expect(await heldIn(engineOf(folder))).toEqual(held)
    }
  })

  test('handles no record twice, and says what it went on from', async () => {
    const folder = journalFolder()
    await run(folder, lampModule, lines.slice(0, 3))
    const { summary } = await run(folder)
    expect(summary.records).toBe(6)
    expect(summary.journal).toMatchObject({ recovered: { version: 4, note: '4:0' } })
    expect((await run(folder)).summary.records).toBe(0)
  })

  test('keeps the place of a commit that no record has led to', async () => {
    const folder = journalFolder()
    const add = (draft: { seen: number }, count: number): void => {
      draft.seen += count
    }
    const machine: Machine<{ seen: number }, Cell> = defineMachine({
      id: 'lamp',
      initial: 'OFF',
      context: { seen: 0 },
      types: {} as { events: { type: 'SEEN' } | { type: 'LATE' } },
      states: {
        // Nobody handles LATE before the timer has run: a record that was ignored must not be taken again then.
        OFF: {
          on: { SEEN: { update: (draft) => add(draft, 1) } },
          after: { 1000: 'ON' }, // long after both records
        },
        ON: { on: { LATE: { update: (draft) => add(draft, 100) } } },
      },
    })
    const ingest: RunModule['ingest'] = ({ type }) => type as string
    let turnedOn = (): void => {}
    const isOn = new Promise<void>((resolve) => {
      turnedOn = resolve
    })
    const next: RunSubscriber['next'] = ({ state }) => {
      if (state.current === 'ON') turnedOn()
    }
    const subscribers = [{ id: 'switch', policy: 'direct', next }]
    async function* records(): AsyncGenerator<object> {
      yield { type: 'SEEN' }
      yield { type: 'LATE' }
      await isOn
    }
    const module = { machine, ingest, records, subscribers }
    const noInput = async (): Promise<Ran> => {
      const io = fakeIo([], import.meta.dirname)
      io.modules.set(import.meta.filename, module)
      const words = ['run', 'run-journal.test.ts', '--speed', 'max', '--json', '--journal', folder]
      return { status: await runCommand(words, io), io, summary: JSON.parse(io.stdout.lines.at(-1) ?? '{}') }
    }
    await noInput()
    const { summary } = await noInput()
    expect(summary.journal).toMatchObject({ recovered: { note: '3:0' } })
    expect((await heldIn(engineOf(folder))).at(-1)).toEqual([2, expect.any(String), 'ON', { seen: 1 }, 1])
  })

  test('says that the records end before the place where it stopped', async () => {
    const folder = journalFolder()
    await run(folder)
    const { status, io } = await run(folder, lampModule, lines.slice(0, 4))
    expect(status).toBe(0)
    expect(io.stderr.text).toBe(
      'The records end at line 4, and the journal stands behind line 9: are they the same records?\n',
    )
  })

  test('on a disk that fails for a while says so, handles every record, and has all of them in the end', async () => {
    const whole = journalFolder()
    await run(whole)
    const folder = journalFolder()
    const { status, io, summary } = await run(folder, lampModule, lines, fullDisk(1))
    expect([status, summary.records]).toEqual([0, 9])
    expect(io.stderr.text).toContain('The journal cannot be written behind version 0: ENOSPC')
    expect(summary.journal).toMatchObject({ pending: 0, skipped: 0, durable: 12 })
    expect(await heldIn(engineOf(folder))).toEqual(await heldIn(engineOf(whole)))
  })

  test('on a disk that stays full handles every record, and ends with 1 and with what is lost', async () => {
    const folder = journalFolder()
    const { status, io, summary } = await run(folder, lampModule, lines, fullDisk(Number.POSITIVE_INFINITY))
    expect([status, summary.records, summary.metrics.currentVersion]).toEqual([1, 9, 12])
    expect(summary.journal).toMatchObject({ durable: 0, lastError: 'ENOSPC: no space left on device' })
    expect(io.stderr.text).toContain('was closed before versions 1 to 12 were on the disk')
    const next = await run(folder)
    expect([next.status, next.summary.records]).toEqual([0, 9])
  })

  test('refuses a journal that is open elsewhere, damaged, or of another machine', async () => {
    const folder = journalFolder()
    await run(folder)
    const engine = engineOf(folder)
    await engine.open()
    const locked = await run(folder)
    expect([locked.status, locked.io.stdout.text]).toEqual([2, ''])
    expect(locked.io.stderr.text).toContain('is open in another process: end that one first.')
    await engine.write([{ key: `lamp!c!${'5'.padStart(16, '0')}`, text: 'damaged' }])
    await engine.close()
    const damaged = await run(folder)
    expect(damaged.status).toBe(2)
    expect(damaged.io.stderr.text).toContain(`"headgate journal repair ${folder} --name lamp" cuts off`)

    const other = journalFolder()
    await run(other)
    const machine = defineMachine({ id: 'lamp', initial: 'A', context: {}, states: { A: {} } })
    const foreign = await run(other, { machine, ingest: () => undefined })
    expect(foreign.status).toBe(2)
    expect(foreign.io.stderr.text).toContain('has no state "BROKEN"')
  })
})
