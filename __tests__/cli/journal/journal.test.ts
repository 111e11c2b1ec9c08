import { existsSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { runCommand } from '../../../src/cli/command.ts'
import { openJournal } from '../../../src/journal/index.ts'
import { createStore } from '../../../src/store/index.ts'
import { faultyEngine } from '../../../src/testing/faulty-engine.ts'
import { fakeIo } from '../support/fake-io.ts'
import { engineOf, journalFolder } from '../support/journal-folder.ts'

interface Ran {
  readonly status: number
  readonly out: string
  readonly err: string
}

async function run(words: readonly string[], input: string[] = []): Promise<Ran> {
  const io = fakeIo(input)
  const status = await runCommand(['journal', ...words], io)
  return { status, out: io.stdout.text, err: io.stderr.text }
}

/** A folder with a journal of versions 0 to 6; its states are at 0, 3 and 6. */
async function journaled(name = 'rover', folder = journalFolder()): Promise<string> {
  const store = createStore({ n: 0 }, { name, source: 'test' })
  const journal = await openJournal(store, engineOf(folder), { snapshotEvery: 3 })
  for (let n = 1; n <= 6; n += 1) store.set({ n }, `STEP ${n}`)
  await journal.close()
  return folder
}

async function damage(folder: string, kind: string, version: number): Promise<void> {
  const engine = faultyEngine(engineOf(folder))
  await engine.open()
  await engine.damage(`rover!${kind}!${String(version).padStart(16, '0')}`, (text) => `${text} `)
  await engine.close()
}

const NOTHING = { status: 2, out: '' }

describe('headgate journal', () => {
  test('explains itself', async () => {
    const { status, out } = await run(['--help'])
    expect(status).toBe(0)
    expect(out).toStartWith('Usage: headgate journal ACTION FOLDER')
  })

  test('ls lists the journals of a folder', async () => {
    const folder = await journaled()
    await journaled('arm', folder)
    expect((await run(['ls', folder])).out.split('\n')).toEqual([
      'journal  oldest  newest  commits  states  schema',
      'arm           0       6        6       3       1',
      'rover         0       6        6       3       1',
      '',
    ])
    const [first] = (await run(['ls', folder, '--json'])).out.split('\n')
    expect(JSON.parse(first as string)).toEqual({
      name: 'arm',
      oldest: 0,
      newest: 6,
      commits: 6,
      snapshots: 3,
      schema: 1,
    })
  })

  test('cat lists commits, of a range, from either end, also as JSON', async () => {
    const folder = await journaled()
    const { status, out } = await run(['cat', folder])
    expect(status).toBe(0)
    expect(out.split('\n')).toHaveLength(8)
    expect(out.split('\n')[1]).toMatch(
      /^ {8}1 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z {2}STEP 1 {2}by test$/,
    )
    const last = await run(['cat', folder, '--from', '4', '--to', '5', '--newest-first', '--json'])
    const snapshots = last.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(snapshots).toEqual([
      expect.objectContaining({ version: 5, state: { n: 5 }, reason: 'STEP 5', metadata: {} }),
      expect.objectContaining({ version: 4, state: { n: 4 } }),
    ])
  })

  test('at shows the state of a version, and refuses one that is not kept', async () => {
    const folder = await journaled()
    expect(await run(['at', folder, '4'])).toEqual({ status: 0, out: '{\n  "n": 4\n}\n', err: '' })
    expect(JSON.parse((await run(['at', folder, '4', '--json'])).out)).toMatchObject({
      version: 4,
      state: { n: 4 },
    })
    expect(await run(['at', folder, '9'])).toEqual({
      ...NOTHING,
      err: 'headgate journal: Journal "rover" does not keep version 9; it holds 0 to 6, except any that were skipped. Ask for one of these. To keep more from now on, raise keep of openJournal() in the program that writes it. See "headgate journal --help".\n',
    })
  })

  test('verify tells what holds, with exit status 1 where not all does', async () => {
    const folder = await journaled()
    expect(await run(['verify', folder])).toEqual({
      status: 0,
      out: 'rover: 6 commits and 3 whole states; versions 0 to 6 can be read.\nAll of it holds.\n',
      err: '',
    })
    await damage(folder, 'c', 2)
    await damage(folder, 's', 6)
    const { status, out } = await run(['verify', folder])
    expect(status).toBe(1)
    expect(out.split('\n').slice(1, -1)).toEqual(['Damaged: version 2, 6.', 'Not all of it holds.'])
    expect(JSON.parse((await run(['verify', folder, '--json'])).out)).toMatchObject({
      holds: false,
      damaged: [2, 6],
    })
  })

  test('repair cuts off what does not hold, and says so', async () => {
    const folder = await journaled()
    expect((await run(['repair', folder])).out).toBe('Nothing was cut off: rover holds up to version 6.\n')
    await damage(folder, 's', 6)
    await damage(folder, 'c', 5)
    const { status, out } = await run(['repair', folder])
    expect(status).toBe(0)
    expect(out).toBe('Cut off from version 5 on, with a copy in the folder: rover ends at version 4.\n')
    expect((await run(['verify', folder])).status).toBe(0)
  })

  test('compact clears what is old', async () => {
    const folder = await journaled()
    expect((await run(['compact', folder, '--keep', '2'])).out).toBe('Cleared 3 commits and 1 whole state.\n')
    expect((await run(['ls', folder])).out).toContain('rover         3       6')
  })

  test('export and import carry a journal elsewhere', async () => {
    const { out } = await run(['export', await journaled()])
    const folder = journalFolder()
    expect(await run(['import', folder], [out])).toEqual({
      status: 0,
      out: 'Imported 9 records as rover.\n',
      err: '',
    })
    expect((await run(['export', folder])).out).toBe(out)
    expect((await run(['import', folder, '--name', 'copy'], [out])).status).toBe(0)
    const again = await run(['import', folder], [out])
    expect(again).toMatchObject(NOTHING)
    expect(again.err).toContain('Journal "rover" already exists')
    const torn = await run(['import', journalFolder()], [out.slice(0, 400)])
    expect(torn).toMatchObject(NOTHING)
    expect(torn.err).toMatch(/line \d/)
  })

  test('export refuses what does not hold, with exit status 1', async () => {
    const folder = await journaled()
    await damage(folder, 'c', 2)
    const { status, err } = await run(['export', folder])
    expect(status).toBe(1)
    expect(err).toContain('it holds up to version 1')
    expect(err).toContain(`"headgate journal repair ${folder} --name rover"`)
  })

  test('names what is there where the journal is not, and touches no folder that is none', async () => {
    const folder = await journaled()
    expect((await run(['at', folder, '1', '--name', 'leg'])).err).toContain(
      'There is no journal "leg"; the database holds rover.',
    )
    const nowhere = journalFolder()
    expect(await run(['ls', nowhere])).toEqual({
      ...NOTHING,
      err: `headgate journal: The folder ${nowhere} holds no journal. See "headgate journal --help".\n`,
    })
    expect(existsSync(nowhere)).toBe(false)
  })

  test('refuses a folder that is open elsewhere', async () => {
    const folder = await journaled()
    const engine = engineOf(folder)
    await engine.open()
    try {
      for (const action of ['ls', 'verify', 'export']) {
        expect(await run([action, folder])).toMatchObject({
          ...NOTHING,
          err: `headgate journal: The journal in ${folder} is open in another process: end that one first. See "headgate journal --help".\n`,
        })
      }
    } finally {
      await engine.close()
    }
  })

  test('says how classic-level is installed where it is not', async () => {
    const io = fakeIo()
    const folder = await journaled()
    const importModule = async (): Promise<never> => {
      throw new Error('Cannot find package')
    }
    expect(await runCommand(['journal', 'ls', folder], { ...io, importModule })).toBe(2)
    expect(io.stderr.text).toContain('Install it: npm install classic-level')
  })

  test('ends where it is stopped, or nobody reads on', async () => {
    const folder = await journaled()
    const stopped = fakeIo()
    stopped.abort.abort('SIGINT')
    expect(await runCommand(['journal', 'cat', folder], stopped)).toBe(130)
    expect(stopped.stdout.lines).toHaveLength(1)
    const gone = fakeIo()
    gone.stdout.closesAfter = 0
    expect(await runCommand(['journal', 'cat', folder], gone)).toBe(0)
  })
})
