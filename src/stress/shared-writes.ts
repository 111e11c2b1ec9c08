/**
 * Several writers of one store that many machines have, each on a member of its own, and what became of their writes: a
 * history, which the checker of `headgate/testing` judges.
 */
import { isHeadgateError } from '../kit/index.ts'
import { checkHistory, type NatsServer, natsServer, natsVersion } from '../testing/index.ts'
import type { SharedStore, StressAdapter } from './adapter.ts'
import type { AnyContext } from './workload.ts'

export const SHARED_FACTS = [
  'nothing acknowledged is lost',
  'no write counts twice',
  'what was refused is not there',
  'nothing comes from nowhere',
  'all members have the same',
] as const

/** The four writers that the guide's figures are about. */
export const WRITERS = 4
const TURN_MS = 5

type Join = NonNullable<StressAdapter['joinShared']>

/** Says what is missing; tells how stores are joined. */
export async function shares(
  context: AnyContext,
  join: StressAdapter['joinShared'],
): Promise<Join | undefined> {
  const why =
    join === undefined
      ? 'the store is on one machine'
      : natsVersion() === undefined
        ? 'nats-server is not installed'
        : (await hasClient())
          ? undefined
          : '@nats-io/transport-node is not installed'
  if (why === undefined) return join
  for (const fact of SHARED_FACTS) context.skip(fact, why)
  return undefined
}

async function hasClient(): Promise<boolean> {
  try {
    await import('@nats-io/transport-node')
    return true
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return false
    throw error
  }
}

/** Runs with servers, and ends them whatever happens: also when the scenario is out of time. */
export async function withServers(
  context: AnyContext,
  nodes: 1 | 3,
  run: (server: NatsServer) => Promise<void>,
): Promise<void> {
  const server = await natsServer({ nodes })
  const end = (): void => void server.close()
  context.signal.addEventListener('abort', end, { once: true })
  try {
    await run(server)
  } finally {
    context.signal.removeEventListener('abort', end)
    await server.close()
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export class SharedWrites {
  readonly members: readonly SharedStore[]
  readonly #context: AnyContext
  readonly #attempts: { writer: string; id: string }[] = []
  readonly #acknowledged: string[] = []
  readonly #refused: string[] = []
  #stopped = false
  readonly #writing: Promise<void>[] = []

  constructor(context: AnyContext, members: readonly SharedStore[]) {
    this.#context = context
    this.members = members
  }

  get acknowledged(): number {
    return this.#acknowledged.length
  }

  /** Each of some members writes until it is stopped, or has written so often. */
  start(members: readonly SharedStore[] = this.members, times: number = Number.POSITIVE_INFINITY): void {
    members.forEach((member, at) => {
      this.#writing.push(this.#write(member, `w${at + 1}`, times))
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.finished()
  }

  async finished(): Promise<void> {
    await Promise.all(this.#writing)
  }

  /** Waits until so many more writes were acknowledged. */
  async progress(writes: number): Promise<void> {
    const wanted = this.acknowledged + writes
    while (this.acknowledged < wanted && !this.#context.signal.aborted) await pause(TURN_MS)
  }

  /** Waits until all members have read as far, and compares. */
  async check(): Promise<void> {
    const { members } = this
    await Promise.all(members.map((member) => member.settled()))
    while (!this.#isEven() && !this.#context.signal.aborted) await pause(TURN_MS)
    const reads = Object.fromEntries(members.map((member, at) => [`w${at + 1}`, member.ids()]))
    const report = checkHistory({
      attempts: this.#attempts,
      acknowledged: this.#acknowledged,
      refused: this.#refused,
      reads,
    })
    const few = (ids: readonly string[]): string =>
      ids.length === 0 ? 'none' : `${ids.length}: ${ids.slice(0, 5).join(', ')}`
    const context = this.#context
    const unanswered = `${report.recovered} of ${report.unknown + report.recovered} without an answer are there`
    const lost = `${few(report.lost)} of ${this.acknowledged} acknowledged; ${unanswered}`
    context.check(SHARED_FACTS[0], report.lost.length === 0, lost)
    context.check(SHARED_FACTS[1], report.twice.length === 0, few(report.twice))
    context.check(SHARED_FACTS[2], report.undead.length === 0, few(report.undead))
    context.check(SHARED_FACTS[3], report.unexpected.length === 0, few(report.unexpected))
    const isSame = report.divergent.length === 0
    context.check(SHARED_FACTS[4], isSame, isSame ? `${members.length} members` : few(report.divergent))
  }

  async close(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.members.map((member) => member.close()))
  }

  #isEven(): boolean {
    const [first = 0, ...others] = this.members.map((member) => member.ids().length)
    return others.every((length) => length === first)
  }

  async #write(member: SharedStore, writer: string, times: number): Promise<void> {
    for (let n = 1; n <= times && !this.#stopped && !this.#context.signal.aborted; n += 1) {
      const id = `${writer}-${n}`
      try {
        const attempt = { writer, id }
        this.#attempts.push(attempt)
        this.#context.count('write')
        const became = await this.#context.time('write', () => member.add(id))
        if (became === 'committed') this.#acknowledged.push(id)
        else if (became === 'refused') this.#refused.push(id)
      } catch (error) {
        if (!isHeadgateError(error, 'NATS_DISCONNECTED')) throw error
        this.#refused.push(id)
        await pause(TURN_MS * 4)
      }
    }
  }
}
