// @ts-check
/**
 * What the agents and the table have in common: a process that joins the fleet, tells the others how it is doing, and
 * says at the end what it has.
 *
 *   start.js ── 'stop' ─────────────> member      writes nothing more, and tells its version
 *            ── 'reach', version ───>             reads that far, and tells what it has then
 *
 * @typedef {import('./robots.js').Fleet} Fleet
 * @typedef {{ type: 'joined' } | { type: 'committed', tick: number } | { type: 'stopped', version: number }
 *   | { type: 'ended', version: number, digest: string, ticks: Record<string, number> }} Told What a member tells.
 * @typedef {{ type: 'stop' } | { type: 'reach', version: number } | { type: 'say', text: string }} Asked
 * @typedef {{ name: string, status: string, version: number, lagRecords: number, lagMs: number, conflicts: number,
 *   void: number, records: number, resyncs: number }} Status
 */
import { createHash } from 'node:crypto'
import { connect } from '@nats-io/transport-node'
import { createStore } from 'headgate'
import { joinNats } from 'headgate/nats'
import { firstFleet } from './robots.js'

const STATUS_MS = 250
export const STATUS_SUBJECT = 'fleet.status'

/** As start.js has started it. */
export const [, , name = '', servers = '', agentNames = '', robots = ''] = process.argv
export const agents = agentNames.split(',')
export const each = Number(robots) / agents.length

process.on('uncaughtException', (error) => {
  process.stderr.write(`${name}: ${error.message}\n`) // it is started again
  process.exit(1)
})

/** @param {Told} told */
export const tell = (told) => void process.send?.(told)

export const connection = await connect({
  name,
  servers: servers.split(','),
  maxReconnectAttempts: -1,
  reconnectTimeWait: 200,
  waitOnFirstConnect: true,
})
const store = createStore(firstFleet(agents, each), { name: 'fleet' })
export const member = await joinNats(store, connection, {
  stream: 'FLEET',
  replicas: 3,
  create: true,
  historyCommits: 2_000,
  snapshotEvery: 200,
})

/** How this member is doing. @returns {Status} */
export function statusNow() {
  const { lagRecords, lagMs, conflicts, records, resyncs, void: voids } = member.stats()
  const { version } = store.published
  const lag = { lagRecords, lagMs: Math.round(lagMs) }
  return { name, status: member.status, version, ...lag, conflicts, void: voids, records, resyncs }
}

/** The state, as a text that is the same for the same state. */
function digest() {
  const { robots, ticks } = store.state
  const sorted = Object.entries(robots).sort(([one], [other]) => (one < other ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([sorted, agents.map((agent) => ticks[agent])]))
    .digest('hex')
}

/**
 * Answers start.js until it has no more questions.
 *
 * @param {() => Promise<void>} stop Ends what this process does.
 * @param {(text: string) => void} [say]
 */
export function serve(stop, say = () => {}) {
  const reports = setInterval(
    () => connection.publish(`${STATUS_SUBJECT}.${name}`, JSON.stringify(statusNow())),
    STATUS_MS,
  )
  process.on('message', async (/** @type {Asked} */ asked) => {
    if (asked.type === 'say') say(asked.text)
    else if (asked.type === 'stop') {
      await stop()
      tell({ type: 'stopped', version: store.published.version })
    } else {
      await store.waitFor((_, { version }) => version >= asked.version)
      clearInterval(reports)
      const { version, state } = store.published
      tell({ type: 'ended', version, digest: digest(), ticks: { ...state.ticks } })
      await member.close()
      await connection.close()
      process.disconnect()
    }
  })
  process.on('SIGINT', () => {}) // start.js is told too, and ends all in order
  process.on('disconnect', () => process.exit()) // nobody is there to end it
  tell({ type: 'joined' })
}
