import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { headgateAdapter } from '../../src/stress/headgate-adapter.ts'
import { runStress } from '../../src/stress/run-stress.ts'
import { defineScenario, type Scenario, type ScenarioContext } from '../../src/stress/scenario.ts'
import type { StressEvent, StressOptions } from '../../src/stress/stress-options.ts'
import { broken, hangs } from './support/broken-stores.ts'
import { onlyResult } from './support/results.ts'

/** A scenario that does this. */
function scenario(name: string, run: (context: ScenarioContext) => Promise<void> | void): Scenario {
  return defineScenario<string>({
    name,
    group: 'own',
    goal: 'To be run.',
    method: 'By a test.',
    thresholds: { figure: { unit: 'pieces', atLeast: 2, atMost: 4, about: 'A figure.' } },
    run: async (context) => run(context),
  })
}

const fine = scenario('fine', (context) => {
  context.check('all is well', true, 'very')
  context.threshold('figure', 3)
})

const run = (scenarios: StressOptions['scenarios'], options: StressOptions = {}) =>
  runStress(headgateAdapter, { ...options, scenarios })

describe('runStress', () => {
  test('reports what a scenario stated', async () => {
    const report = await run([fine], { seed: 7, scale: 2, profile: 'ci' })
    expect(report).toMatchObject({
      format: 'headgate.stress',
      formatVersion: 1,
      store: 'headgate',
      profile: 'ci',
      scale: 2,
      seed: 7,
      passed: true,
      environment: { node: process.version },
    })
    expect(report.environment.headgate).toMatch(/^\d+\.\d+\.\d+/)
    expect(onlyResult(report)).toMatchObject({ name: 'fine', group: 'own', outcome: 'passed', message: '' })
    expect(onlyResult(report).checks[0]).toEqual({ fact: 'all is well', outcome: 'passed', detail: 'very' })
    expect(onlyResult(report).thresholds).toEqual([
      { name: 'figure', about: 'A figure.', unit: 'pieces', atLeast: 2, atMost: 4, value: 3, passed: true },
    ])
  })

  test('has a curve of the heap also where the scenario does not tell how far it is', async () => {
    const silent = scenario('silent', async (context) => {
      for (let nth = 0; nth < 12; nth += 1) await context.time('work', () => sleep(30))
    })
    // Its beginning, and a point for each tenth of a second or, where the work takes longer, for each.
    expect(onlyResult(await run([silent])).heap.length).toBeGreaterThan(3)
  })

  test('gives a report that JSON carries unchanged', async () => {
    const report = await run(['latency', 'massive-subscribers'], { scale: 0.05 })
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })

  test.each([
    [1, 'figure is 1 pieces, expected at least 2 and at most 4.'],
    [5, 'figure is 5 pieces, expected at least 2 and at most 4.'],
    [Number.NaN, 'figure is 0 pieces, expected at least 2 and at most 4.'],
  ])('fails a scenario whose figure is %d', async (value, message) => {
    const report = await run([scenario('off', (context) => context.threshold('figure', value))])
    expect(report.passed).toBeFalse()
    expect(onlyResult(report)).toMatchObject({ outcome: 'failed', message })
  })

  test('fails a scenario of which a fact does not hold, and says what was seen', async () => {
    const report = await run([scenario('wrong', (context) => context.check('one is two', false, '1 of 2'))])
    expect(onlyResult(report)).toMatchObject({ outcome: 'failed', message: 'Not so: one is two (1 of 2).' })
  })

  test('skips a scenario of which nothing could be tested, and says why', async () => {
    const absent = scenario('absent', (context) => context.skip('one is one', 'nobody can count here'))
    const report = await run([absent, fine])
    expect(report.results.map(({ outcome, message }) => [outcome, message])).toEqual([
      ['skipped', 'nobody can count here'],
      ['passed', ''],
    ])
    expect(report.passed).toBeTrue()
  })

  test('has not passed where all was skipped', async () => {
    const absent = scenario('absent', (context) => context.skip('one is one', 'nobody can count here'))
    expect((await run([absent])).passed).toBeFalse()
  })

  test('says of a limit that was never compared that it was skipped', async () => {
    const report = await run([scenario('lazy', () => {})])
    expect(onlyResult(report).checks).toContainEqual({
      fact: 'threshold figure',
      outcome: 'skipped',
      detail: 'nothing was measured',
    })
  })

  test('reports a scenario that throws as an error, and runs the rest', async () => {
    const throwing = scenario('throwing', () => {
      throw new Error('broken')
    })
    const report = await run([throwing, fine])
    expect(report.results.map(({ name, outcome, message }) => [name, outcome, message])).toEqual([
      ['throwing', 'error', 'broken'],
      ['fine', 'passed', ''],
    ])
    expect(report.passed).toBeFalse()
  })

  test('reports a store that cannot be made, and one that cannot be destroyed', async () => {
    const refuse = (message: string) => (): never => {
      throw new Error(message)
    }
    const unmade = await runStress({ name: 'unmade', create: refuse('no') }, { scenarios: [fine] })
    expect(onlyResult(unmade)).toMatchObject({ outcome: 'error', message: 'The store could not be made: no' })
    const undead = broken('undead', () => ({ destroy: refuse('never') }))
    expect(onlyResult(await runStress(undead, { scenarios: [fine] }))).toMatchObject({
      outcome: 'error',
      message: 'destroy() threw: never',
    })
  })

  test('refuses a limit that the scenario does not name', async () => {
    const report = await run([scenario('misnamed', (context) => context.threshold('figrue', 3))])
    expect(onlyResult(report)).toMatchObject({
      outcome: 'error',
      message: 'Expected "threshold" to be one that the scenario names (figure), got "figrue" (string).',
    })
  })

  test('gives each scenario a store of its own, and destroys it', async () => {
    let made = 0
    let destroyed = 0
    const counting = broken('counting', (store) => {
      made += 1
      return {
        destroy() {
          destroyed += 1
          store.destroy?.()
        },
      }
    })
    await runStress(counting, { scenarios: [fine, scenario('second', () => {})] })
    expect([made, destroyed]).toEqual([2, 2])
  })

  test('tells of each step in order', async () => {
    const events: StressEvent[] = []
    const stepping = scenario('stepping', (context) => {
      context.count('write', 3)
      context.progress(3, 3)
    })
    const report = await run([stepping, fine], { onProgress: (event) => events.push(event) })
    expect(events.map(({ type, scenario: name }) => `${type} ${name}`)).toEqual([
      'started stepping',
      'progress stepping',
      'finished stepping',
      'started fine',
      'finished fine',
    ])
    expect(events[0]).toMatchObject({ index: 0, count: 2, group: 'own', goal: 'To be run.' })
    expect(events[1]).toMatchObject({ done: 3, total: 3 })
    expect(events[4]).toHaveProperty('result', report.results[1])
  })
})

