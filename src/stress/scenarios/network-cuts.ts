import type { NetworkFaults } from '../../testing/index.ts'
import { countOf, NETWORK_FACTS, Network, plusOne, until, type Watcher } from '../mirrored.ts'
import { defineScenario, type Scenario, type ScenarioContext } from '../scenario.ts'

const CUTS = 150
const MIRRORS = 3
/** How often all is waited for. */
const SETTLE_EVERY = 5
const FACTS = [
  'nothing committed is lost',
  'nothing is done twice',
  'after each cut everybody is back, and has everything',
  ...NETWORK_FACTS,
] as const

type Context = ScenarioContext<'connectionsPerCut'>

/** What may happen to the network before it is cut. */
const faults = (random: () => number): NetworkFaults => {
  const some = (most: number): number => 1 + Math.floor(random() * most)
  const kinds: readonly NetworkFaults[] = [
    {},
    { resetAfterBytes: some(800) },
    { blackHole: true },
    { delayMs: some(4) },
    { piecesMax: 7 },
    { refuse: true },
    { bytesPerSecond: 10_000 },
    { delayMs: 1, piecesMax: 64, resetAfterBytes: some(4_000) },
  ]
  return kinds[Math.floor(random() * kinds.length)] ?? {}
}

/**
 * Writers on both sides, and a network that fails under them: what a mirror was told to be committed must be there,
 * once, however often the connection was lost between the question and the answer.
 */
export const networkCuts: Scenario<'connectionsPerCut'> = defineScenario({
  name: 'network-cuts',
  group: 'network',
  goal: 'A network that fails loses nothing, doubles nothing and turns nothing round.',
  method:
    '3 mirrors that write, as the server does, over a network that is cut 150 times, after delays, resets within messages, silence and pieces of 1 to 7 bytes.',
  thresholds: {
    // Some are lost to a fault before they are cut, and more on a machine so busy that they seem dead.
    connectionsPerCut: {
      unit: '×',
      atMost: 10,
      about: 'Connections that each mirror needs to come back from a cut.',
    },
  },
  async run(context) {
    const network = await Network.open(context, FACTS)
    if (network === undefined) return
    try {
      await cutAgainAndAgain(context, network)
    } finally {
      await network.close()
    }
  },
})

interface Tally {
  readonly asked: number
  readonly committed: number
}

async function cutAgainAndAgain(context: Context, network: Network): Promise<void> {
  const proxy = await network.proxy()
  const watchers = network.mirrors(MIRRORS, proxy.port)
  await network.settled()
  const tallies = new Map<string, Tally>()
  const cuts = context.load(CUTS)
  const before = proxy.accepted
  let writes: Promise<void>[] = []
  let areBack = true
  let cut = 0
  while (areBack && cut < cuts) {
    cut += 1
    proxy.set(faults(() => context.random()))
    writes.push(...watchers.map((one) => writeBack(context, one, tallies)))
    await network.write()
    await context.pause(context.random() * 10)
    await network.write()
    context.count('cut')
    proxy.cut()
    proxy.set()
    areBack = await context.time('back', () => until(context, () => proxy.open === MIRRORS))
    if (areBack && (cut % SETTLE_EVERY === 0 || cut === cuts)) {
      const [haveAll] = await context.time('settle', () => Promise.all([network.settled(), ...writes]))
      areBack = haveAll
      writes = []
    }
    context.progress(cut, cuts)
  }
  context.check(FACTS[2], areBack, `${cut} cuts`)
  check(context, network, tallies)
  context.threshold('connectionsPerCut', (proxy.accepted - before) / (cut * MIRRORS))
}

async function writeBack(
  context: Context,
  { id, mirror }: Watcher,
  tallies: Map<string, Tally>,
): Promise<void> {
  context.count('update')
  const isCommitted = await context.time('update', () => mirror.update((state) => plusOne(state, id)))
  const { asked, committed } = tallies.get(id) ?? { asked: 0, committed: 0 }
  tallies.set(id, {
    asked: asked + (isCommitted === false ? 0 : 1),
    committed: committed + (isCommitted === true ? 1 : 0),
  })
}

function check(context: Context, network: Network, tallies: ReadonlyMap<string, Tally>): void {
  const held = network.served.read()
  const seen = [...tallies].map(([id, tally]) => ({ id, ...tally, there: countOf(held.context, id) }))
  const detail = seen
    .map(({ id, there, committed, asked }) => `${id} ${there} there, ${committed} of ${asked} committed`)
    .join('; ')
  context.check(
    FACTS[0],
    seen.every(({ there, committed }) => there >= committed),
    detail,
  )
  context.check(
    FACTS[1],
    seen.every(({ there, asked }) => there <= asked),
    detail,
  )
  network.check()
}
