import type { Observable, Observer, Subscription } from 'rxjs'
import type { BatchPolicy, SinglePolicy } from '../../backpressure/index.ts'
import type { Consumer } from '../publish/consumer.ts'
import type { SubscribeOptions } from '../publish/subscribe-options.ts'
import type { SubscriberHandle } from '../publish/subscriber-handle.ts'
import type { Selectable } from './selectable.ts'

/**
 * A part of a state: read it, follow it, select of it again.
 *
 * It is an Observable, so every operator takes it: the value first, then each that differs from the one before. With
 * options as second argument `subscribe` is that of a store: a policy, exact counts, and `missed` with each delivery;
 * they count the changes of this part. What a direct subscriber throws is a fault either way, and stops nobody.
 *
 * @example
 * ```ts
 * import { createStore, latest } from 'headgate'
 *
 * const store = createStore({ arm: { angle: 0 }, log: ['start'] })
 * const angle = store.select('arm', 'angle')
 * console.log(angle.value) // → 0
 * const handle = angle.subscribe((degrees, { version }) => console.log(version, degrees), { policy: latest() })
 * // → 0 0
 * store.update((draft) => { draft.log.push('moved') })
 * store.update((draft) => { draft.arm.angle = 90 })
 * // → 2 90
 * console.log(handle.stats().delivered) // → 2
 * ```
 */
export interface Selection<R> extends Observable<R>, Selectable<R> {
  /**
   * The value of the newest published snapshot, read without subscribing; the same identity until it changes. What
   * the selector throws is thrown here. `undefined` while a store has no state.
   */
  readonly value: R
  subscribe(
    consumer: Consumer<R>,
    options: SubscribeOptions<R> & { policy?: SinglePolicy | undefined },
  ): SubscriberHandle
  /** Feeds a consumer with arrays of values, one call a window. */
  subscribe(
    consumer: Consumer<readonly R[]>,
    options: SubscribeOptions<R> & { policy: BatchPolicy },
  ): SubscriberHandle
  /** Feeds a consumer that takes both, where the policy is known only at run time. */
  subscribe(consumer: Consumer<R | readonly R[]>, options: SubscribeOptions<R>): SubscriberHandle
  /** Follows as any Observable is followed. */
  subscribe(observerOrNext?: Partial<Observer<R>> | ((value: R) => void)): Subscription
  subscribe(
    next?: ((value: R) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription
}
