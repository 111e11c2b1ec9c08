import { describe, expect, test } from '@jest/globals'
import { demonstration } from '../../../src/cli/demonstration/demonstration.ts'
import { type AgentRecord, simulateAgent } from '../../../src/cli/demonstration/simulate-agent.ts'
import { type Cell, createMachineStore, type Machine } from '../../../src/machine/index.ts'

const SEEDS = Array.from({ length: 50 }, (_, seed) => seed)

/** The states that an agent goes through, and the events that were not handled. */
function live(records: readonly AgentRecord[]) {
  const store = createMachineStore(demonstration.machine as Machine<unknown, Cell>)
  const refused: string[] = []
  for (const record of records) {
    const event = demonstration.ingest(record) as { type: string } | undefined
    if (event !== undefined && !store.send(event).handled) refused.push(JSON.stringify(event))
  }
  const states = store.state.history.map(({ from, event, to }) => `${from} ${event} ${to}`)
  return { states, refused, current: store.current }
}

describe('simulateAgent', () => {
  test('gives the same records for the same seed', () => {
    expect(simulateAgent(3)).toEqual(simulateAgent(3))
    expect(simulateAgent(3)).not.toEqual(simulateAgent(4))
  })

  test.each(SEEDS)('gives records in time order that end within 15 s (seed %d)', (seed) => {
    const times = simulateAgent(seed).map(({ t }) => t)
    expect(times).toEqual([...times].sort((one, other) => one - other))
    expect(times.at(-1)).toBeWithin(6_000, 14_000)
  })

  test.each(SEEDS)('shows faults, work and a critical guard event, and shuts down (seed %d)', (seed) => {
    const { states, refused, current } = live(simulateAgent(seed))
    expect(states).toIncludeAllMembers([
      'BOOTING BIOS_ERROR ERROR_STATE',
      'ERROR_STATE ERROR_CLEARED IDLE',
      'IDLE PROPOSALS_RECEIVED ACTIVE',
      'ACTIVE NO_PROPOSALS IDLE',
      'ACTIVE GUARD_EVENT ERROR_STATE',
    ])
    expect(current).toBe('SHUTDOWN')
    expect(refused.every((event) => event.includes('"severity":"warning"'))).toBe(true)
  })
})
