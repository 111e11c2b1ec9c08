/**
 * One random program on two stores. In one of them subscribers are plain as long as they may; in the other each has
 * a mailbox from the start. What the two write down must be the same.
 */
import assert from 'node:assert/strict'
import { jest, test } from '@jest/globals'
import fc from 'fast-check'
import { Broadcast } from '../../../src/backpressure/index.ts'
import { Subscriber } from '../../../src/store/publish/subscriber.ts'
import { runs } from '../../support/runs.ts'
import { program, Run } from './random-program.ts'

test('nobody can tell whether a subscriber has a mailbox', async () => {
  let boxes = false
  const { add } = Broadcast.prototype
  jest.spyOn(Broadcast.prototype, 'add').mockImplementation(function (this: Broadcast<never>, receiver) {
    add.call(this, receiver)
    if (boxes && receiver instanceof Subscriber) receiver.box()
  })
  const property = fc.asyncProperty(program, async (acts) => {
    for (const looks of [true, false]) {
      boxes = false
      const plain = await new Run(acts, true, looks).run()
      boxes = true
      const boxed = await new Run(acts, true, looks).run()
      assert.equal(plain.join('\n'), boxed.join('\n'))
    }
  })
  await fc.assert(property, { numRuns: runs(40) })
})
