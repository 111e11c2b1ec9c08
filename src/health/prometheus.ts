/**
 * The figures of stores as text for Prometheus, exposition format 0.0.4.
 *
 * Names are those of the table, in Prometheus's style: `headgate.store.commits` is
 * `headgate_store_commits_total`. Each family has its HELP and TYPE once, whatever the number of stores, and
 * its samples together, as the format demands.
 */
import { checkKeys } from '../kit/index.ts'
import { health, type MetricsSource } from './health.ts'
import { type Instrument, readings } from './instruments.ts'
import type { HealthOptions } from './thresholds.ts'

/** What is written. */
export interface PrometheusOptions {
  /** The thresholds that `headgate_store_health_status` goes by. */
  health?: HealthOptions | undefined
}

/**
 * Writes the figures of one store or several as a page for Prometheus: serve it as `text/plain; version=0.0.4`.
 *
 * Labels: `store` (its name), `instance` (its `instanceId`), and `subscriber` for the figures of one
 * subscriber; ids that occur twice in a store are numbered in the order in which they joined (`log`,
 * `log#2`). A store that is given twice is written once. Changes no figure, and counts as no read.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { toPrometheus } from 'headgate/health'
 *
 * const arm = createStore({ angle: 0 }, { name: 'arm' })
 * arm.set({ angle: 90 })
 * const page = toPrometheus(arm).replace(arm.instanceId, '…')
 * console.log(page.split('\n').slice(0, 3).join('\n'))
 * // → # HELP headgate_store_commits_total Versions published by writes.
 * // → # TYPE headgate_store_commits_total counter
 * // → headgate_store_commits_total{store="arm",instance="…"} 1
 * ```
 */
export function toPrometheus(
  stores: MetricsSource | readonly MetricsSource[],
  options: PrometheusOptions = {},
): string {
  checkKeys(options, { health: true }, 'toPrometheus()')
  const families = new Map<string, string[]>()
  for (const store of distinct([stores].flat())) {
    for (const { instrument, value, attributes, subscriberId } of readings(health(store, options.health))) {
      const name = prometheusName(instrument)
      const family = families.get(name) ?? heading(name, instrument)
      families.set(name, family)
      const subscriber = subscriberId === undefined ? {} : { subscriber: subscriberId }
      const labels = { store: store.name, instance: store.instanceId, ...subscriber, ...attributes }
      family.push(`${name}{${labelText(labels)}} ${numberText(value)}`)
    }
  }
  return [...families.values()]
    .flat()
    .map((line) => `${line}\n`)
    .join('')
}

/** Two sources with the same labels would make the same series twice. */
function distinct(stores: readonly MetricsSource[]): Iterable<MetricsSource> {
  return new Map(stores.map((store) => [JSON.stringify([store.name, store.instanceId]), store])).values()
}

function prometheusName({ name, unit, kind }: Instrument): string {
  return `${name.replaceAll('.', '_')}${unit === 's' ? '_seconds' : ''}${kind === 'counter' ? '_total' : ''}`
}

const heading = (name: string, { kind, help }: Instrument): string[] => [
  `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
  `# TYPE ${name} ${kind}`,
]

const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([label, value]) => `${label}="${escaped(value)}"`)
    .join(',')

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

/** Numbers are written as JavaScript does, but for the infinite. */
const numberText = (value: number): string =>
  Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'
