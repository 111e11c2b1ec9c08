import { settleState } from '../../store/index.ts'
import type { AnyMachine, StateNode } from '../machine.ts'
import type { checkDefinition } from './check-definition.ts'
import { Compiled } from './compile.ts'
import { fieldsOf } from './fields.ts'

/** Makes a machine from a definition, after a check where there is one. */
export function makeMachine(definition: unknown, check?: typeof checkDefinition): AnyMachine {
  const compiled = new Compiled(definition)
  check?.(definition, compiled)
  const { root, states } = compiled
  const { context, historyLimit = 64, ...fields } = fieldsOf(definition)
  const id = String(fields.id)
  const nodes = [...states.values()]
  return Object.freeze({
    id,
    initial: root.initial?.name ?? '',
    context: settleState(context, undefined, {
      subject: `machine "${id}"`,
      operation: 'defineMachine()',
      freeze: true,
    }),
    historyLimit: historyLimit as number,
    states,
    root,
    composed: root.kind === 'parallel' || nodes.some(isComposed),
    eventless: nodes.some(({ always }) => always.length > 0),
  })
}

const isComposed = ({ kind, always }: StateNode): boolean =>
  (kind !== 'atomic' && kind !== 'final') || always.length > 0
