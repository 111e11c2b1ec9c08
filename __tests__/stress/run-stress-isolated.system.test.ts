import { execFile, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { StressEvent } from '../../src/stress/stress-options.ts'
import type { ScenarioResult, StressReport } from '../../src/stress/stress-report.ts'
import { BUILD_MS_MAX, BuiltCommand } from '../cli/support/built-command.ts'
import { becomes, isAlive } from '../support/processes.ts'

/** Stores and scenarios that only a process of its own can contain. */
const UNRULY = `
import { writeFileSync } from 'node:fs'
import { defineScenario, headgateAdapter } from 'headgate/stress'
export const adapter = headgateAdapter
const own = (name, run) =>
  defineScenario({ name, group: 'unruly', goal: 'To be run.', method: 'By a test.', thresholds: {}, run })
export const scenarios = [
  own('fine', async (context) => {
    context.count('step', 5)
    context.progress(5, 5)
    context.check('garbage can be collected', typeof gc === 'function')
  }),
  own('endless', async () => { for (;;) {} }),
  own('orphan', async () => {
    writeFileSync(process.env.PID_FILE, String(process.pid))
    for (;;) {}
  }),
  own('crashing', async () => { process.stderr.write('no more'); process.exit(7) }),
  own('rejecting', () => { Promise.reject(new Error('nobody looks')); return new Promise(() => {}) }),
  own('lingering', async () => { setInterval(() => {}, 1_000_000) }),
]
`

/** Runs a suite from the built package, and prints what came of it. */
const RUNNER = (door: string, load: string): string => `
${load}
const [store, options] = JSON.parse(process.argv[2])
const events = []
runStressIsolated(store ?? undefined, { ...options, onProgress: (event) => events.push(event) }).then(
  (report) => console.log(JSON.stringify({ report, events })),
  ({ code, message }) => console.log(JSON.stringify({ code, message })),
)
// ${door}
`

interface Run {
  readonly report: StressReport
  readonly events: readonly StressEvent[]
  readonly code?: string
  readonly message?: string
}

let built: BuiltCommand

beforeAll(() => {
  built = new BuiltCommand()
  const door = (copy: string): string => join(built.folder, 'dist', copy, 'stress/index.js')
  const esm = pathToFileURL(door('esm')).href
  built.write('esm.mjs', RUNNER('esm', `import { runStressIsolated } from '${esm}'`))
  built.write('cjs.cjs', RUNNER('cjs', `const { runStressIsolated } = require('${door('cjs')}')`))
  built.write('unruly.mjs', UNRULY.replace('headgate/stress', esm))
  built.write('empty.mjs', 'export const nothing = 1')
}, BUILD_MS_MAX)

afterAll(() => built.remove())

function run(module: string | null, options: object, runner = 'esm.mjs'): Promise<Run> {
  return new Promise((resolve, reject) => {
    const words = [join(built.folder, runner), JSON.stringify([module, options])]
    execFile(process.execPath, words, { cwd: built.folder, maxBuffer: 2 ** 26 }, (error, stdout) => {
      if (error === null) resolve(JSON.parse(stdout))
      else reject(error)
    })
  })
}

const outcomes = ({ report }: Run): unknown => report.results.map(({ name, outcome }) => [name, outcome])
const only = ({ report }: Run): ScenarioResult => report.results[0] as ScenarioResult

describe('runStressIsolated', () => {
  test('runs the suite on the store of Headgate, each scenario with garbage collection on demand', async () => {
    const { report } = await run(null, { scenarios: ['memory', 'latency'], scale: 0.1 })
    expect(report).toMatchObject({ store: 'headgate', passed: true, profile: 'quick' })
    expect(report.results.map(({ name }) => name)).toEqual([
      'large-snapshots',
      'subscriber-cleanup',
      'latency',
    ])
    expect(report.results[1]?.checks).toContainEqual({
      fact: 'no consumer is reachable any more',
      outcome: 'passed',
      detail: '0 of 110 are',
    })
  }, 180_000)

  test('kills a scenario in an endless loop, and runs the rest', async () => {
    const ended = await run('unruly.mjs', { scenarios: ['endless', 'crashing'], timeoutMs: 1_000 })
    expect(ended.report.results.map(({ name }) => name)).toEqual(['endless', 'crashing'])
    expect(only(ended)).toMatchObject({
      group: 'unruly',
      goal: 'To be run.',
      outcome: 'timeout',
      message: 'Out of time after 1000 ms; its process was killed.',
    })
    expect(ended.report.passed).toBeFalse()
  }, 120_000)

  test('reports a process that crashes as an error, with what it said, runs the rest, and tells of each step', async () => {
    const ended = await run('unruly.mjs', { scenarios: ['crashing', 'rejecting', 'lingering', 'fine'] })
    expect(outcomes(ended)).toEqual([
      ['crashing', 'error'],
      ['rejecting', 'error'],
      ['lingering', 'failed'],
      ['fine', 'passed'],
    ])
    const [crashing, rejecting, lingering] = ended.report.results
    expect(crashing?.message).toBe('The process of the scenario ended with status 7: no more')
    expect(rejecting?.message).toInclude('nobody looks')
    expect(lingering?.message).toBe('Not so: no timer is left (1 left).')
    expect(ended.events.map(({ type, scenario }) => `${type} ${scenario}`)).toEqual([
      ...['crashing', 'rejecting', 'lingering'].flatMap((name) => [`started ${name}`, `finished ${name}`]),
      ...['started fine', 'progress fine', 'finished fine'],
    ])
    expect(ended.events.at(-2)).toMatchObject({ done: 5, total: 5 })
  }, 120_000)

  test('runs the scenarios of the module after those of the suite, where none are named', async () => {
    const { message } = await run('unruly.mjs', { scenarios: ['no-such'] })
    expect(message).toMatch(/throughput, latency, fine, endless, .* got "no-such" \(string\)\.$/)
  }, 180_000)

  test.each([
    ['absent.mjs', /^Expected "store" to be a module that loads, got absent\.mjs: Cannot find module/],
    [
      'empty.mjs',
      /^Expected "store" to be a module that exports an adapter \{ name, create\(initial\) \} by default or as "adapter", got empty\.mjs, which exports nothing/,
    ],
  ])(
    'refuses %s before anything runs',
    async (module, sentence) => {
      const { code, message } = await run(module, {})
      expect(code).toBe('OPTION_INVALID')
      expect(message).toMatch(sentence)
    },
    120_000,
  )

  test('works from the CommonJS copy, with a store that is an ES module', async () => {
    const ended = await run('unruly.mjs', { scenarios: ['fine'] }, 'cjs.cjs')
    expect(outcomes(ended)).toEqual([['fine', 'passed']])
    expect(ended.report.environment.headgate).toMatch(/^\d+\.\d+/)
  }, 180_000)

  test('runs the examples of stores', async () => {
    for (const name of ['behavior-subject', 'zustand']) built.copy(`examples/stress/${name}.js`)
    const quick = { scenarios: ['rapid-transitions'], scale: 0.1 }
    for (const name of ['behavior-subject', 'zustand']) {
      const { report } = await run(`examples/stress/${name}.js`, quick)
      expect(report.results.map(({ name, outcome }) => [name, outcome])).toEqual([
        ['rapid-transitions', 'passed'],
      ])
    }
  }, 120_000)
})

describe('a scenario that loops', () => {
  test('ends when its parent was killed, which could tell it nothing', async () => {
    const pidFile = join(built.folder, 'pid')
    const parent = spawn(
      process.execPath,
      [
        join(built.folder, 'esm.mjs'),
        JSON.stringify([join(built.folder, 'unruly.mjs'), { scenarios: ['orphan'], timeoutMs: 600_000 }]),
      ],
      { env: { ...process.env, PID_FILE: pidFile }, stdio: 'ignore' },
    )
    const written = (): string => (existsSync(pidFile) ? readFileSync(pidFile, 'utf8') : '')
    expect(await becomes(() => written() !== '')).toBe(true)
    const pid = Number(written())
    try {
      expect(isAlive(pid)).toBe(true)
      parent.kill('SIGKILL')
      expect(await becomes(() => !isAlive(pid))).toBe(true)
    } finally {
      if (isAlive(pid)) process.kill(pid, 'SIGKILL')
    }
  }, 120_000)
})
