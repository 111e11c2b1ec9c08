/**
 * An event of a state machine: five states in a ring, a guard on one of the ways.
 *
 * A peer's `machine()` returns `{ send(event), state() }`. `NEXT` leads from A to B, C, D, E and to A again;
 * from C only if the event's `count` is above 0.
 */
import { equal } from 'node:assert/strict'

const PASSES = Object.freeze({ type: 'NEXT', count: 1 })
const REFUSED = Object.freeze({ type: 'NEXT', count: 0 })

function verify(subject) {
  for (const state of 'ABC') {
    equal(subject.state(), state)
    subject.send(state === 'C' ? REFUSED : PASSES)
  }
  equal(subject.state(), 'C', 'the guard refuses')
  for (const state of 'DEABC') {
    subject.send(PASSES)
    equal(subject.state(), state)
  }
}

export default [
  {
    id: 'machine-event',
    kind: 'machine',
    title: 'machine event, 5 states and a guard',
    sizes: [{ label: '', quick: true }],
    prepare(peer) {
      verify(peer.machine())
      const subject = peer.machine()
      return (count) => {
        const from = 'ABCDE'.indexOf(subject.state())
        for (let i = 0; i < count; i += 1) subject.send(PASSES)
        equal(subject.state(), 'ABCDE'[(from + count) % 5], 'each event is a transition')
      }
    },
  },
]
