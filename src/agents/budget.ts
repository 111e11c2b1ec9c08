/**
 * A budget: what an agent may spend, and what it has spent, as a part of its context.
 *
 *   spent + needs <= limits ──yes──> reserved ──> the call ──> what it did not need is given back
 *              └──no──> the event BUDGET_EXHAUSTED; the call is not started
 *
 * What was spent is state: it is in every checkpoint, a fork begins with what its parent had spent, and a restart does
 * not forget it. What a call needs is reserved in the commit that starts it, so two regions cannot both spend the rest.
 */
import { isObservable, tap } from 'rxjs'
import { checkKeys, describeValue, HeadgateError, isPromiseLike } from '../kit/index.ts'
import type { EventObject, InvokeTools } from '../machine/index.ts'

/** What may be spent; what is left out is without a limit. */
export interface Limits {
  readonly tokens?: number
  /** In any currency. */
  readonly cost?: number
  /** Milliseconds since the first call began. */
  readonly ms?: number
  /** Calls. */
  readonly steps?: number
}

type Resource = keyof Limits

/** What a call takes at most; each call is a step. */
export type Needs = Omit<Limits, 'ms'>

/** What was spent: to be kept in the context, as `spent`. */
export interface Spent {
  readonly tokens: number
  readonly cost: number
  readonly steps: number
  /** When the first call began, in milliseconds since 1970. */
  readonly since: number | null
}

/** The event of a budget that has no more of something; add it to the events of a machine. */
export interface BudgetExhausted {
  readonly type: 'BUDGET_EXHAUSTED'
  readonly resource: Resource
  readonly limit: number
}

/** A context that keeps what was spent. */
export interface WithSpent {
  readonly spent: Spent
}

type Tools<Context> = InvokeTools<Context, { event: never; emitted: EventObject; input: never }>

/** What every call has of the tools of work. */
export type CallTools = Pick<InvokeTools<unknown>, 'signal' | 'deadline'>

/** The tools of work, and one more. */
export type BudgetTools<T> = T & {
  /**
   * Counts what was used, from what was reserved first. False once something is exhausted: the event was sent then.
   */
  spend(used: Needs): boolean
}

/** The limits of what an agent may spend, with the guard and the work that keep to them. */
export interface Budget {
  readonly limits: Limits
  /** The first `spent` of a context. */
  readonly none: Spent
  /** What of it is left; without limit, `Infinity`. */
  left(spent: Spent): Required<Limits>
  /** A guard: whether so much is left. */
  allows(needs?: Needs): (context: WithSpent) => boolean
  /** Work that starts only where the budget has what it needs, each start being one step. */
  work<Context extends WithSpent, Event, Result, T extends CallTools = CallTools>(
    needs: Needs,
    src: (context: Context, event: Event, tools: BudgetTools<T>) => Result,
  ): (context: Context, event: Event, tools: T) => Result | Promise<never>
}

/** The clock of a budget. */
export interface BudgetOptions {
  /** The time that `ms` goes by, in milliseconds since 1970; default `Date.now`. */
  readonly now?: () => number
}

const SPENDABLE = ['tokens', 'cost', 'steps'] as const
const RESOURCES: readonly Resource[] = [...SPENDABLE, 'ms']

/**
 * Limits what an agent may spend. What is exhausted is an event, `BUDGET_EXHAUSTED`, and never an exception, as far as
 * the state handles it; a state that does not has its work fail with that event's text.
 *
 * @example
 * ```ts
 * import { createMachineStore, defineMachine } from 'headgate'
 * import { type BudgetExhausted, withBudget } from 'headgate/agents'
 *
 * const budget = withBudget({ tokens: 1_000, steps: 10 })
 * const agent = defineMachine({
 *   id: 'agent',
 *   initial: 'THINKING',
 *   types: {} as { events: BudgetExhausted },
 *   context: { spent: budget.none },
 *   states: {
 *     THINKING: {
 *       invoke: { src: budget.work({ tokens: 600 }, async (_context, _event, { spend }) => { spend({ tokens: 450 }) }), onDone: 'AGAIN' },
 *       on: { BUDGET_EXHAUSTED: 'POOR' },
 *     },
 *     AGAIN: { after: { 0: 'THINKING' } },
 *     POOR: {},
 *   },
 * })
 * const store = createMachineStore(agent)
 * await store.waitFor(({ current }) => current === 'POOR')
 * console.log(store.context.spent.tokens, store.context.spent.steps) // → 450 1
 * ```
 * @throws `OPTION_INVALID`, `OPTION_UNKNOWN`
 */
