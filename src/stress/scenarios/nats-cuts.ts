import { faultProxy } from '../../testing/index.ts'
import { defineScenario, type Scenario } from '../scenario.ts'
import { SHARED_FACTS, SharedWrites, shares, WRITERS, withServers } from '../shared-writes.ts'

const CUTS = 5
const BETWEEN = 4
/** Each connection that is lost takes its time. */
const SHORTEST_MS = 1_000

/** Connections end at any byte: what was under way may have arrived, or not. */
export const natsCuts: Scenario = defineScenario({
  name: 'nats-cuts',
  group: 'machines',
  goal: 'A network that fails at any instant loses no write, and doubles none.',
  method:
    'Four writers on one nats-server, each behind a network of its own that is cut, in the middle of messages too.',
  thresholds: {},
  async run(context) {
    const join = await shares(context, context.joinShared)
    if (join === undefined) return
    if (context.durationMs < SHORTEST_MS) {
      for (const fact of SHARED_FACTS) context.skip(fact, 'the profile has no time for lost connections')
      return
    }
    await withServers(context, 1, async (server) => {
      const [node] = server.nodes
      const proxies = await Promise.all(
        Array.from({ length: WRITERS }, () =>
          faultProxy({ port: node?.port as number, random: () => context.random() }),
        ),
      )
      const members = []
      for (const { host, port } of proxies) {
        members.push(await join({ servers: [`${host}:${port}`], stream: 'STRESS', replicas: 1 }))
      }
      const writes = new SharedWrites(context, members)
      writes.start()
      const cuts = context.load(CUTS)
      for (let done = 0; done < cuts && !context.signal.aborted; done += 1) {
        await writes.progress(BETWEEN)
        const proxy = proxies[done % WRITERS]
        if (done % 2 === 0) proxy?.cut()
        else proxy?.set({ piecesMax: 64, resetAfterBytes: 1_000 + Math.floor(context.random() * 4_000) })
        await writes.progress(BETWEEN)
        proxy?.set()
        context.count('cut')
        context.progress(done + 1, cuts)
      }
      await writes.progress(BETWEEN)
      await writes.stop()
      await writes.check()
      await writes.close()
      await Promise.all(proxies.map((proxy) => proxy.close()))
    })
  },
})
