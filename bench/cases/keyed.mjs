/**
 * N subscribers, each on an entity of its own, and a write to one of them: who is woken, and what it costs
 * to find out. And what such a subscriber weighs.
 *
 * A peer's `keyed(entities)` returns `{ write(id, n), subscribe(id, callback) }`, where the callback is
 * called when that entity has changed, and `subscribe` returns what unsubscribes.
 */
import { deepEqual, equal } from 'node:assert/strict'
import { heapUsed } from '../support/heap.mjs'
import { entitiesOf, idsOf, scattered } from './entities.mjs'

function verify(open) {
  const ids = idsOf(50)
  const subject = open(entitiesOf(ids))
  const calls = new Array(ids.length).fill(0)
  const leave = ids.map((id, i) =>
    subject.subscribe(id, () => {
      calls[i] += 1
    }),
  )
  calls.fill(0)
  for (const [i, id] of ids.entries()) subject.write(id, i + 1)
  deepEqual(calls, new Array(ids.length).fill(1), 'each is woken once, by its own entity')
  for (const unsubscribe of leave) unsubscribe()
  for (const id of ids) subject.write(id, 99)
  deepEqual(calls, new Array(ids.length).fill(1), 'who has left is told nothing')
}

const keyedFanOut = {
  id: 'keyed-fan-out',
  kind: 'keyed',
  title: 'write one entity of N, each with a subscriber of its own',
  chart: 'subscribers, each on an entity of its own',
  sizes: [
    { label: '1 000', size: 1_000, quick: true },
    { label: '10 000', size: 10_000, quick: true },
    { label: '100 000', size: 100_000, quick: false },
  ],
  prepare(peer, { size }) {
    verify(peer.keyed)
    const ids = idsOf(size)
    const subject = peer.keyed(entitiesOf(ids))
    let calls = 0
    for (const id of ids) {
      subject.subscribe(id, () => {
        calls += 1
      })
    }
    const order = scattered(size)
    let next = 0
    let n = 0
    return (count) => {
      const before = calls
      for (let i = 0; i < count; i += 1) {
        n = (n + 1) & 0xfffffff
        next = next + 1 === size ? 0 : next + 1
        subject.write(ids[order[next]], n)
      }
      equal(calls - before, count, 'one wake-up a write')
    }
  },
}

const SUBSCRIBERS = 10_000

const subscriberMemory = {
  id: 'subscriber-memory',
  kind: 'keyed',
  title: 'memory of a subscriber on an entity of its own',
  unit: 'bytes',
  sizes: [{ label: '', quick: true }],
  measure(peer) {
    verify(peer.keyed)
    const ids = idsOf(SUBSCRIBERS)
    const subject = peer.keyed(entitiesOf(ids))
    let calls = 0
    const callback = () => {
      calls += 1
    }
    // What a library makes once, on the first subscriber, is not the price of one more.
    const leave = [subject.subscribe(ids[0], callback)]
    const before = heapUsed()
    for (let i = 1; i < SUBSCRIBERS; i += 1) leave.push(subject.subscribe(ids[i], callback))
    const after = heapUsed()
    const told = calls
    subject.write(ids[5], 1)
    equal(calls - told, 1, 'the subscribers are alive')
    equal(leave.length, SUBSCRIBERS)
    return (after - before) / (SUBSCRIBERS - 1)
  },
}

export default [keyedFanOut, subscriberMemory]
