import { map, type OperatorFunction } from 'rxjs'
import type { Cell } from './cells.ts'
import type { BareEvent } from './definition.ts'
import type { MachineStore, SendResult } from './machine-store.ts'

/**
 * Sends every event of the source to a machine store and emits what came of it. A refused write (a
 * destroyed store, a full subscriber) is an error of the stream.
 *
 * @example
 * ```ts
 * import { createMachineStore, qCoreMachine, sendTo } from 'headgate'
 * import { of } from 'rxjs'
 *
 * const store = createMachineStore(qCoreMachine)
 * of('BOOT_COMPLETE' as const, 'NO_PROPOSALS' as const)
 *   .pipe(sendTo(store))
 *   .subscribe((result) => console.log(result.handled, store.current))
 * // → true IDLE
 * // → false IDLE
 * ```
 */
export function sendTo<Context, Cells extends Cell>(
  store: MachineStore<Context, Cells>,
): OperatorFunction<Cells['event'] | BareEvent<Cells['event']>, SendResult<Cells['state'], Context>> {
  return map((event) => store.send(event))
}
