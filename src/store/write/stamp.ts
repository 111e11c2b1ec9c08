import type { Immutable } from '../../kit/index.ts'
import { type Instant, instantOf } from '../../kit/index.ts'
import type { Snapshot } from '../snapshot.ts'
import type { PipelineHost } from './pipeline-host.ts'
import { settleState } from './recipes.ts'
import { labelOf, type WriteLabel } from './write-options.ts'

/** Makes the first snapshot of a store; without a state it is uninitialized. */
export function firstSnapshot<S>(
  initial: S | undefined,
  { name, source, clock, freeze }: Pick<PipelineHost, 'name' | 'source' | 'clock' | 'freeze'>,
): Snapshot<S> {
  const settled = settleState(initial, undefined, {
    subject: `store "${name}"`,
    operation: 'createStore()',
    freeze,
  })
  // The cast holds for an uninitialized store: its state is undefined, and nobody is told of it.
  const state = settled as Immutable<S>
  const version = initial === undefined ? -1 : 0
  return Object.freeze(stamp(state, version, labelOf(undefined, 'INIT', source), instantOf(clock)))
}

/** A snapshot that is not frozen yet. */
export const stamp = <S>(
  state: Immutable<S>,
  version: number,
  { reason, source, metadata }: WriteLabel,
  { tsWall, tsMono }: Instant,
): Snapshot<S> => ({
  version,
  state,
  reason,
  source,
  tsWall,
  tsMono,
  metadata,
})
