import type { Cell, MachineState, MachineStore, StateValue } from '../machine/index.ts'
import type { Consumer, Snapshot, SubscriberHandle } from '../store/index.ts'
import type { CheckedSubscriber } from './load-module.ts'
import type { RequestedSubscriber } from './parse-run-arguments.ts'
import type { RunTime } from './run-time.ts'
import type { StopSwitch } from './stop-switch.ts'

/** How long subscribers may take to finish what they hold once the records have ended. */
export const SETTLE_MS_MAX = 1_000
const SETTLE_POLL_MS = 5

/** Receives; that it was called is counted by its mailbox. */
const receive = (): void => {}

/**
 * Decides who watches: the module's subscribers, each with the policy that the command line asks for under
 * its id, and after them those that only the command line names.
 */
export function chooseSubscribers(
  own: readonly CheckedSubscriber[],
  requested: readonly RequestedSubscriber[],
): CheckedSubscriber[] {
  const ownIds = new Set(own.map(({ id }) => id))
  const policies = new Map(requested.map(({ id, policy }) => [id, policy]))
  return [
    ...own.map((one) => ({ ...one, policy: policies.get(one.id) ?? one.policy })),
    ...requested.filter(({ id }) => !ownIds.has(id)).map((one) => ({ ...one, consumer: { next: receive } })),
  ]
}

/** A consumer as it is given to a store where the policy is known only at run time. */
type AnyConsumer = Consumer<RunSnapshot | readonly RunSnapshot[]>
type RunSnapshot = Snapshot<MachineState<StateValue, unknown>>

/** Attaches subscribers to a store, in order. */
export function attachSubscribers(
  store: MachineStore<unknown, Cell>,
  subscribers: readonly CheckedSubscriber[],
): SubscriberHandle[] {
  // The cast holds: a module that asks for batches is written to take them.
  return subscribers.map(({ id, policy, consumer }) =>
    store.subscribe(consumer as AnyConsumer, { id, policy }),
  )
}

/** Resolves when no subscriber holds or handles anything, after {@link SETTLE_MS_MAX}, or when the run is stopped. */
export async function settle(
  handles: readonly SubscriberHandle[],
  time: RunTime,
  stop: StopSwitch,
): Promise<void> {
  const busy = (): boolean =>
    handles.some((handle) => {
      const { pending, inFlight } = handle.stats()
      return !handle.closed && pending + inFlight > 0
    })
  const until = time.now() + SETTLE_MS_MAX
  while (stop.cause === undefined && busy() && time.now() < until) await time.sleep(SETTLE_POLL_MS, stop)
}
