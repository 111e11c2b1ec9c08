import { deferredOf, HeadgateError } from '../kit/index.ts'
import { settleState } from '../store/index.ts'
import type { AnyMachine } from './machine.ts'

/**
 * The context that a machine begins with.
 *
 * @throws `OPTION_INVALID`, in development, for one that is still to come; what the function throws that makes it.
 */
export function firstContext({ id, context, contextFrom }: AnyMachine, input: unknown): unknown {
  if (contextFrom === undefined) return context
  const made = contextFrom({ input })
  check?.(id, made)
  return settledContext(id, made, 'its "context" function')
}

function refuseDeferred(id: string, made: unknown): void {
  const received = deferredOf(made)
  if (received === undefined) return
  const expected = 'a function that returns the context at once'
  throw new HeadgateError('OPTION_INVALID', { option: `context of machine "${id}"`, expected, received })
}

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

/** None in production; see check-keys.ts in kit. */
const check =
  typeof process === 'object' && process.env.NODE_ENV !== 'production' ? refuseDeferred : undefined

/** A context that is fit to be one, frozen. */
export const settledContext = (id: string, context: unknown, operation: string): unknown =>
  settleState(context, undefined, { subject: `machine "${id}"`, operation, freeze: true })
