import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { RingBuffer } from '../../src/kit/ring-buffer.ts'

type Step = 'push' | 'shift' | 'drain'

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Step>('push') },
    { weight: 4, arbitrary: fc.constant<Step>('shift') },
    { weight: 1, arbitrary: fc.constant<Step>('drain') },
  ),
  { maxLength: 200 },
)
const capacities = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(Number.POSITIVE_INFINITY))

/** A ring with the first `count` numbers in it. */
function ringOf(capacity: number, count: number): RingBuffer<number> {
  const ring = new RingBuffer<number>(capacity)
  for (let item = 1; item <= count; item += 1) ring.push(item)
  return ring
}

describe('RingBuffer', () => {
  test('behaves as an array from which the oldest is taken, up to its capacity', () => {
    fc.assert(
      fc.property(capacities, steps, (capacity, sequence) => {
        const ring = new RingBuffer<number>(capacity)
        const model: number[] = []
        sequence.forEach((step, item) => {
          if (step === 'push') {
            expect(ring.isFull).toBe(model.length === capacity)
            if (ring.isFull) return
            ring.push(item)
            model.push(item)
          } else if (step === 'shift') {
            expect(ring.shift()).toBe(model.shift())
          } else {
            expect(ring.drain()).toEqual(model.splice(0))
          }
          expect(ring.size).toBe(model.length)
        })
        expect(ring.drain()).toEqual(model)
      }),
    )
  })

  test('is empty at first', () => {
    const ring = new RingBuffer<number>(3)
    expect([ring.size, ring.isFull, ring.shift()]).toEqual([0, false, undefined])
    expect(ring.drain()).toEqual([])
  })

  test.each([1, 3, 8, 9, 64, 1000])('has exactly the capacity %i', (capacity) => {
    expect(ringOf(capacity, capacity - 1).isFull).toBe(false)
    expect(ringOf(capacity, capacity).isFull).toBe(true)
    expect(ringOf(capacity, capacity).capacity).toBe(capacity)
  })

  test('is never full with an infinite capacity', () => {
    const ring = ringOf(Number.POSITIVE_INFINITY, 10_000)
    expect([ring.size, ring.isFull]).toEqual([10_000, false])
  })

  test('keeps the order when it grows while its head is in the middle', () => {
    const ring = ringOf(32, 8)
    for (let i = 0; i < 5; i += 1) ring.shift()
    for (let item = 9; item <= 20; item += 1) ring.push(item)
    expect(ring.drain()).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
  })

  test('holds undefined as an item like any other', () => {
    const ring = new RingBuffer<undefined>(2)
    ring.push(undefined)
    expect(ring.size).toBe(1)
    expect(ring.drain()).toEqual([undefined])
  })

  test('can be filled again after it was drained, wherever its head stood', () => {
    const ring = ringOf(20, 20)
    for (let i = 0; i < 13; i += 1) ring.shift()
    ring.drain()
    expect(ring.size).toBe(0)
    ring.push(1)
    expect(ring.shift()).toBe(1)
    for (let item = 2; item <= 21; item += 1) ring.push(item)
    expect(ring.isFull).toBe(true)
    expect(ring.shift()).toBe(2)
  })
})
