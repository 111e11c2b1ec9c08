import { describeValue, HeadgateError } from '../kit/index.ts'
import { findCore, type ReadableCore } from '../store/index.ts'
import { watchActivity } from './activities.ts'
import type { Input } from './input.ts'
import { DerivedNode, nodeOf } from './node.ts'
import { ReadableInput } from './readable-input.ts'

/** What can be derived from: whatever has a state, and selections, which have a value. */
export type Source<S = unknown> = { readonly state: S } | { readonly value: S; readonly select: unknown }

const inputs = new WeakMap<ReadableCore<unknown>, Input>()

/** The input for a source. Throws `OPTION_INVALID` for what cannot be derived from. */
export function inputOf(source: Source): Input {
  const node = nodeOf(source)
  if (node !== undefined) return node
  const core = findCore(source)
  if (core !== undefined) return inputOfCore(core)
  throw new HeadgateError('OPTION_INVALID', {
    option: 'a source',
    expected: 'a store, a machine store, a selection, a view or a derived value',
    received: describeValue(source),
  })
}

function inputOfCore(core: ReadableCore<unknown>): Input {
  let input = inputs.get(core)
  if (input === undefined) {
    watchActivity(core.activity)
    input = makeInput(core)
    inputs.set(core, input)
  }
  return input
}

/** A selection is told behind its store: so it is derived anew, from what the store has. */
function makeInput(core: ReadableCore<unknown>): Input {
  const part = core.subject.feed?.part
  if (part === undefined) return new ReadableInput(core)
  const origin = inputOfCore(part.origin)
  return new DerivedNode(core.name, (reading) => part.read(reading.read(origin)), Object.is)
}
