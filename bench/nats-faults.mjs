/**
 * What kills of servers do to four writers: nothing acknowledged is lost, nothing counts twice, all have the same, and
 * every version was told or counted as missed (N1 to N3). `node bench/nats-faults.mjs`, after a build: two minutes.
 */
import { jetstreamManager } from '@nats-io/jetstream'
import { checkHistory } from '../dist/esm/testing/index.js'
import { Fleet, median, pause, percentile, round } from './support/nats-fleet.mjs'

const WRITERS = 4
const WRITES = 500
const READ_MS = 20

/** Four writers of 500 updates, while a server is killed so many times. */
async function run(label, nodes, kills) {
  const fleet = await Fleet.start(nodes)
  const joined = []
  for (let n = 0; n < WRITERS; n += 1) {
    joined.push(await fleet.join('FAULTS', { ids: [] }, { replicas: nodes }))
  }
  const attempts = []
  const acknowledged = []
  const updates = []
  const waits = []
  const accounts = joined.map(({ store }) => {
    const account = { from: store.published.version, told: 0, missed: 0 }
    store.subscribe(
      (_, { missed }) => {
        account.told += 1
        account.missed += missed
      },
      { replay: false },
    )
    return account
  })
  const reads = { times: 0, longestMs: 0 }
  let isOver = false
  const reading = (async () => {
    while (!isOver) {
      const began = performance.now()
      for (const { store } of joined) reads.times += store.state.ids.length >= 0 ? 1 : 0
      reads.longestMs = Math.max(reads.longestMs, performance.now() - began)
      await pause(READ_MS)
    }
  })()
  const writing = joined.map(async ({ member }, at) => {
    for (let n = 0; n < WRITES; n += 1) {
      const id = `${at}-${n}`
      attempts.push({ writer: String(at), id })
      const asked = performance.now()
      for (;;) {
        const began = performance.now()
        try {
          const result = await member.update((draft) => void draft.ids.push(id), { retries: 10_000 })
          if (result.committed) acknowledged.push(id)
          updates.push(performance.now() - began)
          break
        } catch (error) {
          if (error.code !== 'NATS_DISCONNECTED') throw error
          await pause(READ_MS) // nothing was written
        }
      }
      waits.push(performance.now() - asked)
    }
  })
  const manager = await jetstreamManager(await fleet.connection(), { checkAPI: false })
  for (let n = 1; n <= kills; n += 1) {
    const wanted = (n * WRITERS * WRITES) / (kills + 1)
    while (acknowledged.length < wanted) await pause(1)
    const leader = nodes === 1 ? undefined : (await manager.streams.info('FAULTS')).cluster?.leader
    const node = fleet.server.nodes.find(({ name }) => nodes === 1 || name === leader)
    await node.kill()
    if (nodes > 1) {
      const before = acknowledged.length
      while (acknowledged.length === before) await pause(1)
    }
    await node.start()
  }
  await Promise.all(writing)
  await Promise.all(
    joined.map(({ store }) => store.waitFor(({ ids }) => acknowledged.every((id) => ids.includes(id)))),
  )
  const newest = Math.max(...joined.map(({ store }) => store.published.version))
  await Promise.all(joined.map(({ store }) => store.waitFor((_, { version }) => version >= newest)))
  isOver = true
  await reading
  const ids = Object.fromEntries(joined.map(({ store }, at) => [at, store.state.ids]))
  const { lost, twice, divergent, recovered, unknown } = checkHistory({ attempts, acknowledged, reads: ids })
  const inexact = accounts.filter(
    ({ from, told, missed }, at) => told + missed !== joined[at].store.published.version - from,
  )
  const { counting, void: voids, resyncs } = joined[0].member.stats()
  console.log(
    `${label}: ${acknowledged.length} of ${attempts.length} acknowledged, lost ${lost.length}, twice ${twice.length}, members that differ ${divergent.length}, unsure ${recovered + unknown} (${recovered} came to count), accounts that are not exact ${inexact.length}, resyncs ${resyncs}; void records ${round(voids / counting, 2)} of counting ones; update median ${round(median(updates), 1)} ms, 99 % ${round(percentile(updates, 0.99))} ms, longest ${round(Math.max(...updates))} ms (target 15 000), or ${round(Math.max(...waits))} ms from the first try on; ${reads.times} reads meanwhile, the longest ${round(reads.longestMs, 1)} ms`,
  )
  await fleet.close()
}

await run('one server, killed 5 times (N1)', 1, 5)
await run('three servers, the leader killed 4 times (N2, N3)', 3, 4)
