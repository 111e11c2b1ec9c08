import { describe, expect, test } from '@jest/globals'
import { type Span, type Tracer, trace } from '@opentelemetry/api'
import { createMachineStore, defineMachine } from '../../src/index.ts'
import { GEN_AI, traceAgent } from '../../src/otel/index.ts'

interface Told {
  readonly name: string
  readonly parent: string | undefined
  readonly attributes: Record<string, unknown>
  status: string | undefined
  isEnded: boolean
}

/** A tracer that notes the spans that it is asked for. */
function noting() {
  const spans: Told[] = []
  const names = new WeakMap<object, string>()
  const startSpan = (name: string, { attributes = {} }, parent?: object) => {
    const above = parent === undefined ? undefined : trace.getSpan(parent as never)
    const told: Told = {
      name,
      parent: above === undefined ? undefined : names.get(above),
      attributes: { ...attributes },
      status: undefined,
      isEnded: false,
    }
    spans.push(told)
    const span = {
      setAttribute: (key: string, value: unknown) => Object.assign(told.attributes, { [key]: value }),
      setAttributes: (more: object) => Object.assign(told.attributes, more),
      setStatus: ({ message }: { message: string }) => {
        told.status = message
      },
      end: () => {
        expect(told.isEnded).toBe(false)
        told.isEnded = true
      },
    }
    names.set(span, name)
    return span as unknown as Span
  }
  return { tracer: { startSpan } as unknown as Tracer, spans }
}

const agent = defineMachine({
  id: 'support',
  initial: 'IDLE',
  context: { tokens: 0 },
  types: {} as { events: { type: 'ASK' } | { type: 'STOP' } },
  states: {
    IDLE: { on: { ASK: 'THINKING' } },
    THINKING: {
      meta: { genAi: { name: 'm-1', provider: 'acme' } },
      invoke: {
        src: async () => {},
        onDone: {
          target: 'PAYING',
          update: (draft) => {
            draft.tokens = 7
          },
        },
      },
      on: { STOP: 'DONE' },
    },
    PAYING: {
      meta: { genAi: { kind: 'tool', name: 'refund' } },
      invoke: {
        src: async () => {
          throw new Error('no money')
        },
        onError: 'DONE',
      },
    },
    DONE: { type: 'final' },
  },
})

describe('traceAgent', () => {
  test('makes one span a run, and one for each work, by the conventions, with the versions at both ends', async () => {
    const { tracer, spans } = noting()
    const store = createMachineStore(agent)
    traceAgent(store, { tracer, usage: ({ context }) => ({ outputTokens: context.tokens }) })
    store.send('ASK')
    await store.waitFor(({ current }) => current === 'DONE')
    expect(spans.map(({ name, parent, status, isEnded }) => ({ name, parent, status, isEnded }))).toEqual([
      { name: 'invoke_agent support', parent: undefined, status: undefined, isEnded: true },
      { name: 'chat m-1', parent: 'invoke_agent support', status: undefined, isEnded: true },
      { name: 'execute_tool refund', parent: 'invoke_agent support', status: 'no money', isEnded: true },
    ])
    expect(spans[1]?.attributes).toEqual({
      [GEN_AI.operation]: 'chat',
      [GEN_AI.agent]: 'support',
      [GEN_AI.conversation]: 'support',
      [GEN_AI.model]: 'm-1',
      [GEN_AI.provider]: 'acme',
      [GEN_AI.outputTokens]: 7,
      [GEN_AI.state]: 'THINKING',
      [GEN_AI.versionFrom]: 1,
      [GEN_AI.versionTo]: 2,
    })
    expect(spans[2]?.attributes).toMatchObject({
      [GEN_AI.operation]: 'execute_tool',
      [GEN_AI.tool]: 'refund',
    })
    store.destroy()
  })

  test('ends a span whose state is left, with why', () => {
    const { tracer, spans } = noting()
    const store = createMachineStore(agent)
    traceAgent(store, { tracer })
    store.send('ASK')
    store.send('STOP')
    expect(spans[1]).toMatchObject({ isEnded: true, status: 'Left by STOP before it had ended.' })
    store.destroy()
  })

  test('ends what is open with the store, and when it is ended itself', () => {
    const { tracer, spans } = noting()
    const store = createMachineStore(agent)
    const end = traceAgent(store, { tracer, semconv: { agent: 'agent.name' } })
    store.send('ASK')
    end()
    expect(spans.every(({ isEnded }) => isEnded)).toBe(true)
    expect(spans[0]?.attributes).toMatchObject({ 'agent.name': 'support' })
    const other = createMachineStore(agent)
    traceAgent(other, { tracer })
    other.destroy()
    expect(spans.every(({ isEnded }) => isEnded)).toBe(true)
    store.destroy()
  })

  test('begins a new run where the caller says that one has ended', async () => {
    const { tracer, spans } = noting()
    const store = createMachineStore(agent)
    traceAgent(store, { tracer, ended: ({ current }) => current === 'IDLE' })
    expect(spans).toEqual([])
    store.send('ASK')
    expect(spans.map(({ name }) => name)).toEqual(['invoke_agent support', 'chat m-1'])
    store.destroy()
  })
})
