import { describe, expect, test } from '@jest/globals'
import { interval, NEVER, type SchedulerAction, type Subscription, take, VirtualTimeScheduler } from 'rxjs'
import { type BudgetExhausted, type Limits, type Needs, withBudget } from '../../src/agents/index.ts'
import { createMachineStore, defineMachine } from '../../src/index.ts'

const flush = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Virtual time with timers as platforms have them: one that is set too far ahead is due at once. */
class PlatformTime extends VirtualTimeScheduler {
  override schedule<T>(
    work: (this: SchedulerAction<T>, state?: T) => void,
    delay = 0,
    state?: T,
  ): Subscription {
    return super.schedule(work, delay > 2 ** 31 - 1 ? 1 : delay, state)
  }
}

/** An agent that makes one call after another, as long as it is told to, and counts those that were started. */
function caller(limits: Limits, needs: Needs, used: Needs, options: { now?: () => number } = {}) {
  const budget = withBudget(limits, options)
  const calls: number[] = []
  const machine = defineMachine({
    id: 'caller',
    initial: 'IDLE',
    types: {} as { events: BudgetExhausted | { type: 'CALL' } },
    context: { spent: budget.none, exhausted: '' },
    states: {
      IDLE: { on: { CALL: 'CALLING' } },
      CALLING: {
        invoke: {
          src: budget.work(needs, async (_context, _event, { spend }) => {
            calls.push(calls.length)
            await Promise.resolve()
            spend(used)
          }),
          onDone: 'IDLE',
        },
        on: {
          BUDGET_EXHAUSTED: {
            target: 'POOR',
            update: (draft, { resource }) => {
              draft.exhausted = resource
            },
          },
        },
      },
      POOR: {},
    },
  })
  return { budget, calls, store: createMachineStore(machine) }
}

