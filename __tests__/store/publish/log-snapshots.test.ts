import { describe, expect, jest, test } from '@jest/globals'
import {
  createStore,
  latest,
  logSnapshots,
  type SnapshotLogger,
  type SubscriberFault,
} from '../../../src/index.ts'
import { caught, ManualClock, microtasks, refusal } from '../support.ts'

/** A logger of pino's shape: a class, whose methods need their `this`, and which swaps them with its level. */
class PinoShaped {
  readonly lines: [level: string, record: object, message: string | undefined][] = []
  readonly bindings = { pid: 7 }
  debug: (record: object, message?: string) => void = () => {}

  info(record: object, message?: string): void {
    this.#write('info', record, message)
  }

  warn(record: object, message?: string): void {
    this.#write('warn', record, message)
  }

  set level(level: 'debug' | 'info') {
    this.debug = level === 'debug' ? (record, message) => this.#write('debug', record, message) : () => {}
  }

  #write(level: string, record: object, message: string | undefined): void {
    this.lines.push([level, { ...this.bindings, ...record }, message])
  }
}

describe('logSnapshots', () => {
  test('logs every version as (record, message), the current one first', () => {
    const clock = new ManualClock()
    const store = createStore({ n: 0 }, { name: 'arm', clock })
    const logger = new PinoShaped()
    logSnapshots(store, logger)
    clock.advance(5)
    store.set({ n: 1 }, { reason: 'RAISE', source: 'plan', metadata: { job: '7' } })
    const { tsWall, tsMono } = store.snapshot
    expect(logger.lines).toEqual([
      ['info', expect.objectContaining({ pid: 7, version: 0, reason: 'INIT' }), 'arm version 0: INIT'],
      [
        'info',
        {
          pid: 7,
          store: 'arm',
          version: 1,
          reason: 'RAISE',
          source: 'plan',
          tsWall,
          tsMono,
          missed: 0,
          metadata: { job: '7' },
        },
        'arm version 1: RAISE',
      ],
    ])
  })

  test('takes the console, calls its method on it, and finds one that was replaced later', () => {
    const store = createStore(0, { name: 'arm' })
    const shaped: SnapshotLogger & { lines: unknown[] } = {
      lines: [],
      info(this: { lines: unknown[] }, ...args: unknown[]) {
        this.lines.push(args)
      },
    }
    logSnapshots(store, shaped, { record: ({ state }) => ({ state }) })
    logSnapshots(store, console, { replay: false })
    const info = jest.spyOn(console, 'info').mockImplementation(() => {})
    store.set(1)
    expect(shaped.lines).toEqual([
      [{ state: 0 }, 'arm version 0: INIT'],
      [{ state: 1 }, 'arm version 1: SET'],
    ])
    expect(info.mock.calls).toEqual([[expect.objectContaining({ version: 1 }), 'arm version 1: SET']])
    expect(info.mock.contexts).toEqual([console])
  })

  test('logs at the level that it is given, looked up for each line', () => {
    const store = createStore(0)
    const logger = new PinoShaped()
    logSnapshots(store, logger, { level: 'debug' })
    logSnapshots(store, logger, { level: 'warn', replay: false })
    logger.level = 'debug'
    store.set(1)
    expect(logger.lines.map(([level]) => level)).toEqual(['debug', 'warn'])
  })

  test('gives the delivery to record, and every version by default, also of writes inside writes', () => {
    const store = createStore(0)
    const seen: number[][] = []
    const logger = { info: () => {} }
    store.subscribe(({ state }) => {
      if (state === 1) store.set(2)
    })
    const record = (
      { state }: { state: number },
      { version, missed }: { version: number; missed: number },
    ) => {
      seen.push([state, version, missed])
      return {}
    }
    const handle = logSnapshots(store, logger, { record })
    store.set(1)
    expect(seen).toEqual([
      [0, 0, 0],
      [1, 1, 0],
      [2, 2, 0],
    ])
    expect(handle.stats()).toMatchObject({ policy: 'direct', delivered: 3 })
  })

  test('takes the options of a subscription', () => {
    const store = createStore(0)
    const controller = new AbortController()
    const handle = logSnapshots(
      store,
      { info: () => {} },
      { id: 'log', policy: latest(), replay: false, signal: controller.signal },
    )
    expect(handle.stats()).toMatchObject({ id: 'log', policy: 'latest', published: 0 })
    controller.abort()
    expect(handle.closed).toBe(true)
  })

  test('reports a logger that throws or rejects, and disturbs nobody', async () => {
    const faults: SubscriberFault[] = []
    const store = createStore(0, { onFault: (fault) => faults.push(fault) })
    const seen: number[] = []
    const broken = new Error('disk full')
    logSnapshots(store, {
      info: () => {
        throw broken
      },
    })
    logSnapshots(store, { info: () => Promise.reject(broken) })
    store.subscribe(({ state }) => void seen.push(state))
    store.set(1)
    await microtasks()
    expect(faults.map(({ subscriberId, error }) => [subscriberId, error])).toEqual([
      ['subscriber-1', broken],
      ['subscriber-1', broken],
      ['subscriber-2', broken],
      ['subscriber-2', broken],
    ])
    expect(seen).toEqual([0, 1])
  })

  test('does not read the stream that a logger returns', () => {
    const store = createStore(0)
    let read = 0
    const stream = {
      [Symbol.asyncIterator]() {
        read += 1
        return { next: () => new Promise<never>(() => {}) }
      },
    }
    const handle = logSnapshots(store, { info: () => stream })
    expect(read).toBe(0)
    expect(handle.stats().inFlight).toBe(0)
  })

  test.each([
    [{}, undefined, 'Expected "logger" to be an object with a function "info", got an object.'],
    [
      { info() {} },
      { level: 'warn' },
      'Expected "logger" to be an object with a function "warn", got an object.',
    ],
    [undefined, undefined, 'Expected "logger" to be an object with a function "info", got undefined.'],
    [null, undefined, 'Expected "logger" to be an object with a function "info", got null.'],
    [{ info() {} }, { record: 5 }, 'Expected "record" to be a function, got 5 (number).'],
  ])('refuses %j with %j', (logger, options, message) => {
    const store = createStore(0)
    const call = () => logSnapshots(store, logger as SnapshotLogger, options as never)
    expect(caught(call)).toEqual(refusal('OPTION_INVALID', message))
    expect(store.metrics().subscriberCount).toBe(0)
  })
})
