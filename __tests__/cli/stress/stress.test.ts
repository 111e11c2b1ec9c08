import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { runCommand } from '../../../src/cli/command.ts'
import { stress } from '../../../src/cli/stress/stress.ts'
import type { RunSuite } from '../../../src/cli/stress/stress-session.ts'
import { UsageError } from '../../../src/cli/usage-error.ts'
import { HeadgateError } from '../../../src/kit/index.ts'
import type { ScenarioResult } from '../../../src/stress/index.ts'
import {
  failedResult,
  sampleReport,
  sampleResult,
  skippedResult,
} from '../../stress/report/support/sample-report.ts'
import { type FakeIo, fakeIo } from '../support/fake-io.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-stress-'))
  writeFileSync(
    join(folder, 'strange.json'),
    '{"format":"headgate.stress","formatVersion":1,"startedAt":"","environment":{},"results":[\n{"name":"a",\n"outcome":"\\u001b[2J"}]}',
  )
})

afterAll(() => rmSync(folder, { recursive: true }))

const words = (line: string): string[] => line.split(' ').filter((word) => word !== '')

interface Asked {
  module: string | undefined
  options: Parameters<RunSuite>[1]
}

/** A suite that has run these results, and tells of them as the real one does. */
function suiteOf(results: readonly ScenarioResult[], between: () => void | Promise<void> = () => {}) {
  const asked: Asked[] = []
  const run: RunSuite = async (module, options = {}) => {
    asked.push({ module, options })
    const count = results.length
    const done: ScenarioResult[] = []
    for (const [index, result] of results.entries()) {
      if (options.signal?.aborted) break
      const { name: scenario, group, goal } = result
      options.onProgress?.({ type: 'started', scenario, group, goal, index, count })
      const at = { done: 1, total: 2, rate: 5, heapBytes: 1e6, elapsedMs: 1 }
      options.onProgress?.({ type: 'progress', scenario, ...at })
      await between()
      done.push(result)
      options.onProgress?.({ type: 'finished', scenario, index, count, result })
    }
    const report = sampleReport(done)
    return { ...report, passed: report.passed && done.length === count }
  }
  return { run, asked }
}

const world = (): FakeIo => fakeIo([], folder)

