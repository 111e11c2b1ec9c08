/** Consumers whose promise, or whose observable, never ends. */
import { NEVER } from 'rxjs'
import { followers, perPolicy } from '../support/claims.ts'
import { POLICIES } from '../support/policies.ts'
import type { Claim } from '../support/scenario.ts'

export const claim = 'A consumer that never ends is let go of when it is unsubscribed.'

export const claims: readonly Claim[] = perPolicy(
  POLICIES,
  'never ends',
  (policy, options) =>
    followers(policy, options, (held) => {
      held.seen += 1
      return held.seen % 2 === 0 ? NEVER : new Promise(() => held.seen)
    }),
  // `direct` and `switchLatest` start another one with each write.
  { writes: 1 },
)
