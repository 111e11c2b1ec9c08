import { NETWORK_FACTS, Network, type Watcher } from '../mirrored.ts'
import { defineScenario, type Scenario, type ScenarioContext } from '../scenario.ts'

/** Of few, one that the machine disturbs would decide: the load scales the neighbours instead. */
const ROUNDS = 10
const WRITES = 20
const NEIGHBOURS = 20
const STALLED = 2
const BYTES_PER_MB = 1_000_000
/** So large a state that what waits for who does not read is soon more than a network holds. */
const BALLAST = 'x'.repeat(1_000)
const FACTS = ['the neighbours have everything while others are stalled', ...NETWORK_FACTS] as const

type Limits = 'neighbourRatio' | 'heldMb' | 'staleStates'
type Context = ScenarioContext<Limits>

/** Two servers, alike but for clients of one that read nothing; both are measured, in turn, in one run. */
export const slowClient: Scenario<Limits> = defineScenario({
  name: 'slow-client',
  group: 'network',
  goal: 'A client that does not read costs its neighbours and the server nothing, and is current at once when it reads again.',
  method:
    '10 rounds of 20 writes to 20 mirrors, in turn on a server of theirs alone and on one with 2 clients more that are stalled.',
  thresholds: {
    // A floor; on a machine of one's own it is 1.0 to 1.1. Whoever waits for those who are stalled takes many times as
    // long.
    neighbourRatio: {
      unit: '×',
      atMost: 2,
      about: 'Time until the neighbours have it, with stalled clients and without.',
    },
    heldMb: { unit: 'MB', atMost: 2, about: 'What the server holds for those who are stalled.' },
    staleStates: { unit: 'states', atMost: 32, about: 'What a stalled client is told until it is current.' },
  },
  async run(context) {
    const alone = await Network.open(context, FACTS)
    const shared = alone && (await Network.open(context, FACTS))
    if (alone === undefined || shared === undefined) return
    try {
      await compare(context, alone, shared)
    } finally {
      await alone.close()
      await shared.close()
    }
  },
})

async function compare(context: Context, alone: Network, shared: Network): Promise<void> {
  const neighbours = context.load(NEIGHBOURS)
  const mine = alone.mirrors(neighbours, alone.served.port, 'alone')
  const theirs = shared.mirrors(neighbours, shared.served.port, 'beside')
  const proxy = await shared.proxy()
  const stalled = shared.mirrors(STALLED, proxy.port, 'stalled')
  await alone.settled()
  await shared.settled()
  for (const network of [alone, shared]) await round(context, network, network.watchers, 'warm-up')
  proxy.set({ blackHole: true })
  const before = stalled.map(({ received }) => received)
  let isServed = true
  for (let done = 1; isServed && done <= ROUNDS; done += 1) {
    await round(context, alone, mine, 'alone')
    isServed = await round(context, shared, theirs, 'beside')
    context.progress(done, ROUNDS)
  }
  const heldMb = (shared.served.heldBytes?.() ?? 0) / BYTES_PER_MB
  context.check(FACTS[0], isServed)
  proxy.set()
  await shared.settled()
  const stale = Math.max(...stalled.map(({ received }, index) => received - (before[index] ?? 0)))
  alone.check()
  shared.check()
  context.threshold('neighbourRatio', context.latency('beside').p50 / context.latency('alone').p50)
  context.threshold('heldMb', heldMb)
  context.threshold('staleStates', stale)
}

/** Writes, and waits until the mirrors have it; tells whether they do. */
function round(
  context: Context,
  network: Network,
  watchers: readonly Watcher[],
  kind: string,
): Promise<boolean> {
  return context.time(kind, async () => {
    for (let write = 0; write < WRITES; write += 1) {
      await network.write('server', BALLAST)
      if (write % 8 === 0) await context.pause(0)
    }
    return await network.settled(watchers)
  })
}
