import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { metrics as globalMetrics } from '@opentelemetry/api'
import {
  AggregationTemporality,
  type DataPoint,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { toPrometheus } from '../../src/health/index.ts'
import {
  buffer,
  commitTimes,
  createMachineStore,
  createStore,
  defineMachine,
  type Store,
} from '../../src/index.ts'
import { disposeSymbol } from '../../src/kit/index.ts'
import { instrumentStore } from '../../src/otel/index.ts'
import { caught, collectGarbage, ManualClock, microtasks } from '../store/support.ts'

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  version: string
}
const { CUMULATIVE, DELTA } = AggregationTemporality

/** The SDK with a reader that collects when the test says so. */
class Telemetry {
  readonly exporter: InMemoryMetricExporter
  readonly reader: PeriodicExportingMetricReader
  readonly meterProvider: MeterProvider

  constructor(temporality: AggregationTemporality = CUMULATIVE) {
    this.exporter = new InMemoryMetricExporter(temporality)
    this.reader = new PeriodicExportingMetricReader({
      exporter: this.exporter,
      exportIntervalMillis: 3_600_000,
      exportTimeoutMillis: 10_000,
    })
    this.meterProvider = new MeterProvider({ readers: [this.reader] })
  }

  get options(): { meterProvider: MeterProvider } {
    return { meterProvider: this.meterProvider }
  }

  /** Collects; returns the metrics by name. */
  async collect(): Promise<Map<string, MetricData>> {
    this.exporter.reset()
    await this.reader.forceFlush()
    const scopes = this.exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics)
    expect(scopes.every(({ scope }) => scope.name === 'headgate' && scope.version === version)).toBe(true)
    return new Map(scopes.flatMap(({ metrics }) => metrics).map((data) => [data.descriptor.name, data]))
  }
}

async function withTelemetry(
  body: (telemetry: Telemetry) => Promise<void>,
  temporality?: AggregationTemporality,
): Promise<void> {
  const telemetry = new Telemetry(temporality)
  try {
    await body(telemetry)
  } finally {
    await telemetry.meterProvider.shutdown()
  }
}

/** The points of a metric whose attributes include those given. */
function pointsOf(
  collected: Map<string, MetricData>,
  name: string,
  attributes: Readonly<Record<string, string>> = {},
): DataPoint<unknown>[] {
  const points = (collected.get(name)?.dataPoints ?? []) as DataPoint<unknown>[]
  return points.filter((point) =>
    Object.entries(attributes).every(([key, value]) => point.attributes[key] === value),
  )
}

function pointOf(...query: Parameters<typeof pointsOf>): unknown {
  const points = pointsOf(...query)
  expect(points).toHaveLength(1)
  return points[0]?.value
}

function busyStore(name = 'arm'): Store<{ n: number }> {
  const clock = new ManualClock()
  const store = createStore({ n: 0 }, { name, clock, timing: commitTimes(), onFault: () => {} })
  store.subscribe(() => new Promise(() => {}), { id: 'log', policy: buffer({ capacity: 1 }) })
  store.subscribe(() => {
    clock.advance(2)
    throw new Error('next')
  })
  for (let n = 1; n <= 3; n += 1) store.set({ n })
  caught(() => store.set({ n: 9 }, { expectedVersion: 77 }))
  store.update(() => {})
  clock.advance(500)
  return store
}

