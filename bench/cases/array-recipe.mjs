/**
 * A recipe on one item of an array of 1 000 numbers: what freezing and drafting a long list cost.
 *
 * A peer's `arrayRecipe(numbers)` returns `{ write(index, n), snapshot(), at(snapshot, index) }`.
 */
import { equal } from 'node:assert/strict'
import { requireKept } from '../support/verify.mjs'

const LENGTH = 1_000

function verify(subject, keepsSnapshots) {
  const before = subject.snapshot()
  subject.write(5, 7)
  equal(subject.at(subject.snapshot(), 5), 7, 'the write is in the state')
  equal(subject.at(subject.snapshot(), 6), 0, 'another item is as it was')
  if (keepsSnapshots) requireKept(before, subject.snapshot(), (snapshot) => subject.at(snapshot, 5), 0)
}

export default [
  {
    id: 'array-recipe',
    kind: 'arrayRecipe',
    title: 'recipe on one item of an array of 1 000',
    sizes: [{ label: '', quick: true }],
    prepare(peer) {
      const numbers = () => new Array(LENGTH).fill(0)
      verify(peer.arrayRecipe(numbers()), peer.keepsSnapshots)
      const subject = peer.arrayRecipe(numbers())
      let n = 0
      return (count) => {
        for (let i = 0; i < count; i += 1) {
          n = (n + 1) & 0xfffffff
          subject.write(n % LENGTH, n)
        }
      }
    },
  },
]
