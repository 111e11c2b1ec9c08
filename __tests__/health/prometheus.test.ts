import { describe, expect, test } from '@jest/globals'
import { commitTimes } from '../../src/counting/index.ts'
import { health, type MetricsSource, toPrometheus } from '../../src/health/index.ts'
import { buffer, createStore, type StoreMetrics, type SubscriberStats } from '../../src/index.ts'
import { caught, ManualClock } from '../store/support.ts'
import { parseExposition, type Sample } from './support/exposition.ts'

/** A store with a bit of everything, at a time that stands still. */
function busyStore(name = 'arm') {
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
  void store.state
  clock.advance(500)
  return store
}

/** The value of a sample, by name and some of its labels. */
function readingOf(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}) {
  const found = samples.filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )
  expect(found).toHaveLength(1)
  return found[0]?.value
}

const kernelSymbol = Symbol.for('headgate.kernel')

/** A source whose figures the test makes up. */
function sourceOf(name: string, subscribers: readonly Partial<SubscriberStats>[]): MetricsSource {
  const real = createStore(0, { name, clock: new ManualClock() })
  const handle = real.subscribe(() => {})
  const metrics: StoreMetrics = {
    ...real.metrics(),
    subscribers: subscribers.map((stats) => ({ ...handle.stats(), ...stats })),
  }
  const vitals = subscribers.map(() => ({ key: {}, busyMs: 0, failures: 0, leakedFrom: undefined }))
  const kernel = { vitals: () => vitals }
  return Object.assign({ name, instanceId: 'i-1', metrics: () => metrics }, { [kernelSymbol]: kernel })
}

