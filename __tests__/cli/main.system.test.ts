import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { becomes, isAlive } from '../support/processes.ts'
import { BUILD_MS_MAX, BuiltCommand, finished } from './support/built-command.ts'

const ROOT = join(import.meta.dirname, '../..')

let command: BuiltCommand

const LAMP = `
const machine = defineMachine({
  id: 'lamp', initial: 'OFF', context: {}, states: { OFF: { on: { PRESS: 'ON' } }, ON: { on: { PRESS: 'OFF' } } },
})
const ingest = () => 'PRESS'
`

beforeAll(() => {
  command = new BuiltCommand()
  command.write('lamp.mjs', `import { defineMachine } from 'headgate'\n${LAMP}\nexport { machine, ingest }`)
  command.write(
    'lamp.cjs',
    `const { defineMachine } = require('headgate')\n${LAMP}\nmodule.exports = { machine, ingest }`,
  )
  command.write('endless.mjs', `export * from './lamp.mjs'\nexport function* records() { for (;;) yield {} }`)
  command.write(
    'loops.mjs',
    `export * from './lamp.mjs'\nexport const ingest = () => { console.error('pid ' + process.pid); for (;;); }`,
  )
  command.write('restless.mjs', `export * from './lamp.mjs'\nsetInterval(() => {}, 1_000)`)
  command.write('throws-null.mjs', 'throw null')
  command.write('imports-broken.mjs', `import './broken.mjs'`)
  command.write('broken.cjs', 'module.exports = {}\nlet let = 1')
  command.write('never.mjs', `console.error('loading')\nawait new Promise(() => {})`)
  command.write(
    'slow.mjs',
    `console.error('loading')\nsetInterval(() => {}, 1_000)\nawait new Promise(() => {})`,
  )
  command.write(
    'awaits.mjs',
    `export * from './lamp.mjs'\nexport async function* records() { yield {}; await new Promise(() => {}) }`,
  )
  command.write('broken.mjs', 'export const machine = \n  what is this')
}, BUILD_MS_MAX)

afterAll(() => command.remove())

