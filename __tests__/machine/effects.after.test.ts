/** The timers of `after`, in virtual time. */
import { describe, expect, jest, test } from '@jest/globals'
import { queueScheduler } from 'rxjs'
import { createMachineStore, type MachineStoreOptions, type SubscriberFault } from '../../src/index.ts'
import { caught } from '../store/support.ts'
import { defineLoose, historyOf, Timeline } from './support.ts'

/** A store in state A, with the given `after`; B is where it leads, and HOME leads back. */
function timed(after: unknown, options: MachineStoreOptions = {}) {
  const scheduler = new Timeline()
  const machine = defineLoose<{ n: number }>({
    id: 'timed',
    initial: 'A',
    context: { n: 0 },
    states: {
      A: {
        after,
        on: {
          GO: 'B',
          AGAIN: { target: 'A', reenter: true },
          COUNT: {
            update: (draft: { n: number }) => {
              draft.n += 1
            },
          },
        },
      },
      B: {},
      C: { after: { ms: 3, target: 'B' } },
    },
    on: { HOME: 'A', TO_C: 'C' },
  })
  const store = createMachineStore(machine, { scheduler, ...options })
  return { store, scheduler, send: (type: string) => store.send({ type }) }
}

const count = (draft: { n: number }): void => {
  draft.n += 1
}

