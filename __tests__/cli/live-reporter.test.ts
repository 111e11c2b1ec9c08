import { describe, expect, test } from '@jest/globals'
import { NO_COLORS } from '../../src/cli/format.ts'
import { FRAME_MS, LINES_PER_FRAME_MAX } from '../../src/cli/live-panel.ts'
import { LiveReporter } from '../../src/cli/live-reporter.ts'
import { Output } from '../../src/cli/output.ts'
import { RecordTime } from '../../src/cli/record-time.ts'
import type { ReportedTransition, RunStatus } from '../../src/cli/reporter.ts'
import type { Summary } from '../../src/cli/summary.ts'
import { ManualTime, MemoryStream } from './support/fake-io.ts'
import { Screen } from './support/screen.ts'

const summary = {
  type: 'summary',
  records: 3,
  rejected: 1,
  unhandled: 0,
  elapsedMs: 1_500,
  recordsPerSecond: 2,
  metrics: { currentState: 'ON', currentVersion: 4 },
  subscribers: [],
} as unknown as Summary

const transition = (version: number): ReportedTransition => ({
  type: 'transition',
  t: version * 1_000,
  from: 'OFF',
  to: 'ON',
  event: 'PRESS',
  version,
})

function setUp({ rows = 24, columns = 80 } = {}) {
  const stdout = Object.assign(new MemoryStream(), { isTTY: true, rows, columns })
  const stderr = Object.assign(new MemoryStream(), { isTTY: true })
  const output = new Output(stdout)
  const errors = new Output(stderr)
  const time = new ManualTime()
  const status: { -readonly [Key in keyof RunStatus]: RunStatus[Key] } = {
    machine: 'lamp',
    state: 'ON',
    version: 4,
    records: 0,
    rejected: 0,
    unhandled: 1,
    progress: 0.25,
    subscribers: [],
  }
  const reporter = new LiveReporter({
    output,
    errors,
    palette: NO_COLORS,
    recordTime: new RecordTime('t', 'ms'),
    time,
    status: () => status,
  })
  const screen = async (): Promise<string[]> => {
    await output.flush()
    return new Screen(columns, rows).show(stdout.text)
  }
  const frame = (): void => time.advance(FRAME_MS)
  return { reporter, time, frame, status, stdout, stderr, output, errors, screen }
}

describe('LiveReporter', () => {
  test('shows nothing before the first frame', async () => {
    const { screen, reporter } = setUp()
    reporter.transition(transition(1))
    expect(await screen()).toEqual([])
  })

  test('shows where the run is', async () => {
    const { frame, screen } = setUp()
    frame()
    expect(await screen()).toEqual([
      '',
      'lamp  ON  version 4',
      '0 records, 0 a second; 0 rejected, 1 event unhandled',
      `${'█'.repeat(10)}${'░'.repeat(30)} 25 %`,
      '',
      'No subscribers. Attach some with --subscriber ID=POLICY.',
    ])
  })

  test('draws the panel over itself', async () => {
    const { frame, screen, status } = setUp()
    frame()
    status.state = 'OFF'
    status.progress = undefined
    frame()
    const lines = await screen()
    expect(lines).toHaveLength(6)
    expect(lines.slice(1, 4)).toEqual([
      'lamp  OFF  version 4',
      '0 records, 0 a second; 0 rejected, 1 event unhandled',
      'until the records end; Ctrl-C stops',
    ])
  })

  test('tells the records a second of the last second or so', async () => {
    const { frame, screen, status } = setUp()
    for (let frames = 0; frames < 30; frames += 1) {
      status.records += frames < 15 ? 80 : 8
      frame()
    }
    expect((await screen())[2]).toMatch(/^1 320 records, 100 a second/)
  })

  test('prints transitions and problems above the panel, in order', async () => {
    const { frame, screen, reporter } = setUp()
    frame()
    reporter.transition(transition(1))
    reporter.problem('line 7 rejected')
    frame()
    reporter.transition(transition(2))
    frame()
    expect((await screen()).slice(0, 5)).toEqual([
      '   1.000 s  OFF → ON  on PRESS, version 1',
      'line 7 rejected',
      '   2.000 s  OFF → ON  on PRESS, version 2',
      '',
      'lamp  ON  version 4',
    ])
  })

  test('leaves problems to standard error where that is another place', async () => {
    const { reporter, stderr, errors, frame, screen } = setUp()
    stderr.isTTY = false
    reporter.problem('line 7 rejected')
    frame()
    await errors.flush()
    expect(stderr.lines).toEqual(['line 7 rejected'])
    expect(await screen()).not.toContain('line 7 rejected')
  })

  test('tells of lines beyond its bound only how many there were', async () => {
    const { frame, screen, reporter } = setUp({ rows: 200 })
    for (let version = 1; version <= LINES_PER_FRAME_MAX + 1_000; version += 1) {
      reporter.transition(transition(version))
    }
    frame()
    const lines = await screen()
    expect(lines[LINES_PER_FRAME_MAX - 1]).toContain('version 100')
    expect(lines[LINES_PER_FRAME_MAX]).toBe('… and 1 000 more lines')
  })

  test('stays lower and narrower than the terminal, and right while it scrolls', async () => {
    const { frame, screen, reporter } = setUp({ rows: 4, columns: 20 })
    for (let version = 1; version <= 10; version += 1) {
      reporter.transition(transition(version))
      frame()
    }
    expect(await screen()).toEqual(['', 'lamp  ON  version 4', '0 records, 0 a secon'])
  })

  test('leaves the summary where the panel was, and draws no more', async () => {
    const { frame, time, screen, reporter, stdout, output } = setUp()
    frame()
    reporter.transition(transition(1))
    reporter.finish(summary)
    expect(await screen()).toEqual([
      '   1.000 s  OFF → ON  on PRESS, version 1',
      '',
      '3 records in 1.500 s, 2 a second; 1 rejected, 0 events unhandled.',
      'Ended in ON at version 4.',
      '',
      'No subscribers. Attach some with --subscriber ID=POLICY.',
    ])
    const { text } = stdout
    time.advance(10_000)
    await output.flush()
    expect(stdout.text).toBe(text)
  })

  test('leaves the summary to standard error where the terminal has gone', async () => {
    const { reporter, output, errors, stdout, stderr } = setUp()
    stdout.destroy()
    await output.flush()
    reporter.finish(summary)
    await errors.flush()
    expect(stderr.text).toContain('3 records in 1.500 s')
  })
})
