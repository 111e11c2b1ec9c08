/**
 * Effect's `SubscriptionRef`, entities in its persistent `HashMap`, and its sliding `PubSub`: one ring that
 * all subscriptions share, which does not count what it drops.
 *
 * A call of `publish` is one program, so that starting a fiber is not part of the price of an item. Changes
 * of a `SubscriptionRef` reach their followers asynchronously, in fibers; they are not measured.
 */
import { Effect, HashMap, PubSub, Scope, SubscriptionRef } from 'effect'

export default {
  name: 'Effect',
  keepsSnapshots: true,

  scalars(initial) {
    const ref = Effect.runSync(SubscriptionRef.make({ ...initial }))
    return {
      write: (n) => Effect.runSync(SubscriptionRef.update(ref, (state) => ({ ...state, a: n }))),
      snapshot: () => SubscriptionRef.getUnsafe(ref),
      a: (snapshot) => snapshot.a,
    }
  },

  entities(entities) {
    const ref = Effect.runSync(SubscriptionRef.make(HashMap.fromIterable(Object.entries(entities))))
    return {
      write: (id, n) =>
        Effect.runSync(
          SubscriptionRef.update(ref, (robots) =>
            HashMap.set(robots, id, { ...HashMap.getUnsafe(robots, id), x: n }),
          ),
        ),
      snapshot: () => SubscriptionRef.getUnsafe(ref),
      x: (snapshot, id) => HashMap.getUnsafe(snapshot, id).x,
    }
  },

  bounded({ buffers, capacity, takes }) {
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
  },
}
