import type { AGUIEvent } from '@ag-ui/core'
import { EventType } from '@ag-ui/core'
import { EventSchemas } from '@ag-ui/core/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { from, NEVER, Subject } from 'rxjs'
import { type AgUiMapping, fromAgUi, type RemoteAgent, toAgUi } from '../../../src/agents/index.ts'
import { buffer, createMachineStore, throttle } from '../../../src/index.ts'
import { manualClock } from '../../../src/testing/index.ts'
import { defineLoose } from '../../machine/support.ts'
import { runs } from '../../support/runs.ts'
import { createRefund, mapping } from '../support.ts'

/** Reads events, and the sentences of the faults. */
function read(given: readonly object[]) {
  const events = new Subject<object>()
  const faults: string[] = []
  const remote = fromAgUi(events, { onFault: ({ error }) => faults.push((error as Error).message) })
  for (const event of given) events.next(event)
  return { events, remote, faults }
}

const plain = (messages: readonly { readonly streaming?: boolean }[]): object[] =>
  messages.map(({ streaming, ...message }) => ({ ...message, ...(streaming === true && { streaming }) }))

const RUN = { threadId: 't', runId: 'r' }

describe('fromAgUi', () => {
  test('has what toAgUi was made of, also where an answer begins another run', () => {
    const store = createRefund()
    const runs$ = new Subject<AGUIEvent>()
    const remote = fromAgUi<{ phase: string; paid: number }>(runs$)
    const run = () =>
      toAgUi(store, mapping as never, { runId: `r${store.snapshot.version}` }).subscribe((event) =>
        runs$.next(event),
      )
    run()
    store.send({ type: 'TOKEN', token: 'to be' })
    expect(remote.store.state).toMatchObject({
      view: { phase: 'THINKING', paid: 0 },
      messages: [{ id: 'm0', role: 'assistant', content: 'to be', streaming: true }],
      steps: ['THINKING'],
      run: { status: 'running', runId: 'r0' },
    })
    store.send('THOUGHT')
    expect(remote.store.state).toMatchObject({
      messages: [{ id: 'm0', role: 'assistant', content: 'to be' }],
      steps: [],
      run: { status: 'waiting', interrupts: [{ id: 'AWAITING#1' }] },
    })
    store.send({ type: 'ANSWER', approved: true })
    run()
    expect(remote.store.state).toMatchObject({
      view: { phase: 'PAID', paid: 80 },
      run: { status: 'finished', interrupts: [], result: { paid: 80 } },
    })
    expect(remote.counts.invalid).toBe(0)
    remote.close()
    store.destroy()
  })

  test('is left with the state and the conversation of the agent, at any pace, whatever was said', () => {
    const id = fc.constantFrom('a', 'b', 'c')
    const call = fc.record({ id: fc.constantFrom('c1', 'c2'), json: fc.string({ maxLength: 6 }) })
    const message = fc.record({
      id,
      role: fc.constantFrom('assistant', 'user', 'reasoning', 'tool'),
      content: fc.string({ maxLength: 8 }),
      streaming: fc.boolean(),
      calls: fc.uniqueArray(call, { maxLength: 2, selector: (one) => one.id }),
    })
    const shown = ({ id, role, content, streaming, calls }: ReturnType<typeof oneOf>): object => {
      if (role === 'tool') return { id, role, content, toolCallId: 'c1' }
      const toolCalls = calls.map(({ id: callId, json }) => ({
        id: `${callId} of ${id}`,
        type: 'function',
        function: { name: 'pay', arguments: json },
      }))
      return {
        id,
        role,
        content,
        streaming,
        ...(role === 'assistant' && toolCalls.length > 0 && { toolCalls }),
      }
    }
    const oneOf = () =>
      fc.sample(message, 1)[0] as never as {
        id: string
        role: string
        content: string
        streaming: boolean
        calls: { id: string; json: string }[]
      }
    const state = fc.record({
      view: fc.dictionary(fc.constantFrom('x', 'y', '__proto__', 'a/b'), fc.jsonValue({ maxDepth: 2 })),
      messages: fc.uniqueArray(message, { maxLength: 3, selector: (one) => one.id }),
      wait: fc.boolean(),
    })
    fc.assert(
      fc.property(
        fc.array(state, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(undefined, 'exact', 'slow'),
        (states, pace) => {
          const clock = manualClock()
          const machine = defineLoose<{ view: object; messages: object[] }>({
            id: 'said',
            initial: 'ON',
            context: { view: {}, messages: [] },
            states: {
              ON: {
                on: {
                  SAY: {
                    update: (draft: object, { view, messages }: { view: object; messages: object[] }) => {
                      Object.assign(draft, { view, messages })
                    },
                  },
                },
              },
            },
          })
          const store = createMachineStore(machine, { scheduler: clock, clock })
          const policy = pace === 'slow' ? throttle({ ms: 100 }) : buffer({ capacity: 64 })
          const shows: AgUiMapping<typeof store.state> = {
            view: ({ context }) => context.view,
            messages: ({ context }) => context.messages as never,
          }
          const remote = fromAgUi(toAgUi(store, shows as never, pace === undefined ? {} : { policy }))
          for (const { view, messages, wait } of states) {
            const said = messages.map((one) => shown(one as never))
            store.send({ type: 'SAY', view, messages: said } as never)
            if (wait) clock.advance(150)
          }
          clock.advance(150)
          expect(remote.counts.invalid).toBe(0)
          const { context } = store.state
          expect(remote.store.state.view).toEqual(context.view)
          expect(plain(remote.store.state.messages)).toEqual(plain(context.messages as never))
          remote.close()
          store.destroy()
        },
      ),
      { numRuns: runs(40) },
    )
  })

  test('passes over what does not fit, as a fault, and has changed nothing', () => {
    const { events, remote, faults } = read([
      { type: 'RUN_STARTED', ...RUN },
      { type: 'STATE_SNAPSHOT', snapshot: { n: 1 } },
      { type: 'TEXT_MESSAGE_START', messageId: 'm', role: 'assistant' },
    ])
    const before = remote.store.snapshot
    const bad: unknown[] = [
      null,
      'text',
      { kind: 'x' },
      { type: 'STATE_SNAPSHOT' },
      { type: 'TEXT_MESSAGE_START', messageId: 'm' },
      { type: 'TEXT_MESSAGE_CONTENT', messageId: 'n', delta: 'x' },
      { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 1 },
      { type: 'TEXT_MESSAGE_CHUNK', delta: 'x' },
      { type: 'TOOL_CALL_ARGS', toolCallId: 'c', delta: '{' },
      { type: 'TOOL_CALL_START', toolCallId: 'c' },
      { type: 'TOOL_CALL_RESULT', messageId: 'x', toolCallId: 'c' },
      { type: 'MESSAGES_SNAPSHOT', messages: [{ id: 1 }] },
      { type: 'MESSAGES_SNAPSHOT', messages: [null] },
      { type: 'ACTIVITY_DELTA', messageId: 'q', patch: [] },
      { type: 'REASONING_ENCRYPTED_VALUE', entityId: 'q', encryptedValue: 'x' },
      { type: 'RUN_STARTED', threadId: 't' },
      { type: 'RUN_FINISHED', outcome: { type: 'else' } },
      { type: 'STEP_STARTED' },
    ]
    for (const event of bad) events.next(event as object)
    expect(remote.counts).toEqual({ events: bad.length + 3, invalid: bad.length })
    expect(faults).toHaveLength(bad.length)
    expect(remote.store.snapshot).toBe(before)
    events.next({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'to be' })
    expect(remote.store.state.messages).toMatchObject([{ content: 'to be' }])
    remote.close()
  })

  test('is stale after a difference that does not apply, until the state comes whole', () => {
    const { events, remote, faults } = read([
      { type: 'STATE_SNAPSHOT', snapshot: { n: 1 } },
      { type: 'STATE_DELTA', delta: [{ op: 'replace', path: '/absent', value: 2 }] },
    ])
    expect(remote.store.state).toMatchObject({ view: { n: 1 }, isStale: true })
    events.next({ type: 'STATE_DELTA', delta: [{ op: 'replace', path: '/n', value: 2 }] })
    expect(remote.store.state.view).toEqual({ n: 1 })
    expect(faults).toHaveLength(1)
    events.next({ type: 'STATE_SNAPSHOT', snapshot: { n: 3 } })
    expect(remote.store.state).toMatchObject({ view: { n: 3 }, isStale: false })
    remote.close()
  })

  test('keeps a bounded number of messages, of bounded texts', () => {
    const events = new Subject<object>()
    const faults: unknown[] = []
    const remote = fromAgUi(events, { messagesMax: 2, textMax: 4, onFault: (fault) => faults.push(fault) })
    for (const messageId of ['a', 'b', 'c']) {
      events.next({ type: 'TEXT_MESSAGE_START', messageId })
      for (const delta of ['abc', 'def']) events.next({ type: 'TEXT_MESSAGE_CONTENT', messageId, delta })
    }
    events.next({
      type: 'MESSAGES_SNAPSHOT',
      messages: ['x', 'y', 'z'].map((id) => ({ id, role: 'user', content: '' })),
    })
    expect(remote.store.state.messages.map((message) => (message as { content: string }).content)).toEqual([
      'abc',
      'abc',
    ])
    expect(faults).toHaveLength(2 + 3 + 1)
    remote.close()
  })

  test('says how a run has ended: cancelled, failed, or lost with its events', () => {
    const endOf = (...rest: object[]) => {
      const remote = fromAgUi(from([{ type: 'RUN_STARTED', ...RUN }, ...rest]))
      const { run } = remote.store.state
      remote.close()
      return run
    }
    expect(endOf({ type: 'RUN_FINISHED', ...RUN, outcome: { type: 'cancelled' } }).status).toBe('cancelled')
    expect(endOf({ type: 'RUN_ERROR', message: 'no model' })).toMatchObject({
      status: 'failed',
      error: 'no model',
    })
    expect(endOf()).toMatchObject({ status: 'lost', error: 'the events ended' })
    const { events, remote, faults } = read([{ type: 'RUN_STARTED', ...RUN }])
    events.error(new Error('ECONNRESET'))
    expect(remote.store.state.run).toMatchObject({ status: 'lost', error: 'ECONNRESET' })
    expect(faults).toEqual(['ECONNRESET'])
    remote.close()
  })

  test('takes each of the 31 types of events: 26 are state, the others are told as they are', () => {
    const message = { messageId: 'm' }
    const call = { toolCallId: 'c', toolCallName: 'pay', parentMessageId: 'm' }
    const program: Record<string, object> = {
      RUN_STARTED: RUN,
      STEP_STARTED: { stepName: 's' },
      STATE_SNAPSHOT: { snapshot: { n: 1 } },
      STATE_DELTA: { delta: [{ op: 'replace', path: '/n', value: 2 }] },
      MESSAGES_SNAPSHOT: { messages: [{ id: 'u', role: 'user', content: 'hi' }] },
      TEXT_MESSAGE_START: { ...message, role: 'assistant' },
      TEXT_MESSAGE_CONTENT: { ...message, delta: 'to ' },
      TOOL_CALL_START: call,
      TOOL_CALL_ARGS: { toolCallId: 'c', delta: '{}' },
      TOOL_CALL_END: { toolCallId: 'c' },
      TEXT_MESSAGE_END: message,
      TOOL_CALL_RESULT: { messageId: 'x', toolCallId: 'c', content: 'paid', role: 'tool' },
      TEXT_MESSAGE_CHUNK: { messageId: 'k', role: 'assistant', delta: 'be' },
      TOOL_CALL_CHUNK: { toolCallId: 'd', toolCallName: 'ask', parentMessageId: 'k', delta: '[]' },
      REASONING_START: { messageId: 'h' },
      REASONING_MESSAGE_START: { messageId: 'h', role: 'reasoning' },
      REASONING_MESSAGE_CONTENT: { messageId: 'h', delta: 'hm' },
      REASONING_MESSAGE_END: { messageId: 'h' },
      REASONING_MESSAGE_CHUNK: { messageId: 'i', delta: 'so' },
      REASONING_END: { messageId: 'h' },
      REASONING_ENCRYPTED_VALUE: { subtype: 'message', entityId: 'h', encryptedValue: 'e' },
      ACTIVITY_SNAPSHOT: { messageId: 'p', activityType: 'PLAN', content: { done: 0 } },
      ACTIVITY_DELTA: {
        messageId: 'p',
        activityType: 'PLAN',
        patch: [{ op: 'replace', path: '/done', value: 1 }],
      },
      RAW: { event: { any: 1 } },
      CUSTOM: { name: 'beep', value: 2 },
      SUBAGENT_STARTED: { subagentRunId: 'z', name: 'helper' },
      SUBAGENT_FINISHED: { subagentRunId: 'z' },
      SUBAGENT_ERROR: { subagentRunId: 'y', message: 'no' },
      STEP_FINISHED: { stepName: 's' },
      RUN_FINISHED: { ...RUN, outcome: { type: 'success' } },
      RUN_ERROR: { message: 'no model' },
    }
    expect(Object.keys(program).sort()).toEqual(Object.values<string>(EventType).sort())
    const events = new Subject<object>()
    const remote = fromAgUi(events)
    const others: string[] = []
    remote.others$.subscribe(({ type }) => others.push(type))
    for (const [type, fields] of Object.entries(program)) {
      const parsed = EventSchemas.safeParse({ type, ...fields })
      expect([type, parsed.error?.message]).toEqual([type, undefined])
      events.next(JSON.parse(JSON.stringify(parsed.data)))
    }
    expect(others).toEqual(['RAW', 'CUSTOM', 'SUBAGENT_STARTED', 'SUBAGENT_FINISHED', 'SUBAGENT_ERROR'])
    expect(remote.counts).toEqual({ events: 31, invalid: 0 })
    const toolCall = (id: string, name: string, json: string) => ({
      id,
      type: 'function',
      function: { name, arguments: json },
    })
    expect(remote.store.state).toMatchObject({
      view: { n: 2 },
      steps: [],
      run: { status: 'failed', error: 'no model' },
      messages: [
        { id: 'u', role: 'user', content: 'hi' },
        { id: 'm', role: 'assistant', content: 'to ', toolCalls: [toolCall('c', 'pay', '{}')] },
        { id: 'x', role: 'tool', toolCallId: 'c', content: 'paid' },
        { id: 'k', role: 'assistant', content: 'be', toolCalls: [toolCall('d', 'ask', '[]')] },
        { id: 'h', role: 'reasoning', content: 'hm', encryptedValue: 'e' },
        { id: 'i', role: 'reasoning', content: 'so' },
        { id: 'p', role: 'activity', activityType: 'PLAN', content: { done: 1 } },
      ],
    })
    expect(remote.store.state.messages.some(({ streaming }) => streaming)).toBe(false)
    remote.close()
  })

  test('refuses writes, takes the next event inside of a subscriber, and stops when it is closed', () => {
    const events = new Subject<object>()
    const remote = fromAgUi(events) as RemoteAgent
    expect(() => (remote.store as never as { set(state: object): void }).set({})).toThrow('is a replica')
    remote.store.subscribe(({ state }) => {
      if (state.messages.length === 1) events.next({ type: 'TEXT_MESSAGE_START', messageId: 'b' })
    })
    events.next({ type: 'TEXT_MESSAGE_START', messageId: 'a' })
    events.next({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'b', delta: 'x' })
    expect(remote.store.state.messages.map(({ id }) => id)).toEqual(['a', 'b'])
    remote.close()
    expect(events.observed).toBe(false)
    expect([remote.store.closed, remote.store.state.messages.length]).toEqual([true, 2])
  })

  test('refuses options that it does not know, and bounds that are none', () => {
    expect(() => fromAgUi(NEVER, { speed: 1 } as never)).toThrow('speed')
    expect(() => fromAgUi(NEVER, { messagesMax: 0 })).toThrow('an integer from 1')
  })
})
