/**
 * A served store behind proxies, and watchers of its mirrors.
 *
 * Each write is numbered one above the state that it is made of, so a watcher sees by itself what is doubled or
 * overtaken; and what lies between two numbers must have been told, or be counted as missed.
 */
import { onAbort } from '../kit/index.ts'
import { type FaultProxy, faultProxy } from '../testing/index.ts'
import type { MirroredStore, ServedStore, StressState, SubscriberLedger } from './adapter.ts'
import { type AnyContext, FIRST_STATE } from './workload.ts'

/** How long a connection may be silent. */
export const SILENT_MS = 1_000
/** How long mirrors are waited for; whoever is not there by then will not come. */
const SETTLE_MS = 60_000
/** As a part of the time that is left: what failed is to be told, and not that there was no time. */
const SETTLE_PART = 0.7

/** What a mirror is told, and whether it can be. */
export class Watcher {
  readonly id: string
  readonly mirror: MirroredStore
  received = 0
  missed = 0
  misordered = 0
  /** The first state that it had, from which on it was told. */
  #first: number | undefined
  #newest = -1
  #told = 0
  readonly #context: AnyContext

  constructor(context: AnyContext, id: string, mirror: MirroredStore) {
    this.#context = context
    this.id = id
    this.mirror = mirror
    mirror.subscribe((state, missed) => this.#note(state, missed))
  }

  get sequence(): number {
    return this.mirror.read()?.sequence ?? -1
  }

  get accounted(): boolean {
    return this.#first !== undefined && this.#told === this.#newest - this.#first
  }

  get account(): string {
    return `"${this.id}": ${this.received} received and ${this.missed} missed, from ${this.#first} to ${this.#newest}`
  }

  /** Over all of its connections: that of the server is of the newest one. */
  get ledger(): SubscriberLedger {
    const { id, received, missed } = this
    return {
      id,
      published: received + missed,
      delivered: received,
      conflated: missed,
      dropped: 0,
      pending: 0,
    }
  }

  #note({ sequence }: StressState, missed: number): void {
    this.#context.count('deliver')
    this.received += 1
    // Of what came before the first one it is told, or not: that was before its time.
    if (this.#first === undefined) this.#first = sequence
    else {
      this.missed += missed
      this.#told += 1 + missed
      if (sequence <= this.#newest) this.misordered += 1
    }
    this.#newest = Math.max(this.#newest, sequence)
  }
}

/** A store that is served, and what stands between it and its mirrors. */
export class Network {
  readonly served: ServedStore
  readonly watchers: Watcher[] = []
  readonly #context: AnyContext
  readonly #proxies: FaultProxy[] = []
  readonly #stopListening: () => void

  private constructor(context: AnyContext, served: ServedStore) {
    this.#context = context
    this.served = served
    this.#stopListening = onAbort(context.signal, () => void this.close())
  }

  /** Undefined, and the facts are skipped, where stores are not served. */
  static async open(
    context: AnyContext,
    facts: readonly string[],
    silentMs: number = SILENT_MS,
  ): Promise<Network | undefined> {
    const { openServed } = context
    const served = await openServed?.(FIRST_STATE, silentMs)
    if (served !== undefined) return new Network(context, served)
    const why =
      openServed === undefined ? 'the store is not served over a network' : 'the store cannot be served here'
    for (const fact of facts) context.skip(fact, why)
    return undefined
  }

  async proxy(): Promise<FaultProxy> {
    const proxy = await faultProxy({ port: this.served.port, random: () => this.#context.random() })
    this.#proxies.push(proxy)
    return proxy
  }

  /** Connects mirrors: `mirror-0`, `mirror-1`, … */
  mirrors(count: number, port: number, name = 'mirror'): Watcher[] {
    const made = Array.from({ length: count }, (_, index) => {
      const id = `${name}-${index}`
      this.#context.count('mirror')
      return new Watcher(this.#context, id, this.served.mirror(port, id))
    })
    this.watchers.push(...made)
    return made
  }

  /** Writes at the server; what is added makes the write larger. */
  async write(mark = 'server', added: string | undefined = undefined): Promise<void> {
    this.#context.count('write')
    const next = plusOne(this.served.read(), mark)
    const state =
      added === undefined
        ? next
        : { ...next, context: { ...next.context, added: `${next.sequence}${added}` } }
    await this.#context.time('write', () => this.served.write(state, 'SERVED'))
  }

  /** Waits until all, or some, have what is newest; tells whether they have. */
  settled(watchers: readonly Watcher[] = this.watchers): Promise<boolean> {
    return until(this.#context, () => {
      const { sequence } = this.served.read()
      return watchers.every((one) => one.sequence === sequence)
    })
  }

  /** Checks what each mirror was told, and that it has what the store has. */
  check(watchers: readonly Watcher[] = this.watchers): void {
    const context = this.#context
    const [misordered] = watchers.filter((one) => one.misordered > 0)
    context.check(RISING, misordered === undefined, misordered?.account ?? `${watchers.length} mirrors`)
    const wrong = watchers.filter((one) => !one.accounted)
    const detail =
      wrong[0] === undefined ? `${watchers.length} mirrors` : `${wrong.length} are wrong; ${wrong[0].account}`
    context.check(ACCOUNTED, wrong.length === 0, detail)
    const newest = JSON.stringify(this.served.read())
    const others = watchers.filter(({ mirror }) => JSON.stringify(mirror.read()) !== newest)
    context.check(EQUAL, others.length === 0, `${others.length} of ${watchers.length} are not`)
    context.ledgers(watchers.map((one) => one.ledger))
  }

  async close(): Promise<void> {
    this.#stopListening()
    await this.served.close()
    for (const proxy of this.#proxies) await proxy.close()
  }
}

const RISING = 'every mirror sees strictly rising states'
const ACCOUNTED = 'every state reaches each mirror or is counted as missed'
const EQUAL = 'all are equal in the end'

/** What {@link Network.check} checks. */
export const NETWORK_FACTS: readonly string[] = [RISING, ACCOUNTED, EQUAL]

/** The next state, in which a mark is counted once more. */
export function plusOne({ sequence, current, context }: StressState, mark: string): StressState {
  return { sequence: sequence + 1, current, context: { ...context, [mark]: `${countOf(context, mark) + 1}` } }
}

/** How often a mark was counted. */
export const countOf = (context: StressState['context'], mark: string): number => Number(context[mark] ?? 0)

/** Waits for something, within bounds. */
export async function until(context: AnyContext, holds: () => boolean): Promise<boolean> {
  const deadline = performance.now() + Math.min(SETTLE_MS, context.leftMs * SETTLE_PART)
  while (!holds()) {
    if (performance.now() > deadline) return false
    context.signal.throwIfAborted()
    await context.pause(1)
  }
  return true
}
