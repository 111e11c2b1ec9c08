import { NETWORK_FACTS, Network } from '../mirrored.ts'
import { defineScenario, type Scenario, type ScenarioContext } from '../scenario.ts'

/** More would be a matter of file descriptors: each takes four in this process. */
const MIRRORS_MAX = 1_000
const MIRRORS = 500
const STORMS = 2
/** As servers have it by default: a crowd that is given up while it waits for its turn comes again, and again. */
const SILENT_MS = 15_000
const WRITES = 10
const FACTS = ['everybody is back', 'nobody is connected twice', ...NETWORK_FACTS] as const

type Limits = 'connectionsPerCut' | 'backPerWrite'
type Context = ScenarioContext<Limits>

/** All lose their connection in one instant, as when a server begins anew or a switch does, and all come back. */
export const reconnectStorm: Scenario<Limits> = defineScenario({
  name: 'reconnect-storm',
  group: 'network',
  goal: 'Mirrors that come back all at once get what they missed, and the writer goes on.',
  method:
    '500 mirrors (1 000 under "full"), cut off twice in one instant, with 10 writes while they are away and as they come back.',
  thresholds: {
    connectionsPerCut: {
      unit: '×',
      atMost: 10,
      about: 'Connections that each mirror needs to come back from a cut.',
    },
    // A count, as a write takes long on a slow machine: a writer that waits for the crowd meets all of it.
    backPerWrite: {
      unit: '%',
      atMost: 50,
      about: 'Of the mirrors, those that come back while one write is under way; the most.',
    },
  },
  async run(context) {
    const network = await Network.open(context, FACTS, SILENT_MS)
    if (network === undefined) return
    try {
      await storm(context, network)
    } finally {
      await network.close()
    }
  },
})

async function storm(context: Context, network: Network): Promise<void> {
  const proxy = await network.proxy()
  const mirrors = Math.min(MIRRORS_MAX, context.load(MIRRORS))
  network.mirrors(mirrors, proxy.port)
  let areBack = await network.settled()
  const before = proxy.accepted
  let storms = 0
  let backMost = 0
  while (areBack && storms < STORMS) {
    storms += 1
    proxy.cut()
    context.count('cut', mirrors)
    areBack = await context.time('back', async () => {
      for (let write = 0; write < WRITES; write += 1) {
        const back = proxy.accepted
        await network.write()
        backMost = Math.max(backMost, proxy.accepted - back)
        await context.pause(write)
      }
      return await network.settled()
    })
    context.progress(storms, STORMS)
  }
  context.check(FACTS[0], areBack, `${mirrors} mirrors`)
  const clients = network.served.ledgers?.().length
  if (clients === undefined) context.skip(FACTS[1], 'the server does not count its clients')
  else context.check(FACTS[1], clients === mirrors, `${clients} clients of ${mirrors} mirrors`)
  network.check()
  context.threshold('connectionsPerCut', (proxy.accepted - before) / (storms * mirrors))
  context.threshold('backPerWrite', (100 * backMost) / mirrors)
}