describe('the command', () => {
  test('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
    expect(await command.run(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
  })

  test.each([
    [['walk'], 'headgate: Unknown command "walk".'],
    [['run', 'no.mjs'], 'headgate run: The module no.mjs does not exist.'],
    [['run', 'lamp.mjs', '--events', 'no.ndjson'], 'headgate run: The events file no.ndjson does not exist.'],
    [['run', '--subscriber', 'a=lossy'], 'headgate run: --subscriber a=lossy: '],
    [['run', 'broken.mjs'], 'headgate run: The module broken.mjs could not be loaded: '],
  ])('answers %j with one line on standard error and status 2', async (words, start) => {
    const { status, stdout, stderr } = await command.run(words)
    expect([status, stdout, stderr.split('\n').length]).toEqual([2, '', 2])
    expect(stderr.startsWith(start)).toBe(true)
  })

  test.each([
    ['broken.mjs', /broken\.mjs could not be loaded: .* at \S*broken\.mjs:2:8\. See/],
    ['imports-broken.mjs', /imports-broken\.mjs could not be loaded: .* at \S*\/broken\.mjs:2:8\. See/],
    ['broken.cjs', /broken\.cjs could not be loaded: .* at \S*broken\.cjs:2:5\. See/],
    ['throws-null.mjs', /^headgate run: The module throws-null\.mjs could not be loaded: null\. See/],
  ])('says on one line what is wrong with %s, and where', async (module, sentence) => {
    const { status, stderr } = await command.run(['run', module])
    expect([status, stderr]).toEqual([2, expect.stringMatching(sentence)])
    expect(stderr.split('\n')).toHaveLength(2)
  })

  test('ends with a word and status 4 where the module awaits what never comes while it is loaded', async () => {
    const { status, stderr } = await command.run(['run', 'never.mjs'])
    expect([status, stderr]).toEqual([
      4,
      'loading\nheadgate run: the module never.mjs awaits what will never come.\n',
    ])
  })

  test('ends with its summary, a word and status 4 where records await what never comes', async () => {
    const { status, stdout, stderr } = await command.run(['run', 'awaits.mjs', '--json', '--speed', 'max'])
    expect([status, stderr]).toEqual([4, 'headgate run: The records await what will never come.\n'])
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ records: 1 })
  })

  test('ends on the first SIGINT while the module is loaded', async () => {
    const running = command.start('run', 'slow.mjs')
    const end = finished(running)
    await once(running.stderr, 'data')
    running.kill('SIGINT')
    const { status, stderr } = await end
    expect([status, stderr]).toEqual([
      130,
      'loading\nheadgate run: SIGINT while the module slow.mjs was loaded.\n',
    ])
  })

  const full = existsSync('/dev/full') ? test : test.skip

  full.each([[['--help']], [['stress', '--help']], [['run', 'lamp.mjs']]])(
    'says that %j could not be written to a full device, with status 1',
    (words) => {
      const fd = openSync('/dev/full', 'w')
      const { status, stderr } = spawnSync(process.execPath, [command.main, ...words], {
        cwd: command.folder,
        stdio: ['ignore', fd, 'pipe'],
        encoding: 'utf8',
      })
      closeSync(fd)
      expect([status, stderr]).toEqual([
        1,
        expect.stringMatching(/headgate: The output could not be written: ENOSPC[^\n]*\n$/),
      ])
    },
  )

  test.each(['lamp.mjs', 'lamp.cjs'])(
    'runs %s on standard input, and keeps the two outputs apart',
    async (module) => {
      const { status, stdout, stderr } = await command.run(
        ['run', module, '--json'],
        '{"t":1}\noops\n{"t":2}',
      )
      const lines = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(status).toBe(0)
      expect(lines.map(({ type, t, to }) => [type, t, to])).toEqual([
        ['transition', 1, 'ON'],
        ['transition', 2, 'OFF'],
        ['summary', undefined, undefined],
      ])
      expect(stderr).toMatch(/^line 2 rejected: .*\n$/)
    },
  )

  test('ends though the module keeps the event loop going', async () => {
    expect((await command.run(['run', 'restless.mjs'], '{}\n')).status).toBe(0)
  })

  test('ends when its reader has seen enough, with the summary on standard error', async () => {
    const running = command.start('run', 'endless.mjs', '--json', '--speed', 'max')
    running.stdin.end()
    const end = finished(running)
    await once(running.stdout, 'data')
    running.stdout.destroy()
    const { status, stderr } = await end
    expect([status, JSON.parse(stderr).type]).toEqual([0, 'summary'])
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends on %s with the summary and status %d', async (signal, expected) => {
    const running = command.start('run', 'endless.mjs', '--json')
    running.stdin.end()
    const end = finished(running)
    await once(running.stdout, 'data')
    running.kill(signal)
    const { status, stdout, stderr } = await end
    expect([status, stderr]).toEqual([expected, ''])
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ type: 'summary' })
  })

  test('ends at the second SIGINT, with a word and status 130, where the module loops', async () => {
    const running = command.start('run', 'loops.mjs', '--json')
    running.stdin.end('{}\n')
    const end = finished(running)
    const [said] = await once(running.stderr, 'data')
    // Again and again: the system may make one of two signals that come at once.
    const asking = setInterval(() => running.kill('SIGINT'), 20)
    const { status, stderr } = await end.finally(() => clearInterval(asking))
    expect([status, stderr]).toEqual([
      130,
      `${said}headgate run: ended at once by a second signal, SIGINT; no summary.\n`,
    ])
    const pid = Number(/\d+/.exec(said)?.[0])
    expect(isAlive(pid)).toBe(false)
  })

  test('ends with the command where the module loops and the command was killed', async () => {
    const running = command.start('run', 'loops.mjs', '--json')
    running.stdin.end('{}\n')
    const end = finished(running)
    const [said] = await once(running.stderr, 'data')
    const pid = Number(/\d+/.exec(said)?.[0])
    running.kill('SIGKILL')
    try {
      expect(await becomes(() => !isAlive(pid))).toBe(true)
    } finally {
      if (isAlive(pid)) process.kill(pid, 'SIGKILL')
    }
    await end
  })

  const posix = process.platform === 'win32' ? test.skip : test

  posix('ends on SIGINT while nobody writes to the named pipe that it reads', async () => {
    spawnSync('mkfifo', [join(command.folder, 'pipe')])
    command.write('announced.mjs', `export * from './lamp.mjs'\nsetImmediate(() => console.error('ready'))`)
    const running = command.start('run', 'announced.mjs', '--json', '--events', 'pipe')
    const end = finished(running)
    await once(running.stderr, 'data')
    running.kill('SIGINT')
    const { status, stdout } = await end
    expect([status, JSON.parse(stdout).records]).toEqual([130, 0])
  })

  test('runs the demonstration', async () => {
    const { status, stdout, stderr } = await command.run(['run', '--speed', 'max'])
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/BOOTING → ERROR_STATE {2}on BIOS_ERROR/)
    expect(stdout).toMatch(/\nEnded in SHUTDOWN at version/)
    expect(stdout).toMatch(/\nsubscriber .*\nlog .*\ndashboard .*\narchive .*\n$/)
  })

  test('runs the example of its manual', async () => {
    const manual = readFileSync(join(ROOT, 'docs/run.md'), 'utf8')
    const block = (marks: string): string => {
      const found = manual.split(`\n\`\`\`${marks}\n`)[1]?.split('\n```')[0]
      if (found === undefined) throw new Error(`docs/run.md has no block marked "${marks}".`)
      return found
    }
    command.write('kettle.js', block('js'))
    const { status, stdout, stderr } = await command.run(['run', 'kettle.js'], `${block('json')}\n`)
    expect([status, stderr]).toEqual([0, ''])
    expect(block('text').replace(/ in \d.* a second/, '')).toBe(
      `$ headgate run kettle.js --events kettle.ndjson\n${stdout.trimEnd().replace(/ in \d.* a second/, '')}`,
    )
  })
})
