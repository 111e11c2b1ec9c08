/**
 * A policy says what a subscriber gets while it is too slow to get everything. It is a frozen value: it can be
 * shared by any number of subscribers, compared and printed.
 *
 * A policy opens itself. For every subscriber it makes a {@link Strategy}, which holds what waits and decides what
 * is handed over, kept or lost. It does so only through the {@link Port} of its mailbox, so every loss is counted in
 * one place. What else anybody needs to know of a policy stands on it, so nobody asks for its `kind`: an
 * application loads the policies that it names, and those of its own are no different.
 *
 * A policy is known by a registered symbol, not by being frozen: a copy (a spread, a clone, what was read from JSON)
 * has not been checked, and is none.
 */
import { refuseOption } from './options.ts'
import type { Port, Strategy } from './strategy.ts'

/** Under which a policy has what opens it; the same in every copy of the package. */
export const open: unique symbol = Symbol.for('headgate.policy')

/** Opens what a policy holds and decides for one subscriber; it knows no more of an entry than its version. */
export type Open = (port: Port) => Strategy

/** What is known of a policy beside what it does. */
interface PolicyFacts<Kind extends string> {
  readonly kind: Kind
  /** The kind with its parameters: `'buffer:64:drop-oldest'`. What stands in figures; see {@link parsePolicy}. */
  readonly label: string
  /** The most versions that it holds for one subscriber; `Infinity` only where that was written out. */
  readonly capacity: number
  /** Whether the last version delivered is the newest, once writes stop and the consumer is idle. */
  readonly converges: boolean
  /** Whether every version is handed over, or else the subscription ends with an error. */
  readonly lossless: boolean
  /** Whether what is ready waits until the consumer is idle: calls never overlap, and a stream can take it. */
  readonly waits: boolean
  /**
   * Whether it hands over at once what comes while the consumer is idle, and holds nothing then: it is opened when it
   * is needed first. Of policies of this library only.
   */
  readonly straight: boolean
  /** Whether a write that it could not hold is refused with `SUBSCRIBER_FULL`. */
  readonly suspends: boolean
  readonly [open]: Open
}

/** A policy that hands over one version a call. */
export interface SinglePolicy<Kind extends string = string> extends PolicyFacts<Kind> {
  readonly batches: false
}

/** A policy that hands over arrays of versions. */
export interface BatchingPolicy<Kind extends string = string> extends PolicyFacts<Kind> {
  readonly batches: true
}

/** Any back-pressure policy. */
export type Policy<Kind extends string = string> = SinglePolicy<Kind> | BatchingPolicy<Kind>

/** What a policy need not say: it ends with the newest, may lose the others, waits, and does nothing special. */
const USUAL = {
  converges: true,
  lossless: false,
  waits: true,
  batches: false,
  suspends: false,
  straight: false,
} as const

type Made<Facts> = Omit<typeof USUAL, keyof Facts> & Readonly<Facts> & { readonly [open]: Open }

/** Makes a policy of what is known to be right. */
export function madePolicy<const Facts extends { readonly kind: string }>(
  facts: Facts,
  opens: Open,
): Made<Facts> {
  // The cast holds: the symbol is defined on what has all the rest. Not enumerable, so that no copy has it.
  const policy = { ...USUAL, ...facts } as unknown as Made<Facts>
  Object.defineProperty(policy, open, { value: opens })
  return Object.freeze(policy) as Made<Facts>
}

/** Whether a factory made a value, of this copy of the package or of the other one. */
const isPolicy = (value: unknown): value is Policy =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, open)

/** @throws `POLICY_INVALID` for a value that no factory made. */
export function checkPolicy(value: unknown): Policy {
  if (isPolicy(value)) return value
  return refuseOption(
    'policy',
    'a policy made by a factory, such as latest() or buffer({ capacity: 64 }), and no copy of one',
    value,
  )
}
