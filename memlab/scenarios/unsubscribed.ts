/** Subscribers that are given back by their handle. */
import { followers, perPolicy } from '../support/claims.ts'
import { POLICIES } from '../support/policies.ts'
import type { Claim } from '../support/scenario.ts'

export const claim = 'A subscriber that unsubscribed is let go of, with its consumer.'

export const claims: readonly Claim[] = perPolicy(POLICIES, 'unsubscribed', (policy, options) =>
  followers(policy, options, (held) => {
    held.seen += 1
  }),
)
