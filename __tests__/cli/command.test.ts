import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import zlib, { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { runCommand } from '../../src/cli/command.ts'
import { defineMachine } from '../../src/machine/index.ts'
import { type FakeIo, fakeIo, type MemoryStream } from './support/fake-io.ts'
import { lampModule } from './support/machines.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-'))
  await writeFile(join(folder, 'lamp.js'), '')
  await writeFile(join(folder, 'events.ndjson'), '{"t":1,"press":1}\n{"t":2,"watts":40}\n{"t":3,"press":1}\n')
})

afterAll(() => rm(folder, { recursive: true }))

type Input = Parameters<typeof fakeIo>[0]

/** A world in which `lamp.js` is the lamp, with other parts where given. */
function world(input: Input = [], part: Record<string, unknown> = {}): FakeIo {
  const io = fakeIo(input, folder)
  io.modules.set(join(folder, 'lamp.js'), { ...lampModule, ...part })
  return io
}

const run = (io: FakeIo, line = ''): Promise<number> =>
  runCommand(['run', 'lamp.js', ...line.split(' ').filter((word) => word !== '')], io)

/** Resolves once the run has written something. */
async function firstTransition(io: FakeIo): Promise<void> {
  while (io.stdout.text === '') await nextTurn()
}

const jsonLines = (stream: MemoryStream): Record<string, unknown>[] =>
  stream.lines.map((line) => JSON.parse(line))
const lastJson = (stream: MemoryStream): Record<string, unknown> => jsonLines(stream).at(-1) ?? {}

describe('runCommand', () => {
  test.each([
    [[], 'Usage: headgate COMMAND'],
    [['--help'], 'Usage: headgate COMMAND'],
    [['--version'], '9.9.9'],
    [['run', '--help'], 'Usage: headgate run [MODULE]'],
  ])('answers %j on standard output', async (words, start) => {
    const io = fakeIo()
    expect(await runCommand(words, io)).toBe(0)
    expect(io.stdout.text.startsWith(start)).toBe(true)
    expect(io.stderr.text).toBe('')
  })

  test.each([
    [['walk'], 'headgate: Unknown command "walk". See "headgate --help".'],
    [['--walk'], 'headgate: Unknown option "--walk". See "headgate --help".'],
    [['run', '--walk'], 'headgate run: Unknown option \'--walk\'. See "headgate run --help".'],
    [['run', 'no.js'], 'headgate run: The module no.js does not exist. See "headgate run --help".'],
    [
      ['run', '--events', 'no.ndjson'],
      'headgate run: The events file no.ndjson does not exist. See "headgate run --help".',
    ],
  ])('answers %j with one line on standard error and status 2', async (words, line) => {
    const io = fakeIo()
    expect(await runCommand(words, io)).toBe(2)
    expect(io.stderr.lines).toEqual([line])
    expect(io.stdout.text).toBe('')
  })

  test.each([
    ['a module without a machine', '', { machine: undefined }, /exports no "machine"/],
    ['an unknown policy', '--subscriber a=lossy', {}, /--subscriber a=lossy: Expected .*"lossy"/],
    [
      'a machine that does not start',
      '',
      {
        machine: defineMachine({
          id: 'broken',
          initial: 'A',
          context: {},
          states: {
            A: {
              entry: () => {
                throw new Error('no current')
              },
            },
          },
        }),
      },
      /The machine does not start: no current\./,
    ],
    [
      'records that throw',
      '',
      {
        records: () => {
          throw new Error('no disk')
        },
      },
      /"records" of the module threw: no disk\./,
    ],
  ])('answers %s with one line on standard error and status 2', async (_, line, part, sentence) => {
    const io = world([], part)
    expect(await run(io, line)).toBe(2)
    expect(io.stderr.lines).toEqual([expect.stringMatching(sentence)])
    expect(io.stdout.text).toBe('')
  })

  test('asks for records rather than wait at a terminal for them', async () => {
    const io = world()
    Object.assign(io.stdin, { isTTY: true })
    expect(await run(io)).toBe(2)
    expect(io.stderr.text).toMatch(/^headgate run: No records: name a file with --events FILE/)
  })
})

