import { isPolicy, type Policy } from './policy.ts'

/**
 * Whether a policy hands over at once what comes while the consumer is idle, and holds nothing then: it may be left
 * out as long as the consumer is idle whenever something comes.
 */
export function isStraight(policy: Policy): boolean {
  if (!isPolicy(policy)) return false
  switch (policy.kind) {
    case 'direct':
    case 'exhaust':
      return true
    case 'latest':
      return policy.dispatch === 'sync'
    case 'buffer':
      return policy.dispatch === 'sync' && policy.overflow !== 'suspend'
    default:
      return false
  }
}
