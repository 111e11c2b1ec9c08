/**
 * A subscriber that keeps account of what it is told, and the checks on a group of them.
 *
 * States carry rising numbers, so a follower sees by itself what is doubled or overtaken. Between the state
 * that was current when it joined and the one when it left lie `expected` states: each must have reached it,
 * or be counted as lost by the store's own ledger. A state that is replayed on joining is set apart.
 */
import type { StressHandle, StressState, SubscriberLedger } from './adapter.ts'
import type { AnyContext, Workload } from './workload.ts'

/** How many undelivered states may wait for a subscriber, as in the agent that the suite comes from. */
export const QUEUE_CAPACITY = 64

/** How often, and for how long in all, followers are waited for. */
const SETTLE_POLL_MS = 5
const SETTLE_POLLS = 400

export interface FollowerOptions {
  readonly id: string
  readonly capacity?: number
  /** What the follower does with each state; a promise makes it busy. */
  readonly work?: (state: StressState) => void | Promise<void>
}

export class Follower {
  readonly id: string
  received = 0
  /** Not above the state that was current on joining. */
  replayed = 0
  /** Not above the one before. */
  misordered = 0
  /** After it had left. */
  late = 0
  readonly #workload: Workload
  readonly #joinedAt: number
  readonly #handle: StressHandle
  #newest = -1
  #leftAt: number | undefined
  #ledger: SubscriberLedger | undefined

  constructor(context: AnyContext, workload: Workload, options: FollowerOptions) {
    this.id = options.id
    this.#workload = workload
    this.#joinedAt = workload.last.sequence
    context.count('subscribe')
    this.#handle = context.store.subscribe(
      (state) => {
        context.count('deliver')
        this.#note(state)
        return options.work?.(state)
      },
      { id: options.id, capacity: options.capacity ?? QUEUE_CAPACITY },
    )
  }

  /** How many states were written while it followed. */
  get expected(): number {
    return (this.#leftAt ?? this.#workload.last.sequence) - this.#joinedAt
  }

  /** How many of them it was told. */
  get fresh(): number {
    return this.received - this.replayed
  }

  /** How many of them the store says it did not deliver. */
  get lost(): number {
    const ledger = this.ledger()
    return ledger === undefined ? 0 : ledger.dropped + ledger.conflated + ledger.pending
  }

  get accounted(): boolean {
    return this.fresh + this.lost === this.expected
  }

  /** Whether nothing waits for it. */
  get settled(): boolean {
    return this.accounted && (this.ledger()?.pending ?? 0) === 0
  }

  ledger(): SubscriberLedger | undefined {
    return this.#ledger ?? this.#handle.ledger?.()
  }

  leave(): void {
    if (this.#leftAt !== undefined) return
    this.#leftAt = this.#workload.last.sequence
    this.#handle.unsubscribe()
    this.#ledger = this.#handle.ledger?.()
  }

  #note(state: StressState | undefined): void {
    const sequence = state?.sequence ?? -1
    this.received += 1
    if (this.#leftAt !== undefined) this.late += 1
    if (sequence <= this.#joinedAt) this.replayed += 1
    if (sequence <= this.#newest) this.misordered += 1
    else this.#newest = sequence
  }
}

/** Makes a group of followers: `log-0`, `log-1`, … */
export function follow(
  context: AnyContext,
  workload: Workload,
  count: number,
  options: FollowerOptions,
): Follower[] {
  return Array.from(
    { length: count },
    (_, index) => new Follower(context, workload, { ...options, id: `${options.id}-${index}` }),
  )
}

/** Waits until followers have what they will get, within bounds. */
export async function settle(context: AnyContext, followers: readonly Follower[]): Promise<void> {
  for (let poll = 0; poll < SETTLE_POLLS && !followers.every((one) => one.settled); poll += 1) {
    await context.pause(poll === 0 ? 0 : SETTLE_POLL_MS)
  }
}

/** Ends the followers, and checks what they were told against what was written and what the store counted. */
export async function dismiss(context: AnyContext, followers: readonly Follower[]): Promise<void> {
  for (const one of followers) one.leave()
  await context.pause(0)
  checkOrder(context, followers)
  checkLoss(context, followers)
  checkLedgers(context, followers)
  const late = sum(followers, ({ late }) => late)
  context.check('nobody is told anything after leaving', late === 0, `${late} late deliveries`)
}

function checkOrder(context: AnyContext, followers: readonly Follower[]): void {
  const misordered = sum(followers, (one) => one.misordered)
  context.check(
    'every subscriber sees strictly rising states',
    misordered === 0,
    `${misordered} out of order`,
  )
}

function checkLoss(context: AnyContext, followers: readonly Follower[]): void {
  const wrong = followers.filter((one) => !one.accounted)
  const [first] = wrong
  const detail =
    first === undefined
      ? `${sum(followers, (one) => one.fresh)} delivered, ${sum(followers, (one) => one.lost)} counted as lost`
      : `${wrong.length} of ${followers.length} subscribers; "${first.id}": ${first.expected} written, ${first.fresh} delivered, ${first.lost} counted as lost`
  context.check('every state is delivered or counted as lost', wrong.length === 0, detail)
}

function checkLedgers(context: AnyContext, followers: readonly Follower[]): void {
  const fact = 'the ledgers add up'
  const pairs = followers.flatMap((one) => {
    const ledger = one.ledger()
    return ledger === undefined ? [] : [{ one, ledger }]
  })
  if (pairs.length === 0) {
    context.skip(fact, 'the store counts no deliveries')
    return
  }
  context.ledgers(pairs.map(({ ledger }) => ledger))
  const wrong = pairs.filter(({ one, ledger }) => !addsUp(ledger) || ledger.delivered !== one.received)
  const [first] = wrong
  const detail =
    first === undefined
      ? `${pairs.length} ledgers`
      : `${wrong.length} of ${pairs.length} do not; "${first.one.id}" received ${first.one.received}: ${JSON.stringify(first.ledger)}`
  context.check(fact, wrong.length === 0, detail)
}

/** The identity of a ledger. */
export function addsUp({ published, delivered, dropped, conflated, pending }: SubscriberLedger): boolean {
  return published === delivered + dropped + conflated + pending
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
