/**
 * A write to one of eight scalars, with nobody subscribed: by the library's own way to set a value, and
 * through a recipe on a draft.
 *
 * A peer's `scalars()` and `scalarRecipe()` return `{ write(n), snapshot(), a(snapshot) }`.
 */
import { equal } from 'node:assert/strict'
import { requireKept } from '../support/verify.mjs'

/** The state that a peer begins with. */
export const SCALARS = { a: 0, b: 1, c: 2, d: 3, e: 4, f: 5, g: 6, h: 7 }

function verify(subject, keepsSnapshots) {
  const before = subject.snapshot()
  subject.write(7)
  equal(subject.a(subject.snapshot()), 7, 'the write is in the state')
  if (keepsSnapshots) requireKept(before, subject.snapshot(), subject.a, 0)
  for (let n = 1; n <= 100; n += 1) subject.write(n)
  equal(subject.a(subject.snapshot()), 100, 'the last write is in the state')
}

const scalarCase = (id, kind, title) => ({
  id,
  kind,
  title,
  sizes: [{ label: '', quick: true }],
  prepare(peer) {
    verify(peer[kind](SCALARS), peer.keepsSnapshots)
    const subject = peer[kind](SCALARS)
    let n = 0
    return (count) => {
      for (let i = 0; i < count; i += 1) {
        n = (n + 1) & 0xfffffff
        subject.write(n)
      }
    }
  },
})

export default [
  scalarCase('scalar-write', 'scalars', 'write one of 8 scalars'),
  scalarCase('scalar-recipe', 'scalarRecipe', 'recipe on one of 8 scalars'),
]
