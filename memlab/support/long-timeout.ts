import { jest } from '@jest/globals'

// A scenario takes three heap snapshots. Jest reads `testTimeout` from no project's settings, hence this file.
jest.setTimeout(900_000)
