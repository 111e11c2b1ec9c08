/**
 * The named limits of the suite. They are a floor: any store fit for use is far beyond them, on any machine,
 * so one that misses them is broken, not slow. What a run reached is reported beside each.
 */
import type { Threshold } from './scenario.ts'

/** The limits that the scenarios of the suite share. */
export type FloorName =
  | 'writesPerSecond'
  | 'readsPerSecond'
  | 'writeMsMean'
  | 'readMsMean'
  | 'writeMsP95'
  | 'readMsP95'
  | 'heapGrowthMb'
  | 'errorPercent'
  | 'successPercent'
  | 'receivedPercent'

/** Holds each limit under its name; scenarios name those that they compare. */
export const FLOOR: Readonly<Record<FloorName, Threshold>> = Object.freeze({
  writesPerSecond: { unit: 'writes/s', atLeast: 1_000, about: 'Writes that the store takes in a second.' },
  readsPerSecond: { unit: 'reads/s', atLeast: 5_000, about: 'Reads that the store answers in a second.' },
  writeMsMean: { unit: 'ms', atMost: 5, about: 'What a write takes on average.' },
  readMsMean: { unit: 'ms', atMost: 1, about: 'What a read takes on average.' },
  writeMsP95: { unit: 'ms', atMost: 10, about: 'What 95 of 100 writes stay below.' },
  readMsP95: { unit: 'ms', atMost: 10, about: 'What 95 of 100 reads stay below.' },
  heapGrowthMb: { unit: 'MB', atMost: 50, about: 'What the heap holds more than before.' },
  errorPercent: { unit: '%', atMost: 5, about: 'Operations that failed.' },
  successPercent: { unit: '%', atLeast: 80, about: 'Operations that succeeded.' },
  receivedPercent: { unit: '%', atLeast: 80, about: 'States that reached their subscribers.' },
})
