/**
 * The timers of the platform, taken when this room is loaded: fake timers that a test installs later do not reach them.
 */
import { performance } from 'node:perf_hooks'
import * as timers from 'node:timers'

const { setImmediate, setTimeout } = timers

/** Milliseconds of real time, from an arbitrary origin. */
export const realNow: () => number = performance.now.bind(performance)

/** A turn of the event loop: promises that can settle have settled, timers that were due have run. */
export const turn = (): Promise<void> => new Promise((done) => void setImmediate(done))

/** A turn in a later millisecond, for waiting long without keeping a processor busy. */
export const laterTurn = (): Promise<void> => new Promise((done) => void setTimeout(done, 1))
