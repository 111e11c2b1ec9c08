import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type * as ClockModule from '../../src/kit/clock.ts'

type Clocks = typeof ClockModule

let wall = 0
let mono = 0
let reads = 0
let clocks: Clocks
const { now } = Date

beforeEach(() => {
  wall = 1_000
  mono = 50
  reads = 0
  jest.spyOn(performance, 'now').mockImplementation(() => mono)
  const read = () => {
    reads += 1
    return wall
  }
  // A bound function reads as native code, as the platform's does.
  Date.now = read.bind(null)
  jest.isolateModules(() => {
    clocks = require('../../src/kit/clock.ts') as Clocks
  })
})

afterEach(() => {
  Date.now = now
  jest.restoreAllMocks()
})

const instant = () => clocks.instantOf(clocks.systemClock)

describe('instantOf the clock of the platform', () => {
  test('reads the wall clock again after a millisecond of the monotonic one', () => {
    expect(instant()).toEqual({ tsWall: 1_000, tsMono: 50 })
    wall = 1_001
    mono = 50.9
    expect(instant()).toEqual({ tsWall: 1_000, tsMono: 50.9 })
    expect(reads).toBe(1)
    mono = 51
    expect(instant()).toEqual({ tsWall: 1_001, tsMono: 51 })
    expect(reads).toBe(2)
  })

  test('reads it again where the monotonic clock was set back', () => {
    instant()
    wall = 7
    mono = 3
    expect(instant()).toEqual({ tsWall: 7, tsMono: 3 })
  })

  test('reads both where a test has its own time', () => {
    instant()
    jest.spyOn(Date, 'now').mockReturnValueOnce(5).mockReturnValueOnce(6)
    expect([instant().tsWall, instant().tsWall]).toEqual([5, 6])
  })

  test('reads both where a test has its own monotonic time', () => {
    instant()
    performance.now = () => mono
    wall = 2_000
    expect(instant().tsWall).toBe(2_000)
  })

  test('follows the fake time of a test runner', () => {
    Date.now = now
    instant()
    jest.useFakeTimers({ now: 3_000 })
    expect(instant().tsWall).toBe(3_000)
    jest.setSystemTime(9_000)
    expect(instant().tsWall).toBe(9_000)
    jest.useRealTimers()
  })
})

test('another clock is read in both ways each time', () => {
  const clock = { wall: jest.fn(() => 1), mono: jest.fn(() => 2) }
  clocks.instantOf(clock)
  expect(clocks.instantOf(clock)).toEqual({ tsWall: 1, tsMono: 2 })
  expect([clock.wall.mock.calls.length, clock.mono.mock.calls.length]).toEqual([2, 2])
})
