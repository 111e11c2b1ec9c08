/**
 * Clients of many machines as one would write them first: the newest record holds the whole list, and the server's
 * compare-and-set decides. Over one server that is right, as `naive` shows; over three of version 2.9.10 it is not. Each
 * of the others is wrong in one thing.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/nats-core'
import { connect } from '@nats-io/transport-node'
import type { SharedOptions, SharedStore, StressAdapter } from '../../../src/stress/adapter.ts'
import { headgateAdapter } from '../../../src/stress/headgate-adapter.ts'

const SUBJECT = 'naive'
const ANSWER_MS = 1_000
const AGAIN_MS = 50

interface Faults {
  /** What the server is asked to expect; undefined: it takes everything, and says that all is well. */
  expected?(sequence: number): number | undefined
  /** Gives the first answer up, and writes again, as a new record. */
  readonly writesAgain?: true
  /** A write is done when all others have read it. */
  readonly waitsForAll?: true
}

interface Register {
  readonly sequence: number
  readonly ids: readonly string[]
}

class NaiveMember implements SharedStore {
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager
  readonly #stream: string
  readonly #faults: Faults
  readonly #all: Set<NaiveMember>
  #ids: readonly string[] = []
  #again: NodeJS.Timeout | undefined
  #isClosed = false

  static async join(
    { servers, stream, replicas }: SharedOptions,
    faults: Faults,
    all: Set<NaiveMember>,
  ): Promise<NaiveMember> {
    const options = { maxReconnectAttempts: -1, reconnectTimeWait: 50, ignoreClusterUpdates: true }
    const connection = await connect({ servers: [...servers], ...options })
    const manager = await jetstreamManager(connection, { checkAPI: false })
    await manager.streams.add({ name: stream, subjects: [SUBJECT], num_replicas: replicas })
    return new NaiveMember(connection, manager, stream, faults, all)
  }

  private constructor(
    connection: NatsConnection,
    manager: JetStreamManager,
    stream: string,
    faults: Faults,
    all: Set<NaiveMember>,
  ) {
    this.#connection = connection
    this.#manager = manager
    this.#stream = stream
    this.#faults = faults
    this.#all = all.add(this)
  }

  async add(id: string): Promise<'committed' | 'refused' | 'unknown'> {
    const { writesAgain, waitsForAll } = this.#faults
    for (let tries = 0; ; tries += 1) {
      let register: Register
      try {
        register = await this.#read()
      } catch {
        if (tries === 0) return 'refused' // nothing was written
        continue
      }
      const ids = [...register.ids, id]
      const answer = this.#publish(ids, register.sequence)
      const became = await (writesAgain && tries === 0 ? Promise.race([answer, nextTurn('unknown')]) : answer)
      if (became === 'stored') {
        this.#ids = ids
        if (waitsForAll) await Promise.all([...this.#all].map((member) => member.#refresh()))
        return 'committed'
      }
      if (became === 'unknown' && !writesAgain) return 'unknown'
    }
  }

  ids(): readonly string[] {
    return this.#ids
  }

  async leader(): Promise<string | undefined> {
    return (await this.#manager.streams.info(this.#stream)).cluster?.leader
  }

  /** From then on it reads again and again: what was given up may come yet. */
  async settled(): Promise<void> {
    await this.#refresh()
    this.#again = setTimeout(() => this.settled().catch(() => {}), AGAIN_MS)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#again)
    await this.#connection.close()
  }

  async #refresh(): Promise<void> {
    this.#ids = (await this.#read()).ids
    if (this.#isClosed) throw new Error('It is closed.')
  }

  async #read(): Promise<Register> {
    const message = await this.#manager.streams.getMessage(this.#stream, { last_by_subj: SUBJECT })
    return message === null ? { sequence: 0, ids: [] } : { sequence: message.seq, ids: message.json() }
  }

  async #publish(ids: readonly string[], sequence: number): Promise<'stored' | 'stale' | 'unknown'> {
    const { expected = (seen) => seen } = this.#faults
    const head = headers()
    const asked = expected(sequence)
    if (asked !== undefined) head.set('Nats-Expected-Last-Subject-Sequence', String(asked))
    try {
      const options = { headers: head, timeout: ANSWER_MS }
      const reply = await this.#connection.request(SUBJECT, JSON.stringify(ids), options)
      return reply.json<{ error?: unknown }>().error === undefined ? 'stored' : 'stale'
    } catch {
      return 'unknown'
    }
  }
}

function machines(name: string, faults: Faults = {}): StressAdapter {
  const all = new Set<NaiveMember>()
  return { ...headgateAdapter, name, joinShared: (options) => NaiveMember.join(options, faults, all) }
}

export const naive: StressAdapter = machines('trusts a server that is right')

/** As nats-server 2.9.10 in a cluster, which takes writes that it should refuse (nats-server#4320). */
export const trustsTheAnswer: StressAdapter = machines('trusts a server whose compare-and-set is broken', {
  expected: () => undefined,
})

export const writesAgain: StressAdapter = machines('writes again after a timeout, as another record', {
  writesAgain: true,
})

export const waitsForAll: StressAdapter = machines('waits until everybody has read', { waitsForAll: true })
