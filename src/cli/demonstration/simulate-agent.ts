/**
 * Simulates some seconds in the life of a Q-Core agent, as records in time order:
 *
 *   boot ─ a BIOS fault ─ cleared ─┬─ mission ─ mission ─ … ─┬─ shutdown
 *                                  │  proposals come in      │
 *                                  │  worked off one by one  │
 *                                  └─ guard events, one of them critical
 *
 * Nothing here knows real time: a record carries its own, and whoever plays the records sets the pace.
 */
import type { QCoreEvent } from '../../machine/index.ts'
import { createRandom, type Random } from './random.ts'

/** An event of the agent, or something to note about it; `t` in milliseconds since its start. */
export type AgentRecord = { readonly t: number } & (
  | QCoreEvent
  | { readonly type: 'BIOS_OK' }
  | { readonly type: 'PROGRESS'; readonly proposals: number }
)

/** When the agent shuts down. A mission that has begun is ended before. */
const SHUTDOWN_MS = 7_000
/** The mission in which the guard stops the agent. */
const CRITICAL_MISSION = 2

const DEVICES = ['the motor driver', 'the IMU', 'the camera', 'the battery gauge']
const WARNINGS = ['battery below 40 %', 'link quality low', 'CPU above 80 °C']
const DANGERS = ['obstacle at 0.3 m', 'tilt above 45°', 'battery below 5 %']

/** Simulates the agent; the same seed gives the same records. */
export function simulateAgent(seed: number): AgentRecord[] {
  const agent = new AgentSimulation(createRandom(seed))
  agent.boot()
  for (let mission = 0; agent.now < SHUTDOWN_MS; mission += 1) agent.mission(mission === CRITICAL_MISSION)
  agent.record({ type: 'SHUTDOWN' })
  return agent.records
}

class AgentSimulation {
  readonly records: AgentRecord[] = []
  now = 0
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  record(
    what: AgentRecord extends infer One ? (One extends { t: number } ? Omit<One, 't'> : never) : never,
  ): void {
    // The cast joins what Omit<> took apart.
    this.records.push({ t: Math.round(this.now), ...what } as AgentRecord)
  }

  boot(): void {
    this.#wait(300, 500)
    this.record({ type: 'BIOS_ERROR', message: `BIOS: ${this.#pick(DEVICES)} does not answer` })
    this.#wait(400, 600)
    this.record({ type: 'BIOS_OK' })
    this.record({ type: 'ERROR_CLEARED' })
  }

  /** Proposals come in and are worked off, unless the guard stops the agent half-way. */
  mission(critical: boolean): void {
    this.#wait(100, 300)
    const count = Math.floor(this.#between(60, 240))
    this.record({ type: 'PROPOSALS_RECEIVED', count })
    const warnedAt = Math.floor(this.#between(0, count * 2))
    const stoppedAt = critical ? Math.floor(count / 2) : 0
    for (let left = count - 1; left > stoppedAt; left -= 1) {
      this.#wait(2, 6)
      this.record({ type: 'PROGRESS', proposals: left })
      if (left === warnedAt) this.#guard('warning', this.#pick(WARNINGS))
    }
    this.#wait(2, 6)
    if (critical) this.#stopped()
    else this.record({ type: 'NO_PROPOSALS' })
  }

  #stopped(): void {
    this.#guard('critical', this.#pick(DANGERS))
    this.#wait(400, 700)
    this.record({ type: 'ERROR_CLEARED' })
  }

  #guard(severity: 'warning' | 'critical', message: string): void {
    this.record({ type: 'GUARD_EVENT', severity, message })
  }

  #wait(msMin: number, msMax: number): void {
    this.now += this.#between(msMin, msMax)
  }

  #between(least: number, most: number): number {
    return least + this.#random() * (most - least)
  }

  #pick(words: readonly string[]): string {
    // The cast holds: the index is below the length.
    return words[Math.floor(this.#random() * words.length)] as string
  }
}
