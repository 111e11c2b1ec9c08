import { map, type OperatorFunction } from 'rxjs'
import type { ActorSystem, Sending, SendOptions } from './actor-system.ts'
import type { EventAt, KnownAddress } from './typed-address.ts'

/**
 * Sends every event of the source to an actor and emits the result. A message that does not fit, or whose address has
 * no actor, is a value; anything that is not an event is an error of the stream.
 *
 * @example
 * ```ts
 * import { createMachineStore, qCoreMachine } from 'headgate'
 * import { createSystem, sendToActor } from 'headgate/actors'
 * import { of } from 'rxjs'
 *
 * const system = createSystem(createMachineStore(qCoreMachine))
 * of('BOOT_COMPLETE' as const).pipe(sendToActor(system, 'root')).subscribe((became) => console.log(became))
 * // → queued
 * await system.idle()
 * console.log(system.get('root').current) // → IDLE
 * ```
 */
export function sendToActor<Root, const Address extends string>(
  system: ActorSystem<Root>,
  address: Address & KnownAddress<Root, Address>,
  options?: SendOptions,
): OperatorFunction<EventAt<Root, Address>, Sending> {
  // The cast keeps the compiler from walking the addresses once more.
  const send = system.send as (to: string, event: unknown, how?: SendOptions) => Sending
  return map((event) => send.call(system, address, event, options))
}
