import { checkKeys } from '../kit/index.ts'
import { GATED, GatedStrategy } from './gated-strategy.ts'
import { checkMs } from './options.ts'
import { madePolicy, type SinglePolicy } from './policy.ts'
import type { Port, Versioned } from './strategy.ts'
import { Timer } from './timer.ts'

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
  checkKeys(options, { ms: true }, 'sample()')
  const ms = checkMs('ms', options.ms, 1)
  return madePolicy(
    { kind: 'sample', label: `sample:${ms}`, ...GATED, ms },
    (port) => new SampleStrategy(ms, port),
  )
}

class SampleStrategy<T extends Versioned> extends GatedStrategy<T> {
  readonly #ms: number
  readonly #ticks: Timer

  constructor(ms: number, port: Port<T>) {
    super(port)
    this.#ms = ms
    this.#ticks = new Timer(port, () => this.passHeld(), 'repeat')
  }

  start(): void {
    this.#ticks.start(this.#ms)
  }

  offer(entry: T): void {
    this.hold(entry)
    // It runs, but for a scheduler that runs it at once.
    if (!this.#ticks.running) this.#ticks.start(this.#ms)
  }

  override end(kind: 'complete' | 'error'): void {
    super.end(kind)
    this.stop()
    this.passHeld()
  }

  protected stop(): void {
    this.#ticks.stop()
  }
}
