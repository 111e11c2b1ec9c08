/** A definition without functions means the same to XState: its words are XState's. */
import { describe, expect, test } from '@jest/globals'
import { createMachine, initialTransition, transition as xstateTransition } from 'xstate'
import { createMachineStore } from '../../../src/index.ts'
import { defineLoose, Timeline } from '../support.ts'

const DEFINITION = {
  id: 'agent',
  description: 'an agent that boots, waits, works and rests',
  initial: 'BOOTING',
  context: {},
  states: {
    BOOTING: { description: 'the first state', on: { BOOTED: 'IDLE' }, after: { 5000: 'IDLE' } },
    IDLE: {
      meta: { color: 'green' },
      on: {
        WORK: { target: 'BUSY', description: 'there is work' },
        SAME: { target: 'IDLE' },
        LOOK: {},
        STOP: 'OFF',
      },
    },
    BUSY: {
      on: { AGAIN: { target: 'BUSY', reenter: true }, DONE: [{ target: 'IDLE' }, { target: 'OFF' }] },
      after: { 10: { target: 'RESTING' }, 20: [{ target: 'OFF' }] },
    },
    RESTING: { after: { 3: 'IDLE' }, on: { STOP: 'OFF' } },
    OFF: { type: 'final' },
  },
}

const EVENTS = ['BOOTED', 'WORK', 'SAME', 'LOOK', 'STOP', 'AGAIN', 'DONE', 'NOTHING']

/** The delays of the timers among some actions of XState. */
const delaysOf = (actions: readonly { params?: unknown }[]): number[] =>
  actions
    .map(({ params }) => (params as { delay?: number } | undefined)?.delay)
    .filter((delay) => delay !== undefined)
    .sort((a, b) => a - b)

/** The way to each state, in events; those that begin with `after` are times that pass. */
const WAYS: Record<string, string[]> = {
  BOOTING: [],
  IDLE: ['BOOTED'],
  BUSY: ['BOOTED', 'WORK'],
  RESTING: ['BOOTED', 'WORK', 'after.10'],
  OFF: ['BOOTED', 'STOP'],
}

/** Both machines, led to a state in the same way. */
function both(name: string) {
  const scheduler = new Timeline()
  const store = createMachineStore(defineLoose(DEFINITION), { scheduler })
  const theirs = createMachine(DEFINITION as Parameters<typeof createMachine>[0])
  let [state] = initialTransition(theirs)
  let before = String(state.value)
  for (const type of WAYS[name] ?? []) {
    const ms = /^after\.(\d+)$/.exec(type)?.[1]
    if (ms === undefined) store.send({ type })
    else scheduler.advanceTo(scheduler.frame + Number(ms))
    state = xstateTransition(theirs, state, {
      type: ms === undefined ? type : `xstate.${type}.agent.${before}`,
    })[0]
    before = String(state.value)
  }
  return { store, scheduler, theirs, state }
}

describe('a definition without functions', () => {
  test.each(Object.keys(WAYS))('leads XState and us to %s in the same way', (name) => {
    const { store, state } = both(name)
    expect([store.current, state.value]).toEqual([name, name])
    expect(state.status).toBe(name === 'OFF' ? 'done' : 'active')
  })

  const cases = Object.keys(WAYS).flatMap((name) => EVENTS.map((type) => [name, type] as const))

  test.each(cases)('in %s makes the same of %s', (name, type) => {
    const { store, theirs, state } = both(name)
    const [next, actions] = xstateTransition(theirs, state, { type })
    const { attempts } = store.state
    store.send({ type })
    expect(store.current).toBe(next.value)
    // A state that is entered, also again, starts its timers; only such a step is a change of state.
    if (delaysOf(actions).length > 0) expect(store.state.attempts).toBe(attempts + 1)
    else if (next.value === name) expect(store.state.attempts).toBe(attempts)
  })

  test.each([
    ['BOOTING', 5_000, 1],
    ['BUSY', 10, 2],
    ['RESTING', 3, 1],
  ])('in %s the first timer, of %i ms, leads to the same state', (name, ms, timerCount) => {
    const { store, scheduler, theirs, state } = both(name)
    const [next] = xstateTransition(theirs, state, { type: `xstate.after.${ms}.agent.${name}` })
    expect(scheduler.timerCount).toBe(timerCount)
    scheduler.advanceTo(scheduler.frame + ms)
    expect(store.current).toBe(next.value)
    expect(next.value).not.toBe(name)
  })

  test('gives XState the delays of its timers in milliseconds', () => {
    const [, actions] = initialTransition(both('BOOTING').theirs)
    expect(delaysOf(actions)).toEqual([5_000])
    const { theirs, state } = both('IDLE')
    expect(delaysOf(xstateTransition(theirs, state, { type: 'WORK' })[1])).toEqual([10, 20])
  })
})