describe('after', () => {
  test.each<[string, unknown]>([
    ['one delayed transition', { ms: 5, target: 'B' }],
    ['a list', [{ ms: 5, target: 'B' }]],
    ["XState's map", { 5: 'B' }],
  ])('takes the transition once the time has passed, and not before: %s', (_form, after) => {
    const { store, scheduler } = timed(after)
    scheduler.advanceTo(4)
    expect(store.current).toBe('A')
    scheduler.advanceTo(5)
    expect(store.snapshot).toMatchObject({ version: 1, reason: 'after.5', source: 'timed' })
    expect(historyOf(store.state)).toEqual(['A → B : after.5 (SUCCESS)'])
    expect(scheduler.timerCount).toBe(0)
  })

  test('goes on with a scheduler that runs 0 ms at once', () => {
    const machine = defineLoose({
      id: 'relay',
      initial: 'A',
      context: {},
      states: {
        A: { after: { ms: 0, target: 'B' } },
        B: { on: { GO: 'C' } },
        C: { after: { ms: 0, target: 'D' } },
        D: { after: { ms: 0, target: 'E' } },
        E: { on: { GO: 'C' } },
      },
    })
    const store = createMachineStore(machine, { scheduler: queueScheduler })
    const seen: string[] = []
    store.subscribe(({ state }) => void seen.push((state as { current: string }).current))
    store.send({ type: 'GO' })
    store.send({ type: 'GO' })
    expect(seen).toEqual(['B', 'C', 'D', 'E', 'C', 'D', 'E'])
  })

  test('takes 0 ms as soon as the scheduler runs, not inside the write', () => {
    const { store, scheduler } = timed({ ms: 0, target: 'B' })
    expect(store.current).toBe('A')
    scheduler.advanceTo(0)
    expect(store.current).toBe('B')
  })

  test('gives its event to guard, update and entry', () => {
    const given: unknown[] = []
    const keep = (_context: unknown, event: unknown): boolean => given.push(event) > 0
    const { scheduler } = timed({ ms: 5, target: 'B', guard: keep, update: keep })
    scheduler.advanceTo(5)
    expect(given).toEqual([{ type: 'after.5' }, { type: 'after.5' }])
  })

  test('is cancelled when the state is left', () => {
    const { store, scheduler, send } = timed({ ms: 5, target: 'C' })
    scheduler.advanceTo(4)
    send('GO')
    expect(scheduler.timerCount).toBe(0)
    scheduler.advanceTo(100)
    expect(store.current).toBe('B')
  })

  test('starts anew when the state is entered anew', () => {
    const { store, scheduler, send } = timed({ ms: 5, target: 'B' })
    scheduler.advanceTo(4)
    send('GO')
    send('HOME')
    scheduler.advanceTo(8)
    expect(store.current).toBe('A')
    scheduler.advanceTo(9)
    expect(store.current).toBe('B')
  })

  test('starts anew with a re-entry, and runs on through a transition that stays', () => {
    const { store, scheduler, send } = timed({ ms: 5, target: 'B' })
    scheduler.advanceTo(2)
    send('COUNT')
    scheduler.advanceTo(3)
    send('AGAIN')
    expect(scheduler.timerCount).toBe(1)
    scheduler.advanceTo(7)
    expect(store.current).toBe('A')
    scheduler.advanceTo(8)
    expect(store.current).toBe('B')

    const stayed = timed({ ms: 5, target: 'B' })
    stayed.scheduler.advanceTo(4)
    stayed.send('COUNT')
    stayed.scheduler.advanceTo(5)
    expect(stayed.store.current).toBe('B')
  })

  test('without a target updates once, and the machine stays', () => {
    const { store, scheduler } = timed({ ms: 5, update: count })
    scheduler.advanceTo(50)
    expect(store.state).toMatchObject({ current: 'A', context: { n: 1 }, attempts: 0 })
    expect(scheduler.timerCount).toBe(0)
  })

  test('whose guard refuses leaves the machine where it is: nothing is counted, nobody is told', () => {
    const { store, scheduler } = timed({ ms: 5, target: 'B', guard: () => false })
    const { snapshot } = store
    scheduler.advanceTo(50)
    expect(store.snapshot).toBe(snapshot)
    expect(store.metrics()).toMatchObject({ unhandledEvents: 0, failedWrites: 0, subscriberErrors: 0 })
  })

  test('several run in the order of their times, until one leaves the state', () => {
    const { store, scheduler } = timed([
      { ms: 9, target: 'C' },
      { ms: 3, update: count },
      { ms: 6, target: 'B' },
    ])
    expect(scheduler.timerCount).toBe(3)
    scheduler.advanceTo(3)
    expect(store.context).toEqual({ n: 1 })
    scheduler.advanceTo(6)
    expect(store.current).toBe('B')
    expect(scheduler.timerCount).toBe(0)
  })

  test.each<[string, unknown]>([
    [
      'a list',
      [
        { ms: 5, guard: ({ n }: { n: number }) => n === 0, update: count },
        { ms: 5, update: count },
      ],
    ],
    ["XState's map", { 5: [{ guard: ({ n }: { n: number }) => n === 0, update: count }, { update: count }] }],
  ])('two of one time are one timer, which takes the first that agrees: %s', (_form, after) => {
    const { store, scheduler } = timed(after)
    expect(scheduler.timerCount).toBe(1)
    scheduler.advanceTo(5)
    expect(store.context).toEqual({ n: 1 })
  })

  test('goes from one timed state to the next', () => {
    const { store, scheduler } = timed({ ms: 5, target: 'C' })
    scheduler.advanceTo(100)
    expect(historyOf(store.state)).toEqual(['A → C : after.5 (SUCCESS)', 'C → B : after.3 (SUCCESS)'])
  })

  test('of a state that a subscriber leaves at once never fires', () => {
    const { store, scheduler, send } = timed({ ms: 5, target: 'B' })
    store.subscribe(({ state }) => {
      if (state.current === 'C') send('HOME')
    })
    send('TO_C')
    expect(store.current).toBe('A')
    expect(scheduler.timerCount).toBe(1)
    scheduler.advanceTo(5)
    expect(historyOf(store.state)).toEqual([
      'A → C : TO_C (SUCCESS)',
      'C → A : HOME (SUCCESS)',
      'A → B : after.5 (SUCCESS)',
    ])
  })

  test('that throws in a guard or a recipe is a fault, changes nothing, and is not tried again', () => {
    const faults: SubscriberFault[] = []
    const error = new Error('update')
    const { store, scheduler } = timed(
      {
        ms: 5,
        target: 'B',
        update: () => {
          throw error
        },
      },
      { onFault: (fault) => void faults.push(fault) },
    )
    scheduler.advanceTo(50)
    expect(faults).toEqual([{ subscriberId: 'timed', phase: 'after', error, version: 0, failures: 1 }])
    expect(store.current).toBe('A')
    expect(store.metrics()).toMatchObject({ failedWrites: 1, commits: 0 })
    expect(scheduler.timerCount).toBe(0)
  })

  test('whose failure nobody listens to is printed', () => {
    const printed = jest.spyOn(console, 'error').mockImplementation(() => {})
    const error = new Error('guard')
    const guard = (): never => {
      throw error
    }
    timed({ ms: 5, target: 'B', guard }).scheduler.advanceTo(5)
    expect(printed.mock.calls).toEqual([
      ['[headgate] store "timed": subscriber "timed" failed in "after" at version 0:', error],
    ])
  })

  test('does not start for a state that a batch passes through', () => {
    const { store, scheduler, send } = timed(undefined)
    store.batch(() => {
      send('TO_C')
      expect(scheduler.timerCount).toBe(0)
      send('HOME')
    })
    expect(scheduler.timerCount).toBe(0)
  })

  test('starts once for the state that a batch ends in', () => {
    const { store, scheduler, send } = timed(undefined)
    store.batch(() => {
      send('TO_C')
      send('HOME')
      send('TO_C')
    })
    expect(scheduler.timerCount).toBe(1)
    scheduler.advanceTo(3)
    expect(store.current).toBe('B')
  })

  test('runs on as before where a batch throws', () => {
    const { store, scheduler, send } = timed({ ms: 5, target: 'C' })
    scheduler.advanceTo(4)
    caught(() =>
      store.batch(() => {
        send('GO')
        throw new Error('batch')
      }),
    )
    expect(scheduler.timerCount).toBe(1)
    scheduler.advanceTo(5)
    expect(store.current).toBe('C')
  })

  test('starts anew where a batch leaves the state and comes back', () => {
    const { store, scheduler, send } = timed({ ms: 5, target: 'C' })
    scheduler.advanceTo(4)
    store.batch(() => {
      send('GO')
      send('HOME')
    })
    scheduler.advanceTo(8)
    expect(store.current).toBe('A')
    scheduler.advanceTo(9)
    expect(store.current).toBe('C')
  })

  test('leaves no timer behind when the store is destroyed', () => {
    const { store, scheduler } = timed([
      { ms: 5, target: 'B' },
      { ms: 7, target: 'C' },
    ])
    store.destroy()
    expect(scheduler.timerCount).toBe(0)
    scheduler.advanceTo(100)
    expect(store.current).toBe('A')
  })

  test('uses the timers of the platform where no scheduler is given', () => {
    jest.useFakeTimers()
    try {
      const machine = defineLoose({
        id: 'm',
        initial: 'A',
        context: {},
        states: { A: { after: { 5: 'B' } }, B: {} },
      })
      const store = createMachineStore(machine)
      expect(jest.getTimerCount()).toBe(1)
      jest.advanceTimersByTime(5)
      expect(store.current).toBe('B')
      expect(jest.getTimerCount()).toBe(0)
      const other = createMachineStore(machine)
      other.destroy()
      expect(jest.getTimerCount()).toBe(0)
    } finally {
      jest.useRealTimers()
    }
  })
})
