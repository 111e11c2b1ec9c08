/**
 * The one error class of Headgate, its codes, the facts each carries, and the sentence each is told with.
 *
 * A code is a string and never changes its meaning. The facts of a code are typed, so a handler reads
 * `error.details.actual` instead of parsing a message. A sentence says what happened, what was expected
 * and what to do.
 *
 * The ESM and the CommonJS copy of the package are two instances with two classes: `instanceof` fails
 * across that border. Every error is therefore branded with a registered symbol; {@link isHeadgateError}
 * looks at the brand.
 */

import type { Deferred } from './foreign.ts'

/** Maps every code to the facts that an error of that code carries. */
export interface ErrorDetails {
  BATCH_ASYNC: { store: string; returned: Deferred }
  BUFFER_OVERFLOW: { subscriberId: string; capacity: number; version: number }
  CODEC_INVALID: { field: string; expected: string; received: string; advice: string }
  CONSUMER_INVALID: { received: string }
  DELTA_INVALID: { operation: number; path: string; problem: string }
  DRAIN_TIMEOUT: { store: string; timeoutMs: number; busy: readonly string[] }
  EVENT_INVALID: { machine: string; received: string }
  EVENT_UNHANDLED: {
    machine: string
    state: string
    event: string
    reason: 'unhandled' | 'guard' | 'final'
    allowed: readonly string[]
  }
  GUARD_ASYNC: { machine: string; event: string; returned: Deferred }
  GC_UNAVAILABLE: { operation: string }
  KERNEL_ABSENT: Record<never, never>
  LEAK_FOUND: { subject: string; leaks: readonly string[]; unchecked: readonly string[] }
  MACHINE_INVALID: { machine: string; problems: readonly string[] }
  OPTION_INVALID: { option: string; expected: string; received: string }
  OPTION_UNKNOWN: { where: string; option: string; nearest: string | undefined; known: readonly string[] }
  POLICY_INVALID: { option: string; expected: string; received: string }
  PREDICATE_ASYNC: { store: string; returned: Deferred }
  READY_TIMEOUT: { store: string; operation: string; timeoutMs: number; subscriberId: string }
  RECIPE_ASYNC: { store: string; returned: Deferred }
  SELECTOR_ASYNC: { selection: string; what: 'selector' | 'equality'; returned: Deferred }
  RUNAWAY_TIMERS: { timersMax: number }
  RUNAWAY_WRITES: { store: string; drainMax: number }
  SNAPSHOT_INVALID: { store: string; problem: string }
  STATE_INVALID: {
    subject: string
    operation: string
    problem: 'cyclic' | 'deep' | 'draft'
    path: string
    depthMax: number
  }
  STATE_UNKNOWN: { machine: string; received: string; states: readonly string[] }
  STATE_UNDEFINED: { store: string; operation: string }
  STORE_DESTROYED: { store: string; operation: string }
  STORE_UNINITIALIZED: { store: string; operation: string }
  SUBSCRIBER_FULL: { store: string; subscriberId: string; capacity: number }
  VERSION_CONFLICT: { store: string; expected: number; actual: number }
  WAIT_TIMEOUT: { store: string; timeoutMs: number }
  WRITE_IN_RECIPE: { store: string; operation: string }
}

/** Names what went wrong; stable across versions. */
export type ErrorCode = keyof ErrorDetails

const list = (words: readonly string[]): string => (words.length === 0 ? 'nothing' : words.join(', '))

const REFUSED_BECAUSE = {
  unhandled: 'has no transition for',
  guard: 'has a guard that refused',
  final: 'is final and takes no event, so not',
} as const

const UNFIT = {
  cyclic: (d) => `leads back to itself at ${d.path}. A state is a tree: keep ids in the place of references.`,
  deep: (d) =>
    `has more than ${d.depthMax} levels at ${d.path}. Keep long chains as a list, or as a collection by id.`,
  draft: (d) =>
    `holds a draft of a recipe that has ended, or in something frozen, at ${d.path}. Copy it inside its recipe: current(draft), of immer.`,
} as const satisfies Record<string, (details: ErrorDetails['STATE_INVALID']) => string>

