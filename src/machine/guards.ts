import { deferredOf, HeadgateError } from '../kit/index.ts'
import type { EventObject } from './definition.ts'
import type { StateNode, TransitionNode } from './machine.ts'

/**
 * The first transition whose guard agrees.
 *
 * @throws `GUARD_ASYNC`, and what a guard throws.
 */
export function firstAgreed(
  machine: string,
  transitions: readonly TransitionNode[],
  context: unknown,
  event: EventObject,
): TransitionNode | undefined {
  for (const transition of transitions) {
    const { guard } = transition
    if (guard === undefined) return transition
    const agreed: unknown = guard(context as never, event as never)
    const returned = deferredOf(agreed)
    if (returned !== undefined)
      throw new HeadgateError('GUARD_ASYNC', { machine, event: event.type, returned })
    if (agreed) return transition
  }
  return undefined
}

/** What a state has for an event, before any guard is asked; undefined for nothing. */
export const handlersOf = ({ on }: StateNode, { type }: EventObject): readonly TransitionNode[] | undefined =>
  on.get(type) ?? on.get('*')
