/**
 * Stores in marble diagrams: RxJS's `TestScheduler` gives both the clock and the timers, so a frame of a diagram
 * is a millisecond of the store.
 *
 * Promises do not take part in virtual time: a consumer that is slow returns an observable, such as a `timer`.
 */
import { map, Observable, type SchedulerLike } from 'rxjs'
import type { TestScheduler } from 'rxjs/testing'
import type { Policy } from '../backpressure/index.ts'
import { type Clock, checkKeys, describeValue, HeadgateError } from '../kit/index.ts'
import { createStore, type Snapshot, type Store, type StoreOptions } from '../store/index.ts'

/** The virtual time of each store that was made for a diagram. */
const testSchedulers = new WeakMap<object, TestScheduler>()

/**
 * The two options of a store that put it on virtual time; for stores that {@link marbleStore} does not make:
 * `createMachineStore(machine, virtualTime(testScheduler))`.
 */
export function virtualTime(testScheduler: TestScheduler): { clock: Clock; scheduler: SchedulerLike } {
  const now = (): number => testScheduler.now()
  return { clock: { wall: now, mono: now }, scheduler: testScheduler }
}

/**
 * Makes a store on the virtual time of a test scheduler.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { TestScheduler } from 'rxjs/testing'
 * import { throttle } from 'headgate'
 * import { expectStore, marbleStore } from 'headgate/testing'
 *
 * const testScheduler = new TestScheduler((actual, expected) => assert.deepEqual(actual, expected))
 * testScheduler.run(({ hot }) => {
 *   const store = marbleStore(testScheduler, 'a')
 *   hot('--b-c').subscribe((state) => store.set(state))
 *   expectStore(store).toBe('a-b-c')
 *   expectStore(store, { policy: throttle({ ms: 6 }) }).toBe('a-----c')
 * })
 * console.log('as drawn') // → as drawn
 * ```
 *
 * @throws `OPTION_INVALID`
 */
export function marbleStore<S>(
  testScheduler: TestScheduler,
  initial?: S,
  options: Omit<StoreOptions, 'clock' | 'scheduler'> = {},
): Store<S> {
  // The cast holds for a test that leaves the state out, too: it knows that there is none yet.
  const store = createStore<S>(initial as S, { ...options, ...virtualTime(testScheduler) })
  testSchedulers.set(store, testScheduler)
  return store
}

/** What {@link expectStore} compares, and when it stops. */
export interface ExpectStoreOptions {
  /** What of each snapshot is compared; default `'states'`. What is no snapshot is compared as it is. */
  compare?: 'states' | 'versions' | 'snapshots' | undefined
  /** Follows the store through a policy, as `store.subscribe` does; default: as `snapshot$`. */
  policy?: Policy | undefined
  /** When the subscription ends, as marbles: `'---!'`. */
  unsubscribe?: string | undefined
  /** Needed for whatever {@link marbleStore} did not make. */
  testScheduler?: TestScheduler | undefined
}

/** States what comes when. */
export interface StoreExpectation {
  /** Compares with a diagram; a letter stands for itself, or for what `values` has for it. */
  toBe(marbles: string, values?: Readonly<Record<string, unknown>>, error?: unknown): void
}

/** A store of any state, or any observable. */
export type ExpectedSource = Observable<unknown> | { readonly snapshot$: Observable<unknown> }

/**
 * Expects of a store, or of any observable, what a marble diagram shows. It is compared when the test scheduler
 * flushes, at the end of its `run`.
 *
 * @throws `OPTION_INVALID` where no test scheduler is known, or an observable is to be followed by a policy.
 */
export function expectStore(source: ExpectedSource, options: ExpectStoreOptions = {}): StoreExpectation {
  checkKeys(options, { compare: true, policy: true, unsubscribe: true, testScheduler: true }, 'expectStore()')
  const testScheduler = options.testScheduler ?? testSchedulers.get(source)
  if (testScheduler === undefined) {
    throw refused(
      'testScheduler',
      'the TestScheduler, as the source was not made by marbleStore()',
      undefined,
    )
  }
  const look = LOOKS[options.compare ?? 'states']
  const seen$ = follow(source, options.policy).pipe(map((value) => lookAt(value, look)))
  const { toBe } = testScheduler.expectObservable(seen$, options.unsubscribe)
  return { toBe: (marbles, values, error) => toBe(marbles, values, error) }
}

type Look = (snapshot: Snapshot<unknown>) => unknown

const LOOKS: Readonly<Record<NonNullable<ExpectStoreOptions['compare']>, Look>> = {
  states: ({ state }) => state,
  versions: ({ version }) => version,
  snapshots: (snapshot) => snapshot,
}

const isSnapshot = (value: unknown): value is Snapshot<unknown> =>
  typeof value === 'object' && value !== null && 'version' in value && 'state' in value && 'tsMono' in value

/** A snapshot, or an array of them from a policy that batches. */
function lookAt(value: unknown, look: Look): unknown {
  if (Array.isArray(value) && value.every(isSnapshot)) return value.map(look)
  return isSnapshot(value) ? look(value) : value
}

function follow(source: ExpectedSource, policy: Policy | undefined): Observable<unknown> {
  if (!('snapshot$' in source)) {
    if (policy !== undefined) throw refused('policy', 'given with a store only', policy)
    return source
  }
  if (policy === undefined) return source.snapshot$
  // The cast holds: only a store is followed by a policy, and its states are only looked at.
  const store = source as Store<unknown>
  return new Observable((observer) => {
    const next = (value: unknown): void => observer.next(value)
    return store.subscribe({ next, complete: () => observer.complete() }, { policy })
  })
}

function refused(option: string, expected: string, received: unknown): HeadgateError<'OPTION_INVALID'> {
  return new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(received) })
}
