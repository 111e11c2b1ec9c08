/**
 * Publishing one item into K buffers of 64, without takes (they overflow) and with takes (each consumer takes
 * each item).
 *
 * A peer's `bounded({ buffers, capacity, takes })` returns `{ publish(first, count), dropped(), drain() }`:
 * `publish` returns a hash of what was taken, `dropped` the losses of each consumer, or nothing where the
 * library does not count them, and `drain` what each still holds.
 */
import { deepEqual, equal } from 'node:assert/strict'

const CAPACITY = 64
const CHECKED_ITEMS = 200

const range = (first, last) => Array.from({ length: last - first + 1 }, (_, index) => first + index)

/** What publishing and taking should have left behind: the newest 64 in order, or nothing. */
function verify(open, buffers, takes) {
  const subject = open({ buffers, capacity: CAPACITY, takes })
  const hash = subject.publish(1, CHECKED_ITEMS)
  const lost = takes ? 0 : CHECKED_ITEMS - CAPACITY
  const dropped = subject.dropped()
  if (dropped !== undefined) deepEqual(dropped, new Array(buffers).fill(lost), 'what is lost is counted')
  const held = takes ? [] : range(lost + 1, CHECKED_ITEMS)
  deepEqual(
    subject.drain().map((values) => [...values]),
    Array.from({ length: buffers }, () => held),
    'each holds the newest, in order',
  )
  if (!takes) return
  let expected = 0
  for (const value of range(1, CHECKED_ITEMS)) {
    for (let i = 0; i < buffers; i += 1) expected = (expected * 31 + value) | 0
  }
  equal(hash, expected, 'each has taken each item, in order')
}

const boundedCase = (id, takes, title) => ({
  id,
  kind: 'bounded',
  title,
  chart: 'bounded buffers',
  sizes: [
    { label: '1', size: 1, quick: true },
    { label: '10', size: 10, quick: false },
    { label: '100', size: 100, quick: true },
    { label: '1 000', size: 1_000, quick: false },
  ],
  prepare(peer, { size }) {
    verify(peer.bounded, size, takes)
    const subject = peer.bounded({ buffers: size, capacity: CAPACITY, takes })
    let published = 1
    subject.publish(published, CAPACITY + 1)
    return (count) => {
      // Small integers only, as a double would cost the array of a ring more.
      published = published > 1_000_000_000 ? 1 : published + count
      subject.publish(published, count)
    }
  },
})

export default [
  boundedCase('bounded', false, 'publish into K full buffers of 64'),
  boundedCase('bounded-takes', true, 'publish into K buffers of 64, and take from each'),
]
