/**
 * One scenario, so that `npm test` stays short, and the gate itself where `HEADGATE_RUNS` asks for more; `npm run memlab`
 * runs all scenarios, and more of each.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { asksForMore } from '../__tests__/support/runs.ts'
import { findLeaks } from './support/find-leaks.ts'
import { loadScenarios } from './support/load-scenarios.ts'

const scenario = 'unsubscribed'

describe(`6 Release: ${scenario}`, () => {
  test('leaves nothing on the heap', async () => {
    const { leaked, byClaim } = await findLeaks(scenario, { kind: 'clean', most: 200 })
    expect([...byClaim]).toEqual([])
    expect(leaked).toBe(0)
  })

  test('is found, with what retains it, when it is kept on purpose', async () => {
    const { byClaim } = await findLeaks(scenario, { kind: 'leak', most: 10 })
    const { claims } = loadScenarios(scenario)
    expect([...byClaim.keys()]).toIncludeAllMembers(claims.map(({ name }) => name))
    expect(byClaim.get(claims[0]?.name ?? '')?.trace.length).toBeGreaterThan(1)
  })
})

if (asksForMore) {
  describe('npm run memlab', () => {
    test('fails, and names the claim, on a leak', () => {
      const gate = join(__dirname, '../scripts/memlab.mjs')
      const args = [gate, '--only', 'bounded-history', '--twin']
      const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
      expect(stdout).toMatch(/bounded-history, heap: FAILED, [\d.]+ s\nhistory at its limit: \d+ left/)
      expect(status).toBe(1)
    })
  })
}
