/**
 * Plays one back-pressure case in virtual time and observes everything that a case can expect.
 *
 * Events of one millisecond run in the order of the timeline, and promises settle between two of them. A
 * `burst` and a `block` are one synchronous stretch. Where an event and a timer fall on one millisecond,
 * the case says which comes first; where it does not, the result must not depend on it.
 */
import type { Delivery, Policy } from '../../../src/backpressure/index.ts'
import type { Drop, SubscriberFault } from '../../../src/store/index.ts'
import {
  type Action,
  type Case,
  type CaseEvent,
  type CaseSubscriber,
  type Counters,
  type SubscriberExpectation,
  subscribersOf,
} from './case.ts'
import {
  type CaseSource,
  type Delivered,
  observeConflations,
  openSource,
  type SourceSubscription,
} from './case-source.ts'
import { settle, VirtualClock } from './virtual-clock.ts'

export type TieOrder = 'write-first' | 'timer-first'

/** A value replaced by a newer one; `by` is known where the newer one was just offered. */
export interface Conflation {
  readonly t: number
  readonly v: unknown
  readonly by?: { readonly value: unknown }
}

type Observed = Required<Omit<SubscriberExpectation, 'conflated'>> & { readonly conflated: Conflation[] }

export interface CaseResult {
  readonly subs: Record<string, Observed>
  readonly checks: (Counters & { t: number; timers: number })[]
  readonly countersInsideCallback: (Counters & { t: number; sub: string })[]
  readonly writerResolved: [number, unknown][]
  readonly subscriptionsAtEnd: number
  readonly timersAtEnd: number
  /** What may hold in no case: figures that do not add up, a timer that outlives its subscriber. */
  readonly violations: string[]
}

const countersOf = ({ published, delivered, dropped, conflated, pending }: Counters): Counters => ({
  published,
  delivered,
  dropped,
  conflated,
  pending,
})

const ON_EVERY = /^every delivery n writes n\+1 while n < (\d+)$/

/** What is in `params` for the harness, and not an option of the policy. */
const HARNESS_PARAMS = ['frames', 'onConsumerError', 'onDropThrows', 'readOnDrop']

export function policyOptions(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !HARNESS_PARAMS.includes(name)))
}

export async function runCase(
  line: Case,
  makePolicy: (subscriber: CaseSubscriber) => Policy,
  order: TieOrder,
): Promise<CaseResult> {
  const run = new CaseRun(line, makePolicy)
  const stopObserving = observeConflations((id, replaced, offered) =>
    run.conflated(id, replaced as never, offered as never),
  )
  const removeFrames = installFrames(line.params.frames, run.clock)
  try {
    return await run.play(order)
  } finally {
    removeFrames()
    stopObserving()
  }
}

class CaseRun {
  readonly clock = new VirtualClock()
  readonly #line: Case
  readonly #source: CaseSource
  readonly #players: ReadonlyMap<string, Player>
  readonly #checks: CaseResult['checks'] = []
  readonly #insideCallback: CaseResult['countersInsideCallback'] = []
  readonly #writerResolved: [number, unknown][] = []
  readonly #violations: string[] = []

