/** The sentences of the protocol on interrupts (docs.ag-ui.com, Interrupts): its contract rules, and its errors. */

import type { RunAgentInput } from '@ag-ui/core'
import { afterEach, describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { checkpoint, fork, interruptsOf, resume, resumeAgUi } from '../../../src/agents/index.ts'
import { createMachineStore, defineMachine } from '../../../src/index.ts'
import { manualClock } from '../../../src/testing/index.ts'
import { createRefund, mapping, refundAgent } from '../support.ts'

const endings: (() => void)[] = []
afterEach(() => {
  for (const end of endings.splice(0)) end()
})

type Entry = NonNullable<RunAgentInput['resume']>[number]

const inputOf = (resumed?: Entry[], more: Partial<RunAgentInput> = {}): RunAgentInput => ({
  threadId: 'refund',
  runId: 'r2',
  state: {},
  messages: [],
  tools: [],
  context: [],
  forwardedProps: {},
  ...(resumed !== undefined && { resume: resumed }),
  ...more,
})

const yes = (interruptId = 'AWAITING#1'): Entry => ({
  interruptId,
  status: 'resolved',
  payload: { approved: true },
})

function waiting() {
  const clock = manualClock()
  const store = createRefund({ scheduler: clock, clock })
  endings.push(() => store.destroy())
  store.send('THOUGHT')
  return { store, clock, version: store.snapshot.version }
}

const pair = defineMachine({
  id: 'pair',
  type: 'parallel',
  context: {},
  types: {} as { events: { type: 'A' } | { type: 'B' } },
  states: {
    a: { initial: 'W', states: { W: { waiting: {}, on: { A: 'D' } }, D: {} } },
    b: { initial: 'W', states: { W: { waiting: {}, on: { B: 'D' } }, D: {} } },
  },
})

describe('resumeAgUi', () => {
  test.each([
    ['thread', null],
    ['thread', 7],
    ['thread', {}],
    ['unknown', inputOf('yes' as never)],
    ['unknown', inputOf([null as never])],
    ['unknown', inputOf([{ status: 'resolved' } as never])],
    ['unknown', inputOf([{ ...yes(), status: 'granted' } as never])],
    ['unknown', inputOf([yes(), { ...yes(), status: 'cancelled' }])],
  ])('refuses as %s what a client cannot have meant: %j', (reason, input) => {
    const { store, version } = waiting()
    expect(resumeAgUi(store, input as never, mapping as never)).toMatchObject({ handled: false, reason })
    expect(store.snapshot.version).toBe(version)
  })

  test('sends an event whatever its fields are called', () => {
    const { store } = waiting()
    const answer = () => ({ type: 'ANSWER', approved: false, reason: 'too much', refused: true })
    expect(resumeAgUi(store, inputOf([yes()]), { ...mapping, answer } as never)).toEqual({
      handled: true,
      replayed: false,
    })
    expect(store.current).toBe('REFUSED')
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('no schema')
      },
      'no schema',
    ],
    ['says so later', async () => ({ issues: [] }), 'asynchronous'],
    [
      'rejects',
      async () => {
        throw new Error('later')
      },
      'asynchronous',
    ],
  ])('refuses an answer whose schema %s', (_, validate, message) => {
    const machine = defineMachine({
      id: 'asks',
      initial: 'W',
      context: {},
      states: { W: { waiting: { schema: { '~standard': { validate } } }, on: { ANSWER: 'D' } }, D: {} },
    })
    const store = createMachineStore(machine)
    endings.push(() => store.destroy())
    const input = inputOf([yes('W#0')], { threadId: 'asks' })
    const answer = () => ({ type: 'ANSWER' }) as const
    expect(resumeAgUi(store, input, { view: () => 0, answer })).toMatchObject({
      handled: false,
      reason: 'payload',
      message: expect.stringContaining(message),
    })
    expect(store.current).toBe('W')
  })

  test('rule 1: refuses a resume of another thread', () => {
    const { store, version } = waiting()
    const result = resumeAgUi(store, inputOf([yes()], { threadId: 'other' }), mapping as never)
    expect(result).toMatchObject({ handled: false, reason: 'thread' })
    expect(store.snapshot.version).toBe(version)
  })

  test('rule 2, and error: refuses an interrupt that it cannot correlate', () => {
    const { store, version } = waiting()
    const result = resumeAgUi(store, inputOf([yes('AWAITING#9')]), mapping as never)
    expect(result).toEqual({
      handled: false,
      reason: 'unknown',
      message: 'Nothing waits for an answer to "AWAITING#9".',
    })
    expect(store.snapshot.version).toBe(version)
  })

  test('rule 2: looks at no parentRunId', () => {
    const { store } = waiting()
    const input = inputOf([yes()], { parentRunId: 'anything' })
    expect(resumeAgUi(store, input, mapping as never)).toEqual({ handled: true, replayed: false })
  })

  test('rule 3, and error: refuses a resume that leaves one out, and takes all as one commit', () => {
    const store = createMachineStore(pair)
    endings.push(() => store.destroy())
    const both = {
      view: () => ({}),
      answer: ({ interruptId }: Entry) => ({ type: interruptId.startsWith('a') ? 'A' : 'B' }),
    }
    const one = inputOf([yes('a.W#0')], { threadId: 'pair' })
    expect(resumeAgUi(store, one, both as never)).toEqual({
      handled: false,
      reason: 'incomplete',
      message: 'An answer to "b.W#0" is missing.',
    })
    expect(store.snapshot.version).toBe(0)
    const all = inputOf([yes('a.W#0'), yes('b.W#0')], { threadId: 'pair' })
    expect(resumeAgUi(store, all, both as never)).toMatchObject({ handled: true })
    expect(store.current).toEqual({ a: 'D', b: 'D' })
    expect(store.snapshot.version).toBe(1)
  })

  test('rule 4, and error: refuses an input without resume while something waits', () => {
    const { store } = waiting()
    expect(resumeAgUi(store, inputOf(), mapping as never)).toMatchObject({
      handled: false,
      reason: 'missing',
      message: 'The thread waits for an answer to "AWAITING#1": send it in "resume".',
    })
    expect(resumeAgUi(store, inputOf([]), mapping as never)).toMatchObject({ reason: 'missing' })
  })

  test('rule 5: the same resume twice has the effect of one', () => {
    const { store } = waiting()
    resumeAgUi(store, inputOf([yes()]), mapping as never)
    const { version } = store.snapshot
    expect(resumeAgUi(store, inputOf([yes()]), mapping as never)).toEqual({ handled: true, replayed: true })
    expect(store.snapshot.version).toBe(version)
    const other = { ...yes(), payload: { approved: false } }
    expect(resumeAgUi(store, inputOf([other]), mapping as never)).toMatchObject({ reason: 'unknown' })
  })

  test('rule 6, and error: refuses an answer that the schema or the mapping does not take', () => {
    const { store, version } = waiting()
    const odd = { ...yes(), payload: { approved: 'perhaps' } }
    expect(resumeAgUi(store, inputOf([odd]), mapping as never)).toMatchObject({ reason: 'payload' })
    expect(store.snapshot.version).toBe(version)
    const machine = defineMachine({
      id: 'asked',
      initial: 'W',
      context: {},
      types: {} as { events: { type: 'A' } },
      states: { W: { waiting: { schema: z.object({ approved: z.boolean() }) }, on: { A: 'D' } }, D: {} },
    })
    const asked = createMachineStore(machine)
    endings.push(() => asked.destroy())
    const any = { view: () => ({}), answer: () => ({ type: 'A' }) } as never
    const input = (payload: unknown) =>
      inputOf([{ interruptId: 'W#0', status: 'resolved', payload }], { threadId: 'asked' })
    const result = resumeAgUi(asked, input({ approved: 1 }), any)
    expect(result).toMatchObject({ reason: 'payload' })
    expect((result as { message: string }).message).toContain('expected boolean')
    expect(resumeAgUi(asked, input({ approved: true }), any)).toMatchObject({ handled: true })
  })

  test('rule 7, and error: refuses an answer that comes too late', () => {
    const machine = defineMachine({
      id: 'late',
      initial: 'W',
      context: {},
      types: {} as { events: { type: 'A' } },
      states: { W: { waiting: { expiresMs: 1_000 }, on: { A: 'D' } }, D: {} },
    })
    const clock = manualClock()
    const store = createMachineStore(machine, { scheduler: clock, clock })
    endings.push(() => store.destroy())
    const any = { view: () => ({}), answer: () => ({ type: 'A' }) } as never
    clock.advance(1_000)
    expect(resumeAgUi(store, inputOf([yes('W#0')], { threadId: 'late' }), any)).toMatchObject({
      handled: false,
      reason: 'expired',
    })
    expect(store.current).toBe('W')
  })

  test('rule 8: what the mapping throws is a refusal, and no exception', () => {
    const { store } = waiting()
    const throwing = {
      ...mapping,
      answer: () => {
        throw new Error('no payload')
      },
    }
    expect(resumeAgUi(store, inputOf([yes()]), throwing as never)).toMatchObject({
      reason: 'payload',
      message: 'The answer to "AWAITING#1" is not what was asked for: no payload',
    })
  })

  test('takes a cancellation without a payload', () => {
    const { store } = waiting()
    const cancelled: Entry = { interruptId: 'AWAITING#1', status: 'cancelled' }
    expect(resumeAgUi(store, inputOf([cancelled]), mapping as never)).toMatchObject({ handled: true })
    expect(store.current).toBe('REFUSED')
  })

  test('takes an answer in another process, and of a fork', () => {
    const { store, clock } = waiting()
    const saved = JSON.parse(JSON.stringify(checkpoint(store)))
    const later = resume(refundAgent, saved, { scheduler: clock, clock })
    const branch = fork(refundAgent, saved, { threadId: 'branch', scheduler: clock, clock })
    endings.push(
      () => later.destroy(),
      () => branch.destroy(),
    )
    expect(interruptsOf(later)).toEqual(interruptsOf(store))
    expect(resumeAgUi(later, inputOf([yes()]), mapping as never)).toMatchObject({ handled: true })
    expect(resumeAgUi(branch, inputOf([yes()]), mapping as never)).toMatchObject({ reason: 'thread' })
    const input = inputOf([yes()], { threadId: 'branch' })
    expect(resumeAgUi(branch, input, mapping as never)).toMatchObject({ handled: true })
    expect([later.current, branch.current, store.current]).toEqual(['PAID', 'PAID', 'AWAITING'])
  })

  test('begins a new run with the event that the mapping makes of it', () => {
    const store = createRefund()
    endings.push(() => store.destroy())
    expect(resumeAgUi(store, inputOf(), mapping as never)).toEqual({ handled: true, replayed: false })
    const messages = [{ id: 'u', role: 'user' as const, content: 'more' }]
    expect(resumeAgUi(store, inputOf(undefined, { messages }), mapping as never)).toEqual({
      handled: false,
      reason: 'refused',
      message: 'The machine takes no MORE now.',
    })
  })
})
