/**
 * Effect's sliding PubSub: one ring that all subscriptions share. Each call publishes all its items in one
 * program, so that starting a fiber is not part of the price of an item. It does not count what it drops.
 */
import { Effect, PubSub, Scope } from 'effect'

export function open({ buffers, capacity, takes }) {
  const scope = Effect.runSync(Scope.make())
  const pubsub = Effect.runSync(PubSub.sliding(capacity))
  const subscribe = Effect.provideService(PubSub.subscribe(pubsub), Scope.Scope, scope)
  const subscriptions = Array.from({ length: buffers }, () => Effect.runSync(subscribe))

  const publishing = function* (first, count) {
    let hash = 0
    for (let value = first; value < first + count; value += 1) {
      yield* PubSub.publish(pubsub, value)
      if (!takes) continue
      for (const subscription of subscriptions) {
        hash = (hash * 31 + (yield* PubSub.take(subscription))) | 0
      }
    }
    return hash
  }

  return {
    publish: (first, count) => Effect.runSync(Effect.gen(() => publishing(first, count))),
    dropped: () => undefined,
    drain: () =>
      subscriptions.map((subscription) => Effect.runSync(PubSub.takeUpTo(subscription, capacity + 1))),
  }
}
