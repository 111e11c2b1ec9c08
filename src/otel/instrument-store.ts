/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Observes a store with the instruments of OpenTelemetry.
 *
 *   a reader collects ──> one callback ──> health(store) ──> every figure of the table, at one instant
 *
 * All instruments are observable: nothing happens between two collections, and a write costs nothing more.
 *
 * With cumulative temporality the SDK goes on reporting a series that nobody observes any more, with its last
 * value. A state that was left would then be current for ever, and a subscriber that has left keep its pending
 * versions. So a gauge that was observed the last time and is not now is observed once more, as 0.
 */
import {
  type Attributes,
  type BatchObservableResult,
  type Meter,
  type MeterProvider,
  metrics,
  type Observable,
} from '@opentelemetry/api'
import {
  type HealthOptions,
  health,
  INSTRUMENTS,
  type Instrument,
  type MetricsSource,
  readings,
} from '../health/index.ts'
import { checkKeys, disposeSymbol, VERSION } from '../kit/index.ts'

/** How a store is observed. */
export interface InstrumentOptions {
  /** Makes the instruments; default `meterProvider.getMeter('headgate', VERSION)`, the version of this package. */
  meter?: Meter | undefined
  /** Default: the global one at the time of the call, so register yours first. */
  meterProvider?: MeterProvider | undefined
  /** Added to every series, such as `{ 'robot.id': 'r2' }`. */
  attributes?: Attributes | undefined
  /** The thresholds for `headgate.store.health.status`. */
  health?: HealthOptions | undefined
}

/** Ends an observation when it is called, or when its `using` block is left; twice is allowed. */
export interface Observation extends Disposable {
  (): void
}

/** A gauge that was observed, and under which attributes. */
interface Series {
  readonly gauge: Observable
  readonly attributes: Attributes
}

/**
 * Reports the figures of a store to OpenTelemetry, whenever a reader collects.
 *
 * Instruments are named `headgate.store.…` and `headgate.subscriber.…`; their series carry
 * `headgate.store.name`, `headgate.store.instance`, `headgate.subscriber.id` for those of one subscriber,
 * and your attributes. A gauge that has ended, such as a state that was left, is reported once more as 0. The
 * observation keeps the store alive until you end it, even after `destroy()`. Observe a store only once per meter,
 * because two observations would make the same series twice.
 *
 * @example
 * ```ts
 * import { MeterProvider } from '@opentelemetry/sdk-metrics'
 * import { createStore } from 'headgate'
 * import { instrumentStore } from 'headgate/otel'
 *
 * const meterProvider = new MeterProvider({ readers: [] }) // your reader, with your exporter
 * const store = createStore({ battery: 100 }, { name: 'robot' })
 * const end = instrumentStore(store, { meterProvider, attributes: { 'robot.id': 'r2' } })
 * end()
 * store.destroy()
 * ```
 */
export function instrumentStore(store: MetricsSource, options: InstrumentOptions = {}): Observation {
  checkKeys(
    options,
    { meter: true, meterProvider: true, attributes: true, health: true },
    'instrumentStore()',
  )
  const { meterProvider = metrics.getMeterProvider() } = options
  const meter = options.meter ?? meterProvider.getMeter('headgate', VERSION)
  const instruments = new Map(INSTRUMENTS.map((each) => [each.name, createInstrument(meter, each)]))
  const storeAttributes = {
    ...options.attributes,
    'headgate.store.name': store.name,
    'headgate.store.instance': store.instanceId,
  }
  // Let go of at the end: the function that is returned may be kept.
  let observed: MetricsSource | undefined = store
  let gaugesBefore = new Map<string, Series>()

  const observe = (result: BatchObservableResult): void => {
    if (observed === undefined) return
    const gauges = new Map<string, Series>()
    for (const { instrument, value, attributes: own, subscriberId } of readings(
      health(observed, options.health),
    )) {
      // The cast holds: there is one for each row of the table.
      const gauge = instruments.get(instrument.name) as Observable
      const subscriber = subscriberId === undefined ? {} : { 'headgate.subscriber.id': subscriberId }
      const attributes = { ...storeAttributes, ...subscriber, ...own }
      result.observe(gauge, value, attributes)
      if (instrument.kind === 'gauge') {
        gauges.set(JSON.stringify([instrument.name, subscriberId, own]), { gauge, attributes })
      }
    }
    for (const [key, { gauge, attributes }] of gaugesBefore) {
      if (!gauges.has(key)) result.observe(gauge, 0, attributes)
    }
    gaugesBefore = gauges
  }

  const end = (): void => {
    if (observed === undefined) return
    observed = undefined
    gaugesBefore.clear()
    meter.removeBatchObservableCallback(observe, [...instruments.values()])
  }
  meter.addBatchObservableCallback(observe, [...instruments.values()])
  return Object.assign(end, { [disposeSymbol]: end })
}

function createInstrument(meter: Meter, { name, kind, unit, help }: Instrument): Observable {
  const options = { description: help, ...(unit !== '' && { unit }) }
  return kind === 'counter'
    ? meter.createObservableCounter(name, options)
    : meter.createObservableGauge(name, options)
}