export function withBudget(limits: Limits, { now = Date.now }: BudgetOptions = {}): Budget {
  checkKeys(limits, { tokens: true, cost: true, ms: true, steps: true }, 'withBudget()')
  checkAmounts(limits, RESOURCES)
  return new LimitedBudget(limits, now)
}

/** What is no number would be in every later sum, and no comparison with it ever says that something is exceeded. */
function checkAmounts(amounts: Limits, resources: readonly Resource[]): void {
  for (const resource of resources) {
    const amount: unknown = amounts[resource]
    if (amount === undefined || (typeof amount === 'number' && amount >= 0)) continue
    const received = describeValue(amount)
    throw new HeadgateError('OPTION_INVALID', { option: resource, expected: 'a number from 0', received })
  }
}

class LimitedBudget implements Budget {
  readonly limits: Limits
  readonly none: Spent = Object.freeze({ tokens: 0, cost: 0, steps: 0, since: null })
  readonly #now: () => number

  constructor(limits: Limits, now: () => number) {
    this.limits = Object.freeze({ ...limits })
    this.#now = now
  }

  left(spent: Spent): Required<Limits> {
    const { tokens, cost, steps, ms } = this.limits
    const passed = spent.since === null ? 0 : this.#now() - spent.since
    return {
      tokens: rest(tokens, spent.tokens),
      cost: rest(cost, spent.cost),
      steps: rest(steps, spent.steps),
      ms: rest(ms, passed),
    }
  }

  allows(needs: Needs = {}): (context: WithSpent) => boolean {
    checkAmounts(needs, SPENDABLE)
    return ({ spent }) => this.missing(spent, needs) === undefined
  }

  work<Context extends WithSpent, Event, Result, T extends CallTools = CallTools>(
    needs: Needs,
    src: (context: Context, event: Event, tools: BudgetTools<T>) => Result,
  ): (context: Context, event: Event, tools: T) => Result | Promise<never> {
    checkAmounts(needs, SPENDABLE)
    const wanted = { ...needs, steps: needs.steps ?? 1 }
    return (context, event, given) => {
      // The cast holds: the tools of any machine have these, and types of events are not looked at here.
      const tools = given as unknown as Tools<WithSpent>
      const call = new Call(this, tools, wanted)
      const missing = call.begin(this.#now())
      if (missing !== undefined) return call.exhausted(missing)
      return call.until(() => src(context, event, { ...given, spend: (used) => call.spend(used) }))
    }
  }

  /** What there is not enough of. */
  missing(spent: Spent, needs: Needs): Resource | undefined {
    const left = this.left(spent)
    if (left.ms <= 0) return 'ms'
    return SPENDABLE.find((resource) => left[resource] < (needs[resource] ?? 0))
  }
}

const rest = (limit: number | undefined, spent: number): number =>
  limit === undefined ? Number.POSITIVE_INFINITY : limit - spent

/** One call: what it reserved, and how much of that it has used. */
class Call {
  readonly #budget: LimitedBudget
  readonly #tools: Tools<WithSpent>
  readonly #reserved: Record<'tokens' | 'cost', number>
  readonly #steps: number
  #isOver = false

  constructor(budget: LimitedBudget, tools: Tools<WithSpent>, needs: Needs) {
    this.#budget = budget
    this.#tools = tools
    this.#reserved = { tokens: needs.tokens ?? 0, cost: needs.cost ?? 0 }
    this.#steps = needs.steps ?? 1
  }

