/** Differences of states that come and go: nothing is remembered of them. */

import { applyDelta, type Delta, diff, invert } from '../../src/delta/index.ts'
import { collection } from '../../src/index.ts'
import type { Claim, Witness } from '../support/scenario.ts'

export const claim = 'A delta that was taken, applied or inverted leaves nothing of its states.'

/** Deltas of each operation. */
const TIMES = 10

/** Goes there and back, as often as it is to. */
function between<S>(from: S, to: S): Delta {
  let delta: Delta = []
  for (let time = 0; time < TIMES; time += 1) {
    delta = diff(from as never, to as never)
    const there = applyDelta(from as never, delta)
    applyDelta(there, invert(from as never, delta))
  }
  return delta
}

const deltas = (
  name: string,
  states: (one: Witness, other: Witness) => readonly [unknown, unknown],
): Claim => ({
  name,
  count: 300,
  dear: true,
  create({ leak, witness }) {
    const kept: Delta[] = []
    return {
      act(count) {
        for (let index = 0; index < count; index += 1) {
          const delta = between(...states(witness(), witness()))
          if (leak) kept.push(delta)
        }
      },
      release() {},
      write() {},
    }
  },
})

export const claims: readonly Claim[] = [
  deltas('deltas of objects and lists', (one, other) => [
    { by: one, log: [one, 1, 2] },
    { by: other, log: [0, one, 1, 2] },
  ]),
  deltas('deltas of collections', (one, other) => {
    const from = collection([['a', { by: one }] as const, ['b', { by: one }] as const])
    return [from, from.remove('a').set('b', { by: other }).set('c', { by: other })]
  }),
]
