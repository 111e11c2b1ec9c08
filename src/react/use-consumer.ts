import { useEffect, useRef } from 'react'
import type { BatchingPolicy, Delivery, SinglePolicy } from '../backpressure/index.ts'
import type { Consumer, ConsumerObject, Readable, Snapshot, SubscribeOptions } from '../store/index.ts'

type Single<S> = SubscribeOptions<S> & { policy?: SinglePolicy | undefined }

/** A consumer as an object; what is none at all is left to `subscribe`, which says so. */
const toObject = <S>(consumer: Consumer<Snapshot<S>>): Partial<ConsumerObject<Snapshot<S>>> =>
  typeof consumer === 'function' ? { next: consumer } : (consumer ?? {})

/**
 * Feeds a consumer while the component is mounted and visible: for effects, not for rendering. It is a subscriber like
 * any other: it has a policy, is busy until what it returned has ended, and is counted and isolated. Deliveries go to
 * the consumer of the newest render; a different store or different options subscribe again. Policies are compared by
 * label.
 *
 * @example
 * ```ts no-run
 * import { createStore, throttle } from 'headgate'
 * import { useConsumer } from 'headgate/react'
 *
 * const store = createStore({ x: 0 })
 *
 * function Recorder({ write }: { write(line: string): Promise<void> }) {
 *   useConsumer(store, ({ state }) => write(String(state.x)), { policy: throttle({ ms: 100 }) })
 *   return null
 * }
 * ```
 *
 * @throws `CONSUMER_INVALID`, `POLICY_INVALID`, `OPTION_INVALID`, to the nearest error boundary.
 */
export function useConsumer<S>(store: Readable<S>, consumer: Consumer<Snapshot<S>>, options?: Single<S>): void
/** Feeds a consumer with arrays of snapshots, one call per window. */
export function useConsumer<S>(
  store: Readable<S>,
  consumer: Consumer<readonly Snapshot<S>[]>,
  options: SubscribeOptions<S> & { policy: BatchingPolicy },
): void
export function useConsumer<S>(
  store: Readable<S>,
  consumer: Consumer<never>,
  options: SubscribeOptions<S> = {},
): void {
  // The cast holds: whether it is given one or many, it is handed on.
  const given = consumer as Consumer<Snapshot<S>>
  const newest = useRef({ given, options })
  useEffect(() => {
    newest.current = { given, options }
  })
  const { next, error, complete } = toObject(given)
  const { policy, onDrop, id, replay, onError, signal, scheduler } = options
  // biome-ignore lint/correctness/useExhaustiveDependencies: functions are called through the ref, whichever they are now
  useEffect(() => {
    const now = (): Partial<ConsumerObject<Snapshot<S>>> => toObject(newest.current.given)
    const through = {
      ...(next && { next: (value: Snapshot<S>, delivery: Delivery) => now().next?.(value, delivery) }),
      ...(error && { error: (reason: unknown) => now().error?.(reason) }),
      ...(complete && { complete: () => now().complete?.() }),
    }
    return store.subscribe(
      through as ConsumerObject<Snapshot<S>>,
      {
        ...options,
        ...(onDrop && { onDrop: (drop) => newest.current.options.onDrop?.(drop) }),
      } as Single<S>,
    )
  }, [store, !next, !error, !complete, policy?.label, !onDrop, id, replay, onError, signal, scheduler])
}
