/**
 * A budget: what an agent may spend, and what it has spent, as a part of its context.
 *
 *   spent + needs <= limits ──yes──> reserved ──> the call ──> what it did not need is given back
 *              └──no──> the event BUDGET_EXHAUSTED; the call is not started
 *
 * What was spent is state: it is in every checkpoint, a fork begins with what its parent had spent, and a restart does
 * not forget it. What a call needs is reserved in the commit that starts it, so two regions cannot both spend the rest.
 */
import { checkKeys } from '../kit/index.ts'
import { type BudgetTools, Call, type CallTools, type Tools } from './call.ts'
import {
  checkAmounts,
  type Limits,
  type Needs,
  type Resource,
  SPENDABLE,
  type Spent,
  type WithSpent,
} from './spent.ts'

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
 *       invoke: {
 *         src: budget.work({ tokens: 600 }, async (_context, _event, { spend }) => { spend({ tokens: 450 }) }),
 *         onDone: 'AGAIN',
 *       },
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
  checkAmounts(limits, true)
  return new LimitedBudget(limits, now)
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
    checkAmounts(needs)
    return ({ spent }) => this.missing(spent, needs) === undefined
  }

  work<Context extends WithSpent, Event, Result, T extends CallTools = CallTools>(
    needs: Needs,
    src: (context: Context, event: Event, tools: BudgetTools<T>) => Result,
  ): (context: Context, event: Event, tools: T) => Result | Promise<never> {
    checkAmounts(needs)
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
