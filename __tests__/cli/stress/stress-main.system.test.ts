/** The command as a process of its own, on stores that a module brings. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { BUILD_MS_MAX, BuiltCommand, finished } from '../support/built-command.ts'

let command: BuiltCommand

const RUN_MS_MAX = 30_000

/** A store that keeps only its state; `forgets` says which write it loses. */
const STORE = `
export const adapter = {
  name: 'own',
  create(initial) {
    let state = initial
    const consumers = new Set()
    return {
      read: () => state,
      write(next) {
        state = next
        for (const consumer of consumers) consumer(next)
      },
      subscribe(consumer) {
        consumers.add(consumer)
        return { unsubscribe: () => consumers.delete(consumer) }
      },
    }
  },
}
const scenario = (name, run) => ({
  name, group: 'own', goal: 'Tries the command.', method: 'It does what its name says.',
  thresholds: { writes: { unit: 'writes', atLeast: 3, about: 'Writes.' } }, run,
})
const write = (context, times) => {
  for (let index = 0; index < times; index += 1) {
    context.store.write(context.next(context.store.read()), 'test')
    context.count('write')
  }
  context.threshold('writes', times)
}
export const scenarios = [
  scenario('passes', async (context) => {
    write(context, 3)
    context.check('the last one stays', context.store.read().sequence === 3)
  }),
  scenario('misses-threshold', async (context) => write(context, 2)),
  scenario('misses-check', async (context) => {
    write(context, 3)
    context.check('pigs fly', false, 'they walked')
  }),
  scenario('waits', async (context) => {
    for (let done = 0; !context.signal.aborted; done += 1) {
      context.progress(done, 1_000_000)
      await context.pause(5)
    }
  }),
]
`

beforeAll(() => {
  command = new BuiltCommand()
  command.write('own.mjs', STORE)
  command.write('none.mjs', 'export const something = 1')
}, BUILD_MS_MAX)

afterAll(() => command.remove())

const run = (line: string) => command.run(['stress', '--store', 'own.mjs', ...line.split(' ')])

describe('headgate stress as a process', () => {
  test(
    'ends with 0 where all passed, and writes both reports',
    async () => {
      const { status, stdout, stderr } = await run('passes --json r.json --report r.html')
      expect([status, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(/^✓ passed {5}passes {2}own, .*\n\nscenario /)
      expect(stdout).toContain('passes    ✓ passed  ✓ writes   3 writes  at least 3 writes')
      const report = JSON.parse(readFileSync(join(command.folder, 'r.json'), 'utf8'))
      expect(report).toMatchObject({ format: 'headgate.stress', store: 'own', passed: true })
      expect(readFileSync(join(command.folder, 'r.html'), 'utf8')).toContain('<h1>The scenario passed</h1>')
    },
    RUN_MS_MAX,
  )

  test.each([
    ['misses-threshold', '✗ writes'],
    ['misses-check', '  ✗ pigs fly: they walked'],
  ])(
    'ends with 1 where a scenario %s',
    async (name, told) => {
      const { status, stdout } = await run(name)
      expect(status).toBe(1)
      expect(stdout).toContain(told)
    },
    RUN_MS_MAX,
  )

  test.each([
    [
      'passes --profile slow',
      'headgate stress: Expected --profile to be one of quick, ci, full, soak, got "slow".',
    ],
    ['nonsense', 'headgate stress: Expected SCENARIO to be some of the groups '],
    ['passes --baseline no.json', 'headgate stress: The baseline no.json could not be read: ENOENT'],
    ['passes --store none.mjs', 'headgate stress: Expected --store to be a module that exports an adapter '],
    ['passes --store nowhere.mjs', 'headgate stress: Expected --store to be a module that loads, got '],
  ])(
    'answers %s with one line on standard error and status 2',
    async (line, start) => {
      const { status, stdout, stderr } = await run(line)
      expect([status, stdout, stderr.split('\n').length]).toEqual([2, '', 2])
      expect(stderr.slice(0, start.length)).toBe(start)
    },
    RUN_MS_MAX,
  )

  test(
    'ends on SIGINT with what has been done, and status 130',
    async () => {
      const running = command.start('stress', '--store', 'own.mjs', 'passes', 'waits', '--timeout', '600')
      const end = finished(running)
      await once(running.stdout, 'data')
      running.kill('SIGINT')
      const { status, stdout, stderr } = await end
      expect([status, stderr]).toEqual([130, ''])
      expect(stdout).toMatch(/\npasses +✓ passed/)
      expect(stdout).toMatch(/\nStopped in scenario \d of 2\.\n$/)
    },
    RUN_MS_MAX,
  )

  test(
    'survives a reader that has seen enough',
    async () => {
      const running = command.start(
        'stress',
        '--store',
        'own.mjs',
        'passes',
        'misses-check',
        'waits',
        '--timeout',
        '600',
      )
      const end = finished(running)
      await once(running.stdout, 'data')
      running.stdout.destroy()
      const { status, stderr } = await end
      expect(status).toBe(1)
      expect(stderr).not.toMatch(/EPIPE|\n {4}at /)
      expect(stderr).toContain('Stopped in scenario')
    },
    RUN_MS_MAX,
  )

  const posix = process.platform === 'win32' ? test.skip : test

  posix(
    'leaves an earlier report as it was where a new one fails half-way',
    async () => {
      command.write('full.html', 'earlier')
      // No file may become longer than 16 blocks: a page is written to there, and no further.
      const words = [command.main, 'stress', '--store', 'own.mjs', 'passes', '--report', 'full.html']
      const limited = spawn('sh', ['-c', 'ulimit -f 16; exec "$0" "$@"', process.execPath, ...words], {
        cwd: command.folder,
      })
      const { status, stderr } = await finished(limited)
      expect([status, stderr]).toEqual([
        1,
        'headgate stress: full.html could not be written: EFBIG: file too large, write\n',
      ])
      expect(readFileSync(join(command.folder, 'full.html'), 'utf8')).toBe('earlier')
      expect(readdirSync(command.folder).filter((name) => name.includes('full'))).toEqual(['full.html'])
    },
    RUN_MS_MAX,
  )

  test(
    'lists the scenarios of the suite and of the module',
    async () => {
      const { status, stdout } = await run('--list')
      expect(status).toBe(0)
      expect(stdout).toMatch(/\nsets-and-gets /)
      expect(stdout).toMatch(/\nmisses-check +own +Tries the command\./)
    },
    RUN_MS_MAX,
  )
})
