/** Definitions as tables, without the checks of the whole machine. */
import { findDots, mergeTables, resolveTargets } from '../../../src/machine/compile/link.ts'
import type { NodeDraft } from '../../../src/machine/compile/node-draft.ts'
import { StateReader } from '../../../src/machine/compile/read-state.ts'

/** Reads a definition as `defineMachine` does. */
export function read(definition: Readonly<Record<string, unknown>>): {
  root: NodeDraft
  states: Map<string, NodeDraft>
  problems: readonly string[]
} {
  const reader = new StateReader()
  const root = reader.root(definition)
  resolveTargets(reader)
  findDots(reader)
  mergeTables(root, reader.states.values())
  return { root, states: reader.states, problems: reader.problems }
}
