import { deferredOf, HeadgateError } from '../kit/index.ts'
import { settleState } from '../store/index.ts'
import type { AnyMachine } from './machine.ts'

/**
 * The context that a machine begins with.
 *
 * @throws `OPTION_INVALID` for one that is still to come, and what the function throws that makes it.
 */
export function firstContext({ id, context, contextFrom }: AnyMachine, input: unknown): unknown {
  if (contextFrom === undefined) return context
  const made = contextFrom({ input })
  const received = deferredOf(made)
  if (received === undefined) return settledContext(id, made, 'its "context" function')
  const expected = 'a function that returns the context at once'
  throw new HeadgateError('OPTION_INVALID', { option: `context of machine "${id}"`, expected, received })
}

/** A context that is fit to be one, frozen. */
export const settledContext = (id: string, context: unknown, operation: string): unknown =>
  settleState(context, undefined, { subject: `machine "${id}"`, operation, freeze: true })