/** What is no longer waited for has come to where it hangs by then, also on a machine that stalls. */
const TIMEOUT_MS = 1_500

describe('time', () => {
  test('stops a scenario that waits for ever, and runs the rest', async () => {
    const waiting = scenario('waiting', () => new Promise(() => {}))
    const report = await run([waiting, fine], { timeoutMs: TIMEOUT_MS })
    expect(report.results.map(({ outcome, message }) => [outcome, message])).toEqual([
      ['timeout', `Out of time after ${TIMEOUT_MS} ms.`],
      ['passed', ''],
    ])
  })

  test('stops a store whose write never ends, and keeps what was counted until then', async () => {
    const report = await runStress(hangs, { scenarios: ['sets-and-gets'], timeoutMs: TIMEOUT_MS })
    expect(onlyResult(report)).toMatchObject({ outcome: 'timeout', counts: { write: 3, read: 2 } })
  })

  test('stops a loop that never waits, where it tells how far it is', async () => {
    const looping = scenario('looping', (context) => {
      for (;;) context.progress(1, 2)
    })
    expect(onlyResult(await run([looping], { timeoutMs: 30 })).outcome).toBe('timeout')
  })

  test('aborts the signal of what is out of time, and takes no more from it', async () => {
    let reason: unknown
    let late: ScenarioContext | undefined
    const waiting = scenario('waiting', (context) => {
      late = context
      context.signal.addEventListener('abort', () => {
        reason = context.signal.reason
      })
      return new Promise(() => {})
    })
    const result = onlyResult(await run([waiting], { timeoutMs: TIMEOUT_MS }))
    late?.check('too late', false)
    late?.count('late')
    expect(reason).toEqual(new Error(`Out of time after ${TIMEOUT_MS} ms.`))
    expect(result.checks.map(({ fact }) => fact)).not.toContain('too late')
    expect(result.counts).toEqual({})
  })

  test('ends the run when its signal aborts; the report says what has run', async () => {
    const stop = new AbortController()
    const stopping = scenario('stopping', () => {
      stop.abort(new Error('enough'))
      return new Promise(() => {})
    })
    const report = await run([fine, stopping, scenario('never', () => {})], { signal: stop.signal })
    expect(report.results.map(({ name, outcome, message }) => [name, outcome, message])).toEqual([
      ['fine', 'passed', ''],
      ['stopping', 'error', 'The run was stopped: enough'],
    ])
    expect(report.passed).toBeFalse()
  })

  test('runs nothing for a signal that has aborted, and that is no pass', async () => {
    const report = await run([fine], { signal: AbortSignal.abort() })
    expect(report).toMatchObject({ results: [], passed: false })
  })
})

