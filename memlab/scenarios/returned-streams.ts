/** Async iterators that are given back with `return()` while a reader waits. */
import type { SnapshotStream } from '../../src/index.ts'
import { perPolicy, type Tick, tickStore, writerOf } from '../support/claims.ts'
import { PULLED_POLICIES } from '../support/policies.ts'
import type { Claim } from '../support/scenario.ts'

export const claim = 'An iterator that was returned is let go of, with the readers who wait on it.'

export const claims: readonly Claim[] = perPolicy(PULLED_POLICIES, 'returned', (policy, { leak, witness }) => {
  const store = tickStore()
  const streams: SnapshotStream<Tick>[] = []
  const open = (): SnapshotStream<Tick> => {
    const held = witness()
    const stream = store.stream({ policy })
    const read = (): void => {
      held.seen += 1
    }
    // The first is served with the current snapshot. The second waits, where the policy makes it wait.
    stream.next().then(read)
    stream.next().then(read)
    stream.next().then(read)
    return stream
  }
  return {
    act(count) {
      for (let index = 0; index < count; index += 1) streams.push(open())
    },
    async release() {
      if (!leak) await Promise.all(streams.map((stream) => stream.return()))
      streams.length = 0
    },
    write: writerOf(() => store),
  }
}, { writes: 1 })