describe('instrumentStore', () => {
  test('reports the figures of metrics(), with names, units and help', () =>
    withTelemetry(async (telemetry) => {
      const store = busyStore()
      instrumentStore(store, telemetry.options)
      const collected = await telemetry.collect()
      const metrics = store.metrics()
      const figures = {
        commits: metrics.commits,
        version_conflicts: metrics.versionConflicts,
        failed_writes: metrics.failedWrites,
        noop_writes: metrics.noopWrites,
        published: metrics.published,
        delivered: metrics.delivered,
        dropped: metrics.dropped,
        conflated: metrics.conflated,
        subscriber_errors: metrics.subscriberErrors,
        pending: metrics.pending,
        subscribers: 2,
        version: 3,
        uptime: 0.508,
        'health.status': 2,
        timed_commits: 3,
      }
      for (const [name, value] of Object.entries(figures)) {
        expect([name, pointOf(collected, `headgate.store.${name}`)]).toEqual([name, value])
      }
      expect(metrics.dropped).toBe(2)
      expect(collected.get('headgate.store.commits')?.descriptor).toMatchObject({
        unit: '{commit}',
        description: 'Versions published by writes.',
      })
      const half = pointOf(collected, 'headgate.store.commit.duration', { quantile: '0.5' })
      expect(half).toBe((metrics.commitLatencyMs?.p50 as number) / 1000)
      const log = { 'headgate.subscriber.id': 'log' }
      expect(pointOf(collected, 'headgate.subscriber.dropped', log)).toBe(2)
      expect(pointOf(collected, 'headgate.subscriber.busy', log)).toBe(1)
    }))

  test('reports the same series as toPrometheus', () =>
    withTelemetry(async (telemetry) => {
      const store = busyStore()
      instrumentStore(store, telemetry.options)
      const collected = await telemetry.collect()
      const reported = [...collected.values()].flatMap(({ dataPoints }) => dataPoints as unknown[])
      const written = toPrometheus(store)
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
      expect(reported).toHaveLength(written.length)
      expect(written.length).toBeGreaterThan(50)
    }))

  test('names the store, the instance and the subscriber, and adds the attributes that it is given', () =>
    withTelemetry(async (telemetry) => {
      const store = busyStore()
      instrumentStore(store, {
        ...telemetry.options,
        attributes: { 'robot.id': 'r2', 'headgate.store.name': 'no' },
      })
      const collected = await telemetry.collect()
      const own = {
        'robot.id': 'r2',
        'headgate.store.name': 'arm',
        'headgate.store.instance': store.instanceId,
      }
      expect(pointsOf(collected, 'headgate.store.commits').map(({ attributes }) => attributes)).toEqual([own])
      expect(pointsOf(collected, 'headgate.subscriber.calls').map(({ attributes }) => attributes)).toEqual(
        ['log', 'subscriber-2'].map((id) => ({ ...own, 'headgate.subscriber.id': id })),
      )
    }))

  test('takes several stores, and follows their figures', () =>
    withTelemetry(async (telemetry) => {
      const [arm, leg] = [busyStore('arm'), busyStore('leg')]
      for (const store of [arm, leg]) instrumentStore(store, telemetry.options)
      const commits = async (store: Store<{ n: number }>): Promise<unknown> =>
        pointOf(await telemetry.collect(), 'headgate.store.commits', {
          'headgate.store.instance': store.instanceId,
        })
      expect([await commits(arm), await commits(leg)]).toEqual([3, 3])
      arm.set({ n: 4 })
      expect([await commits(arm), await commits(leg)]).toEqual([4, 3])
    }))

  test('reports the state of a machine, and 0 for the one that was left', () =>
    withTelemetry(async (telemetry) => {
      const lamp = defineMachine({
        id: 'lamp',
        initial: 'OFF',
        context: {},
        types: {} as { events: { type: 'PRESS' } },
        states: { OFF: { on: { PRESS: 'ON' } }, ON: { on: { PRESS: 'OFF' } } },
      })
      const store = createMachineStore(lamp)
      instrumentStore(store, telemetry.options)
      const states = async (): Promise<unknown[]> =>
        pointsOf(await telemetry.collect(), 'headgate.store.state').map(({ attributes, value }) => [
          attributes.state,
          value,
        ])
      expect(await states()).toEqual([['OFF', 1]])
      store.send('PRESS')
      expect(await states()).toEqual([
        ['OFF', 0],
        ['ON', 1],
      ])
      store.send('PRESS')
      expect(await states()).toEqual([
        ['OFF', 1],
        ['ON', 0],
      ])
    }))

  test('reports 0 for the gauges of a subscriber that has left, and leaves its counters', () =>
    withTelemetry(async (telemetry) => {
      const store = createStore(0)
      instrumentStore(store, telemetry.options)
      const handle = store.subscribe(() => new Promise(() => {}), { id: 'log' })
      store.set(1)
      const before = await telemetry.collect()
      expect(pointOf(before, 'headgate.subscriber.pending')).toBe(1)
      handle.unsubscribe()
      const after = await telemetry.collect()
      expect(pointOf(after, 'headgate.subscriber.pending')).toBe(0)
      expect(pointOf(after, 'headgate.subscriber.busy')).toBe(0)
      expect(pointOf(after, 'headgate.subscriber.published')).toBe(2)
    }))

  test('numbers subscribers with the same id', () =>
    withTelemetry(async (telemetry) => {
      const store = createStore(0)
      const handles = [1, 2].map(() => store.subscribe(() => {}, { id: 'log' }))
      instrumentStore(store, telemetry.options)
      const calls = pointsOf(await telemetry.collect(), 'headgate.subscriber.calls')
      expect(calls.map(({ attributes }) => attributes['headgate.subscriber.id'])).toEqual(['log', 'log#2'])
      for (const handle of handles) handle.unsubscribe()
    }))

  test('judges by the thresholds that it is given', () =>
    withTelemetry(async (telemetry) => {
      const store = createStore(0)
      store.subscribe(() => {})
      instrumentStore(store, { ...telemetry.options, health: { subscriberCount: 0 } })
      expect(pointOf(await telemetry.collect(), 'headgate.store.health.status')).toBe(1)
    }))

  test('reads nothing between two collections', () =>
    withTelemetry(async (telemetry) => {
      const store = createStore(0)
      const metrics = jest.spyOn(store, 'metrics')
      instrumentStore(store, telemetry.options)
      for (let n = 1; n <= 5; n += 1) store.set(n)
      expect(metrics).not.toHaveBeenCalled()
      await telemetry.collect()
      expect(metrics).toHaveBeenCalledTimes(1)
    }))

  test('uses the meter that it is given, and the global provider without one', () =>
    withTelemetry(async (telemetry) => {
      const given = createStore(0, { name: 'given' })
      instrumentStore(given, { meter: telemetry.meterProvider.getMeter('headgate', version) })
      expect(pointsOf(await telemetry.collect(), 'headgate.store.commits')).toHaveLength(1)
      globalMetrics.setGlobalMeterProvider(telemetry.meterProvider)
      try {
        instrumentStore(createStore(0, { name: 'global' }))
      } finally {
        globalMetrics.disable()
      }
      expect(pointsOf(await telemetry.collect(), 'headgate.store.commits')).toHaveLength(2)
    }))

  test('does nothing, and fails nowhere, without an SDK', () => {
    const end = instrumentStore(createStore(0))
    end()
  })
})

