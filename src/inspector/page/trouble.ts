/** What is wrong, and how badly: by it everything is sorted and coloured. */
import type { StoreFacts, SubscriberFacts } from '../facts.ts'

export type Level = 'bad' | 'warn' | 'good' | 'over'

/** A subscriber that is busy for longer is slow. */
const SLOW_MS = 1_000

export function levelOf({ status, issues, ended, faults }: StoreFacts): Level {
  if (ended) return 'over'
  if (status === 'unhealthy' || issues.some(({ subscriberId }) => subscriberId !== undefined)) return 'bad'
  return status === 'degraded' || faults > 0 ? 'warn' : 'good'
}

const RANK: Readonly<Record<Level, number>> = { bad: 3, warn: 2, good: 1, over: 0 }

/** The worst first; of those that are as well as each other, the busiest. */
export const byTrouble = (a: StoreFacts, b: StoreFacts): number =>
  RANK[levelOf(b)] - RANK[levelOf(a)] || b.issues.length - a.issues.length || b.commits - a.commits

/** To conflate is what a policy is for; to drop is a loss. */
export function subscriberLevel({ issues, failures, dropped, busyMs }: SubscriberFacts): Level {
  if (issues.length > 0 || failures > 0) return 'bad'
  return busyMs > SLOW_MS || dropped > 0 ? 'warn' : 'good'
}

export const bySubscriberTrouble = (a: SubscriberFacts, b: SubscriberFacts): number =>
  RANK[subscriberLevel(b)] - RANK[subscriberLevel(a)]
