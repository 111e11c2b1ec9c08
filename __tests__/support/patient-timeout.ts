import { jest } from '@jest/globals'

// A property of a thousand programs takes seconds where two cores have other work. A test that never ends still does.
jest.setTimeout(60_000)
