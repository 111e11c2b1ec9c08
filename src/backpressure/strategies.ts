import { AuditStrategy } from './audit.ts'
import { BacklogStrategy, type ParkingPort } from './backlog-strategy.ts'
import { BatchStrategy } from './batch.ts'
import { type BufferPolicy, BufferStrategy } from './buffer.ts'
import { DebounceStrategy } from './debounce.ts'
import { DirectStrategy } from './direct.ts'
import { ExhaustStrategy } from './exhaust.ts'
import { FrameStrategy } from './frame.ts'
import { type LatestPolicy, LatestStrategy } from './latest.ts'
import { refuseOption } from './options.ts'
import { isPolicy, type Policy, type Port, type Strategy, type Versioned } from './policy.ts'
import { SampleStrategy } from './sample.ts'
import { SwitchLatestStrategy } from './switch-latest.ts'
import { ThrottleStrategy } from './throttle.ts'

/** Whether what a policy holds is always the newest entries, and nobody waits for a microtask to be told. */
const holdsNewest = (policy: Policy): policy is LatestPolicy | BufferPolicy =>
  (policy?.kind === 'latest' || (policy?.kind === 'buffer' && policy.overflow === 'drop-oldest')) &&
  policy.dispatch === 'sync'

/**
 * Opens what a policy holds and decides for one subscriber.
 *
 * @param parked - given where the source keeps a backlog for those who are busy.
 * @throws `POLICY_INVALID` for a value that no factory made.
 */
export function openStrategy<T extends Versioned>(
  policy: Policy,
  port: Port<T>,
  parked?: ParkingPort<T>,
): Strategy<T> {
  if (!isPolicy(policy)) return refusePolicy(policy)
  if (parked !== undefined && holdsNewest(policy)) return new BacklogStrategy(policy, parked)
  switch (policy?.kind) {
    case 'direct':
      return new DirectStrategy(port)
    case 'latest':
      return new LatestStrategy(port)
    case 'buffer':
      return new BufferStrategy(policy, port)
    case 'exhaust':
      return new ExhaustStrategy(port)
    case 'switchLatest':
      return new SwitchLatestStrategy(port)
    case 'throttle':
      return new ThrottleStrategy(policy, port)
    case 'debounce':
      return new DebounceStrategy(policy, port)
    case 'audit':
      return new AuditStrategy(policy, port)
    case 'sample':
      return new SampleStrategy(policy, port)
    case 'batch':
      return new BatchStrategy(policy, port)
    case 'frame':
      return new FrameStrategy(policy, port)
    default:
      return refusePolicy(policy)
  }
}

const refusePolicy = (value: unknown): never =>
  refuseOption(
    'policy',
    'a policy made by a factory, such as latest() or buffer({ capacity: 64 }), and no copy of one',
    value,
  )
