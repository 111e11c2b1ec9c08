import { buffer } from '../backpressure/index.ts'
import { health } from '../health/index.ts'
import { type Journal, type JournalEngine, openJournal } from '../journal/index.ts'
import { createStore, type Store } from '../store/index.ts'
import type {
  KeptStore,
  SharedOptions,
  SharedStore,
  StoreUnderTest,
  StressAdapter,
  StressState,
} from './adapter.ts'
import { serveUnderTest } from './headgate-served.ts'

/** What of the codec is used. Its door needs protobuf, a peer dependency that may be absent. */
type Codec = Pick<typeof import('../codec/index.ts'), 'fromJSON' | 'toJSON'>

/** The codec; undefined where what it needs is not installed. */
async function findCodec(): Promise<Codec | undefined> {
  try {
    return await import('../codec/index.ts')
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/**
 * Stress-tests a store of Headgate: each subscriber has a buffer that drops its oldest state when it is full.
 * Conversions go through `headgate/codec`, or through plain JSON where protobuf is not installed.
 */
export const headgateAdapter: StressAdapter = Object.freeze({
  name: 'headgate',
  async create(initial: StressState): Promise<StoreUnderTest> {
    const codec = await findCodec()
    // Faults are expected: some scenarios have subscribers that throw. They are counted in the metrics.
    return underTest(createStore<StressState>(initial, { name: 'stress', onFault: () => {} }), codec)
  },
  async openKept(initial: StressState, disk: JournalEngine, retryMs: number): Promise<KeptStore> {
    const store = createStore<StressState>(initial, { name: 'stress', onFault: () => {} })
    return keptUnderTest(store, await openJournal(store, disk, { retryMs }))
  },
  openServed: serveUnderTest,
  joinShared,
})

function underTest(store: Store<StressState>, codec: Codec | undefined): StoreUnderTest {
  return {
    read: () => store.state as StressState,
    write(state, reason) {
      store.set(state, reason)
    },
    subscribe(consumer, { id, capacity }) {
      const handle = store.subscribe(({ state }) => consumer(state as StressState), {
        id,
        policy: buffer({ capacity }),
        replay: false,
      })
      return { unsubscribe: handle, ledger: () => handle.stats() }
    },
    subscriberCount: () => store.metrics().subscriberCount,
    metrics: () => store.metrics(),
    health: () => health(store),
    convert() {
      if (codec === undefined) return JSON.parse(JSON.stringify(store.state)) as StressState
      return codec.fromJSON<StressState>(JSON.stringify(codec.toJSON(store.snapshot))).state as StressState
    },
    destroy: () => store.destroy(),
  }
}

function keptUnderTest(store: Store<StressState>, journal: Journal<StressState>): KeptStore {
  return {
    read: () => store.state as StressState,
    write(state, reason) {
      store.set(state, reason)
    },
    kept: () => journal.durable(),
    async close() {
      await journal.close()
      store.destroy()
    },
    ledger() {
      const { committed, durable, skipped, pending } = journal.stats()
      return {
        id: 'journal',
        published: committed,
        delivered: durable,
        dropped: 0,
        conflated: skipped,
        pending,
      }
    },
  }
}

const RETRIES = 10_000

/** What it needs are peers that may be absent: the scenarios look for them before. */
async function joinShared({ servers, stream, replicas }: SharedOptions): Promise<SharedStore> {
  const [{ connect }, { jetstreamManager }, { joinNats }] = await Promise.all([
    import('@nats-io/transport-node'),
    import('@nats-io/jetstream'),
    import('../nats/index.ts'),
  ])
  const connection = await connect({
    servers: [...servers],
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
    ignoreClusterUpdates: true,
  })
  const store = createStore<{ ids: string[] }>({ ids: [] }, { name: 'stress' })
  const member = await joinNats(store, connection, { stream, replicas, create: true })
  return {
    async add(id) {
      const result = await member.update((draft) => void draft.ids.push(id), { retries: RETRIES })
      if (result.committed) return 'committed'
      return result.reason === 'timeout' ? 'unknown' : 'refused'
    },
    ids: () => store.state.ids,
    async leader() {
      const manager = await jetstreamManager(connection, { checkAPI: false })
      const { cluster } = await manager.streams.info(stream)
      return cluster?.leader
    },
    settled: () => Promise.resolve(),
    async close() {
      await member.close()
      await connection.close()
    },
  }
}