describe('the end of an observation', () => {
  test.each([
    ['a call', (end: () => void) => end()],
    ['Symbol.dispose', (end: Disposable) => end[disposeSymbol]()],
  ])('by %s reports nothing more, also when it is ended twice', (_, finish) =>
    withTelemetry(async (telemetry) => {
      const store = createStore(0)
      const metrics = jest.spyOn(store, 'metrics')
      const end = instrumentStore(store, telemetry.options)
      expect((await telemetry.collect()).size).toBeGreaterThan(10)
      finish(end)
      finish(end)
      store.set(1)
      expect([...(await telemetry.collect()).keys()]).toEqual([])
      expect(metrics).toHaveBeenCalledTimes(1)
    }, DELTA),
  )

  test('takes its callback away from the meter', () =>
    withTelemetry(async ({ meterProvider }) => {
      const meter = meterProvider.getMeter('headgate')
      const added = jest.spyOn(meter, 'addBatchObservableCallback')
      const removed = jest.spyOn(meter, 'removeBatchObservableCallback')
      const end = instrumentStore(createStore(0), { meter })
      expect(removed).not.toHaveBeenCalled()
      end()
      expect(removed).toHaveBeenCalledTimes(1)
      const [[callback, instruments = []] = [], [removedCallback, removedInstruments = []] = []] = [
        added.mock.calls[0],
        removed.mock.calls[0],
      ]
      // Not one comparison of all: the difference of two meters is endless.
      expect(removedCallback === callback).toBe(true)
      expect(removedInstruments.every((each, index) => each === instruments[index])).toBe(true)
    }))

  test('leaves other stores of the meter alone', () =>
    withTelemetry(async (telemetry) => {
      const [arm, leg] = [createStore(0, { name: 'arm' }), createStore(0, { name: 'leg' })]
      const end = instrumentStore(arm, telemetry.options)
      instrumentStore(leg, telemetry.options)
      end()
      const points = pointsOf(await telemetry.collect(), 'headgate.store.commits')
      expect(points.map(({ attributes }) => attributes['headgate.store.name'])).toEqual(['leg'])
    }))

  test('lets go of the store, though the function that ended it is kept', () =>
    withTelemetry(async (telemetry) => {
      const kept: (() => void)[] = []
      const observe = (): WeakRef<object> => {
        const store = createStore(0)
        kept.push(instrumentStore(store, telemetry.options))
        return new WeakRef(store)
      }
      const [open, ended] = [observe(), observe()]
      await telemetry.collect()
      kept[1]?.()
      for (let attempt = 0; attempt < 50 && ended.deref() !== undefined; attempt += 1) {
        await microtasks()
        collectGarbage()
        await microtasks()
      }
      expect(ended.deref()).toBeUndefined()
      expect(open.deref()).toBeDefined()
    }))
})
