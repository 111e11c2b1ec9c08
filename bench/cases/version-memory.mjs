/** What it weighs to keep a version of 1 000 entities of which one has changed. */
import { equal } from 'node:assert/strict'
import { heapUsed } from '../support/heap.mjs'
import { entitiesOf, idsOf } from './entities.mjs'

const ENTITIES = 1_000
const VERSIONS = 500

export default [
  {
    id: 'version-memory',
    kind: 'entities',
    title: 'memory of a kept version of 1 000 entities',
    unit: 'bytes',
    onlySnapshots: true,
    sizes: [{ label: '', quick: true }],
    measure(peer) {
      const ids = idsOf(ENTITIES)
      const subject = peer.entities(entitiesOf(ids))
      for (const id of ids) subject.write(id, -1)
      const kept = new Array(VERSIONS).fill(undefined)
      const before = heapUsed()
      for (let i = 0; i < VERSIONS; i += 1) {
        subject.write(ids[(i * 7) % ENTITIES], i)
        kept[i] = subject.snapshot()
      }
      const after = heapUsed()
      for (let i = 0; i < VERSIONS; i += 1) equal(subject.x(kept[i], ids[(i * 7) % ENTITIES]), i)
      equal(subject.x(kept[0], ids[7]), -1, 'an old version is as it was')
      return (after - before) / VERSIONS
    },
  },
]
