import type { Immutable } from '../../kit/index.ts'
import { type Instant, instantOf } from '../../kit/index.ts'
import { NO_METADATA, type Snapshot } from '../snapshot.ts'
import type { PipelineHost } from './pipeline-host.ts'
import { settleState } from './recipes.ts'
import type { ReadWrite } from './write-options.ts'

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
  return stamp(state, version, undefined, { reason: 'INIT', source, metadata: NO_METADATA }, instantOf(clock))
}

/** What a snapshot says of its write, where the writer does not. */
type Labels = Pick<Snapshot<unknown>, 'reason' | 'source' | 'metadata'>

/** Makes a snapshot. */
export const stamp = <S>(
  state: Immutable<S>,
  version: number,
  write: ReadWrite | undefined,
  { reason, source, metadata }: Labels,
  { tsWall, tsMono }: Instant,
): Snapshot<S> =>
  Object.freeze({
    version,
    state,
    reason: write?.reason ?? reason,
    source: write?.source ?? source,
    tsWall,
    tsMono,
    metadata: write?.metadata ?? metadata,
  })
