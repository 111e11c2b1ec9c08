import { expect, test } from '@jest/globals'
import { judge } from './row.ts'

const clean = { claims: 2, leaked: 0, twin: '2 of 2', failures: [], twinTraces: [] }

test('a part that runs to its end is a row with what it found', async () => {
  const row = await judge('mirrors', 'heap', async () => clean)

  expect(row).toEqual({ scenario: 'mirrors', part: 'heap', ...clean, seconds: expect.any(Number) })
})

test('a part that throws is a failed row with its error', async () => {
  const row = await judge('mirrors', 'growth', () => Promise.reject(new Error('the child ended with code 9')))

  expect(row).toMatchObject({ scenario: 'mirrors', part: 'growth', leaked: 0 })
  expect(row.failures).toEqual([expect.stringContaining('the child ended with code 9')])
})