  constructor(line: Case, makePolicy: (subscriber: CaseSubscriber) => Policy) {
    this.#line = line
    this.#source = openSource(line, this.clock, (fault) => this.#player(fault.subscriberId).failed(fault))
    this.#players = new Map(
      subscribersOf(line).map((subscriber) => [
        subscriber.id,
        new Player(subscriber, makePolicy(subscriber), this),
      ]),
    )
  }

  async play(order: TieOrder): Promise<CaseResult> {
    for (const event of this.#events()) {
      await this.clock.runTo(event.t, order === 'timer-first' ? 'including' : 'before')
      this.#perform(event)
      await settle()
      this.#look()
    }
    const timersAtEnd = this.clock.liveTimers
    await this.clock.runOut()
    this.#look()
    return {
      subs: Object.fromEntries([...this.#players].map(([id, player]) => [id, player.observed()])),
      checks: this.#checks,
      countersInsideCallback: this.#insideCallback,
      writerResolved: this.#writerResolved,
      subscriptionsAtEnd: this.#source.size,
      timersAtEnd,
      violations: this.#violations,
    }
  }

  conflated(id: string, replaced: Delivered, offered: Delivered | undefined): void {
    this.#player(id).conflated(replaced, offered)
  }

  act(action: Action, actor: string): void {
    if (action.do === 'write') this.#source.write(action.v)
    else if (action.do === 'unsubscribe') this.#player(action.sub ?? actor).unsubscribe()
    else if (action.do === 'subscribe') this.#player(action.sub ?? actor).subscribe(this.#source)
    else if (action.do === 'throw') throw new Error(action.message)
    else throw new Error(`A callback cannot ${JSON.stringify(action)}.`)
  }

  write(value: unknown): void {
    this.#source.write(value)
  }

  /** Reads the figures inside a callback, where they must add up too. */
  countersInside(id: string): Counters | undefined {
    const counters = this.#source.statsOf(id)
    if (counters !== undefined) this.#requireBalance(id, counters)
    return counters
  }

  noteCounters(id: string, counters: Counters): void {
    this.#insideCallback.push({ t: this.clock.now(), sub: id, ...countersOf(counters) })
  }

  violated(sentence: string): void {
    this.#violations.push(sentence)
  }

  /** The timeline, with the subscribers who join at a time of their own before what happens then. */
  #events(): (CaseEvent & { t: number })[] {
    const joins = [...this.#players.values()]
      .filter(({ subscriber }) => subscriber.subscribeBy !== 'event')
      .map(({ subscriber }) => ({
        t: subscriber.subscribeAt ?? 0,
        ev: 'subscribe' as const,
        sub: subscriber.id,
      }))
    return [...joins, ...this.#line.timeline].sort((one, other) => one.t - other.t)
  }

  #perform(event: CaseEvent): void {
    switch (event.ev) {
      case 'write':
        this.#source.write(event.v)
        break
      case 'noop':
        this.#source.keep()
        break
      case 'burst':
        for (let value = event.from; value <= event.to; value += 1) this.#source.write(value)
        break
      case 'block':
        for (const inner of event.do) this.#perform(inner)
        break
      case 'release':
        this.#player(event.sub).release(event.n ?? 1)
        break
      case 'pull':
        this.#player(event.sub).pull(event.n ?? 1)
        break
      case 'subscribe':
        this.#player(event.sub).subscribe(this.#source)
        break
      case 'unsubscribe':
        this.#player(event.sub).unsubscribe()
        break
      case 'complete':
        this.#source.end({ kind: 'complete' })
        break
      case 'error':
        this.#source.end({ kind: 'error', error: event.e })
        break
      case 'awaitWrites':
        this.#awaitWrites(event.values).catch((error) => this.violated(`A writer was refused: ${error}`))
        break
      case 'check':
        this.#check()
        break
      default:
        throw new Error(`No event is called ${JSON.stringify(event)}.`)
    }
  }

  async #awaitWrites(values: readonly unknown[]): Promise<void> {
    for (const value of values) {
      await this.#source.ready()
      this.#source.write(value)
      this.#writerResolved.push([this.clock.now(), value])
    }
  }

  #check(): void {
    for (const player of this.#players.values()) {
      const counters = countersOf(player.subscription().stats())
      this.#checks.push({ t: this.clock.now(), ...counters, timers: this.clock.liveTimers })
    }
  }

  #look(): void {
    const players = [...this.#players.values()]
    for (const { subscriber, joined } of players) {
      if (joined !== undefined) this.#requireBalance(subscriber.id, joined.stats())
    }
    const over = players.every(({ joined }) => joined?.closed === true)
    if (over && this.clock.liveTimers > 0) {
      this.violated(`At ${this.clock.now()} ms everybody has left, and a timer is still set.`)
    }
  }

  #requireBalance(id: string, { published, delivered, dropped, conflated, pending }: Counters): void {
    if (published === delivered + dropped + conflated + pending) return
    this.violated(
      `At ${this.clock.now()} ms "${id}" was offered ${published}, which is not ${delivered} delivered + ${dropped} dropped + ${conflated} conflated + ${pending} pending.`,
    )
  }

  #player(id?: string): Player {
    const player = id === undefined ? [...this.#players.values()][0] : this.#players.get(id)
    if (player === undefined) throw new Error(`No subscriber is called "${id}".`)
    return player
  }
}

/** One subscriber of a case: its consumer, and what is seen of it. */
class Player {
  readonly subscriber: CaseSubscriber
  joined: SourceSubscription | undefined
  readonly #policy: Policy
  readonly #run: CaseRun
  readonly #gates: (() => void)[] = []
  /** What was handed over under each version. */
  readonly #values = new Map<number, unknown>()
  readonly #deliveries: [number, unknown][] = []
  readonly #missed: { t: number; before: unknown; n: number }[] = []
  readonly #drops: { t: number; v: unknown; reason: string }[] = []
  readonly #conflated: Conflation[] = []
  readonly #aborted: [number, unknown][] = []
  readonly #errors: { t: number; v: unknown; error: string }[] = []
  #terminal: [number, 'complete' | 'error'] | null = null

  constructor(subscriber: CaseSubscriber, policy: Policy, run: CaseRun) {
    this.subscriber = subscriber
    this.#policy = policy
    this.#run = run
  }

  subscription(): SourceSubscription {
    if (this.joined === undefined) throw new Error(`"${this.subscriber.id}" has not subscribed yet.`)
    return this.joined
  }

  subscribe(source: CaseSource): void {
    const { id, replay, params, consumer } = this.subscriber
    this.joined = source.subscribe(
      {
        next: (entry, delivery) => this.#next(entry, delivery),
        complete: () => this.#ended('complete'),
        error: () => this.#ended('error'),
      },
      {
        id,
        policy: this.#policy,
        replay: replay === true,
        pulled: consumer.mode === 'pull',
        onDrop: (drop) => this.#dropped(drop),
        onError: params.onConsumerError === 'close' ? 'close' : 'continue',
      },
    )
  }

