import type { Scenario } from './scenario.ts'
import { backpressure } from './scenarios/backpressure.ts'
import { concurrentWriters } from './scenarios/concurrent-writers.ts'
import { cpuThrottling } from './scenarios/cpu-throttling.ts'
import { crash } from './scenarios/crash.ts'
import { damage } from './scenarios/damage.ts'
import { diskErrors } from './scenarios/disk-errors.ts'
import { diskFull } from './scenarios/disk-full.ts'
import { errorInjection } from './scenarios/error-injection.ts'
import { exhaustionRecovery } from './scenarios/exhaustion-recovery.ts'
import { gigabytes } from './scenarios/gigabytes.ts'
import { hostileClient } from './scenarios/hostile-client.ts'
import { largeSnapshots } from './scenarios/large-snapshots.ts'
import { latency } from './scenarios/latency.ts'
import { longRunning } from './scenarios/long-running.ts'
import { massiveSubscribers } from './scenarios/massive-subscribers.ts'
import { mixedChaos } from './scenarios/mixed-chaos.ts'
import { natsCuts } from './scenarios/nats-cuts.ts'
import { natsLeaderKill } from './scenarios/nats-leader-kill.ts'
import { natsSlowReplica } from './scenarios/nats-slow-replica.ts'
import { networkCuts } from './scenarios/network-cuts.ts'
import { rapidTransitions } from './scenarios/rapid-transitions.ts'
import { reconnectStorm } from './scenarios/reconnect-storm.ts'
import { setsAndGets } from './scenarios/sets-and-gets.ts'
import { slowClient } from './scenarios/slow-client.ts'
import { subscriberCleanup } from './scenarios/subscriber-cleanup.ts'
import { throughput } from './scenarios/throughput.ts'

/** The scenarios of the suite, in the order in which they run, group by group. */
export const scenarios: readonly Scenario[] = Object.freeze([
  setsAndGets,
  rapidTransitions,
  massiveSubscribers,
  concurrentWriters,
  mixedChaos,
  backpressure,
  largeSnapshots,
  subscriberCleanup,
  longRunning,
  errorInjection,
  exhaustionRecovery,
  diskFull,
  diskErrors,
  crash,
  damage,
  networkCuts,
  slowClient,
  hostileClient,
  reconnectStorm,
  natsCuts,
  natsLeaderKill,
  natsSlowReplica,
  cpuThrottling,
  gigabytes,
  throughput,
  latency,
])
