/** Stores on many machines that are wrong on purpose, in ways that clients of NATS are. */
import { jetstreamManager } from '@nats-io/jetstream'
import { headers } from '@nats-io/nats-core'
import { connect } from '@nats-io/transport-node'
import { createStore } from '../../../src/index.ts'
import { joinNats } from '../../../src/nats/index.ts'
import type { SharedStore, StressAdapter } from '../../../src/stress/adapter.ts'
import { headgateAdapter } from '../../../src/stress/headgate-adapter.ts'

const CONNECTED = { maxReconnectAttempts: -1, reconnectTimeWait: 50 }

/** Reads the newest state, writes the next one with an expectation, and believes what the server answers. */
export const trustsTheServer: StressAdapter = {
  ...headgateAdapter,
  name: 'trusts the server',
  async joinShared({ servers, stream, replicas }): Promise<SharedStore> {
    const connection = await connect({ servers: [...servers], ...CONNECTED })
    const manager = await jetstreamManager(connection, { checkAPI: false })
    await manager.streams.add({ name: stream, subjects: ['trusted'], num_replicas: replicas })
    let ids: string[] = []
    const newest = async (): Promise<number> => {
      const message = await manager.streams.getMessage(stream, { last_by_subj: 'trusted' })
      if (message === null) return 0
      ids = message.json<string[]>()
      return message.seq
    }
    return {
      async add(id) {
        for (;;) {
          const sequence = await newest().catch(() => undefined)
          if (sequence === undefined) continue
          const head = headers()
          if (sequence > 0) head.set('Nats-Expected-Last-Subject-Sequence', String(sequence))
          try {
            const reply = await connection.request('trusted', JSON.stringify([...ids, id]), {
              headers: head,
              timeout: 2_000,
            })
            if (reply.json<{ error?: unknown }>().error === undefined) return 'committed'
          } catch {
            return 'unknown'
          }
        }
      },
      ids: () => ids,
      leader: async () => (await manager.streams.info(stream)).cluster?.leader,
      settled: async () => void (await newest()),
      close: () => connection.close(),
    }
  },
}

/** Writes the same again, as another write, where it has heard nothing for a while. */
export const writesAgain: StressAdapter = {
  ...headgateAdapter,
  name: 'writes again after a timeout',
  async joinShared({ servers, stream, replicas }): Promise<SharedStore> {
    const connection = await connect({ servers: [...servers], ...CONNECTED })
    const store = createStore<{ ids: string[] }>({ ids: [] }, { name: 'stress' })
    const member = await joinNats(store, connection, { stream, replicas, create: true })
    const manager = await jetstreamManager(connection, { checkAPI: false })
    return {
      async add(id) {
        for (;;) {
          const add = (draft: { ids: string[] }): void => void draft.ids.push(id)
          const result = await member.update(add, { timeoutMs: 3 }).catch(() => undefined)
          if (result?.committed === true) return 'committed'
        }
      },
      ids: () => store.state.ids,
      leader: async () => (await manager.streams.info(stream)).cluster?.leader,
      settled: async () => {},
      async close() {
        await member.close()
        await connection.close()
      },
    }
  },
}
