import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { BUILD_MS_MAX, BuiltCommand, type Finished, finished } from '../cli/support/built-command.ts'
import { journalFolder } from '../cli/support/journal-folder.ts'
import { KILLER, KILLS, killedAndFinished } from './kills.ts'

const DATA = join(import.meta.dirname, '../../../shared/data/permits.ndjson')
const MODULE = 'examples/permits/permits.js'

let built: BuiltCommand

beforeAll(() => {
  built = new BuiltCommand()
  built.copy('examples/permits')
  built.write('killer.mjs', KILLER)
}, BUILD_MS_MAX)

afterAll(() => built.remove())

/** Runs the example to its end, or until it is killed. */
const run = (file: string, words: readonly string[] = [], killMs?: number): Promise<Finished> =>
  finished(
    spawn(
      process.execPath,
      [
        ...(killMs === undefined ? [] : ['--import', join(built.folder, 'killer.mjs')]),
        join(built.folder, MODULE),
        file,
        ...words,
      ],
      { cwd: built.folder, env: { ...process.env, KILL_MS: String(killMs) } },
    ),
  )

/** The lines that begin with a count, as pairs. */
const counts = (output: string): [string, number][] =>
  [...output.matchAll(/^ +(\d+) {2}(.+)$/gm)].map(([, count, name]) => [name ?? '', Number(count)])

describe('the permits', () => {
  const recorded = existsSync(DATA) ? test : test.skip
  const skipped = existsSync(DATA) ? '' : ' (skipped: ../shared/data/permits.ndjson is absent)'

  recorded(`end as the records say${skipped}`, async () => {
    const { status, stdout } = await run(DATA)
    expect(status).toBe(0)
    expect(stdout).toStartWith('1434 cases')
    const [ends, phases] = [counts(stdout).slice(0, 6), counts(stdout).slice(6)]
    expect(ends.map(([name, count]) => [name.split(' ')[0], count])).toEqual([
      ['T10', 828],
      ['T05', 400],
      ['Confirmation', 116],
      ['T15', 39],
      ['T06', 16],
      ['others', 35],
    ])
    expect(Object.fromEntries(phases)).toEqual({
      STOPPING: 828,
      CONFIRMING: 412,
      RECEIVED: 116,
      REFUSING: 44,
      ADVISING: 19,
      HOLDING: 15,
    })
  })

  recorded(`wake one subscriber with each event${skipped}`, async () => {
    const { stdout } = await run(DATA)
    expect(stdout.split('\n').slice(-3, -1)).toEqual([
      '8577 events, 8577 commits, 0 unhandled',
      '8577 wake-ups of 1434 subscribers, and 1434 initial replays',
    ])
  })

  recorded(
    `end the same where they are killed at random moments${skipped}`,
    async () => {
      const beganMs = performance.now()
      const whole = await run(DATA)
      const wholeMs = performance.now() - beganMs
      const folder = journalFolder()
      const { last, kills } = await killedAndFinished(folder, wholeMs, (killMs) =>
        run(DATA, ['--journal', folder], killMs),
      )
      expect([kills, last.status]).toEqual([KILLS, 0])
      expect(counts(last.stdout)).toEqual(counts(whole.stdout))
    },
    300_000,
  )

  test('that are absent are asked for', async () => {
    const { status, stdout, stderr } = await run('nowhere.ndjson')
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toBe(
      'There is no nowhere.ndjson. Give the file of the records: node examples/permits/permits.js FILE\n',
    )
  })
})
