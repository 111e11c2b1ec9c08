import { defaultApplyEvents, verifyEvents } from '@ag-ui/client'
import type { AGUIEvent } from '@ag-ui/core'
import { EventSchemas } from '@ag-ui/core/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { lastValueFrom, of, toArray } from 'rxjs'
import { type AgUiMapping, type AgUiMessage, toAgUi } from '../../../src/agents/index.ts'
import { buffer, createMachineStore, defineMachine, throttle } from '../../../src/index.ts'
import { manualClock } from '../../../src/testing/index.ts'
import { runs } from '../../support/runs.ts'
import { createRefund, mapping, type RefundState, tokensOf } from '../support.ts'

const typesOf = (events: readonly AGUIEvent[]): string[] => events.map(({ type }) => type)

/** What the protocol's own client makes of events, which its verifier and schemas have accepted. */
async function accepted(events: readonly AGUIEvent[]) {
  for (const event of events) EventSchemas.parse(JSON.parse(JSON.stringify(event)))
  const wire = events.map((event) => JSON.parse(JSON.stringify(event)) as never)
  // Its operators are those of another copy of RxJS, which take our Observables.
  await lastValueFrom(verifyEvents(false)(of(...wire) as never).pipe(toArray() as never) as never)
  const input = { threadId: 't', runId: 'r', messages: [], state: {}, tools: [], context: [] }
  const agent = { messages: [], state: {} }
  const applied = (await lastValueFrom(
    defaultApplyEvents(input as never, of(...wire) as never, agent as never, []).pipe(
      toArray() as never,
    ) as never,
  )) as { messages?: unknown[]; state?: unknown }[]
  const end = { messages: [] as unknown[], state: {} as unknown }
  for (const { messages, state } of applied) {
    if (messages !== undefined) end.messages = messages
    if (state !== undefined) end.state = state
  }
  return end
}

/** Follows a store, and notes what it is told. */
function follow(store: ReturnType<typeof createRefund>, options: object = {}, more: object = {}) {
  const events: AGUIEvent[] = []
  let isComplete = false
  const subscription = toAgUi(store, { ...mapping, ...more } as never, options).subscribe({
    next: (event) => events.push(event),
    complete: () => {
      isComplete = true
    },
  })
  return { events, subscription, isComplete: () => isComplete }
}