  unsubscribe(): void {
    this.subscription().unsubscribe()
  }

  pull(count: number): void {
    this.subscription().request(count)
  }

  /** Ends the running handlers of a gated consumer, the oldest first. */
  release(count: number): void {
    for (const open of this.#gates.splice(0, count)) open()
  }

  failed({ error, phase, version }: SubscriberFault): void {
    this.#run.countersInside(this.subscriber.id)
    const { message } = error as Error
    this.#errors.push({
      t: this.#run.clock.now(),
      v: this.#values.get(version),
      error: phase === 'drop' ? `onDrop: ${message}` : message,
    })
  }

  conflated(replaced: Delivered, offered: Delivered | undefined): void {
    this.#conflated.push({
      t: this.#run.clock.now(),
      v: stateOf(replaced),
      ...(offered !== undefined && { by: { value: stateOf(offered) } }),
    })
  }

  observed(): Observed {
    const stats = this.subscription().stats()
    return {
      deliveries: this.#deliveries,
      counters: countersOf(stats),
      calls: stats.calls,
      terminal: this.#terminal,
      inFlightAtEnd: stats.inFlight,
      missed: this.#missed,
      drops: this.#drops,
      conflated: this.#conflated,
      aborted: this.#aborted,
      errors: this.#errors,
    }
  }

  #next(entry: Delivered, delivery: Delivery): Promise<void> | undefined {
    const { clock } = this.#run
    const value = stateOf(entry)
    if (this.joined?.closed === true) this.#run.violated(`"${this.subscriber.id}" was called after its end.`)
    this.#run.countersInside(this.subscriber.id)
    this.#values.set(delivery.version, value)
    this.#deliveries.push([clock.now(), value])
    if (delivery.missed > 0) this.#missed.push({ t: clock.now(), before: value, n: delivery.missed })
    delivery.signal.addEventListener('abort', () => this.#aborted.push([clock.now(), value]))
    this.#react(value)
    return this.#work(value)
  }

  /** Does what the case says the callback does on this value. */
  #react(value: unknown): void {
    const { on } = this.subscriber.consumer
    if (on === undefined) return
    if (typeof on === 'string') {
      const last = ON_EVERY.exec(on)?.[1]
      if (last === undefined) throw new Error(`A consumer cannot do: ${on}.`)
      if ((value as number) < Number(last)) this.#run.write((value as number) + 1)
      return
    }
    for (const action of on[String(value)] ?? []) this.#run.act(action, this.subscriber.id)
  }

  #work(value: unknown): Promise<void> | undefined {
    const { mode, work, rejectOn = [] } = this.subscriber.consumer
    if (mode === 'sync' || mode === 'pull') return undefined
    return new Promise((resolve, reject) => {
      const end = (): void => (rejectOn.includes(value) ? reject(new Error('rejected')) : resolve())
      if (mode === 'gated') this.#gates.push(end)
      else this.#run.clock.after(work ?? 0, end)
    })
  }

  #dropped({ snapshot, version, reason }: Drop<unknown>): void {
    const { id, params } = this.subscriber
    const counters = this.#run.countersInside(id) ?? this.subscription().stats()
    if (params.readOnDrop === true) this.#run.noteCounters(id, counters)
    this.#values.set(version, snapshot.state)
    this.#drops.push({ t: this.#run.clock.now(), v: snapshot.state, reason })
    if (params.onDropThrows === true) throw new Error('drop-cb')
  }

  #ended(kind: 'complete' | 'error'): void {
    if (this.#terminal !== null) this.#run.violated(`"${this.subscriber.id}" ended twice.`)
    this.#terminal = [this.#run.clock.now(), kind]
  }
}

function stateOf(entry: Delivered): unknown {
  return 'state' in entry ? entry.state : entry.map((snapshot) => snapshot.state)
}

/** Gives the platform animation frames at the times that a case lists; returns what takes them away. */
function installFrames(times: unknown, clock: VirtualClock): () => void {
  if (!Array.isArray(times)) return () => {}
  const callbacks = new Map<number, (time: number) => void>()
  let handles = 0
  for (const time of times as number[]) {
    clock.after(time, () => {
      const due = [...callbacks.values()]
      callbacks.clear()
      for (const callback of due) callback(time)
    })
  }
  Object.assign(globalThis, {
    requestAnimationFrame: (callback: (time: number) => void) => {
      handles += 1
      callbacks.set(handles, callback)
      return handles
    },
    cancelAnimationFrame: (handle: number) => callbacks.delete(handle),
  })
  return () => {
    const platform = globalThis as { requestAnimationFrame?: unknown; cancelAnimationFrame?: unknown }
    delete platform.requestAnimationFrame
    delete platform.cancelAnimationFrame
  }
}
