/** Which recipes run in a transition, in which order, on what, and what they may return. */
import { describe, expect, test } from '@jest/globals'
import { initialState, transition } from '../../src/index.ts'
import { caught, refusal } from '../store/support.ts'
import { defineLoose, historyOf, instant, type LooseMachine } from './support.ts'

const AT = instant(7)

interface Trace {
  steps: string[]
}

const note =
  (name: string) =>
  (draft: Trace, event: { type: string }): void => {
    draft.steps.push(`${name} on ${event.type}`)
  }

/** A machine of two states in which everything that may run notes that it did. */
const traced: LooseMachine<Trace> = defineLoose({
  id: 'traced',
  initial: 'A',
  context: { steps: [] },
  states: {
    A: {
      entry: note('enter A'),
      exit: note('leave A'),
      on: {
        GO: { target: 'B', update: note('update') },
        STAY: { update: note('update') },
        SELF: { target: 'A', update: note('update') },
        AGAIN: { target: 'A', reenter: true, update: note('update') },
        LOOK: {},
        END: 'F',
      },
    },
    B: { entry: note('enter B'), exit: note('leave B') },
    F: { type: 'final', entry: note('enter F') },
  },
  on: { RESET: { target: 'A', update: note('reset') } },
})

const start = initialState(traced)

describe('the recipes of a transition', () => {
  test.each<[string, string, string[]]>([
    ['GO', 'B', ['leave A on GO', 'update on GO', 'enter B on GO']],
    ['END', 'F', ['leave A on END', 'enter F on END']],
    ['AGAIN', 'A', ['leave A on AGAIN', 'update on AGAIN', 'enter A on AGAIN']],
  ])('%s, a change of state, leaves, updates and enters, in this order', (type, current, steps) => {
    const { state } = transition(traced, start, { type }, AT)
    expect(state).toMatchObject({ current, previous: 'A', attempts: 1 })
    expect(state.context.steps).toEqual(['enter A on init', ...steps])
    expect(historyOf(state)).toEqual([`A → ${current} : ${type} (SUCCESS)`])
  })

  test.each([
    ['STAY', 'without a target'],
    ['SELF', 'to the own state'],
  ])('%s, a transition %s, updates and neither leaves nor enters', (type) => {
    const result = transition(traced, start, { type }, AT)
    expect(result.state).toMatchObject({ current: 'A', previous: null, attempts: 0, history: [] })
    expect(result.state.context.steps).toEqual(['enter A on init', `update on ${type}`])
    expect(result).toMatchObject({ handled: true, transition: { from: 'A', to: 'A', event: type, ...AT } })
  })

  test('a transition that does nothing is handled, and gives the state as it was', () => {
    const result = transition(traced, start, { type: 'LOOK' }, AT)
    expect(result.handled).toBeTrue()
    expect(result.state).toBe(start)
  })

  test("the machine's own transition re-enters nothing where it leads to the current state", () => {
    const there = transition(traced, start, { type: 'GO' }, AT).state
    const back = transition(traced, there, { type: 'RESET' }, AT).state
    expect(back.context.steps.slice(-3)).toEqual(['leave B on RESET', 'reset on RESET', 'enter A on RESET'])
    const stayed = transition(traced, back, { type: 'RESET' }, AT).state
    expect(stayed.context.steps.slice(-2)).toEqual(['enter A on RESET', 'reset on RESET'])
    expect(stayed.attempts).toBe(back.attempts)
  })

  test('all work on one draft: a later recipe sees what an earlier one wrote', () => {
    const set =
      (next: (n: number) => number) =>
      (draft: { n: number }): void => {
        draft.n = next(draft.n)
      }
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: { n: 1 },
      states: {
        A: {
          exit: set((n) => n + 3),
          on: { GO: { target: 'B', update: set((n) => n * 2) } },
        },
        B: { entry: set((n) => n - 1) },
      },
    })
    expect(transition(machine, initialState(machine), { type: 'GO' }, AT).state.context).toEqual({ n: 7 })
  })

  test('each is given the event itself', () => {
    const given: unknown[] = []
    const keep = (_draft: unknown, event: unknown): void => void given.push(event)
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: {},
      states: { A: { exit: keep, on: { GO: { target: 'B', update: keep } } }, B: { entry: keep } },
    })
    const event = { type: 'GO', by: 'Ada' }
    transition(machine, initialState(machine), event, AT)
    expect(given).toHaveLength(3)
    for (const one of given) expect(one).toBe(event)
  })

  test.each<[string, unknown]>([
    ['a number', 7],
    ['an object', { n: 9 }],
    ['null', null],
    ['a function', () => {}],
  ])('what one returns is not used: %s', (_what, returned) => {
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: { n: 0 },
      states: {
        A: {
          on: {
            GO: {
              update: (draft: { n: number }) => {
                draft.n += 1
                return returned
              },
            },
          },
        },
      },
    })
    expect(transition(machine, initialState(machine), { type: 'GO' }, AT).state.context).toEqual({ n: 1 })
  })

  test.each(['exit', 'update', 'entry'])(
    'a promise from "%s" is refused, and the rest does not run',
    (which) => {
      const ran: string[] = []
      const recipe = (name: string) => async (): Promise<void> => {
        ran.push(name)
        if (name === which) throw new Error('nobody is told of this rejection')
      }
      const sync = (name: string) => (): void => void ran.push(name)
      const pick = (name: string): unknown => (name === which ? recipe(name) : sync(name))
      const machine = defineLoose({
        id: 'm',
        initial: 'A',
        context: {},
        states: {
          A: { exit: pick('exit'), on: { GO: { target: 'B', update: pick('update') } } },
          B: { entry: pick('entry') },
        },
      })
      const order = ['exit', 'update', 'entry']
      expect(caught(() => transition(machine, initialState(machine), { type: 'GO' }, AT))).toEqual(
        refusal(
          'RECIPE_ASYNC',
          'A recipe on store "m" returned a promise; nothing was written. A recipe must be synchronous: await first and update afterwards, or use modify().',
        ),
      )
      expect(ran).toEqual(order.slice(0, order.indexOf(which) + 1))
    },
  )

  test('what one throws reaches the caller as it is, and the state is as before', () => {
    const error = new Error('entry')
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: { n: 0 },
      states: {
        A: { on: { GO: { target: 'B', update: (draft: { n: number }) => void draft.n++ } } },
        B: {
          entry: () => {
            throw error
          },
        },
      },
    })
    const before = initialState(machine)
    expect(caught(() => transition(machine, before, { type: 'GO' }, AT))).toBe(error)
    expect(before).toMatchObject({ current: 'A', context: { n: 0 }, attempts: 0 })
  })
})