describe('toAgUi', () => {
  test('is accepted from fast, exact and slow clients alike, and leaves each with the same state', async () => {
    const clock = manualClock()
    const store = createRefund({ scheduler: clock, clock })
    const clients = {
      fast: follow(store),
      exact: follow(store, { policy: buffer({ capacity: 4_096 }) }),
      slow: follow(store, { policy: throttle({ ms: 100 }) }),
    }
    for (const token of tokensOf(200)) {
      store.send({ type: 'TOKEN', token })
      clock.advance(5)
    }
    store.send('THOUGHT')
    clock.advance(200)
    const state = { phase: 'AWAITING', paid: 0 }
    const messages = [{ id: 'm0', role: 'assistant', content: tokensOf(200).join('') }]
    for (const [name, { events, isComplete }] of Object.entries(clients)) {
      expect([name, await accepted(events)]).toEqual([name, { messages, state }])
      expect(typesOf(events)[0]).toBe('RUN_STARTED')
      expect(events.at(-1)).toMatchObject({
        type: 'RUN_FINISHED',
        outcome: { type: 'interrupt', interrupts: [{ id: 'AWAITING#1', message: 'Refund 80 €?' }] },
      })
      expect(isComplete()).toBe(true)
    }
    expect(clients.slow.events.length).toBeLessThan(clients.fast.events.length / 4)
    expect(store.metrics().subscribers).toEqual([])
    store.destroy()
  })

  test('concatenates to the text of the state that was given last, whatever the program', async () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('TOKEN'), token: fc.string() }),
      fc.constant({ type: 'THOUGHT' }),
      fc.constant({ type: 'MORE' }),
      fc.constant({ type: 'WAIT' }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.boolean(), async (steps, isSlow) => {
        const clock = manualClock()
        const store = createRefund({ scheduler: clock, clock })
        const interrupted = { interrupt: () => ({}) }
        let client = follow(store, isSlow ? { policy: throttle({ ms: 100 }) } : {}, interrupted)
        for (const event of steps) {
          if (event.type === 'WAIT') clock.advance(150)
          else store.send(event)
          if (!client.isComplete()) continue
          await accepted(client.events)
          client = follow(store, {}, interrupted)
        }
        clock.advance(150)
        const { messages, state } = await accepted(client.events)
        if (!client.isComplete()) {
          const { context, current } = store.state
          expect(state).toEqual({ phase: current, paid: context.paid })
          expect(messages.map((message) => (message as { content: string }).content)).toEqual(
            context.messages.map(({ content }) => content),
          )
        }
        client.subscription.unsubscribe()
        store.destroy()
      }),
      { numRuns: runs(30) },
    )
  })

  test('sends what is needed to go on ahead of an interrupt, and closes what is open', () => {
    const store = createRefund()
    const { events } = follow(store)
    store.send({ type: 'TOKEN', token: 'to be' })
    store.send('THOUGHT')
    const types = typesOf(events)
    expect(types.slice(-4)).toEqual(['STATE_SNAPSHOT', 'MESSAGES_SNAPSHOT', 'STEP_FINISHED', 'RUN_FINISHED'])
    expect(types.slice(0, -4)).toContain('TEXT_MESSAGE_END')
    store.destroy()
  })

  test('gives a client that comes back everything at once, and nothing token by token', async () => {
    const store = createRefund()
    const first = follow(store)
    for (const token of tokensOf(50)) store.send({ type: 'TOKEN', token })
    first.subscription.unsubscribe()
    for (const token of tokensOf(50, 2)) store.send({ type: 'TOKEN', token })
    const again = follow(store)
    expect(typesOf(again.events)).toEqual([
      'RUN_STARTED',
      'STATE_SNAPSHOT',
      'MESSAGES_SNAPSHOT',
      'TEXT_MESSAGE_START',
      'STEP_STARTED',
    ])
    expect(again.events[1]).toMatchObject({ metadata: { headgate: { version: 100 } } })
    store.send({ type: 'TOKEN', token: 'end' })
    const { messages } = await accepted(again.events)
    expect(messages).toMatchObject([{ content: store.context.messages[0]?.content }])
    store.destroy()
  })

  test('ends with RUN_ERROR once and last, for what the mapping tells, throws, and a store that is destroyed', async () => {
    const told = createRefund()
    const failing = follow(told)
    told.send({ type: 'FAIL', why: 'the model is gone' })
    told.send({ type: 'TOKEN', token: 'more' })
    expect(failing.events.at(-1)).toMatchObject({ type: 'RUN_ERROR', message: 'the model is gone' })
    const thrown = follow(
      told,
      {},
      {
        view: () => {
          throw new Error('no view')
        },
      },
    )
    expect(typesOf(thrown.events)).toEqual(['RUN_STARTED', 'RUN_ERROR'])
    const store = createRefund()
    const destroyed = follow(store)
    store.destroy()
    const late = follow(store)
    expect(destroyed.events.at(-1)).toMatchObject({ type: 'RUN_ERROR', code: 'STORE_DESTROYED' })
    expect(typesOf(late.events)).toEqual(['RUN_STARTED', 'RUN_ERROR'])
    for (const { events, isComplete } of [failing, thrown, destroyed, late]) {
      await accepted(events)
      expect(typesOf(events).filter((type) => type === 'RUN_ERROR')).toHaveLength(1)
      expect(isComplete()).toBe(true)
    }
    told.destroy()
  })

  test('begins a run before it fails, where a mapping destroys the store', () => {
    const store = createRefund()
    const types: string[] = []
    const view = () => {
      store.destroy()
      return {}
    }
    toAgUi(store, { view } as never).subscribe(({ type }) => types.push(type))
    expect(types[0]).toBe('RUN_STARTED')
    expect(types.filter((type) => type === 'RUN_ERROR')).toHaveLength(1)
    expect(types.at(-1)).toBe('RUN_ERROR')
  })

  test('has the output of a machine that is final as the result', () => {
    const store = createRefund()
    store.send('THOUGHT')
    store.send({ type: 'ANSWER', approved: true })
    const { events } = follow(store, { threadId: 't1', runId: 'r1' })
    expect(events.at(-1)).toEqual({
      type: 'RUN_FINISHED',
      threadId: 't1',
      runId: 'r1',
      result: { paid: 80 },
      outcome: { type: 'success' },
    })
    store.destroy()
  })

  test('tells calls of tools, their results and thoughts, and sends whole what was changed behind it', async () => {
    const machine = defineMachine({
      id: 'said',
      initial: 'ON',
      context: { messages: [] as AgUiMessage[] },
      types: {} as { events: { type: 'SAY'; messages: AgUiMessage[] } | { type: 'END' } },
      states: {
        ON: {
          on: {
            SAY: {
              update: (draft, { messages }) => {
                draft.messages = messages as never
              },
            },
            END: 'OVER',
          },
        },
        OVER: { type: 'final' },
      },
    })
    const store = createMachineStore(machine)
    const events: AGUIEvent[] = []
    const shown: AgUiMapping<typeof store.state> = {
      view: () => ({}),
      messages: ({ context }) => context.messages as readonly AgUiMessage[],
    }
    toAgUi(store, shown as never).subscribe((event) => events.push(event))
    const call = (json: string) => [
      { id: 'c1', type: 'function' as const, function: { name: 'pay', arguments: json } },
    ]
    const user: AgUiMessage = { id: 'u', role: 'user', content: 'refund it' }
    const thought: AgUiMessage = { id: 't', role: 'reasoning', content: 'hm' }
    const programs: AgUiMessage[][] = [
      [user],
      [user, { ...thought, streaming: true }],
      [user, { ...thought, content: 'hm, yes' }],
      [
        user,
        { ...thought, content: 'hm, yes' },
        { id: 'a', role: 'assistant', toolCalls: call('{"a'), streaming: true },
      ],
      [user, { ...thought, content: 'hm, yes' }, { id: 'a', role: 'assistant', toolCalls: call('{"a":1}') }],
    ]
    const said = programs.at(-1) ?? []
    const result: AgUiMessage = { id: 'x', role: 'tool', toolCallId: 'c1', content: 'paid' }
    programs.push([...said, result], [{ ...user, content: 'refund it all' }, ...said.slice(1), result])
    for (const messages of programs) {
      const before = events.length
      store.send({ type: 'SAY', messages })
      const tail = [...events.slice(0, before), ...events.slice(before)]
      const { messages: seen } = await accepted(tail)
      expect(seen).toEqual(messages.map(({ streaming: _, ...message }) => message))
    }
    store.send('END')
    await accepted(events)
    expect(new Set(typesOf(events))).toEqual(
      new Set([
        'RUN_STARTED',
        'STATE_SNAPSHOT',
        'MESSAGES_SNAPSHOT',
        'STEP_STARTED',
        'TEXT_MESSAGE_START',
        'TEXT_MESSAGE_CONTENT',
        'TEXT_MESSAGE_END',
        'REASONING_START',
        'REASONING_MESSAGE_START',
        'REASONING_MESSAGE_CONTENT',
        'REASONING_MESSAGE_END',
        'REASONING_END',
        'TOOL_CALL_START',
        'TOOL_CALL_ARGS',
        'TOOL_CALL_END',
        'TOOL_CALL_RESULT',
        'STEP_FINISHED',
        'RUN_FINISHED',
      ]),
    )
    store.destroy()
  })

  test('leaves nothing at the store when a client goes', () => {
    const store = createRefund()
    const { subscription } = follow(store)
    subscription.unsubscribe()
    expect(store.metrics().subscribers).toEqual([])
    store.destroy()
  })

  test('refuses what is no machine store, and options that it does not know', () => {
    const store = createRefund()
    expect(() => toAgUi({ name: 's' } as never, mapping as never)).toThrow('a machine store')
    expect(() => toAgUi(store, mapping as never, { speed: 1 } as never)).toThrow('speed')
    const state: RefundState = store.state
    expect(state.current).toBe('THINKING')
    store.destroy()
  })
})