  /** Reserves what the call needs, as one commit; returns what there is not enough of. */
  begin(now: number): Resource | undefined {
    const { ms } = this.#budget.limits
    let since = now
    let missing: Resource | undefined
    this.#write((spent) => {
      missing = this.#budget.missing(spent, { ...this.#reserved, steps: this.#steps })
      if (missing !== undefined) return spent
      since = spent.since ?? now
      return { ...add(spent, { ...this.#reserved, steps: this.#steps }), since }
    })
    if (missing === undefined && ms !== undefined) this.#limitTime(Math.max(0, since + ms - now))
    return missing
  }

  #limitTime(ms: number): void {
    const signal = this.#tools.deadline(ms)
    signal.addEventListener('abort', () => {
      if (!this.#tools.signal.aborted && !this.#isOver) this.#send('ms')
    })
  }

  spend(used: Needs): boolean {
    checkAmounts(used, SPENDABLE)
    const { tokens = 0, cost = 0, steps = 0 } = used
    const beyond = { tokens: this.#draw('tokens', tokens), cost: this.#draw('cost', cost), steps }
    const isFree = beyond.tokens === 0 && beyond.cost === 0 && steps === 0
    const spent = isFree ? undefined : this.#write((before) => add(before, beyond))
    if (spent === undefined) return isFree && !this.#tools.signal.aborted
    const left = this.#budget.left(spent)
    const exceeded = SPENDABLE.find((resource) => left[resource] < 0)
    if (exceeded !== undefined) this.#send(exceeded)
    return exceeded === undefined
  }

  /** Gives back what was reserved and not used, when the work is over. */
  until<Result>(src: () => Result): Result {
    const end = (): void => {
      this.#isOver = true
      const { tokens, cost } = this.#reserved
      if (tokens > 0 || cost > 0) this.#write((spent) => add(spent, { tokens: -tokens, cost: -cost }))
    }
    let result: Result
    try {
      result = src()
    } catch (error) {
      end()
      throw error
    }
    // The casts hold: each gives what it was given.
    if (isObservable(result)) return result.pipe(tap({ error: end, complete: end })) as Result
    if (isIterable(result)) return followed(result, end) as Result
    // A machine, or what is subscribed to otherwise: its end is not seen, and it has spent what it reserved.
    if (!isPromiseLike(result)) return result
    return Promise.resolve(result).finally(end) as Result
  }

  /** Says so; the work is over where nobody takes it up. */
  exhausted(resource: Resource): Promise<never> {
    return new Promise((_, reject) => {
      // The entry into the state is being told: what is sent now has its turn behind it.
      queueMicrotask(() => {
        if (this.#send(resource)) return
        reject(
          new Error(
            `The budget has not enough ${resource} left for this call, and its state handles no BUDGET_EXHAUSTED.`,
          ),
        )
      })
    })
  }

  /** Whether the event was handled, or nobody waits for it any more. */
  #send(resource: Resource): boolean {
    const event: BudgetExhausted = {
      type: 'BUDGET_EXHAUSTED',
      resource,
      limit: this.#budget.limits[resource] ?? 0,
    }
    const sent = this.#tools.send(event as never)
    return sent === false || sent.handled
  }

  /** Takes from what was reserved; returns what goes beyond it. */
  #draw(resource: 'tokens' | 'cost', used: number): number {
    const drawn = Math.min(used, this.#reserved[resource])
    this.#reserved[resource] -= drawn
    return used - drawn
  }

  #write(change: (spent: Spent) => Spent): Spent | undefined {
    const commit = this.#tools.update(
      (draft) => {
        const context = draft as { spent: Spent }
        const spent = change(context.spent)
        if (spent !== context.spent) context.spent = spent
      },
      { reason: 'SPEND' },
    )
    return commit === false ? undefined : commit.state.context.spent
  }
}

const add = ({ tokens, cost, steps, since }: Spent, more: Needs): Spent => ({
  tokens: tokens + (more.tokens ?? 0),
  cost: cost + (more.cost ?? 0),
  steps: steps + (more.steps ?? 0),
  since,
})

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof (value as Partial<AsyncIterable<unknown>> | null)?.[Symbol.asyncIterator] === 'function'

/** An iterable that says when it has come to its end. */
async function* followed(items: AsyncIterable<unknown>, end: () => void): AsyncGenerator<unknown> {
  try {
    return yield* items
  } finally {
    end()
  }
}
