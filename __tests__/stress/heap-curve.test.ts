import { describe, expect, test } from '@jest/globals'
import { HeapCurve } from '../../src/stress/heap-curve.ts'

describe('HeapCurve', () => {
  test('keeps points in order', () => {
    const curve = new HeapCurve()
    curve.add(0, 10)
    curve.add(5, 20)
    expect(curve.points).toEqual([
      [0, 10],
      [5, 20],
    ])
  })

  test('stays bounded, and spans all of the time', () => {
    const curve = new HeapCurve()
    for (let ms = 0; ms < 100_000; ms += 1) curve.add(ms, ms)
    expect(curve.points.length).toBeWithin(500, 1_001)
    expect(curve.points[0]).toEqual([0, 0])
    expect(curve.points.at(-1)).toEqual([99_999, 99_999])
    const times = curve.points.map(([ms]) => ms)
    expect(times).toEqual([...times].sort((one, other) => one - other))
  })
})