/** The sentence with which a call is refused. */
async function refusal(line: string, run: RunSuite = suiteOf([]).run): Promise<string> {
  try {
    await stress(words(line), world(), run)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error(`"${line}" was not refused.`)
}

describe('headgate stress', () => {
  test('ends with 0 where all passed, one line a scenario and a table', async () => {
    const io = world()
    expect(await stress([], io, suiteOf([sampleResult(), sampleResult({ name: 'second' })]).run)).toBe(0)
    expect(io.stdout.lines).toEqual([
      '✓ passed     sustained-writes  high-volume, 2 s, 50 000 writes/s overall',
      '✓ passed     second  high-volume, 2 s, 50 000 writes/s overall',
      '',
      'scenario          outcome   threshold            this run  limit',
      'sustained-writes  ✓ passed  ✓ write-rate  50 000 writes/s  at least 5 000 writes/s',
      'second            ✓ passed  ✓ write-rate  50 000 writes/s  at least 5 000 writes/s',
      '',
      'All 2 scenarios passed in 4 s; profile ci, seed 42, store headgate.',
    ])
    expect(io.stderr.text).toBe('')
  })

  test('ends with 1 where one did not, and tells what was missed', async () => {
    const io = world()
    expect(await stress([], io, suiteOf([failedResult()]).run)).toBe(1)
    expect(io.stdout.lines.slice(2)).toEqual([
      'scenario     outcome   threshold           this run  limit',
      'slow-writes  ✗ failed  ✗ write-rate  1 234 writes/s  at least 5 000 writes/s',
      '',
      'slow-writes: 1 check failed, 1 threshold missed.',
      '  ✗ nothing is lost: 3 of 100 states never came',
      '',
      'The scenario did not pass in 2 s; profile ci, seed 42, store headgate.',
    ])
  })

  test('ends with 0 where what was tested passed, and says why the rest was skipped', async () => {
    const io = world()
    expect(await stress([], io, suiteOf([sampleResult(), skippedResult()]).run)).toBe(0)
    expect(io.stdout.lines.slice(1)).toEqual([
      '– skipped    many-machines  machines, 2 s: nats-server is not installed',
      '',
      'scenario          outcome    threshold            this run  limit',
      'sustained-writes  ✓ passed   ✓ write-rate  50 000 writes/s  at least 5 000 writes/s',
      'many-machines     – skipped',
      '',
      '1 scenario passed, 1 was skipped in 4 s; profile ci, seed 42, store headgate.',
    ])
  })

  test('asks the suite for what it was asked for', async () => {
    const { run, asked } = suiteOf([sampleResult()])
    await stress(
      words('memory --profile ci --duration 2 --scale 3 --seed 4 --timeout 5 --store own.mjs'),
      world(),
      run,
    )
    expect(asked).toMatchObject([
      {
        module: join(folder, 'own.mjs'),
        options: {
          scenarios: ['memory'],
          profile: 'ci',
          durationMs: 2_000,
          scale: 3,
          seed: 4,
          timeoutMs: 5_000,
        },
      },
    ])
  })

  test('leaves to the suite what was not asked for', async () => {
    const { run, asked } = suiteOf([sampleResult()])
    await stress([], world(), run)
    expect(asked).toMatchObject([
      { module: undefined, options: { scenarios: undefined, durationMs: undefined, seed: undefined } },
    ])
  })

  test('writes the report as JSON and as a page', async () => {
    const io = world()
    expect(await stress(words('--json r.json --report r.html'), io, suiteOf([sampleResult()]).run)).toBe(0)
    expect(io.stdout.lines.slice(-2)).toEqual(['Wrote r.json.', 'Wrote r.html.'])
    expect(JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8'))).toEqual(sampleReport())
    expect(readFileSync(join(folder, 'r.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/)
  })

  test('compares with what an earlier run wrote', async () => {
    const before = sampleReport([sampleResult({ counts: { write: 50_000 } })], { seed: 7 })
    writeFileSync(join(folder, 'before.json'), JSON.stringify(before))
    const io = world()
    expect(await stress(words('--baseline before.json'), io, suiteOf([sampleResult()]).run)).toBe(0)
    expect(io.stdout.lines.slice(5, 10)).toEqual([
      'Against the baseline of 2026-11-22 19:55 UTC: of 4 figures, 1 better, 0 worse, 3 the same within 10 %.',
      'Another seed: 42, before 7.',
      'scenario          figure               before       now  ratio',
      'sustained-writes  throughput, write  25 000/s  50 000/s  2.00×  ▲ better',
      '',
    ])
  })

  test.each([
    ['--report no/r.html', 'The folder of --report no/r.html does not exist.'],
    ['--json .', 'The file of --json . is a folder.'],
    ['--report r.html --json ./r.html', '--report and --json name the same file, r.html.'],
    ['--report /proc/r.html', /^The file of --report \/proc\/r\.html cannot be written: E/],
    [
      '--baseline strange.json',
      'The baseline strange.json, line 3: the outcome of "a" (string) is "\\u001b[2J" (string); expected one of passed, failed, skipped, timeout, error.',
    ],
    ['--baseline none.json', /^The baseline none\.json could not be read: ENOENT/],
    ['--baseline text.json', /^The baseline text\.json is no JSON: /],
    [
      '--baseline other.json',
      'The baseline other.json is no stress report of version 1, as "headgate stress --json" writes it.',
    ],
    [
      '--baseline hollow.json',
      'The baseline hollow.json is no stress report of version 1, as "headgate stress --json" writes it.',
    ],
  ])('refuses %s before anything runs', async (line, sentence) => {
    writeFileSync(join(folder, 'text.json'), 'text')
    writeFileSync(join(folder, 'other.json'), '{"format":"another"}')
    writeFileSync(
      join(folder, 'hollow.json'),
      JSON.stringify({ ...sampleReport(), results: [{ name: 'a' }] }),
    )
    const { run, asked } = suiteOf([])
    expect(await refusal(line, run)).toEqual(
      typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
    )
    expect(asked).toEqual([])
  })

  test.each([
    ['scenarios', 'Expected SCENARIO to be one of those, got "x" (string).'],
    ['store', 'Expected --store to be one of those, got "x" (string).'],
    ['scale', 'Expected "scale" to be one of those, got "x" (string).'],
  ])('says in its own words that the suite refuses its %s', async (option, sentence) => {
    const run: RunSuite = async () => {
      throw new HeadgateError('OPTION_INVALID', {
        option,
        expected: 'one of those',
        received: '"x" (string)',
      })
    }
    expect(await refusal('', run)).toBe(sentence)
  })

  test('lists the scenarios and the profiles', async () => {
    const io = world()
    expect(await stress(['--list'], io, suiteOf([]).run)).toBe(0)
    expect(io.stdout.text).toMatch(/^scenario +group +goal\nsets-and-gets +high-volume /)
    expect(io.stdout.text).toMatch(/\nprofile +about\nquick /)
  })

  test('stops on a signal, and tells what has been done', async () => {
    const io = world()
    const suite = suiteOf([sampleResult(), sampleResult({ name: 'second' })], () => io.abort.abort('SIGINT'))
    expect(await stress(words('--json stopped.json'), io, suite.run)).toBe(130)
    expect(io.stdout.text).toContain('sustained-writes  ✓ passed')
    expect(io.stdout.text).toContain('\nStopped in scenario 1 of 2.\n')
    expect(JSON.parse(readFileSync(join(folder, 'stopped.json'), 'utf8'))).toMatchObject({ passed: false })
  })

  test('ends with the status of a signal that came before the first scenario', async () => {
    const io = world()
    const run: RunSuite = async (_, options) => {
      io.abort.abort('SIGTERM')
      throw options?.signal?.reason
    }
    expect(await stress([], io, run)).toBe(143)
    expect(io.stdout.text).toBe('')
  })

  test('stops when its reader has gone, and has not passed; the table goes to standard error', async () => {
    const io = world()
    io.stdout.closesAfter = 1
    const results = Array.from({ length: 20 }, (_, index) => sampleResult({ name: `number-${index}` }))
    const suite = suiteOf(results, () => io.time.breathe())
    expect(await stress([], io, suite.run)).toBe(1)
    expect(io.stderr.text).toContain('Stopped in scenario')
    expect(io.stderr.text).not.toContain('number-19')
  })
})

describe('runCommand', () => {
  test('explains the command', async () => {
    const io = world()
    expect(await runCommand(['stress', '--help'], io)).toBe(0)
    expect(io.stdout.text).toMatch(/^Usage: headgate stress \[SCENARIO\|GROUP \.\.\.\] \[OPTIONS\]/)
  })

  test('answers a wrong call with one line and status 2', async () => {
    const io = world()
    io.environment.HEADGATE_STRESS_SEED = 'x'
    expect(await runCommand(['stress'], io)).toBe(2)
    expect(io.stderr.lines).toEqual([
      'headgate stress: Expected HEADGATE_STRESS_SEED to be an integer from 0, got "x". See "headgate stress --help".',
    ])
  })
})
