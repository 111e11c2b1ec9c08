/**
 * One call that a budget pays: it reserves what it needs in the commit that starts it, draws what it uses from that
 * first, and gives the rest back when it is over.
 */
import { isObservable, tap } from 'rxjs'
import { isPromiseLike } from '../kit/index.ts'
import type { EventObject, InvokeTools } from '../machine/index.ts'
import {
  add,
  checkAmounts,
  type Limits,
  type Needs,
  type Resource,
  SPENDABLE,
  type Spent,
  type WithSpent,
} from './spent.ts'

/** The event of a budget that has no more of something; add it to the events of a machine. */
export interface BudgetExhausted {
  readonly type: 'BUDGET_EXHAUSTED'
  readonly resource: Resource
  readonly limit: number
}

export type Tools<Context> = InvokeTools<Context, { event: never; emitted: EventObject; input: never }>

/** What every call has of the tools of work. */
export type CallTools = Pick<InvokeTools<unknown>, 'signal' | 'deadline'>

/** The tools of work, and one more. */
export type BudgetTools<T> = T & {
  /**
   * Counts what was used, from what was reserved first. False once something is exhausted: the event was sent then.
   */
  spend(used: Needs): boolean
}

/** What a call asks of its budget. */
interface CallBudget {
  readonly limits: Limits
  left(spent: Spent): Required<Limits>
  /** What there is not enough of. */
  missing(spent: Spent, needs: Needs): Resource | undefined
}

/** One call: what it reserved, and how much of that it has used. */
export class Call {
  readonly #budget: CallBudget
  readonly #tools: Tools<WithSpent>
  readonly #reserved: Record<'tokens' | 'cost', number>
  readonly #steps: number
  #isOver = false

  constructor(budget: CallBudget, tools: Tools<WithSpent>, needs: Needs) {
    this.#budget = budget
    this.#tools = tools
    this.#reserved = { tokens: needs.tokens ?? 0, cost: needs.cost ?? 0 }
    this.#steps = needs.steps ?? 1
  }

  /** Reserves what the call needs, as one commit; returns what there is not enough of. */
  begin(now: number): Resource | undefined {
    const { ms = Number.POSITIVE_INFINITY } = this.#budget.limits
    let since = now
    let missing: Resource | undefined
    this.#write((spent) => {
      missing = this.#budget.missing(spent, { ...this.#reserved, steps: this.#steps })
      if (missing !== undefined) return spent
      since = spent.since ?? now
      return { ...add(spent, { ...this.#reserved, steps: this.#steps }), since }
    })
    if (missing === undefined && ms < Number.POSITIVE_INFINITY) this.#limitTime(Math.max(0, since + ms - now))
    return missing
  }

  #limitTime(ms: number): void {
    const signal = this.#tools.deadline(ms)
    signal.addEventListener('abort', () => {
      if (!this.#tools.signal.aborted && !this.#isOver) this.#send('ms')
    })
  }

  spend(used: Needs): boolean {
    checkAmounts(used)
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
