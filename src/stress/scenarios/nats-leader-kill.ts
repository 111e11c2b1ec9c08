import { defineScenario, type Scenario } from '../scenario.ts'
import { SHARED_FACTS, SharedWrites, shares, WRITERS, withServers } from '../shared-writes.ts'

const KILLS = 5
/** What shorter profiles have time for. */
const KILLS_SHORT = 1
const LONG_MS = 10_000
/** An election takes 5 to 10 seconds. */
const SHORTEST_MS = 1_000
/** Writes between one kill and the next. */
const BETWEEN = 40

/** A write may wait for an election, and must be there once afterwards. */
export const natsLeaderKill: Scenario = defineScenario({
  name: 'nats-leader-kill',
  group: 'machines',
  goal: 'The end of a server loses no write, doubles none, and tells no two machines different things.',
  method: 'Four writers on a cluster of three nats-servers whose leader is killed, again and again.',
  thresholds: {},
  async run(context) {
    const join = await shares(context, context.joinShared)
    if (join === undefined) return
    if (context.durationMs < SHORTEST_MS) {
      for (const fact of SHARED_FACTS) context.skip(fact, 'the profile has no time for an election')
      return
    }
    await withServers(context, 3, async (server) => {
      const options = { servers: server.servers, stream: 'STRESS', replicas: 3 as const }
      const members = []
      for (let n = 0; n < WRITERS; n += 1) members.push(await join(options))
      const writes = new SharedWrites(context, members)
      writes.start()
      const kills = context.durationMs < LONG_MS ? KILLS_SHORT : context.load(KILLS)
      for (let done = 0; done < kills && !context.signal.aborted; done += 1) {
        await writes.progress(BETWEEN)
        const name = await members[0]?.leader()
        const node = server.nodes.find((each) => each.name === name)
        await node?.kill()
        context.count('kill', node === undefined ? 0 : 1)
        await writes.progress(1)
        await node?.start()
        context.progress(done + 1, kills)
      }
      await writes.progress(BETWEEN)
      await writes.stop()
      await writes.check()
      await writes.close()
    })
  },
})