describe('a seed', () => {
  const drawing = (name: string, drawn: number[]): Scenario =>
    scenario(name, (context) => {
      for (let draw = 0; draw < 5; draw += 1) drawn.push(context.random())
    })

  async function draw(seed: number, name = 'drawing'): Promise<number[]> {
    const drawn: number[] = []
    await run([drawing(name, drawn)], { seed })
    return drawn
  }

  test('gives the same numbers again, others than another seed or another scenario', async () => {
    const numbers = await draw(1)
    expect(numbers).toSatisfyAll((one: number) => one >= 0 && one < 1)
    expect(await draw(1)).toEqual(numbers)
    expect(await draw(2)).not.toEqual(numbers)
    expect(await draw(1, 'another')).not.toEqual(numbers)
  })

  test('repeats the operations of a scenario', async () => {
    const counts = async (seed: number): Promise<unknown> =>
      onlyResult(await run(['error-injection'], { seed, scale: 0.2 })).counts
    expect(await counts(3)).toEqual(await counts(3))
    expect(await counts(3)).not.toEqual(await counts(4))
  })
})

describe('the choice of scenarios', () => {
  test('takes names and groups, each scenario once, in the order given', async () => {
    const report = await run(['latency', 'benchmark', fine], { scale: 0.01 })
    expect(report.results.map(({ name }) => name)).toEqual(['latency', 'throughput', 'fine'])
  })

  test.each([
    [['no-such'], 'got "no-such" (string).'],
    [[], 'got an empty list.'],
  ])('refuses %j and lists what there is', async (scenarios, end) => {
    await expect(run(scenarios)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    await expect(run(scenarios)).rejects.toThrow(
      /^Expected "scenarios" to be some of the groups high-volume, .*benchmark, or of the scenarios sets-and-gets, .*latency, /,
    )
    await expect(run(scenarios)).rejects.toThrow(end)
  })

  test('refuses a scenario whose name is taken', async () => {
    await expect(run([scenario('latency', () => {})])).rejects.toThrow(
      'Expected "scenario.name" to be a name that no other scenario has, got "latency" (string).',
    )
  })

  test.each([
    [{ profile: 'slow' }, 'Expected "profile" to be one of quick, ci, full, soak, got "slow" (string).'],
    [{ scale: 0 }, 'Expected "scale" to be a number above 0, got 0 (number).'],
    [{ scale: '2' }, 'Expected "scale" to be a number above 0, got "2" (string).'],
    [{ seed: -1 }, 'Expected "seed" to be an integer from 0, got -1 (number).'],
    [{ durationMs: 0 }, 'Expected "durationMs" to be a number from 1 to 2147483647, got 0 (number).'],
    [
      { timeoutMs: Number.NaN },
      'Expected "timeoutMs" to be a number from 1 to 2147483647, got NaN (number).',
    ],
  ])('refuses the options %j', async (options, sentence) => {
    // The cast stands for a caller without types.
    await expect(run([fine], options as StressOptions)).rejects.toThrow(sentence)
  })

  test('refuses what is no adapter', async () => {
    await expect(runStress({ name: 'x' } as never)).rejects.toThrow(
      'Expected "adapter" to be an adapter { name, create(initial) }, got an object.',
    )
  })
})
