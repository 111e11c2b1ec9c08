import { faultProxy } from '../../testing/index.ts'
import { defineScenario, type Scenario } from '../scenario.ts'
import { SharedWrites, shares, WRITERS, withServers } from '../shared-writes.ts'

const WRITES = 200
const BYTES_PER_SECOND = 4_000
const FACT = 'a slow machine keeps nobody waiting'

/** One machine reads as through a straw: the others must not feel it, and it must come to the same in the end. */
export const natsSlowReplica: Scenario = defineScenario({
  name: 'nats-slow-replica',
  group: 'machines',
  goal: 'A machine with a slow network delays nobody, and has the same in the end.',
  method: 'Three writers write 200 times each while a fourth member reads 4 kB a second.',
  thresholds: {},
  async run(context) {
    const join = await shares(context, context.joinShared)
    if (join === undefined) return
    await withServers(context, 1, async (server) => {
      const [node] = server.nodes
      const proxy = await faultProxy({ port: node?.port as number, random: () => context.random() })
      const slow = await join({ servers: [`${proxy.host}:${proxy.port}`], stream: 'STRESS', replicas: 1 })
      const writers = []
      for (let n = 1; n < WRITERS; n += 1) {
        writers.push(await join({ servers: server.servers, stream: 'STRESS', replicas: 1 }))
      }
      const writes = new SharedWrites(context, [...writers, slow])
      proxy.set({ bytesPerSecond: BYTES_PER_SECOND })
      const times = context.load(WRITES)
      writes.start(writers, times)
      await writes.finished()
      const [most = 0, least] = [writers[0]?.ids().length, slow.ids().length]
      context.check(FACT, least < most, `${least} of ${most} when the others had finished`)
      proxy.set()
      await writes.check()
      await writes.close()
      await proxy.close()
    })
  },
})
