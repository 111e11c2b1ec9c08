/** Async iterators that are given back with `return()` while a reader waits. */
import type { SnapshotStream } from '../../src/index.ts'
import { perPolicy, type Tick, tickStore, writerOf } from '../support/claims.ts'
import { PULLED_POLICIES } from '../support/policies.ts'
import type { Claim, Witness } from '../support/scenario.ts'

export const claim = 'An iterator that was returned is let go of, with the readers who wait on it.'

/** A reader without end: it always waits for the next snapshot. */
async function readAll(stream: SnapshotStream<Tick>, held: Witness): Promise<void> {
  for (;;) {
    const { done } = await stream.next()
    if (done) return
    held.seen += 1
  }
}

export const claims: readonly Claim[] = perPolicy(PULLED_POLICIES, 'returned', (policy, options) => {
  const { leak, witness } = options
  const store = tickStore()
  let streams: SnapshotStream<Tick>[] = []
  let readers: Promise<void>[] = []
  return {
    act(count) {
      for (let index = 0; index < count; index += 1) {
        const stream = store.stream({ policy })
        streams.push(stream)
        readers.push(readAll(stream, witness()))
      }
    },
    async release() {
      const [left, reading] = [streams, readers]
      streams = []
      readers = []
      if (leak) return
      await Promise.all(left.map((stream) => stream.return()))
      await Promise.all(reading)
    },
    write: writerOf(() => store),
  }
})
