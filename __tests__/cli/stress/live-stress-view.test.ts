import { describe, expect, test } from '@jest/globals'
import { NO_COLORS } from '../../../src/cli/format.ts'
import { FRAME_MS } from '../../../src/cli/live-panel.ts'
import { Output } from '../../../src/cli/output.ts'
import { LiveStressView } from '../../../src/cli/stress/live-stress-view.ts'
import type { StressProgress } from '../../../src/cli/stress/stress-view.ts'
import { failedResult, sampleReport, sampleResult } from '../../stress/report/support/sample-report.ts'
import { ManualTime, MemoryStream } from '../support/fake-io.ts'
import { Screen } from '../support/screen.ts'

const PROGRESS: StressProgress = {
  name: 'sustained-writes',
  number: 2,
  count: 4,
  done: 0.5,
  rate: 12_345,
  heapBytes: 16_000_000,
}

function setUp({ rows = 24, columns = 100 } = {}) {
  const stdout = Object.assign(new MemoryStream(), { isTTY: true, rows, columns })
  const stderr = new MemoryStream()
  const output = new Output(stdout)
  const errors = new Output(stderr)
  const time = new ManualTime()
  const view = new LiveStressView({ output, errors, palette: NO_COLORS, time })
  const screen = async (): Promise<string[]> => {
    await output.flush()
    return new Screen(columns, rows).show(stdout.text)
  }
  return { view, time, stdout, stderr, output, errors, screen, frame: () => time.advance(FRAME_MS) }
}

const end = (report = sampleReport()) => ({
  report,
  comparison: undefined,
  count: report.results.length,
  stopped: false,
})

describe('LiveStressView', () => {
  test('says that it starts before the first scenario has', async () => {
    const { frame, screen } = setUp()
    frame()
    expect(await screen()).toEqual(['', 'Starting; Ctrl-C stops.'])
  })

  test('shows the scenario, its rate, its heap, and how far the whole run is', async () => {
    const { frame, screen, view } = setUp()
    view.progress(PROGRESS)
    frame()
    expect(await screen()).toEqual([
      '',
      'sustained-writes  2 of 4, 50 % of it',
      '12 345 operations a second, heap 16 MB; Ctrl-C stops',
      `${'█'.repeat(15)}${'░'.repeat(25)} 37 %`,
    ])
  })

  test('has no figures before the scenario has told some', async () => {
    const { frame, screen, view } = setUp()
    view.progress({ ...PROGRESS, done: 0, rate: undefined, heapBytes: undefined })
    frame()
    expect((await screen())[2]).toBe('starting; Ctrl-C stops')
  })

  test('prints a line for each scenario that has ended above the panel', async () => {
    const { frame, screen, view } = setUp()
    view.progress(PROGRESS)
    frame()
    view.ended(sampleResult())
    frame()
    view.ended(failedResult())
    frame()
    expect((await screen()).slice(0, 4)).toEqual([
      '✓ passed     sustained-writes  high-volume, 2 s, 50 000 writes/s overall',
      '✗ failed     slow-writes  limits, 2 s, 50 000 writes/s overall',
      '',
      'sustained-writes  2 of 4, 50 % of it',
    ])
  })

  test('leaves the table where the panel was, and draws no more', async () => {
    const { frame, time, screen, view, stdout, output } = setUp()
    view.progress(PROGRESS)
    frame()
    view.finish(end())
    expect(await screen()).toEqual(
      [
        '',
        'scenario          outcome   threshold           this run  limit',
        'sustained-writes  ✓ passed  ✓ write-rate  50 000 writes/s  at least 5 000 writes/s',
        '',
        'The scenario passed in 2 s; profile ci, seed 42, store headgate.',
      ].map((line) =>
        line.startsWith('scenario ')
          ? expect.stringMatching(/^scenario +outcome +threshold +this run +limit$/)
          : line,
      ),
    )
    const { text } = stdout
    time.advance(10_000)
    await output.flush()
    expect(stdout.text).toBe(text)
  })

  test('stacks the table where the terminal is too narrow for it', async () => {
    const { screen, view } = setUp({ columns: 60 })
    view.finish(end())
    expect((await screen()).slice(0, 3)).toEqual([
      '',
      '✓ passed  sustained-writes',
      '  ✓ write-rate: 50 000 writes/s, at least 5 000 writes/s',
    ])
  })

  test('wipes the panel where nothing was run', async () => {
    const { frame, screen, view, time } = setUp()
    frame()
    view.abandon()
    time.advance(10_000)
    expect(await screen()).toEqual([])
  })

  test('hides no cursor and leaves no mode behind', async () => {
    const { frame, view, stdout, screen } = setUp()
    view.progress(PROGRESS)
    frame()
    view.finish(end())
    await screen()
    expect(stdout.text).not.toContain('\u001b[?')
  })

  test('leaves the table to standard error where the terminal has gone', async () => {
    const { view, output, errors, stdout, stderr } = setUp()
    stdout.destroy()
    await output.flush()
    view.finish(end())
    await errors.flush()
    expect(stderr.text).toContain('The scenario passed in 2 s')
  })
})
