/**
 * A write to one entity of many, by a plain write and through a recipe.
 *
 * A peer's `entities(entities)` and `entityRecipe(entities)` are given a record of entities by id and return
 * `{ write(id, n), snapshot(), x(snapshot, id) }`; a write sets the entity's `x`.
 */
import { equal } from 'node:assert/strict'
import { requireKept } from '../support/verify.mjs'

/** Ids as they come in life: strings that are no array index. */
export const idsOf = (count) => Array.from({ length: count }, (_, i) => `r${i}`)

export const entitiesOf = (ids) =>
  Object.fromEntries(ids.map((id) => [id, { id, x: 0, y: 0, battery: 100, mode: 'idle' }]))

/** Goes through `count` indices in an order that a cache does not like; the same order in each process. */
export function scattered(count) {
  const order = Int32Array.from({ length: count }, (_, i) => i)
  let seed = 42
  for (let i = count - 1; i > 0; i -= 1) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    const j = seed % (i + 1)
    const kept = order[i]
    order[i] = order[j]
    order[j] = kept
  }
  return order
}

function verify(subject, ids, keepsSnapshots) {
  const [first, second] = [ids[3], ids[ids.length - 2]]
  const before = subject.snapshot()
  subject.write(first, 7)
  const after = subject.snapshot()
  equal(subject.x(after, first), 7, 'the write is in the state')
  equal(subject.x(after, second), 0, 'another entity is as it was')
  if (keepsSnapshots) requireKept(before, after, (snapshot) => subject.x(snapshot, first), 0)
  subject.write(second, 8)
  subject.write(first, 9)
  equal(subject.x(subject.snapshot(), first), 9)
  equal(subject.x(subject.snapshot(), second), 8)
}

const entityCase = (id, kind, title) => ({
  id,
  kind,
  title,
  sizes: [
    { label: '1 000', size: 1_000, quick: true },
    { label: '100 000', size: 100_000, quick: false },
  ],
  prepare(peer, { size }) {
    const ids = idsOf(size)
    verify(peer[kind](entitiesOf(ids)), ids, peer.keepsSnapshots)
    const subject = peer[kind](entitiesOf(ids))
    const order = scattered(size)
    let next = 0
    let n = 0
    return (count) => {
      for (let i = 0; i < count; i += 1) {
        n = (n + 1) & 0xfffffff
        next = next + 1 === size ? 0 : next + 1
        subject.write(ids[order[next]], n)
      }
    }
  },
})

export default [
  entityCase('entity-write', 'entities', 'write one entity of N'),
  entityCase('entity-recipe', 'entityRecipe', 'recipe on one entity of N'),
]