const SENTENCES: { readonly [Code in ErrorCode]: (details: ErrorDetails[Code]) => string } = {
  BATCH_ASYNC: (d) =>
    `The work of a batch on store "${d.store}" returned ${d.returned}; it was rolled back. Await first and batch the writes afterwards, or use modify().`,
  BUFFER_OVERFLOW: (d) =>
    `Subscriber "${d.subscriberId}" was closed: its buffer of ${d.capacity} was full when version ${d.version} came. Raise the capacity, consume faster, or choose another overflow.`,
  CODEC_INVALID: (d) => `Expected ${d.field} to be ${d.expected}, got ${d.received}. ${d.advice}`,
  CONSUMER_INVALID: (d) =>
    `Expected the consumer to be a function, or an object with a "next" function, got ${d.received}.`,
  DELTA_INVALID: (d) =>
    `Operation ${d.operation} of a delta, at "${d.path}", was refused, and nothing was changed: ${d.problem}.`,
  DRAIN_TIMEOUT: (d) =>
    `Store "${d.store}" was not idle within ${d.timeoutMs} ms: ${d.busy.join('; ')}. Let its consumers end, or raise timeoutMs.`,
  EVENT_INVALID: (d) =>
    `Machine "${d.machine}" expected an event to be a string or an object with a string "type", got ${d.received}.`,
  EVENT_UNHANDLED: (d) =>
    `Machine "${d.machine}" in state ${d.state} ${REFUSED_BECAUSE[d.reason]} event ${d.event}. Handled here: ${list(d.allowed)}.`,
  GUARD_ASYNC: (d) =>
    `A guard of machine "${d.machine}" returned ${d.returned} for event ${d.event}; nothing was written. A guard is synchronous and returns true or false: bring what it needs into the context first, or use invoke.`,
  GC_UNAVAILABLE: (d) =>
    `${d.operation} needs to collect garbage, and this runtime offers no way to. Run it under Node, or start the runtime with --expose-gc.`,
  KERNEL_ABSENT: () =>
    'kernelOf() expected a store of Headgate, or something that stands on one. Pass what createStore() or createMachineStore() returned.',
  LEAK_FOUND: (d) =>
    `${d.subject} leaks: ${d.leaks.join('; ')}.${d.unchecked.length === 0 ? '' : ` Not checked: ${d.unchecked.join('; ')}.`}`,
  MACHINE_INVALID: (d) => `The definition of machine "${d.machine}" is invalid: ${d.problems.join(' ')}`,
  OPTION_INVALID: (d) => `Expected "${d.option}" to be ${d.expected}, got ${d.received}.`,
  OPTION_UNKNOWN: (d) =>
    `${d.where} has no option "${d.option}". ${d.nearest === undefined ? `It takes: ${list(d.known)}.` : `Did you mean "${d.nearest}"?`}`,
  POLICY_INVALID: (d) => `Expected "${d.option}" to be ${d.expected}, got ${d.received}.`,
  PREDICATE_ASYNC: (d) =>
    `The predicate of waitFor() on store "${d.store}" returned ${d.returned}, which would always be true. A predicate is synchronous: await its work first, or bring the result into the state.`,
  READY_TIMEOUT: (d) =>
    `${d.operation} on store "${d.store}" had no turn within ${d.timeoutMs} ms; without room: ${d.subscriberId}. Let that subscriber consume faster, or raise timeoutMs.`,
  RECIPE_ASYNC: (d) =>
    `A recipe on store "${d.store}" returned ${d.returned}; nothing was written. A recipe is synchronous: await first and update afterwards, or use modify().`,
  RUNAWAY_TIMERS: (d) =>
    `One advance of the manual clock ran more than ${d.timersMax} timers. Look for a timer of 0 ms that sets itself again, or advance in smaller steps.`,
  RUNAWAY_WRITES: (d) =>
    `One write on store "${d.store}" set off more than ${d.drainMax} further publications; this one was refused. Look for a subscriber that writes on each delivery, or raise drainMax.`,
  SELECTOR_ASYNC: (d) =>
    `The ${d.what} of ${d.selection} returned ${d.returned}; that version is skipped. A ${d.what} is synchronous: select what the work needs, and do the work in switchMap() or in the subscriber.`,
  SNAPSHOT_INVALID: (d) =>
    `put() on store "${d.store}" expected a snapshot { version, state, reason, source, tsWall, tsMono, metadata }: ${d.problem}.`,
  STATE_INVALID: (d) =>
    `${d.operation} on ${d.subject} was refused, and nothing was written: what it was given ${UNFIT[d.problem](d)}`,
  STATE_UNKNOWN: (d) =>
    `Machine "${d.machine}" has no state ${d.received}; nothing was written. States: ${list(d.states)}.`,
  STATE_UNDEFINED: (d) =>
    `${d.operation} on store "${d.store}" was given undefined. A state is any value but undefined; use null for "nothing".`,
  STORE_DESTROYED: (d) =>
    `${d.operation} on store "${d.store}" was refused: the store is destroyed. Stop writing before destroy(), or create a new store.`,
  STORE_UNINITIALIZED: (d) =>
    `${d.operation} on store "${d.store}" was refused: it has no state yet. Call initialize(state) or set(state) first.`,
  SUBSCRIBER_FULL: (d) =>
    `A write on store "${d.store}" was refused: subscriber "${d.subscriberId}" suspends its writers and its buffer of ${d.capacity} is full. Write inside store.whenReady(), or overrule it with { whenFull: 'overrule' }.`,
  VERSION_CONFLICT: (d) =>
    `A write on store "${d.store}" that states version ${d.expected} was refused: the store is at version ${d.actual}. Read again and retry, or use modify().`,
  WAIT_TIMEOUT: (d) =>
    `waitFor() on store "${d.store}" saw no matching snapshot within ${d.timeoutMs} ms. Check the predicate, or raise timeoutMs.`,
  WRITE_IN_RECIPE: (d) =>
    `${d.operation} was called inside a recipe of its own store "${d.store}"; nothing was written. Change the draft instead, or write after the recipe has returned.`,
}

