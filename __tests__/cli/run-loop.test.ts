import { Writable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { checkModule } from '../../src/cli/load-module.ts'
import { Output } from '../../src/cli/output.ts'
import { Pace } from '../../src/cli/pace.ts'
import type { Speed } from '../../src/cli/parse-run-arguments.ts'
import { RecordHandler } from '../../src/cli/record-handler.ts'
import { fromRecords } from '../../src/cli/record-source.ts'
import { RecordTime } from '../../src/cli/record-time.ts'
import { RunLoop } from '../../src/cli/run-loop.ts'
import { StopSwitch } from '../../src/cli/stop-switch.ts'
import { createMachineStore } from '../../src/machine/index.ts'
import { ManualTime, MemoryStream, type MemoryStream as Stream } from './support/fake-io.ts'
import { lampModule } from './support/machines.ts'

/** A time that tells when the event loop got its turns. */
class WatchedTime extends ManualTime {
  readonly breaths: number[] = []

  override async breathe(): Promise<void> {
    this.breaths.push(this.now())
    await super.breathe()
  }
}

interface Settings {
  readonly speed?: Speed
  readonly stream?: Stream | Writable
  /** How long the module takes for a record. */
  readonly handlingMs?: number
}

function setUp(
  records: unknown,
  { speed = 'max', stream = new MemoryStream(), handlingMs = 0 }: Settings = {},
) {
  const time = new WatchedTime()
  const handledAt: number[] = []
  const ingest = () => {
    time.advance(handlingMs)
    handledAt.push(time.now())
  }
  const module = checkModule({ ...lampModule, ingest }, 'm.js')
  const store = createMachineStore(module.machine)
  const handler = new RecordHandler(module, store, () => {})
  const stop = new StopSwitch(new AbortController().signal)
  const output = new Output(stream)
  const loop = new RunLoop({
    source: fromRecords(records as Iterable<unknown>, () => time.now()),
    handler,
    pace: new Pace(speed, new RecordTime('t', 'ms')),
    store,
    suspends: false,
    output,
    room: () => undefined,
    time,
    stop,
    onMalformed: () => {},
  })
  return { loop, time, handler, handledAt, stop, output }
}

const times = (...ts: number[]): { t: number }[] => ts.map((t) => ({ t }))

describe('RunLoop', () => {
  test('takes no time for no records', async () => {
    const { loop, handler } = setUp([])
    await loop.run()
    expect([handler.records, loop.elapsedMs, loop.progress]).toEqual([0, 0, 1])
  })

  test('measures from the first record to the last', async () => {
    const { loop, time } = setUp(times(5, 25, 105), { speed: 1 })
    time.advance(1_000)
    await loop.run()
    time.advance(1_000)
    expect(loop.elapsedMs).toBe(100)
  })

  test('lets the event loop go round while it handles records at full speed', async () => {
    const { loop, time, handledAt } = setUp(times(1, 2, 3, 4, 5, 6, 7), { handlingMs: 4 })
    await loop.run()
    expect(handledAt).toEqual([4, 8, 12, 16, 20, 24, 28])
    expect(time.breaths).toEqual([12, 24])
  })

  test('lets it go round also while it catches up with the times of the records', async () => {
    const { loop, time } = setUp(times(0, 1, 2, 3, 4, 5), { speed: 1, handlingMs: 6 })
    await loop.run()
    expect(time.breaths).toEqual([12, 24, 36])
  })

  test('tells how much of the records is handled', async () => {
    const { loop, time } = setUp(times(0, 10, 20, 30), { speed: 1 })
    const seen: unknown[] = []
    time.every(10, () => seen.push(loop.progress))
    await loop.run()
    expect(seen).toEqual([0.25, 0.5, 0.75])
    expect(loop.progress).toBe(1)
  })

  test('stops where it is told to', async () => {
    const { loop, time, handler, stop } = setUp(times(0, 10, 20, 30), { speed: 1 })
    time.every(15, () => stop.stop({ kind: 'strict' }))
    await loop.run()
    expect(handler.records).toBe(2)
  })

  test('waits for an output that cannot keep up', async () => {
    const goOn: (() => void)[] = []
    const stream = new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => void goOn.push(done),
    })
    const { loop, output, handler } = setUp(times(1, 2, 3, 4), { stream, handlingMs: 12 })
    output.line('a line')
    await nextTurn()
    const running = loop.run()
    for (let turn = 0; turn < 5; turn += 1) await nextTurn()
    expect(handler.records).toBe(1)
    goOn[0]?.()
    await running
    expect(handler.records).toBe(4)
  })

  test('does not wait for an output once it is told to stop', async () => {
    const stream = new Writable({ highWaterMark: 1, write: () => {} })
    const { loop, output, handler, stop } = setUp(times(1, 2, 3, 4), { stream, handlingMs: 12 })
    output.line('a line')
    await nextTurn()
    const running = loop.run()
    for (let turn = 0; turn < 5; turn += 1) await nextTurn()
    stop.stop({ kind: 'strict' })
    await running
    expect(handler.records).toBe(1)
  })

  test('reports records that cannot be read to their end, and stops', async () => {
    const records = (function* () {
      yield { t: 1 }
      throw new Error('no more')
    })()
    const { loop, stop } = setUp(records)
    await loop.run()
    expect(stop.cause).toEqual({
      kind: 'unreadable',
      sentence: 'The records could not be read to their end: no more',
    })
  })
})
