/** The time policies that have a gate, and what their tests need to know of each. */
import { audit, debounce, frame, type Policy, sample, throttle } from '../../../src/backpressure/index.ts'
import { type OpenMailbox, openMailbox, type Setup } from './open-mailbox.ts'

export interface Gate {
  readonly policy: Policy
  /** How long after an entry the gate opens, where nothing came before it. */
  readonly ms: number
  /** Timers once the gate has opened and nothing is held: an open window, or the clock of `sample`. */
  readonly timersAtRest: number
  /** Whether what is held at completion still waits for the gate. */
  readonly endWaits: boolean
}

/** Throttle has no leading edge here, so that all of them hold the first entry. */
export const GATES: readonly Gate[] = [
  { policy: throttle({ ms: 10, leading: false }), ms: 10, timersAtRest: 1, endWaits: true },
  { policy: debounce({ ms: 10 }), ms: 10, timersAtRest: 0, endWaits: false },
  { policy: audit({ ms: 10 }), ms: 10, timersAtRest: 0, endWaits: true },
  { policy: sample({ ms: 10 }), ms: 10, timersAtRest: 1, endWaits: false },
  { policy: frame(), ms: 16, timersAtRest: 0, endWaits: true },
]

/** A mailbox with such a policy, and what lets its time pass until the gate has opened once. */
export function openGated(
  { policy, ms }: Gate,
  setup: Partial<Setup> = {},
): OpenMailbox & { openGate(): void } {
  const opened = openMailbox({ policy, ...setup })
  return { ...opened, openGate: () => opened.clock.advance(ms) }
}
