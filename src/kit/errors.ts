/**
 * The one error class of Headgate, its codes and the facts each carries.
 *
 * A code is a string and never changes its meaning. The facts of a code are typed, so a handler reads
 * `error.details.actual` instead of parsing a message. Messages are for people, and of the environment: sentences
 * (sentences.ts) in development, the bare facts in production.
 *
 * The ESM and the CommonJS copy of the package are two instances with two classes: `instanceof` fails
 * across that border. Every error is therefore branded with a registered symbol; {@link isHeadgateError}
 * looks at the brand.
 */

import type { Deferred } from './foreign.ts'
import { sentenceOf } from './sentences.ts'

/** Maps every code to the facts that an error of that code carries. */
export interface ErrorDetails {
  AGUI_EVENT_INVALID: { type: string; problem: string }
  BATCH_ASYNC: { store: string; returned: Deferred }
  BINDING_SCOPE: { framework: 'vue' | 'solid' | 'svelte' | 'angular'; called: string }
  BUFFER_OVERFLOW: { subscriberId: string; capacity: number; version: number }
  CODEC_INVALID: { field: string; expected: string; received: string; advice: string }
  CONNECTION_ENDED: { store: string; code: string; message: string }
  CONSUMER_INVALID: { received: string }
  DELTA_INVALID: { operation: number; path: string; problem: string }
  DERIVE_ASYNC: { derived: string; returned: Deferred }
  DERIVE_CYCLE: { names: readonly string[] }
  DEVTOOLS_STATE_LOST: { store: string; version: number }
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
  JOURNAL_ABSENT: { journal: string | null; found: readonly string[] }
  JOURNAL_DAMAGED: { journal: string; lastGood: number; firstAfter: number }
  JOURNAL_EXISTS: { journal: string }
  JOURNAL_FOLLOWING: { store: string; journal: string }
  JOURNAL_FULL: { store: string; journal: string; pendingMax: number }
  JOURNAL_LOCKED: { journal: string }
  JOURNAL_OPENING: { journal: string; store: string }
  JOURNAL_PENDING: { journal: string; from: number; to: number }
  JOURNAL_SEALED: { journal: string }
  JOURNAL_STUCK: { journal: string; closeMs: number }
  JOURNAL_VERSION: { journal: string; what: 'format' | 'schema'; found: number; known: number }
  KERNEL_ABSENT: Record<never, never>
  LEADERSHIP_LOST: { store: string; operation: string; fence: number | null }
  LEAK_FOUND: { subject: string; leaks: readonly string[]; unchecked: readonly string[] }
  MACHINE_INVALID: { machine: string; problems: readonly string[] }
  MIRROR_TWICE: { store: string }
  NATS_DISCONNECTED: { store: string; operation: string }
  OPTION_INVALID: { option: string; expected: string; received: string }
  OPTION_UNKNOWN: { where: string; option: string; nearest: string | undefined; known: readonly string[] }
  POLICY_INVALID: { option: string; expected: string; received: string }
  PREDICATE_ASYNC: { store: string; returned: Deferred }
  PROTOCOL_INVALID: { problem: string }
  PROVIDER_ABSENT: Record<never, never>
  READY_TIMEOUT: { store: string; operation: string; timeoutMs: number; subscriberId: string }
  RECORD_INVALID: { store: string; stream: string; sequence: number; problem: string }
  RECIPE_ASYNC: { store: string; returned: Deferred }
  SELECTOR_ASYNC: { selection: string; what: 'selector' | 'equality'; returned: Deferred }
  RUNAWAY_TIMERS: { timersMax: number }
  RUNAWAY_WRITES: { store: string; drainMax: number }
  SERVER_CLOSED: Record<never, never>
  SNAPSHOT_INVALID: { store: string; operation: string; problem: string }
  STATE_INVALID: {
    subject: string
    operation: string
    problem: 'cyclic' | 'deep' | 'draft'
    path: string
    depthMax: number
  }
  STATE_TOO_LARGE: { store: string; bytes: number; bytesMax: number }
  STATE_UNKNOWN: { machine: string; received: string; states: readonly string[] }
  STATE_UNDEFINED: { store: string; operation: string }
  STORE_DESTROYED: { store: string; operation: string }
  STORE_UNINITIALIZED: { store: string; operation: string }
  SYSTEM_BUSY: { store: string; operation: string; actor: string }
  SYSTEM_EXISTS: { store: string }
  SYSTEM_SNAPSHOT_INVALID: { system: string; address: string; problem: string }
  STREAM_ABSENT: { store: string; stream: string; subjects: readonly string[] }
  SUBSCRIBER_FULL: { store: string; subscriberId: string; capacity: number }
  TRANSITION_LOOP: { machine: string; event: string; states: readonly string[]; steps: number }
  UNDO_IN_BATCH: { store: string; operation: string }
  TRANSACTION_ASYNC: { stores: readonly string[]; returned: Deferred }
  TRANSACTION_IN_BATCH: { store: string }
  VERSION_CONFLICT: { store: string; expected: number; actual: number }
  VERSION_NOT_KEPT: { journal: string; version: number; oldest: number; newest: number }
  WAIT_TIMEOUT: { store: string; timeoutMs: number }
  WEBSOCKET_ABSENT: { url: string }
  WEB_LOCKS_ABSENT: { store: string }
  WRITES_FULL: { mirror: string; writesMax: number }
  WRITE_ELSEWHERE: { store: string }
  WRITE_TAKEN_BACK: { store: string; reason: string; message: string }
  WRITE_IN_DERIVE: { store: string; operation: string; derived: string }
  WRITE_IN_RECIPE: { store: string; operation: string }
}

/** Names what went wrong; stable across versions. */
export type ErrorCode = keyof ErrorDetails

/** The facts and where they are explained. */
const brief = (code: ErrorCode, details: object): string =>
  `${code} ${JSON.stringify(details)} https://github.com/headgate/headgate/blob/main/docs/errors.md#${code.toLowerCase()}`

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

// Written out: a bundler that sets NODE_ENV then leaves out the sentences.
let tell: (code: ErrorCode, details: never) => string = (
  typeof process === 'object'
    ? process.env.NODE_ENV !== 'production'
    : false
)
  ? sentenceOf
  : brief

/**
 * Lets errors speak in sentences in production too: those that are made from now on. Without it they say their code,
 * their facts and a link there, so that a bundle for browsers has no sentences. For servers and logs.
 *
 * @example
 * ```ts
 * import { explainErrors } from 'headgate'
 *
 * explainErrors()
 * ```
 */
export function explainErrors(): void {
  tell = sentenceOf
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
    super(tell(code, details as never), options)
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
