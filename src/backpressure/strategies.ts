import { BufferStrategy } from './buffer.ts'
import { DirectStrategy } from './direct.ts'
import { LatestStrategy } from './latest.ts'
import { refuseOption } from './options.ts'
import type { Policy, Port, Strategy } from './policy.ts'

/**
 * Opens what a policy holds and decides for one subscriber.
 *
 * @throws `POLICY_INVALID` for a value that no factory made.
 */
export function openStrategy<T>(policy: Policy, port: Port<T>): Strategy<T> {
  switch (policy?.kind) {
    case 'direct':
      return new DirectStrategy(port)
    case 'latest':
      return new LatestStrategy(port)
    case 'buffer':
      return new BufferStrategy(policy, port)
    default:
      return refuseOption('policy', 'a policy such as latest() or buffer({ capacity: 64 })', policy)
  }
}
