/** Consumers that throw, reject or return an observable that fails. */
import { throwError } from 'rxjs'
import type { Policy } from '../../src/index.ts'
import { followers, perPolicy } from '../support/claims.ts'
import { POLICIES } from '../support/policies.ts'
import type { Claim, Scenario, ScenarioOptions, Witness } from '../support/scenario.ts'

export const claim = 'A consumer that throws is let go of when it is unsubscribed, or by its own fault.'

/** Each failure carries the witness, so an error that is kept is found as well. */
function fail(held: Witness): unknown {
  held.seen += 1
  const error = Object.assign(new Error('a consumer that fails'), { held })
  if (held.seen % 3 === 0) return Promise.reject(error)
  if (held.seen % 3 === 1) return throwError(() => error)
  throw error
}

const unsubscribed = perPolicy(
  POLICIES,
  'throws, unsubscribed',
  (policy, options) => followers(policy, options, fail),
  { writes: 2 },
)

/** Closed by its first failure; the twin stays, as `onError: 'continue'` says. */
function closedByItself(policy: Policy, options: ScenarioOptions): Scenario {
  const onError = options.leak ? 'continue' : 'close'
  const scenario = followers(policy, { ...options, leak: true }, fail, { onError })
  return scenario
}

const closed = perPolicy(POLICIES, 'throws, closed by it', closedByItself, { count: 200, writes: 2 })

export const claims: readonly Claim[] = [...unsubscribed, ...closed]
