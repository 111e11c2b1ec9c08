import { settledContext } from '../first-context.ts'
import type { AnyMachine, StateNode } from '../machine.ts'
import type { checkDefinition } from './check-definition.ts'
import { Compiled } from './compile.ts'
import { fieldsOf } from './fields.ts'

/** Makes a machine from a definition, after a check where there is one. */
export function makeMachine(definition: unknown, check?: typeof checkDefinition): AnyMachine {
  const compiled = new Compiled(definition)
  check?.(definition, compiled)
  const { children, root, states } = compiled
  const { context, historyLimit = 64, ...fields } = fieldsOf(definition)
  const id = String(fields.id)
  const nodes = [...states.values()]
  return Object.freeze({
    id,
    initial: root.initial?.name ?? '',
    ...contextOf(id, context),
    historyLimit: historyLimit as number,
    states,
    root,
    children,
    composed: root.kind === 'parallel' || nodes.some(isComposed),
    eventless: nodes.some(({ always }) => always.length > 0),
    acts: compiled.acts,
  })
}

function contextOf(id: string, context: unknown): Pick<AnyMachine, 'context' | 'contextFrom'> {
  return typeof context === 'function'
    ? { context: undefined, contextFrom: context as AnyMachine['contextFrom'] }
    : { context: settledContext(id, context, 'defineMachine()'), contextFrom: undefined }
}

const isComposed = ({ kind, always }: StateNode): boolean =>
  (kind !== 'atomic' && kind !== 'final') || always.length > 0
