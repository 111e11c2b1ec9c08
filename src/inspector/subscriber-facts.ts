import type { SubscriberStats } from '../backpressure/index.ts'
import type { HealthIssue } from '../health/index.ts'
import type { SubscriberVitals } from '../store/index.ts'
import type { SubscriberFacts } from './facts.ts'
import { cut } from './plain.ts'

/** Subscribers of one store that are shown one by one; those in trouble first. */
export const SUBSCRIBERS_MAX = 500

const numbers = new WeakMap<object, number>()
let given = 0

/** What a subscriber is known by, for as long as it follows. */
function numberOf(key: object): number {
  const known = numbers.get(key)
  if (known !== undefined) return known
  given += 1
  numbers.set(key, given)
  return given
}

/** @param vitals - of each of the subscribers, in the same order. */
export function subscriberFacts(
  subscribers: readonly SubscriberStats[],
  vitals: readonly SubscriberVitals[],
  issues: readonly HealthIssue[],
): SubscriberFacts[] {
  const facts = subscribers.map((stats, index): SubscriberFacts => {
    // The cast holds: there is one for each.
    const { key, busyMs, failures, subscribedFrom } = vitals[index] as SubscriberVitals
    const { id, policy, published, delivered, dropped, conflated, pending, missed, errors, lastVersion } =
      stats
    return {
      number: numberOf(key),
      id: cut(id),
      policy: cut(policy),
      published,
      delivered,
      dropped,
      conflated,
      pending,
      // JSON has no infinity.
      capacity: Math.min(stats.capacity, Number.MAX_SAFE_INTEGER),
      missed,
      errors,
      failures,
      lastVersion,
      busyMs: Math.round(busyMs),
      from: subscribedFrom === undefined ? null : cut(subscribedFrom),
      issues: issues.filter(({ subscriberId }) => subscriberId === cut(id)).map(({ message }) => message),
    }
  })
  if (facts.length <= SUBSCRIBERS_MAX) return facts
  return facts.sort((a, b) => troubleOf(b) - troubleOf(a)).slice(0, SUBSCRIBERS_MAX)
}

const troubleOf = ({ issues, failures, dropped, busyMs }: SubscriberFacts): number =>
  issues.length * 1e12 + failures * 1e9 + dropped * 1e3 + busyMs
