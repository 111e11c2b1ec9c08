/** Who stands in the list of a `Broadcast`. */
import type { Slotted } from '../kit/index.ts'
import type { Delivery, DeliveryOwner } from './delivery.ts'

/** Whoever is told of each entry. */
export interface Receiver<T> extends Slotted {
  next(entry: T): void
  complete(): void
}

/**
 * A receiver that is called in the walk itself, without anybody in between: it is idle whenever it is told, it has
 * lost nothing, and what it was told is a difference of numbers (`Broadcast.toldTo`). So it costs a call.
 */
export interface PlainReceiver<T> extends Receiver<T>, DeliveryOwner {
  /** Undefined while the receiver is not plain: it is told by `next`. */
  readonly call: ((entry: T, delivery: Delivery) => unknown) | undefined
  /** Given what a call returned that returned anything, or after which the receiver is not plain any more. */
  answered(result: unknown): void
  /** Given what a call threw. */
  failed(error: unknown): void
}
