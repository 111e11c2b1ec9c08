import type { StoreMetrics } from '../counting/index.ts'
import { type Kernel, kernelOf } from '../store/index.ts'
import { HealthWindow } from './health-window.ts'
import { journalsOf } from './journal-health.ts'
import { type HealthReport, judgeHealth } from './judge-health.ts'
import { membersOf } from './nats-health.ts'
import { mirrorsOf, serversOf } from './sync-health.ts'
import { type HealthOptions, thresholdsOf } from './thresholds.ts'

/** What can be judged: every store. */
export interface MetricsSource {
  readonly name: string
  readonly instanceId: string
  metrics(): StoreMetrics
}

/** The recent past of each store that was asked about. */
const windows = new WeakMap<Kernel<unknown>, HealthWindow>()

/**
 * Whether a store is well, and what is wrong with it. Unhealthy: not initialized, or too many version conflicts.
 * Degraded: too many subscribers, or one that is stalled, drops too much, fails, or was lost by its owner; a journal
 * whose disk fails, or is behind; a client, a mirror or a member of many machines that is too far behind; a log that a
 * power failure may take back. Each issue clears by itself when what it tells of is over. Counts as no read.
 *
 * @throws `OPTION_INVALID`, `OPTION_UNKNOWN`, `KERNEL_ABSENT` for what is no store
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { health } from 'headgate/health'
 *
 * const agent = createStore<{ mode: string }>()
 * console.log(health(agent).issues[0]?.code) // → NOT_INITIALIZED
 * agent.initialize({ mode: 'idle' })
 * console.log(health(agent).status) // → healthy
 * ```
 */
export function health(store: MetricsSource, options?: HealthOptions): HealthReport {
  const kernel = kernelOf(store)
  const window = windows.get(kernel) ?? new HealthWindow()
  const report = judge(store, kernel, window, options)
  windows.set(kernel, window)
  return report
}

/**
 * Judges a store as {@link health} does, over a recent past of its own: however often it is called, nobody else's
 * report changes, and it leaves nothing in the store. For those who watch a store that is not theirs.
 *
 * @throws `KERNEL_ABSENT` for what is no store; when it is called, `OPTION_INVALID`, `OPTION_UNKNOWN`.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { healthCheck } from 'headgate/health'
 *
 * const check = healthCheck(createStore({ battery: 90 }))
 * console.log(check().status) // → healthy
 * ```
 */
export function healthCheck(store: MetricsSource, options?: HealthOptions): () => HealthReport {
  const kernel = kernelOf(store)
  const window = new HealthWindow()
  return () => judge(store, kernel, window, options)
}

function judge(
  store: MetricsSource,
  kernel: Kernel<unknown>,
  window: HealthWindow,
  options: HealthOptions | undefined,
): HealthReport {
  const thresholds = thresholdsOf(options)
  const metrics = store.metrics()
  const vitals = kernel.vitals()
  const beside = {
    journals: journalsOf(kernel),
    servers: serversOf(kernel),
    mirrors: mirrorsOf(kernel),
    members: membersOf(kernel),
  }
  const recent = window.counts(metrics, vitals, thresholds)
  return judgeHealth(metrics, recent, vitals, beside, thresholds)
}