describe('headgate run', () => {
  test('reads a file, and writes transitions and a summary as plain lines', async () => {
    const io = world()
    expect(await run(io, '--events events.ndjson --subscriber log=buffer:8')).toBe(0)
    expect(io.stdout.lines).toEqual([
      '   0.001 s  OFF → ON  on PRESS, version 1',
      '   0.003 s  ON → OFF  on PRESS, version 3',
      '',
      '3 records in 0.000 s, 0 a second; 0 rejected, 0 events unhandled.',
      'Ended in OFF at version 3.',
      '',
      'subscriber  policy                published  delivered  dropped  conflated  pending  missed',
      'log         buffer:8:drop-oldest          4          4        0          0        0       0',
    ])
    expect(io.stderr.text).toBe('')
  })

  test('writes one JSON object a line with --json', async () => {
    const io = world(['{"t":7,"press":1}\n{"break":true}\n{"press":1}'])
    expect(await run(io, '--json --subscriber log=direct')).toBe(0)
    const [first, second, summary, ...more] = jsonLines(io.stdout)
    expect(first).toEqual({ type: 'transition', t: 7, from: 'OFF', to: 'ON', event: 'PRESS', version: 1 })
    expect(second).toEqual({
      type: 'transition',
      t: null,
      from: 'ON',
      to: 'BROKEN',
      event: 'BREAK',
      version: 2,
    })
    expect(Object.keys(summary ?? {})).toEqual([
      'type',
      'records',
      'rejected',
      'unhandled',
      'elapsedMs',
      'recordsPerSecond',
      'metrics',
      'subscribers',
    ])
    expect(summary).toMatchObject({
      type: 'summary',
      records: 3,
      rejected: 0,
      unhandled: 1,
      metrics: { commits: 2, currentState: 'BROKEN', currentVersion: 2 },
      subscribers: [{ id: 'log', policy: 'direct', published: 3, delivered: 3 }],
    })
    expect(more).toEqual([])
  })

  test('takes nothing for no records', async () => {
    const io = world([])
    expect(await run(io, '--json')).toBe(0)
    expect(lastJson(io.stdout)).toMatchObject({ records: 0, rejected: 0, elapsedMs: 0, recordsPerSecond: 0 })
  })

  test('reports a bad line with its number, counts it, and goes on', async () => {
    const io = world(['{"press":1}\n\n{oops\n{"press":1}\n[1]\n'])
    expect(await run(io, '--json')).toBe(0)
    expect(io.stderr.lines).toEqual([
      expect.stringMatching(/^line 3 rejected: .*JSON/),
      'line 5 rejected: Expected an object, got an array.',
    ])
    expect(lastJson(io.stdout)).toMatchObject({ records: 2, rejected: 2 })
  })

  test('tells the first ten bad lines, counts the others, and ends with status 3 where no line was taken', async () => {
    const io = world(['oops\n'.repeat(1_000)])
    expect(await run(io, '--json')).toBe(3)
    expect(io.stderr.lines).toHaveLength(11)
    expect(io.stderr.lines[9]).toMatch(/^line 10 rejected: .*\(further lines are only counted\)$/)
    expect(io.stderr.lines[10]).toBe('headgate run: Every line was rejected.')
    expect(lastJson(io.stdout)).toMatchObject({ records: 0, rejected: 1_000 })
  })

  test('shows control characters of events, states, identifiers and messages, and obeys none', async () => {
    const nasty = '\u001b]0;x\u0007\u009b2J\u202e'
    const shown = '\\u001b]0;x\\u0007\\u009b2J\\u202e'
    const machine = defineMachine({
      id: nasty,
      initial: 'A',
      context: {},
      states: { A: { on: { [nasty]: nasty } }, [nasty]: {} },
    })
    const next = () => {
      throw new Error(nasty)
    }
    const ingest = ({ fail }: { fail?: boolean }) => {
      if (fail) throw new Error(nasty)
      return nasty
    }
    const subscribers = [{ id: nasty, policy: 'direct', next }]
    for (const line of ['', '--json']) {
      const io = world(['{}\n{"fail":true}\n'], { machine, ingest, subscribers })
      await run(io, line)
      const all = io.stdout.text + io.stderr.text
      expect(all.includes(shown)).toBe(true)
      expect(/[\p{Cc}\p{Bidi_Control}]/u.test(all.replaceAll('\n', ''))).toBe(false)
    }
  })

  test('says once that bytes are not UTF-8, with the first line that has some', async () => {
    const io = world([Buffer.from('{"press":1}\n{"name":"caf\xe9"}\n{"name":"\xe9"}\n', 'latin1')])
    expect(await run(io, '--json')).toBe(0)
    expect(io.stderr.lines).toEqual([
      'line 2 is not UTF-8; bytes that are none are read as U+FFFD, also further on',
    ])
  })

  test.each([
    ['--time at:s', '{"at":10,"press":1}\n{"at":12.5,"press":1}\n', [2_500], '10.000 s'],
    ['--time at:us', '{"at":0,"press":1}\n{"at":3000000,"press":1}\n', [3_000], '0.000 s'],
    [
      '--time at',
      '{"at":"2026-11-28T13:30:00Z","press":1}\n{"at":"2026-11-28T13:30:02Z","press":1}\n',
      [2_000],
      '2026-11-28 13:30:00.000Z',
    ],
    [
      '--time at:s',
      '{"at":1700000000,"press":1}\n{"at":1700000001,"press":1}\n',
      [1_000],
      '2023-11-14 22:13:20.000Z',
    ],
  ])('keeps the times that %s names, and shows them', async (words, records, slept, shown) => {
    const io = world([records])
    expect(await run(io, `--speed 1 ${words}`)).toBe(0)
    expect(io.time.slept).toEqual(slept)
    expect(io.stdout.text.trimStart()).toStartWith(shown.trimStart())
    expect(io.stderr.text).toBe('')
  })

  test('takes the field of time from the module, and the command line goes over it', async () => {
    const records = '{"at":1,"when":0,"press":1}\n{"at":3,"when":1,"press":1}\n'
    const own = world([records], { timeField: 'at', timeUnit: 's' })
    await run(own, '--speed 1')
    expect(own.time.slept).toEqual([2_000])
    const over = world([records], { timeField: 'at', timeUnit: 's' })
    await run(over, '--speed 1 --time when')
    expect(over.time.slept).toEqual([1_000])
  })

  test('says that --speed had no times to keep', async () => {
    const io = world(['{"at":1,"press":1}\n'])
    expect(await run(io, '--speed 1')).toBe(0)
    expect(io.stderr.lines).toEqual([
      '--speed had no times to keep: no record has one in "t". Name their field with --time FIELD[:UNIT].',
    ])
    const unasked = world(['{"at":1,"press":1}\n'])
    await run(unasked)
    expect(unasked.stderr.text).toBe('')
  })

  test.each(['', ':ms', 'at:h', 'at:'])('refuses --time %j', async (word) => {
    const io = world(['{}\n'])
    expect(await runCommand(['run', 'lamp.js', `--time=${word}`], io)).toBe(2)
    expect(io.stderr.text).toContain(
      `Expected --time to be FIELD or FIELD:UNIT, UNIT one of s, ms, us, ns, got "${word}".`,
    )
  })

  test('reads a file that is packed with gzip, and says where one is damaged', async () => {
    const packed = gzipSync('{"t":1,"press":1}\n{"t":2,"press":1}\n')
    await writeFile(join(folder, 'events.ndjson.gz'), packed)
    await writeFile(join(folder, 'damaged.gz'), packed.subarray(0, packed.length - 9))
    const io = world()
    expect(await run(io, '--json --events events.ndjson.gz')).toBe(0)
    expect(lastJson(io.stdout)).toMatchObject({ records: 2, rejected: 0 })
    const damaged = world()
    expect(await run(damaged, '--json --events damaged.gz')).toBe(1)
    expect(damaged.stderr.text).toContain('The records could not be read to their end: ')
  })

  test('reads a file that is packed with zstd where Node can, and else says how to expand it', async () => {
    const { zstdCompressSync } = zlib as { zstdCompressSync?: (text: string) => Buffer }
    await writeFile(join(folder, 'events.zst'), zstdCompressSync?.('{"t":1,"press":1}\n') ?? '')
    const io = world()
    const status = await run(io, '--json --events events.zst')
    if (zstdCompressSync !== undefined) expect(lastJson(io.stdout)).toMatchObject({ records: 1 })
    else {
      expect(status).toBe(2)
      expect(io.stderr.text).toContain('zstd -dc events.zst | headgate run MODULE --events -')
    }
  })

  test('does not wait for a time that no clock shows', async () => {
    const io = world(['{"t":1e999}\n{"t":5}\n{"t":1e300}\n{"t":6}\n'])
    expect(await run(io, '--speed 1')).toBe(0)
    expect(io.time.slept).toEqual([1])
  })

  test.each([
    ['null', null],
    ['an object without prototype', Object.create(null)],
  ])('rejects a record on which ingest throws %s', async (_, thrown) => {
    const ingest = ({ fail }: { fail?: boolean }) => {
      if (fail) throw thrown
      return 'PRESS'
    }
    const io = world(['{"fail":true}\n{}\n'], { ingest })
    expect(await run(io, '--json')).toBe(0)
    expect(io.stderr.lines).toEqual([expect.stringMatching(/^line 1 rejected: ./)])
    expect(lastJson(io.stdout)).toMatchObject({ records: 1, rejected: 1 })
  })

  test('ends at a bad line with --strict, with its summary and status 1', async () => {
    const io = world(['{"press":1}\n[1]\n{"press":1}\n'])
    expect(await run(io, '--json --strict')).toBe(1)
    expect(io.stderr.lines).toEqual(['line 2 rejected: Expected an object, got an array.'])
    expect(lastJson(io.stdout)).toMatchObject({ type: 'summary', records: 1, rejected: 1 })
  })

  test('ends with its summary, a line and status 1 where the records cannot be read to their end', async () => {
    const stdin = Readable.from(
      (async function* () {
        yield '{"press":1}\n'
        throw new Error('cable pulled')
      })(),
    )
    const io = world(stdin)
    expect(await run(io, '--json')).toBe(1)
    expect(io.stderr.lines).toEqual([
      'headgate run: The records could not be read to their end: cable pulled',
    ])
    expect(lastJson(io.stdout)).toMatchObject({ type: 'summary', records: 1 })
  })

  test('keeps the times of the records at a speed of 1', async () => {
    const io = world(['{"t":5,"press":1}\n{"t":5.5,"press":1}\n{"t":7,"press":1}\n'], { timeUnit: 's' })
    await run(io, '--json --speed 1')
    expect(io.time.slept).toEqual([500, 1_500])
    expect(lastJson(io.stdout)).toMatchObject({ elapsedMs: 2_000, recordsPerSecond: 2 })
  })

  test('divides the times by the speed', async () => {
    const io = world(['{"t":0}\n{"t":100}\n'])
    await run(io, '--speed 4')
    expect(io.time.slept).toEqual([25])
  })

  test('does not wait at full speed, which is the default for --events', async () => {
    const io = world(['{"t":0}\n{"t":100}\n'])
    await run(io)
    expect(io.time.slept).toEqual([])
  })

  test('plays records that the module makes itself at their own times by default', async () => {
    const records = ({ seed }: { seed: number }) => [
      { t: 0, press: 1 },
      { t: seed, press: 1 },
    ]
    const io = world([], { records })
    expect(await run(io, '--json --seed 30')).toBe(0)
    expect(io.time.slept).toEqual([30])
    expect(lastJson(io.stdout)).toMatchObject({ records: 2 })
  })

  test('prefers --events to the records of the module', async () => {
    const io = world([], { records: () => [{ press: 1 }] })
    await run(io, '--json --events events.ndjson')
    expect(lastJson(io.stdout)).toMatchObject({ records: 3 })
  })

  test('prefers standard input to the records of the module where it is asked for', async () => {
    const io = world(['{"press":1}\n{"press":1}\n'], { records: () => [{ press: 1 }] })
    await run(io, '--json --events -')
    expect(lastJson(io.stdout)).toMatchObject({ records: 2 })
  })

  test('attaches the subscribers of the module, slow ones too, and says what they missed', async () => {
    const subscribers = [
      { id: 'archive', policy: 'buffer:1:drop-oldest', next: () => new Promise(() => {}) },
      { id: 'ui', policy: 'latest', next: () => new Promise(() => {}) },
    ]
    const io = world(['{"press":5}\n'], { subscribers })
    await run(io, '--json --subscriber ui=direct log=direct')
    expect(lastJson(io.stdout).subscribers).toMatchObject([
      { id: 'archive', published: 6, delivered: 1, dropped: 4, pending: 1 },
      { id: 'ui', policy: 'direct', published: 6, delivered: 6 },
      { id: 'log', published: 6, delivered: 6 },
    ])
  })

  test('lets subscribers finish before it sums up', async () => {
    const io = world(['{"press":3}\n'], { subscribers: [] })
    const ends: (() => void)[] = []
    const next = () => new Promise<void>((end) => void ends.push(end))
    io.modules.set(join(folder, 'lamp.js'), {
      ...lampModule,
      subscribers: [{ id: 'slow', policy: 'buffer', next }],
    })
    io.time.every(10, () => ends.shift()?.())
    await run(io, '--json')
    expect(lastJson(io.stdout).subscribers).toMatchObject([{ delivered: 4, pending: 0, inFlight: 0 }])
  })

  test('waits with each write for a subscriber that suspends its writers', async () => {
    const next = () => nextTurn()
    const io = world(['{"press":5}\n{"press":5}\n'], {
      subscribers: [{ id: 'sink', policy: 'buffer:1:suspend', next }],
    })
    await run(io, '--json')
    expect(lastJson(io.stdout)).toMatchObject({
      records: 2,
      rejected: 0,
      metrics: { failedWrites: 0 },
      subscribers: [{ published: 11, dropped: 0 }],
    })
  })

  test('tells subscribers that fail, ten times at most', async () => {
    const next = () => {
      throw new Error('disk full')
    }
    const io = world(['{"press":20}\n'], { subscribers: [{ id: 'sink', policy: 'direct', next }] })
    expect(await run(io, '--json')).toBe(0)
    expect(io.stderr.lines).toHaveLength(10)
    expect(io.stderr.lines[0]).toBe('sink failed in next at version 0: disk full')
    expect(io.stderr.lines[9]).toBe(
      'sink failed in next at version 9: disk full (its further failures are only counted)',
    )
    expect(lastJson(io.stdout).subscribers).toMatchObject([{ errors: 21 }])
  })

  test('counts a subscriber also after it was lost', async () => {
    const io = world(['{"press":5}\n'], {
      subscribers: [{ id: 'sink', policy: 'buffer:1:error', next: () => nextTurn() }],
    })
    await run(io, '--json')
    expect(lastJson(io.stdout).subscribers).toMatchObject([
      { id: 'sink', published: 3, delivered: 2, dropped: 1 },
    ])
    expect(io.stderr.lines).toEqual([expect.stringMatching(/^sink failed in error at version -1: /)])
  })

  test('completes its subscribers at the end', async () => {
    let completed = 0
    const complete = () => {
      completed += 1
    }
    const io = world([], { subscribers: [{ id: 'a', policy: 'direct', next: () => {}, complete }] })
    await run(io)
    expect(completed).toBe(1)
  })

  describe('when it is interrupted', () => {
    test('while it waits for input: ends with the summary and status 130', async () => {
      const stdin = new Readable({ read: () => {} })
      const io = world(stdin)
      stdin.push('{"press":1}\n')
      const running = run(io, '--json')
      await firstTransition(io)
      io.abort.abort('SIGINT')
      expect(await running).toBe(130)
      expect(lastJson(io.stdout)).toMatchObject({ type: 'summary', records: 1 })
      expect(stdin.destroyed).toBe(true)
    })

    test('while it waits for the time of a record: ends with the summary and status 143', async () => {
      const io = world(['{"t":0,"press":1}\n{"t":1000,"press":1}\n'])
      io.time.every(500, () => io.abort.abort('SIGTERM'))
      expect(await run(io, '--json --speed 1')).toBe(143)
      expect(lastJson(io.stdout)).toMatchObject({ type: 'summary', records: 1 })
    })

    test('while a subscriber suspends it for ever: ends with the summary', async () => {
      const io = world(['{"press":5}\n'], {
        subscribers: [{ id: 'sink', policy: 'buffer:1:suspend', next: () => new Promise(() => {}) }],
      })
      const running = run(io, '--json')
      await firstTransition(io)
      io.abort.abort('SIGINT')
      expect(await running).toBe(130)
      expect(lastJson(io.stdout)).toMatchObject({
        type: 'summary',
        rejected: 0,
        metrics: { commits: 1, failedWrites: 0 },
      })
    })

    test('while the module makes its next record for ever: ends with the summary', async () => {
      const io = world([], {
        records: async function* () {
          yield { press: 1 }
          await new Promise(() => {})
        },
      })
      const running = run(io, '--json')
      await firstTransition(io)
      io.abort.abort('SIGINT')
      expect(await running).toBe(130)
      expect(lastJson(io.stdout)).toMatchObject({ type: 'summary', records: 1 })
    })

    test('before it begins: takes no record', async () => {
      const io = world(['{"press":1}\n'])
      io.abort.abort('SIGINT')
      expect(await run(io, '--json')).toBe(130)
      expect([io.stdout.text, io.stderr.text]).toEqual([
        '',
        'headgate run: SIGINT while the module lamp.js was loaded.\n',
      ])
    })
  })

  test('ends with status 0 when its reader goes away, and leaves the summary to standard error', async () => {
    const stdin = Readable.from(
      (async function* () {
        for (;;) {
          yield '{"press":1}\n'
          await nextTurn()
        }
      })(),
    )
    const io = world(stdin)
    io.stdout.closesAfter = 200
    expect(await run(io, '--json')).toBe(0)
    expect(jsonLines(io.stdout).every(({ type }) => type === 'transition')).toBe(true)
    expect(jsonLines(io.stderr)).toEqual([expect.objectContaining({ type: 'summary' })])
  })

  test('leaves the plain summary to standard error, too', async () => {
    const io = world(['{"press":1}\n'])
    io.stdout.destroy()
    expect(await run(io)).toBe(0)
    expect(io.stderr.text).toContain('1 record in')
  })

  describe('on a terminal', () => {
    const terminal = (environment: Record<string, string> = {}): FakeIo => {
      const io = world(['{"t":0,"press":1}\n{"t":1000,"press":1}\n'])
      Object.assign(io.stdout, { isTTY: true, columns: 100, rows: 30 })
      Object.assign(io.environment, environment)
      return io
    }
    const sequence = '\u001b['

    test('shows a live view in colour', async () => {
      const io = terminal()
      await run(io, '--speed 1')
      expect(io.stdout.text).toContain(`lamp  ${sequence}1m${sequence}36mON`)
    })

    test('leaves colours out where NO_COLOR says so', async () => {
      const io = terminal({ NO_COLOR: '1' })
      await run(io, '--speed 1')
      expect(io.stdout.text).toContain('lamp  ON  version 1')
      expect(io.stdout.text).not.toContain(`${sequence}1m`)
    })

    test('writes plain lines where the terminal is a dumb one', async () => {
      const io = terminal({ TERM: 'dumb' })
      await run(io, '--speed 1')
      expect(io.stdout.text).not.toContain(sequence)
    })

    test('writes only JSON with --json', async () => {
      const io = terminal()
      await run(io, '--speed 1 --json')
      expect(jsonLines(io.stdout).map(({ type }) => type)).toEqual(['transition', 'transition', 'summary'])
    })
  })

  describe('without a module', () => {
    const demonstrate = async (...words: string[]) => {
      const io = fakeIo()
      expect(await runCommand(['run', '--json', ...words], io)).toBe(0)
      return { io, lines: jsonLines(io.stdout) }
    }

    test('runs the demonstration, in less than 15 s of its time', async () => {
      const { io, lines } = await demonstrate()
      expect(lines.at(-2)).toMatchObject({ to: 'SHUTDOWN' })
      expect(io.time.now()).toBeWithin(5_000, 15_000)
    })

    test('shows three subscribers', async () => {
      const { lines } = await demonstrate('--speed', 'max')
      expect(lines.at(-1)?.subscribers).toMatchObject([
        { id: 'log', missed: 0, dropped: 0, conflated: 0 },
        { id: 'dashboard', policy: 'latest', dropped: 0 },
        { id: 'archive', policy: 'buffer:8:drop-oldest', conflated: 0 },
      ])
    })

    test('agrees with itself for the same seed, and not for another', async () => {
      const [first, again, other] = [
        await demonstrate(),
        await demonstrate(),
        await demonstrate('--seed', '2'),
      ]
      expect(again.lines.slice(0, -1)).toEqual(first.lines.slice(0, -1))
      expect(other.lines.slice(0, -1)).not.toEqual(first.lines.slice(0, -1))
    })
  })
})
