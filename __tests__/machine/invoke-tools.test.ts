import { describe, expect, test } from '@jest/globals'
import { createMachineStore, defineMachine } from '../../src/index.ts'
import { gate, microtasks } from '../store/support.ts'

interface Chat {
  text: string
}

type Tools = {
  readonly signal: AbortSignal
  update(recipe: (draft: Chat) => void): unknown
  send(event: 'END'): unknown
}

/** A machine whose work hands its tools to the test. */
function streaming() {
  const tools: Tools[] = []
  const end = gate()
  const machine = defineMachine({
    id: 'chat',
    initial: 'IDLE',
    context: { text: '' },
    types: {} as { events: { type: 'ASK' } | { type: 'CANCEL' } | { type: 'END' } },
    states: {
      IDLE: { on: { ASK: 'ANSWERING' } },
      ANSWERING: {
        invoke: {
          src: (_context, _event, given) => {
            tools.push(given)
            return end.promise
          },
          onDone: 'IDLE',
        },
        on: { CANCEL: 'CANCELLED', END: 'IDLE', ASK: { target: 'ANSWERING', reenter: true } },
      },
      CANCELLED: { on: { ASK: 'ANSWERING' } },
    },
  })
  return { store: createMachineStore(machine), tools, end }
}

const add = (token: string) => (draft: Chat) => {
  draft.text += token
}

describe('the tools of invoked work', () => {
  test('write while the state lasts, and give back what they did', () => {
    const { store, tools } = streaming()
    store.send('ASK')
    expect(tools[0]?.update(add('Hello'))).toBe(store.snapshot)
    expect(store.snapshot).toMatchObject({
      version: 2,
      reason: 'UPDATE',
      state: { context: { text: 'Hello' } },
    })
    expect(tools[0]?.send('END')).toMatchObject({ handled: true, snapshot: { version: 3 } })
    expect([store.current, store.metrics().lateWrites]).toEqual(['IDLE', 0])
  })

  test('write nothing once the state was left, return false, and are counted', async () => {
    const { store, tools, end } = streaming()
    store.send('ASK')
    store.send('CANCEL')
    const before = store.snapshot
    for (let token = 0; token < 56; token += 1) expect(tools[0]?.update(add('x'))).toBe(false)
    expect(tools[0]?.send('END')).toBe(false)
    expect(tools[0]?.signal.aborted).toBe(true)
    end.open()
    await microtasks()
    expect(store.snapshot).toBe(before)
    expect(store.metrics()).toMatchObject({ lateWrites: 57, noopWrites: 0, unhandledEvents: 0 })
  })

  test('belong to one stay: those of the one before write nothing into the next', () => {
    const { store, tools } = streaming()
    store.send('ASK')
    store.send('ASK')
    expect(tools[0]?.update(add('old'))).toBe(false)
    expect(tools[1]?.update(add('new'))).not.toBe(false)
    expect(store.context.text).toBe('new')
  })

  test('write nothing in the delivery of a version that was written before the state was left', () => {
    const { store, tools } = streaming()
    store.subscribe(({ state, version }) => {
      if (version !== 2) return
      expect(state.current).toBe('ANSWERING')
      store.send('CANCEL')
      expect(tools[0]?.update(add('late'))).toBe(false)
    })
    store.send('ASK')
    tools[0]?.update(add('Hello'))
    expect(store.state).toMatchObject({ current: 'CANCELLED', context: { text: 'Hello' } })
  })

  test('write nothing after destroy()', () => {
    const { store, tools } = streaming()
    store.send('ASK')
    store.destroy()
    expect([tools[0]?.update(add('x')), tools[0]?.send('END')]).toEqual([false, false])
    expect(store.metrics().lateWrites).toBe(2)
  })
})
