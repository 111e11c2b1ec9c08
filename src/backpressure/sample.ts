import { GATED_MAX, GatedStrategy } from './gated-strategy.ts'
import { checkMs, checkNames } from './options.ts'
import { madePolicy, type SinglePolicy } from './policy.ts'
import type { Port, Versioned } from './strategy.ts'

/** See {@link sample}. */
export interface SamplePolicy extends SinglePolicy<'sample'> {
  readonly ms: number
}

/**
 * Lets the newest through at each tick of a clock that starts with the subscription; as RxJS's
 * `sampleTime`.
 *
 * A tick without anything new delivers nothing. The clock ticks for as long as the subscription lives,
 * also while nothing is held. On completion what is held is delivered at once.
 *
 * @param options.ms - the period, in milliseconds: an integer from 1 to 2 147 483 647.
 * @throws `POLICY_INVALID`
 */
export function sample(options: { ms: number }): SamplePolicy {
  checkNames(options, { ms: true }, 'sample()')
  const { ms } = options
  checkMs('ms', ms, 1)
  return madePolicy(
    { kind: 'sample', label: `sample:${ms}`, capacity: GATED_MAX, ms },
    (port) => new SampleStrategy(ms, port),
  )
}

class SampleStrategy<T extends Versioned> extends GatedStrategy<T> {
  readonly #ms: number

  constructor(ms: number, port: Port<T>) {
    super(port, true)
    this.#ms = ms
  }

  start(): void {
    this.timer.start(this.#ms)
  }

  offer(entry: T): void {
    this.hold(entry)
    // It runs, but for a scheduler that runs it at once.
    if (!this.timer.running) this.timer.start(this.#ms)
  }

  override end(kind: 'complete' | 'error'): void {
    super.end(kind)
    this.stop()
    this.due()
  }
}
