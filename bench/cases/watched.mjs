/**
 * Subscribers of the whole state: what a write costs that tells N of them, and what it costs to join and
 * leave among others.
 *
 * A peer's `watched()` returns `{ write(n), read(), subscribe(callback) }`, where `subscribe` returns what
 * unsubscribes. The callback is called with whatever the library passes.
 */
import { deepEqual, equal } from 'node:assert/strict'
import { verifyPromises } from '../support/verify-promises.mjs'

/** Subscribes `count` callbacks, each a closure of its own: some libraries keep them in a Set. */
function follow(subject, count, each) {
  return Array.from({ length: count }, (_, i) => subject.subscribe(() => each(i)))
}

/** Each of `count` subscribers sees each of some writes, once and in order, and none after it has left. */
function verify(open, count) {
  const subject = open()
  const seen = Array.from({ length: count }, () => [])
  const leave = follow(subject, count, (i) => seen[i].push(subject.read()))
  for (const values of seen) values.length = 0
  for (const n of [11, 12, 13]) subject.write(n)
  deepEqual(seen, new Array(count).fill([11, 12, 13]), 'every subscriber sees every write')
  for (let i = 0; i < count; i += 2) leave[i]()
  subject.write(14)
  deepEqual(
    seen.map((values) => values.length),
    Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 3 : 4)),
    'who has left is told nothing',
  )
}

const fanOut = {
  id: 'fan-out',
  kind: 'watched',
  title: 'write delivered to N subscribers of the whole state',
  chart: 'subscribers',
  sizes: [
    { label: '1', size: 1, quick: false },
    { label: '10', size: 10, quick: false },
    { label: '100', size: 100, quick: true },
    { label: '1 000', size: 1_000, quick: true },
  ],
  prepare(peer, { size }) {
    verify(peer.watched, size)
    if (peer.promises !== undefined) verifyPromises(peer.promises)
    const subject = peer.watched()
    let calls = 0
    follow(subject, size, () => {
      calls += 1
    })
    let n = 100
    return (count) => {
      const before = calls
      for (let i = 0; i < count; i += 1) {
        n = (n + 1) & 0xfffffff
        subject.write(n)
      }
      equal(calls - before, count * size, 'every subscriber is called once a write')
    }
  },
}

const nothing = () => {}

const churn = {
  id: 'churn',
  kind: 'watched',
  title: 'subscribe and unsubscribe among N others',
  sizes: [
    { label: 'none', others: 0, oldest: false, quick: true },
    { label: '10 000, the newest leaves', others: 10_000, oldest: false, quick: false },
    { label: '10 000, the oldest leaves', others: 10_000, oldest: true, quick: true },
  ],
  prepare(peer, { others, oldest }) {
    verify(peer.watched, 10)
    if (peer.promises !== undefined) verifyPromises(peer.promises)
    const subject = peer.watched()
    const leave = follow(subject, others, nothing)
    let next = 0
    return (count) => {
      for (let i = 0; i < count; i += 1) {
        // A closure each, as in `follow`.
        const joined = subject.subscribe(() => next)
        if (!oldest) {
          joined()
          continue
        }
        leave[next]()
        leave[next] = joined
        next = next + 1 === others ? 0 : next + 1
      }
    }
  },
}

export default [fanOut, churn]