const BRAND = Symbol.for('headgate.error')

/**
 * Reports a misuse or a refused write, with a stable `code` and typed `details`.
 *
 * @example
 * ```ts
 * import { createStore, isHeadgateError } from 'headgate'
 *
 * const store = createStore({ count: 0 })
 * try {
 *   store.set({ count: 1 }, { expectedVersion: 7 })
 * } catch (error) {
 *   if (isHeadgateError(error, 'VERSION_CONFLICT')) {
 *     console.log(error.details.expected, error.details.actual) // → 7 0
 *   }
 * }
 * ```
 */
export class HeadgateError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code
  readonly details: Readonly<ErrorDetails[Code]>

  constructor(code: Code, details: ErrorDetails[Code], options?: { cause?: unknown }) {
    super(SENTENCES[code](details), options)
    this.name = 'HeadgateError'
    this.code = code
    this.details = Object.freeze(details)
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/**
 * Tells whether a caught value is an error of Headgate, and, with `code`, of that code.
 *
 * Works across the ESM and the CommonJS copy of the package, where `instanceof` does not.
 */
export function isHeadgateError<Code extends ErrorCode = ErrorCode>(
  error: unknown,
  code?: Code,
): error is HeadgateError<Code> {
  if (typeof error !== 'object' || error === null) return false
  try {
    return BRAND in error && (code === undefined || (error as { code?: unknown }).code === code)
  } catch {
    return false // a proxy that throws, or was revoked
  }
}
