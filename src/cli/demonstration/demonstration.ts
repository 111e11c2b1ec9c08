/**
 * What `headgate run` runs without a module: a simulated Q-Core agent, and three who watch it, each at its
 * own pace.
 *
 *   log        takes every version at once                            misses nothing
 *   dashboard  draws for a 60th of a second, keeps the newest         misses what it could not have shown
 *   archive    writes for 40 ms, holds 8 more                         loses what does not fit
 *
 * It is a module as any other, so it also shows how one is written.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { buffer, latest } from '../../backpressure/index.ts'
import { type QCoreContext, qCoreMachine } from '../../machine/index.ts'
import type { RunModule, RunSubscriber } from '../run-module.ts'
import { type AgentRecord, simulateAgent } from './simulate-agent.ts'

const SEED = 1
const FRAME_MS = 1_000 / 60
const ARCHIVE_MS = 40

const log: RunSubscriber<QCoreContext> = {
  id: 'log',
  policy: buffer({ capacity: 64 }),
  next: ({ version, state, reason }) => {
    JSON.stringify({ version, state: state.current, reason })
  },
}

const dashboard: RunSubscriber<QCoreContext> = {
  id: 'dashboard',
  policy: latest(),
  next: () => delay(FRAME_MS),
}

const archive: RunSubscriber<QCoreContext> = {
  id: 'archive',
  policy: buffer({ capacity: 8, overflow: 'drop-oldest' }),
  next: () => delay(ARCHIVE_MS),
}

/** The built-in demonstration. A record that has the name of an event is that event. */
export const demonstration: RunModule<QCoreContext, AgentRecord> = {
  machine: qCoreMachine,
  ingest: (record) => (record.type === 'PROGRESS' || record.type === 'BIOS_OK' ? undefined : record),
  observe: (draft, record) => {
    if (record.type === 'PROGRESS') draft.proposals = record.proposals
    else if (record.type === 'BIOS_OK') draft.biosOk = true
  },
  records: ({ seed = SEED }) => simulateAgent(seed),
  subscribers: [log, dashboard, archive],
}