describe('withBudget', () => {
  test('does not start a call that would exceed it, and says so by an event', async () => {
    const { store, calls } = caller({ tokens: 1_000 }, { tokens: 400 }, { tokens: 300 })
    for (let call = 0; call < 3; call += 1) {
      store.send('CALL')
      await flush()
    }
    expect(calls).toHaveLength(3)
    expect(store.context.spent.tokens).toBe(900)
    store.send('CALL')
    await flush()
    expect(calls).toHaveLength(3)
    expect(store.current).toBe('POOR')
    expect(store.context.exhausted).toBe('tokens')
    store.destroy()
  })

  test('counts each start as a step', async () => {
    const { store, calls } = caller({ steps: 2 }, {}, {})
    for (let call = 0; call < 3; call += 1) {
      store.send('CALL')
      await flush()
    }
    expect(calls).toHaveLength(2)
    expect(store.context.exhausted).toBe('steps')
    store.destroy()
  })

  test('sends the event when a call uses more than it said, and the call is left', async () => {
    const { store } = caller({ cost: 1 }, { cost: 0.5 }, { cost: 2 })
    store.send('CALL')
    await flush()
    expect(store.current).toBe('POOR')
    expect(store.context.spent.cost).toBe(2)
    store.destroy()
  })

  test('gives back what a call had reserved and did not use', async () => {
    const { store, budget } = caller({ tokens: 100 }, { tokens: 100 }, { tokens: 1 })
    store.send('CALL')
    expect(budget.left(store.context.spent).tokens).toBe(0)
    await flush()
    expect(budget.left(store.context.spent).tokens).toBe(99)
    store.destroy()
  })

  test('has no more calls when its time is over, restarts included', async () => {
    let now = 1_000
    const { store, calls } = caller({ ms: 500 }, {}, {}, { now: () => now })
    store.send('CALL')
    await flush()
    expect(store.context.spent.since).toBe(1_000)
    now = 1_500
    store.send('CALL')
    await flush()
    expect(calls).toHaveLength(1)
    expect(store.context.exhausted).toBe('ms')
    store.destroy()
  })

  test('ends a call in the middle when the time is over', () => {
    const scheduler = new VirtualTimeScheduler()
    const budget = withBudget({ ms: 500 }, { now: () => scheduler.now() })
    const machine = defineMachine({
      id: 'slow',
      initial: 'CALLING',
      types: {} as { events: BudgetExhausted },
      context: { spent: budget.none, tokens: 0 },
      states: {
        CALLING: {
          invoke: {
            src: budget.work({}, () => interval(100, scheduler).pipe(take(50))),
            onNext: {
              update: (draft) => {
                draft.tokens += 1
              },
            },
          },
          on: { BUDGET_EXHAUSTED: 'LATE' },
        },
        LATE: {},
      },
    })
    const store = createMachineStore(machine, { scheduler })
    scheduler.flush()
    expect(store.current).toBe('LATE')
    expect(store.context.tokens).toBeLessThanOrEqual(5)
    store.destroy()
  })

  test('ends a call after more time than a timer can wait', () => {
    const DAY_MS = 86_400_000
    const scheduler = new PlatformTime()
    const budget = withBudget({ ms: 30 * DAY_MS }, { now: () => scheduler.now() })
    const machine = defineMachine({
      id: 'patient',
      initial: 'CALLING',
      types: {} as { events: BudgetExhausted },
      context: { spent: budget.none },
      states: {
        CALLING: {
          invoke: { src: budget.work({}, () => NEVER) },
          on: { BUDGET_EXHAUSTED: 'LATE' },
        },
        LATE: {},
      },
    })
    const store = createMachineStore(machine, { scheduler })
    scheduler.maxFrames = 30 * DAY_MS - 1
    scheduler.flush()
    expect(store.current).toBe('CALLING')
    scheduler.maxFrames = 30 * DAY_MS
    scheduler.flush()
    expect(store.current).toBe('LATE')
    store.destroy()
  })

  test('reserves for two regions, so that they cannot both spend the rest', async () => {
    const budget = withBudget({ tokens: 100 })
    const started: string[] = []
    const call = (name: string) => ({
      initial: 'CALLING',
      states: {
        CALLING: {
          invoke: {
            src: budget.work({ tokens: 60 }, async () => {
              started.push(name)
            }),
          },
          on: { BUDGET_EXHAUSTED: 'POOR' },
        },
        POOR: {},
      },
    })
    const machine = defineMachine({
      id: 'pair',
      type: 'parallel',
      types: {} as { events: BudgetExhausted },
      context: { spent: budget.none },
      states: { one: call('one'), other: call('other') },
    } as never) as never
    const store = createMachineStore(machine) as { destroy(): void }
    await flush()
    expect(started).toEqual(['one'])
    store.destroy()
  })

  test('is a guard of transitions', () => {
    const budget = withBudget({ tokens: 100 })
    const allows = budget.allows({ tokens: 60 })
    expect(allows({ spent: budget.none })).toBe(true)
    expect(allows({ spent: { ...budget.none, tokens: 60 } })).toBe(false)
    expect(budget.left({ ...budget.none, tokens: 60 })).toEqual({
      tokens: 40,
      cost: Number.POSITIVE_INFINITY,
      steps: Number.POSITIVE_INFINITY,
      ms: Number.POSITIVE_INFINITY,
    })
  })

  test('has work fail with a sentence where its state does not handle the event', async () => {
    const budget = withBudget({ steps: 0 })
    const machine = defineMachine({
      id: 'deaf',
      initial: 'CALLING',
      types: {} as { events: { type: 'NEVER' } },
      context: { spent: budget.none, error: '' },
      states: {
        CALLING: {
          invoke: {
            src: budget.work({}, async () => {}),
            onError: {
              target: 'FAILED',
              update: (draft, { error }) => {
                draft.error = String(error)
              },
            },
          },
        },
        FAILED: {},
      },
    })
    const store = createMachineStore(machine)
    await store.waitFor(({ current }) => current === 'FAILED')
    expect(store.context.error).toContain('The budget has not enough steps left for this call')
    store.destroy()
  })

  test('gives back what work that throws at once had reserved', async () => {
    const budget = withBudget({ tokens: 100 })
    const machine = defineMachine({
      id: 'short',
      initial: 'CALLING',
      types: {} as { events: { type: 'NEVER' } },
      context: { spent: budget.none },
      states: {
        CALLING: {
          invoke: {
            src: budget.work({ tokens: 60 }, (_context, _event, { spend }): Promise<void> => {
              spend({ tokens: 7 })
              throw new Error('no')
            }),
            onDone: 'OVER',
            onError: 'OVER',
          },
        },
        OVER: {},
      },
    })
    const store = createMachineStore(machine)
    await store.waitFor(({ current }) => current === 'OVER')
    expect(store.context.spent.tokens).toBe(7)
    store.destroy()
  })

  test.each([Number.NaN, -5, '7', null, Number.POSITIVE_INFINITY])(
    'fails a call that spent %p, and counts nothing of it',
    async (tokens) => {
      const { store } = caller({ tokens: 100 }, { tokens: 10 }, { tokens: tokens as number })
      const faults: string[] = []
      store.faults$.subscribe(({ error }) => faults.push(String(error)))
      store.send('CALL')
      await flush()
      expect(faults.join()).toContain('Expected "tokens" to be a finite number from 0')
      expect(store.context.spent.tokens).toBe(0)
      store.destroy()
    },
  )

  test('refuses needs that are none, before anything is called', () => {
    const budget = withBudget({ tokens: 100 })
    for (const ask of [
      () => budget.allows({ tokens: Number.NaN }),
      () => budget.work({ cost: -1 }, () => {}),
      () => budget.work({ cost: Number.POSITIVE_INFINITY }, () => {}),
    ])
      expect(ask).toThrow('to be a finite number from 0')
  })

  test('gives a call no deadline where the limit of time has no end', async () => {
    const budget = withBudget({ tokens: Number.POSITIVE_INFINITY, ms: Number.POSITIVE_INFINITY })
    const deadlines: number[] = []
    const tools = {
      signal: new AbortController().signal,
      deadline: (ms: number) => {
        deadlines.push(ms)
        return new AbortController().signal
      },
      update: () => false,
      send: () => false,
    }
    const call = budget.work({ tokens: 10 }, async () => 'done')
    expect(await call({ spent: budget.none }, null, tools)).toBe('done')
    expect(deadlines).toEqual([])
  })

  test('refuses a limit that is none', () => {
    expect(() => withBudget({ tokens: -1 })).toThrow(
      'Expected "tokens" to be a number from 0, got -1 (number).',
    )
    expect(() => withBudget({ token: 1 } as never)).toThrow('token')
  })
})
