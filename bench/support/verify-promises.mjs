/**
 * What Headgate promises to subscribers of the whole state; who says that it keeps the same has to.
 *
 * A peer's `promises()` returns `{ write(n), subscribe(consumer) }` over the state 0: the consumer is given
 * `({ state, version, … }, { version, missed })`, and `subscribe` returns `{ stats(), unsubscribe() }`.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'

function requireExact({ published, delivered, dropped = 0, conflated, pending }) {
  equal(published, delivered + dropped + conflated + pending, 'what was published is accounted for')
}

/** Writes from inside a callback, and one that throws. */
function verifyOrder(open) {
  const subject = open()
  const seen = { first: [], thrower: [], last: [], late: [] }
  const first = subject.subscribe(({ state }) => {
    seen.first.push(state)
    if (state !== 1) return
    equal(thrower.stats().delivered, 1, 'who comes later in the walk has not been told yet')
    subject.write(2)
    subject.subscribe((snapshot) => {
      seen.late.push(snapshot.state)
    })
    subject.write(3)
  })
  const thrower = subject.subscribe(({ state }) => {
    seen.thrower.push(state)
    if (state === 2) throw new Error('on purpose')
  })
  let handle
  let inside
  handle = subject.subscribe((snapshot, delivery) => {
    seen.last.push(snapshot.state)
    equal(delivery.version, snapshot.version)
    ok(Object.isFrozen(snapshot) && snapshot.tsWall > 0 && snapshot.tsMono > 0)
    if (snapshot.state === 2) inside = handle.stats()
  })
  subject.write(1)
  deepEqual(
    seen,
    { first: [0, 1, 2, 3], thrower: [0, 1, 2, 3], last: [0, 1, 2, 3], late: [2, 3] },
    'everyone sees every version in order, whatever another one writes or throws',
  )
  deepEqual(
    [first, thrower, handle].map((each) => each.stats().errors),
    [0, 1, 0],
    'an error is counted',
  )
  deepEqual([inside.published, inside.delivered], [3, 3], 'the counts are exact inside a callback')
  handle.unsubscribe()
  subject.write(4)
  for (const each of [first, thrower, handle]) requireExact(each.stats())
  deepEqual([first.stats().delivered, handle.stats().delivered], [5, 4], 'who has left is told nothing')
}

/** One that is busy keeps the newest, and is told what it missed. */
function verifyBusy(open) {
  const subject = open()
  const seen = []
  let settle
  const busy = subject.subscribe(({ state }, { missed }) => {
    seen.push([state, missed])
    // A promise that settles when it is told to.
    return {
      // biome-ignore lint/suspicious/noThenProperty: what is awaited is whatever has a `then`
      then: (resolve) => {
        settle = resolve
      },
    }
  })
  for (const n of [1, 2, 3]) subject.write(n)
  const { delivered, conflated, pending } = busy.stats()
  deepEqual([delivered, conflated, pending], [1, 2, 1], 'a busy subscriber keeps the newest')
  requireExact(busy.stats())
  settle()
  subject.write(4)
  settle()
  deepEqual(
    seen,
    [
      [0, 0],
      [3, 2],
      [4, 0],
    ],
    'and is told how many it missed',
  )
  requireExact(busy.stats())
}

export function verifyPromises(open) {
  verifyOrder(open)
  verifyBusy(open)
}
