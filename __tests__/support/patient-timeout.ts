import { jest } from '@jest/globals'

// A property of a thousand programs takes seconds where two cores have other work. A test that never ends still does.
// With HEADGATE_RUNS a property tries several times as many.
jest.setTimeout(60_000 * Math.max(1, Number(process.env.HEADGATE_RUNS ?? 1) / 2))