describe('toPrometheus', () => {
  test('writes text that a strict parser takes', () => {
    const { families } = parseExposition(toPrometheus(busyStore()))
    expect(families.get('headgate_store_commits_total')).toEqual({
      type: 'counter',
      help: 'Versions published by writes.',
    })
    expect(families.get('headgate_store_health_status')?.type).toBe('gauge')
    for (const [name, { type }] of families) expect(name.endsWith('_total')).toBe(type === 'counter')
  })

  test('writes the figures of metrics()', () => {
    const store = busyStore()
    const metrics = store.metrics()
    const { samples } = parseExposition(toPrometheus(store))
    const figures = {
      commits_total: metrics.commits,
      reads_total: metrics.reads,
      version_conflicts_total: metrics.versionConflicts,
      failed_writes_total: metrics.failedWrites,
      noop_writes_total: metrics.noopWrites,
      unhandled_events_total: metrics.unhandledEvents,
      late_writes_total: metrics.lateWrites,
      published_total: metrics.published,
      delivered_total: metrics.delivered,
      dropped_total: metrics.dropped,
      conflated_total: metrics.conflated,
      subscriber_errors_total: metrics.subscriberErrors,
      pending: metrics.pending,
      subscribers: metrics.subscriberCount,
      version: metrics.currentVersion,
      start_time_seconds: metrics.createdAt / 1000,
      last_commit_time_seconds: (metrics.lastCommitAt as number) / 1000,
      uptime_seconds: metrics.uptimeMs / 1000,
      timed_commits_total: 3,
    }
    for (const [name, value] of Object.entries(figures)) {
      expect([name, readingOf(samples, `headgate_store_${name}`)]).toEqual([name, value])
    }
    expect(metrics).toMatchObject({ commits: 3, reads: 1, versionConflicts: 1, dropped: 2, pending: 1 })
  })

  test('writes the state as a label, the status as a number and latency as quantiles', () => {
    const store = busyStore()
    const { samples } = parseExposition(toPrometheus(store))
    const { commitLatencyMs: latency } = store.metrics()
    expect(readingOf(samples, 'headgate_store_state', { state: 'INITIALIZED' })).toBe(1)
    expect(health(store).status).toBe('unhealthy')
    expect(readingOf(samples, 'headgate_store_health_status')).toBe(2)
    expect(readingOf(samples, 'headgate_store_health_issues')).toBe(health(store).issues.length)
    const quantiles = { '0.5': latency?.p50, '0.95': latency?.p95, '0.99': latency?.p99, '1': latency?.max }
    for (const [quantile, ms] of Object.entries(quantiles)) {
      const value = readingOf(samples, 'headgate_store_commit_duration_seconds', { quantile })
      expect(value).toBe((ms as number) / 1000)
      expect(value).toBeCloseTo(0.002, 5)
    }
    expect(readingOf(samples, 'headgate_store_commit_time_seconds_total')).toBeCloseTo(0.006, 5)
  })

  test('judges by the thresholds that it is given', () => {
    const store = createStore(0)
    store.subscribe(() => {})
    const { samples } = parseExposition(toPrometheus(store, { health: { subscriberCount: 0 } }))
    expect(readingOf(samples, 'headgate_store_health_status')).toBe(1)
  })

  test('leaves out what has no value: no latency without timing, no last commit before the first', () => {
    const store = createStore(0)
    const { families } = parseExposition(toPrometheus(store))
    expect([...families.keys()].filter((name) => /commit_(time|duration)|timed_/.test(name))).toEqual([])
    expect([...families.keys()].filter((name) => name.includes('last_commit'))).toEqual([])
    const timed = createStore(0, { timing: commitTimes() })
    const { samples } = parseExposition(toPrometheus(timed))
    expect(readingOf(samples, 'headgate_store_timed_commits_total')).toBe(0)
    expect(samples.filter(({ name }) => name.includes('commit_duration'))).toEqual([])
  })

  test('writes the figures of each subscriber', () => {
    const store = busyStore()
    const { samples } = parseExposition(toPrometheus(store))
    const [log] = store.metrics().subscribers
    const figures = {
      published_total: log?.published,
      delivered_total: log?.delivered,
      dropped_total: log?.dropped,
      conflated_total: log?.conflated,
      missed_total: log?.missed,
      calls_total: log?.calls,
      errors_total: log?.errors,
      abandoned_total: log?.abandoned,
      pending: log?.pending,
      pending_max: log?.pendingMax,
      capacity: log?.capacity,
      in_flight: log?.inFlight,
      busy: 1,
      version: log?.lastVersion,
      policy: 1,
    }
    for (const [name, value] of Object.entries(figures)) {
      const labels = { subscriber: 'log', store: 'arm', instance: store.instanceId }
      expect([name, readingOf(samples, `headgate_subscriber_${name}`, labels)]).toEqual([name, value])
    }
    expect(log).toMatchObject({
      published: 4,
      delivered: 1,
      dropped: 2,
      pending: 1,
      capacity: 1,
      inFlight: 1,
    })
    expect(readingOf(samples, 'headgate_subscriber_policy', { policy: 'buffer:1:drop-oldest' })).toBe(1)
    expect(readingOf(samples, 'headgate_subscriber_busy', { subscriber: 'subscriber-2' })).toBe(0)
  })

  test('leaves out a capacity without a bound', () => {
    const store = createStore(0)
    store.subscribe(() => {}, { policy: buffer({ capacity: Number.POSITIVE_INFINITY }) })
    expect(parseExposition(toPrometheus(store)).families.has('headgate_subscriber_capacity')).toBe(false)
  })

  test('writes several stores with each family once', () => {
    const [arm, leg] = [busyStore('arm'), busyStore('leg')]
    arm.set({ n: 4 })
    const { samples } = parseExposition(toPrometheus([arm, leg]))
    expect(
      readingOf(samples, 'headgate_store_commits_total', { store: 'arm', instance: arm.instanceId }),
    ).toBe(4)
    expect(
      readingOf(samples, 'headgate_store_commits_total', { store: 'leg', instance: leg.instanceId }),
    ).toBe(3)
  })

  test('tells stores of one name apart, and writes a store that is given twice once', () => {
    const [one, two] = [createStore(0), createStore(0)]
    const { samples } = parseExposition(toPrometheus([one, two, one]))
    const stores = samples.filter(({ name }) => name === 'headgate_store_commits_total')
    expect(stores.map(({ labels }) => labels.instance)).toEqual([one.instanceId, two.instanceId])
  })

  test('numbers subscribers with the same id, also past an id that looks numbered', () => {
    const ids = ['log', 'log', 'log#2', 'log', '']
    const source = sourceOf(
      'arm',
      ids.map((id, index) => ({ id, calls: index })),
    )
    const { samples } = parseExposition(toPrometheus(source))
    const calls = samples.filter(({ name }) => name === 'headgate_subscriber_calls_total')
    expect(calls.map(({ labels, value }) => [labels.subscriber, value])).toEqual([
      ['log', 0],
      ['log#2', 1],
      ['log#2#2', 2],
      ['log#3', 3],
      ['', 4],
    ])
  })

  test('escapes label values', () => {
    const store = createStore(0, { name: 'a "b" \\ c\nd' })
    const id = '{x="1"} \\n \\\\ "\n'
    store.subscribe(() => {}, { id })
    const { samples } = parseExposition(toPrometheus(store))
    expect(readingOf(samples, 'headgate_subscriber_calls_total', { store: store.name, subscriber: id })).toBe(
      1,
    )
  })

  test('writes numbers that are infinite or none in the words of the format', () => {
    const { POSITIVE_INFINITY: most, NEGATIVE_INFINITY: least, NaN: none } = Number
    const { samples } = parseExposition(
      toPrometheus(sourceOf('arm', [{ calls: most, errors: least, missed: none, published: 1e21 }])),
    )
    expect(readingOf(samples, 'headgate_subscriber_calls_total')).toBe(most)
    expect(readingOf(samples, 'headgate_subscriber_errors_total')).toBe(least)
    expect(readingOf(samples, 'headgate_subscriber_missed_total')).toBe(none)
    expect(readingOf(samples, 'headgate_subscriber_published_total')).toBe(1e21)
  })

  test('writes nothing for no store, and counts as no read', () => {
    expect(toPrometheus([])).toBe('')
    const store = createStore(0)
    toPrometheus(store)
    expect(store.metrics().reads).toBe(0)
  })
})
