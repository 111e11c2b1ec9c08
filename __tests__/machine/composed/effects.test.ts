/** Timers and work of states inside of states: each belongs to the stay in its own state. */
import { describe, expect, test } from '@jest/globals'
import { gate, microtasks } from '../../store/support.ts'
import { historyOf } from '../support.ts'
import { storeOf } from './support.ts'

function working() {
  const ends: Record<string, ReturnType<typeof gate<string>>> = {}
  const log: string[] = []
  const work = (name: string) => ({
    src: (_context: unknown, event: { type: string }, { signal }: { signal: AbortSignal }) => {
      log.push(`${name} by ${event.type}`)
      signal.addEventListener('abort', () => log.push(`abort ${name}`))
      const end = gate<string>()
      ends[name] = end
      return end.promise
    },
  })
  return { ends, log, work }
}

describe('an outer state', () => {
  const timed = {
    IDLE: { on: { GO: 'A' } },
    A: {
      after: { 10: 'LATE' },
      initial: 'x',
      on: { AGAIN: { target: 'A', reenter: true } },
      states: { x: { after: { 4: 'y' }, on: { NEXT: 'y' } }, y: { on: { NEXT: 'x' } } },
    },
    LATE: {},
  }

  test('keeps its timer while those inside of it change; theirs go with them', () => {
    const { store, scheduler } = storeOf({ initial: 'IDLE', states: timed })
    store.send('GO')
    expect(scheduler.timerCount).toBe(2)
    scheduler.advanceTo(4)
    expect([store.current, scheduler.timerCount]).toEqual(['A.y', 1])
    store.send('NEXT')
    scheduler.advanceTo(10)
    expect([store.current, scheduler.timerCount]).toEqual(['LATE', 0])
  })

  test('begins its timer anew when it is entered again', () => {
    const { store, scheduler } = storeOf({ initial: 'IDLE', states: timed })
    store.send('GO')
    scheduler.advanceTo(6)
    store.send('AGAIN')
    scheduler.advanceTo(12)
    expect(store.is('A')).toBeTrue()
    scheduler.advanceTo(16)
    expect(store.current).toBe('LATE')
  })

  test('keeps its timer when an equal state is put, as a replica does', () => {
    const { store, scheduler } = storeOf({ initial: 'IDLE', states: timed })
    store.send('GO')
    scheduler.advanceTo(3)
    store.set(JSON.parse(JSON.stringify({ ...store.state, context: { log: ['copy'] } })))
    scheduler.advanceTo(10)
    expect(store.current).toBe('LATE')
  })

  test('keeps its work, whose record is settled wherever it is by then', async () => {
    const { ends, log, work } = working()
    const { store } = storeOf({
      initial: 'IDLE',
      states: {
        IDLE: { on: { GO: 'A' } },
        A: {
          invoke: { ...work('outer'), onDone: 'IDLE' },
          initial: 'x',
          states: { x: { on: { NEXT: 'y' } }, y: { invoke: work('inner') } },
        },
      },
    })
    store.send('GO')
    store.send('NEXT')
    expect(log).toEqual(['outer by GO', 'inner by NEXT'])
    ends.outer?.open('data')
    await microtasks()
    expect(historyOf(store.state)).toEqual([
      'IDLE → A.x : GO (SUCCESS)',
      'A.x → A.y : NEXT (FAILED: Left by done.invoke before it had ended.)',
      'A.y → IDLE : done.invoke (SUCCESS)',
    ])
    expect(log.slice(2)).toEqual(['abort inner', 'abort outer'])
  })
})

describe('work in several regions', () => {
  function regions() {
    const { ends, log, work } = working()
    const { store } = storeOf({
      initial: 'IDLE',
      states: {
        IDLE: { on: { GO: 'P' } },
        P: {
          type: 'parallel',
          on: { STOP: 'IDLE' },
          states: {
            a: { invoke: { ...work('a'), onError: {} } },
            b: { invoke: { ...work('b'), onError: {} } },
          },
        },
      },
    })
    const settled: string[] = []
    store.settled$.subscribe(({ event, status }) => void settled.push(`${event} ${status}`))
    store.send('GO')
    return { ends, log, store, settled }
  }

  test('that began together has succeeded when all of it has', async () => {
    const { ends, store, settled } = regions()
    ends.a?.open('data')
    await microtasks()
    expect([historyOf(store.state).at(-1), settled]).toEqual([
      'IDLE → {"P":{"a":{},"b":{}}} : GO (PENDING)',
      [],
    ])
    ends.b?.open('data')
    await microtasks()
    expect(settled).toEqual(['GO SUCCESS'])
  })

  test('has failed as soon as one has, and goes on in the others', async () => {
    const { ends, log, settled } = regions()
    ends.a?.fail(new Error('no light'))
    await microtasks()
    expect([settled, log]).toEqual([['GO FAILED'], ['a by GO', 'b by GO']])
  })

  test('is aborted in the reverse order of its beginning', () => {
    const { log, store } = regions()
    store.send('STOP')
    expect(log.slice(2)).toEqual(['abort b', 'abort a'])
    expect(historyOf(store.state)[0]).toContain('FAILED: Left by STOP')
  })
})
