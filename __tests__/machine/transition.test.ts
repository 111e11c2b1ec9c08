import { describe, expect, jest, test } from '@jest/globals'
import { defineMachine, initialState, qCoreMachine, transition } from '../../src/index.ts'
import { nodeOf } from '../../src/machine/look-up.ts'
import { settlePending } from '../../src/machine/records.ts'
import { caught, isDeeplyFrozen } from '../store/support.ts'
import { defineLoose, historyOf, instant, type LooseMachine } from './support.ts'

const AT = instant(7)

/** A gate with a guard on every way, so that a test says which of them agree. */
function gateMachine(agree: readonly string[], asked: string[] = []): LooseMachine<{ via: string }> {
  const way = (name: string, target?: string): object => ({
    ...(target !== undefined && { target }),
    guard: () => {
      asked.push(name)
      return agree.includes(name)
    },
    update: (draft: { via: string }) => {
      draft.via = name
    },
  })
  return defineLoose({
    id: 'gate',
    initial: 'A',
    context: { via: '' },
    states: {
      A: { on: { GO: [way('first', 'B'), way('second', 'C'), way('third')] } },
      B: {},
      C: {},
      D: {},
    },
    on: { GO: way('root', 'D') },
  })
}

describe('transition', () => {
  test('takes an event to the next state and its record', () => {
    const start = initialState(qCoreMachine)
    const result = transition(qCoreMachine, start, 'BOOT_COMPLETE', AT)
    const record = {
      from: 'BOOTING',
      to: 'IDLE',
      event: 'BOOT_COMPLETE',
      status: 'SUCCESS',
      errorMessage: '',
      ...AT,
    }
    expect(result).toEqual({
      handled: true,
      transition: record,
      state: {
        current: 'IDLE',
        previous: 'BOOTING',
        context: { biosOk: true, proposals: 0, error: '' },
        history: [record],
        attempts: 1,
      },
    })
    expect(result.state.history[0]).toBe(result.handled && result.transition)
  })

  test('takes an event as its type alone, or with what it carries', () => {
    const idle = transition(qCoreMachine, initialState(qCoreMachine), { type: 'BOOT_COMPLETE' }, AT).state
    const { state } = transition(qCoreMachine, idle, { type: 'PROPOSALS_RECEIVED', count: 3 }, AT)
    expect(state).toMatchObject({
      current: 'ACTIVE',
      previous: 'IDLE',
      context: { proposals: 3 },
      attempts: 2,
    })
  })

  test('gives the same for the same, and leaves what it was given as it was', () => {
    const start = initialState(qCoreMachine)
    const copy = structuredClone(start)
    const event = { type: 'BIOS_ERROR', message: 'no disk' } as const
    const results = [1, 2, 3].map(() => transition(qCoreMachine, start, event, AT))
    expect(results[1]).toEqual(results[0])
    expect(results[2]).toEqual(results[0])
    expect(start).toEqual(copy)
    expect(event).toEqual({ type: 'BIOS_ERROR', message: 'no disk' })
  })

  test('freezes what it gives, and keeps the branches that did not change', () => {
    const machine = defineMachine({
      id: 'm',
      initial: 'A',
      context: { changed: { n: 0 }, kept: { n: 0 } },
      states: { A: { on: { GO: { target: 'B', update: (draft) => void draft.changed.n++ } } }, B: {} },
    })
    const start = initialState(machine)
    const { state } = transition(machine, start, 'GO', AT)
    expect(isDeeplyFrozen(start)).toBeTrue()
    expect(isDeeplyFrozen(state)).toBeTrue()
    expect(state.context.kept).toBe(start.context.kept)
    expect(state.context.changed).toEqual({ n: 1 })
  })

  test('stamps the record with now where it is given no time', () => {
    jest.spyOn(Date, 'now').mockReturnValue(1_234)
    jest.spyOn(performance, 'now').mockReturnValue(56)
    const result = transition(qCoreMachine, initialState(qCoreMachine), 'BOOT_COMPLETE')
    expect(result).toMatchObject({ transition: { tsWall: 1_234, tsMono: 56 } })
  })

  test('drives a machine that was saved as JSON and read again', () => {
    const machine = gateMachine(['first'])
    const read = JSON.parse(JSON.stringify(initialState(machine)))
    expect(transition(machine, read, { type: 'GO' }, AT).state.current).toBe('B')
    expect(read).toEqual(initialState(machine))
  })
})

describe('initialState', () => {
  test('is the initial state with nothing behind it, frozen', () => {
    const state = initialState(qCoreMachine)
    const context = { biosOk: false, proposals: 0, error: '' }
    expect(state).toEqual({ current: 'BOOTING', previous: null, context, history: [], attempts: 0 })
    expect(state.context).toBe(qCoreMachine.context)
    expect(isDeeplyFrozen(state)).toBeTrue()
  })

  test('runs the entry of the initial state, with an event of its own', () => {
    const machine = defineLoose<{ by: string }>({
      id: 'm',
      initial: 'A',
      context: { by: '' },
      states: {
        A: {
          entry: (draft: { by: string }, event: { type: string }) => {
            draft.by = event.type
          },
        },
      },
    })
    expect(initialState(machine).context).toEqual({ by: 'init' })
    expect(machine.context).toEqual({ by: '' })
  })

  test('has no record of work that the initial state invokes', () => {
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: {},
      states: { A: { invoke: { src: async () => {} } } },
    })
    expect(initialState(machine).history).toEqual([])
  })

  test('throws what the entry throws', () => {
    const error = new Error('entry')
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: {},
      states: {
        A: {
          entry: () => {
            throw error
          },
        },
      },
    })
    expect(caught(() => initialState(machine))).toBe(error)
  })
})

describe('settlePending', () => {
  const machine = defineLoose({
    id: 'm',
    initial: 'A',
    context: {},
    states: { A: { on: { GO: 'B' } }, B: { invoke: { src: async () => {} }, on: { BACK: 'A' } } },
  })
  const work = nodeOf(machine.states, 'B')
  const pending = transition(machine, initialState(machine), { type: 'GO' }, AT).state

  test('marks the record of the work, and no other one', () => {
    const again = transition(machine, pending, { type: 'BACK' }, AT).state
    const twice = transition(machine, again, { type: 'GO' }, AT).state
    const settled = settlePending(twice, work, 'SUCCESS')
    expect(historyOf(settled)).toEqual([
      'A → B : GO (FAILED: Left by BACK before it had ended.)',
      'B → A : BACK (SUCCESS)',
      'A → B : GO (SUCCESS)',
    ])
    expect(settled.history[0]).toBe(twice.history[0])
    expect(isDeeplyFrozen(settled)).toBeTrue()
    expect(historyOf(twice)[2]).toBe('A → B : GO (PENDING)')
  })

  test('notes why the work failed', () => {
    expect(historyOf(settlePending(pending, work, 'FAILED', 'no disk'))).toEqual([
      'A → B : GO (FAILED: no disk)',
    ])
  })

  test('returns a state without running work as it is', () => {
    const settled = settlePending(pending, work, 'SUCCESS')
    expect(settlePending(settled, work, 'FAILED')).toBe(settled)
  })
})
