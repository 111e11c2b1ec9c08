// @ts-check
/**
 * A planner, a tool runner and a critic decide on a refund, and a person approves it.
 *
 *     node examples/crew/crew.js                    prints the page where the refund is approved, and the inspector
 *     node examples/crew/crew.js --approve          or --decline: without a person, to the end
 *     node examples/crew/crew.js --fork 12          a second thread, from version 12 of the first
 *
 *   crew ──> createSystemStore ──┬─ journal ─> data/crew: killed at any moment and started again, it goes on
 *                                ├─ latest()   ─> the page, the inspector
 *                                ├─ buffer 256 ─> log: each change of state
 *                                └─ buffer 4   ─> archive: too slow, and told what it has lost
 */
import { parseArgs } from 'node:util'
import { ClassicLevel } from 'classic-level'
import { createMachineStore } from 'headgate'
import { createSystem, createSystemStore } from 'headgate/actors'
import { levelEngine, openArchive, openJournal } from 'headgate/journal'
import { budget, crew } from './machines.js'
import { simulation } from './model.js'
import { serveCrew } from './serve.js'
import { tokenOf } from './token.js'
import { ledgerOf, watch } from './watchers.js'

const { values: given } = parseArgs({
  options: {
    data: { type: 'string', default: 'data/crew' },
    thread: { type: 'string', default: 'refund' },
    fork: { type: 'string' },
    approve: { type: 'boolean', default: false },
    decline: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    speed: { type: 'string', default: '1' },
    port: { type: 'string', default: '4170' },
  },
})
simulation.speed = Number(given.speed)

const print = (/** @type {string} */ line) => console.log(line)
const token = tokenOf(given.data)
const engine = levelEngine(new ClassicLevel(given.data))

/** The version that a second thread begins with. */
async function versionToFork() {
  const archive = await openArchive(engine, { name: given.thread })
  try {
    return await archive.at(Number(given.fork))
  } finally {
    await archive.close()
  }
}

const parent = given.fork === undefined ? undefined : await versionToFork()
const thread = parent === undefined ? given.thread : `${given.thread}-fork-${parent.version}`

const root = createMachineStore(crew, { held: true, name: thread })
const system = createSystem(root)
const store = createSystemStore(system)
const journal = await openJournal(store, engine, { name: thread })
const isServed = !given.approve && !given.decline
const served = isServed
  ? await serveCrew({ system, store, journal, port: Number(given.port), token })
  : undefined
if (served !== undefined) {
  print(`The crew: ${served.url}`)
  print(`The inspector: ${served.inspector}`)
}
watch(store, root, print)
begin()

if (served !== undefined) await new Promise((resolve) => process.once('SIGINT', resolve))
else {
  const { state } = await root.waitFor((now) => now.current === 'AWAITING' || isOver(now))
  if (state.current === 'AWAITING') system.send('root', { type: 'ANSWER', approved: given.approve })
  await root.waitFor(isOver)
}
await system.idle()
await journal.durable()
report()
await served?.close()
await journal.close()
system.destroy()

/** Goes on where the thread was, begins with a version of another one, or with a ticket. */
function begin() {
  const { version: recovered } = journal.stats().recovered
  if (recovered >= 0) {
    print(`The thread "${thread}" goes on from version ${recovered}.`)
  } else if (parent !== undefined) {
    const metadata = { parentThread: given.thread, parentVersion: String(parent.version) }
    // The cast forgets that it is frozen.
    const state = /** @type {import('headgate/actors').SystemSnapshot} */ (parent.state)
    store.set(state, { reason: 'FORK', metadata })
    print(`The thread "${thread}" begins with version ${parent.version} of "${given.thread}".`)
  } else {
    const order = String(4710 + Number(given.seed))
    const ticket = { order, amount: 80, text: 'The kettle arrived broken. I want my money back.' }
    system.send('root', { type: 'OPEN', ticket, seed: Number(given.seed) })
  }
}

/** @param {{ current: string }} state */
function isOver({ current }) {
  return ['REFUNDED', 'DECLINED', 'POOR'].includes(current)
}

function report() {
  const { receipt, ticket, spent, round } = root.context
  print(`\n${root.current}: ${receipt || `nothing was paid for ${ticket.order}`}, after ${round} rounds`)
  const { tokens, steps } = budget.limits
  print(`spent ${spent.tokens} of ${tokens} tokens, ${spent.steps} of ${steps} steps`)
  print(
    `\n${'watcher'.padEnd(24)} ${'policy'.padEnd(24)} published = delivered + dropped + conflated + pending`,
  )
  for (const line of ledgerOf(store)) print(line)
}
