/**
 * The form of the shared back-pressure cases: one JSON object a line. The page beside the file says what
 * the fields mean; here they are typed and read, and their short forms are written out.
 */
import { readFileSync } from 'node:fs'

export type Action =
  | { readonly do: 'write'; readonly v: unknown }
  | { readonly do: 'unsubscribe' | 'subscribe'; readonly sub?: string }
  | { readonly do: 'throw'; readonly message: string }

export interface CaseConsumer {
  readonly mode: 'sync' | 'async' | 'gated' | 'pull'
  /** Milliseconds for which an async consumer is busy with each value. */
  readonly work?: number
  readonly rejectOn?: readonly unknown[]
  /** What the callback does on a value; or, as a sentence, that it writes the next number up to a bound. */
  readonly on?: Readonly<Record<string, readonly Action[]>> | string
}

type Timed<Event> = Event & { readonly t: number }
export type CaseEvent =
  | { readonly ev: 'write'; readonly v: unknown }
  | { readonly ev: 'noop' | 'complete' | 'check' }
  | { readonly ev: 'burst'; readonly from: number; readonly to: number }
  | { readonly ev: 'block'; readonly do: readonly CaseEvent[] }
  | { readonly ev: 'release' | 'pull'; readonly n?: number; readonly sub?: string }
  | { readonly ev: 'subscribe' | 'unsubscribe'; readonly sub?: string }
  | { readonly ev: 'error'; readonly e: unknown }
  | { readonly ev: 'awaitWrites'; readonly values: readonly unknown[] }

export interface CaseSubscriber {
  readonly id: string
  readonly policy: string
  readonly params: Readonly<Record<string, unknown>>
  readonly consumer: CaseConsumer
  readonly replay?: boolean
  readonly subscribeAt?: number
  readonly subscribeBy?: 'event'
}

export interface Counters {
  readonly published: number
  readonly delivered: number
  readonly dropped: number
  readonly conflated: number
  readonly pending: number
}

type Run = { readonly t: number; readonly from: number; readonly to: number }

/** What is expected of one subscriber. */
export interface SubscriberExpectation {
  readonly deliveries: readonly ([number, unknown] | Run)[]
  readonly counters: Counters
  readonly calls: number
  readonly terminal: [number, 'complete' | 'error'] | null
  readonly inFlightAtEnd: number
  readonly missed?: readonly { t: number; before: unknown; n: number }[]
  readonly drops?: readonly (({ t: number; v: unknown } | Run) & { reason: string })[]
  readonly conflated?: readonly { t: number; v: unknown; by: unknown }[]
  readonly aborted?: readonly [number, unknown][]
  readonly errors?: readonly { t: number; v: unknown; error: string }[]
}

export interface CaseExpectation extends Partial<SubscriberExpectation> {
  readonly subs?: Readonly<Record<string, SubscriberExpectation>>
  readonly checks?: readonly (Counters & { t: number; timers: number; sub?: string })[]
  readonly countersInsideCallback?: readonly (Counters & { t: number; sub: string })[]
  readonly writerResolved?: readonly [number, unknown][]
  readonly timersAtEnd?: number
  readonly subscriptionsAtEnd?: number
  readonly throws?: string | null
  readonly at?: string
  readonly effective?: Readonly<Record<string, unknown>>
}

export interface Case {
  readonly id: string
  readonly title: string
  readonly policy: string
  readonly params: Readonly<Record<string, unknown>> & { readonly subs?: readonly CaseSubscriber[] }
  readonly consumer?: CaseConsumer
  readonly tie: 'none' | 'write-first' | 'timer-first'
  readonly timeline: readonly Timed<CaseEvent>[]
  readonly expected: CaseExpectation
}

/** Turns `{"$": …}` into the value that JSON lacks. */
function revive(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$' in value)) return value
  const { $: name, v } = value as { $: string; v?: string }
  if (name === 'bigint') return BigInt(v ?? '')
  if (name === 'NaN') return Number.NaN
  if (name === 'Infinity') return Number.POSITIVE_INFINITY
  // A reviver that returns undefined deletes the key: what must be undefined is put in afterwards.
  if (name === 'undefined') return UNDEFINED
  throw new Error(`No value is known by the name "${name}".`)
}

const UNDEFINED = Symbol('undefined')

function withUndefined(value: unknown): unknown {
  if (value === UNDEFINED) return undefined
  if (Array.isArray(value)) return value.map(withUndefined)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withUndefined(entry)]))
}

export function readCases(file: string): Case[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => withUndefined(JSON.parse(line, revive)) as Case)
}

/** The subscribers of a case: those it lists, or the one that it describes. */
export function subscribersOf({ policy, params, consumer }: Case): readonly CaseSubscriber[] {
  if (params.subs !== undefined) return params.subs
  const { replay, subscribeAt, ...rest } = params
  return [
    {
      id: 'subscriber',
      policy,
      params: rest,
      consumer: consumer ?? { mode: 'sync' },
      replay: replay === true,
      subscribeAt: typeof subscribeAt === 'number' ? subscribeAt : 0,
    },
  ]
}

/** The names of the policies that a case needs. */
export function policiesOf(line: Case): string[] {
  return [...new Set(subscribersOf(line).map(({ policy }) => policy))]
}

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** What is expected of a subscriber, with runs of numbers written out and absent lists empty. */
export function writtenOut(expected: SubscriberExpectation): Required<SubscriberExpectation> {
  const { counters, calls, terminal, inFlightAtEnd } = expected
  return {
    counters,
    calls,
    terminal,
    inFlightAtEnd,
    deliveries: expected.deliveries.flatMap((delivery) =>
      Array.isArray(delivery)
        ? [delivery]
        : numbers(delivery.from, delivery.to).map((value): [number, unknown] => [delivery.t, value]),
    ),
    drops: (expected.drops ?? []).flatMap((drop) =>
      'from' in drop
        ? numbers(drop.from, drop.to).map((v) => ({ t: drop.t, v, reason: drop.reason }))
        : [drop],
    ),
    missed: expected.missed ?? [],
    conflated: expected.conflated ?? [],
    errors: expected.errors ?? [],
    aborted: expected.aborted ?? [],
  }
}
