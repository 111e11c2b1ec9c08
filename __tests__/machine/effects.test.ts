/** How timers and invoked work follow the state, however it came: by events, batches, set, put and others. */
import { describe, expect, test } from '@jest/globals'
import { buffer, createMachineStore, type SubscriberFault } from '../../src/index.ts'
import { Effects, type EffectsHost } from '../../src/machine/effects.ts'
import type { EventObject } from '../../src/machine/index.ts'
import { caught, collectGarbage, gate, microtasks, slowConsumer } from '../store/support.ts'
import { defineLoose, historyOf, Timeline } from './support.ts'

/** A machine with timed states T and T2 and a state W that invokes work; each is entered by its own name. */
function busy() {
  const signals: AbortSignal[] = []
  const events: { type: string }[] = []
  const ends: ReturnType<typeof gate<string>>[] = []
  const src = (
    _context: unknown,
    event: EventObject,
    { signal }: { signal: AbortSignal },
  ): Promise<string> => {
    const end = gate<string>()
    signals.push(signal)
    events.push(event)
    ends.push(end)
    return end.promise
  }
  const scheduler = new Timeline()
  const faults: SubscriberFault[] = []
  const machine = defineLoose({
    id: 'busy',
    initial: 'HOME',
    context: {},
    states: {
      HOME: {},
      T: { after: { ms: 5, target: 'DONE' } },
      T2: { after: { ms: 5, target: 'HOME' } },
      W: { invoke: { src, onDone: 'DONE', onError: 'HOME' } },
      DONE: {},
    },
    on: { HOME: 'HOME', T: 'T', T2: 'T2', W: 'W', DONE: 'DONE' },
  })
  const store = createMachineStore(machine, { scheduler, onFault: (fault) => void faults.push(fault) })
  return { store, scheduler, signals, events, ends, faults, send: (type: string) => store.send({ type }) }
}

describe('Effects, when the state comes without an event', () => {
  test('set moves them with it', () => {
    const { store, scheduler, signals, send } = busy()
    send('T')
    store.set({ ...store.state, current: 'W', attempts: 7 })
    expect(scheduler.timerCount).toBe(0)
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    store.set({ ...store.state, current: 'T' })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    expect(scheduler.timerCount).toBe(1)
    scheduler.advanceTo(5)
    expect(store.current).toBe('DONE')
  })

  test('put moves them with it, and work that it brought as PENDING is marked when it ends', async () => {
    const origin = busy()
    origin.send('W')
    const { store, ends, events } = busy()
    store.put(structuredClone(origin.store.snapshot))
    expect(events).toEqual([{ type: 'init' }])
    ends[0]?.open('data')
    await microtasks()
    expect(historyOf(store.state)).toEqual(['HOME → W : W (SUCCESS)', 'W → DONE : done.invoke (SUCCESS)'])
  })

  test('a write to the context alone leaves them running', () => {
    const { store, scheduler, signals, send } = busy()
    send('T')
    scheduler.advanceTo(4)
    store.update((draft) => void Object.assign(draft.context as object, { n: 1 }))
    store.set({ ...store.state })
    expect(scheduler.timerCount).toBe(1)
    scheduler.advanceTo(5)
    expect(store.current).toBe('DONE')
    send('W')
    store.update((draft) => void Object.assign(draft.context as object, { n: 2 }))
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  })

  test('update that changes the state moves them with it', () => {
    const { store, scheduler } = busy()
    store.update((draft) => {
      draft.current = 'T'
    })
    expect(scheduler.timerCount).toBe(1)
  })
})

describe('Effects and batches', () => {
  test('work of a state that a batch passes through is never started', async () => {
    const { store, signals, send } = busy()
    store.batch(() => {
      send('W')
      send('HOME')
    })
    await microtasks()
    expect(signals).toEqual([])
    expect(historyOf(store.state)).toEqual([
      'HOME → W : W (FAILED: Left by HOME before it had ended.)',
      'W → HOME : HOME (SUCCESS)',
    ])
  })

  test('work of the state that a batch ends in is started once, with the event that led there', () => {
    const { store, events } = busy()
    store.batch(() => {
      store.send({ type: 'W', n: 1 } as EventObject)
      store.send({ type: 'HOME' })
      store.send({ type: 'W', n: 2 } as EventObject)
      expect(events).toEqual([])
    })
    expect(events).toEqual([{ type: 'W', n: 2 }])
  })

  test('a batch that throws leaves the work running, and what it left unstarted', async () => {
    const { store, signals, ends, send } = busy()
    send('W')
    caught(() =>
      store.batch(() => {
        send('HOME')
        send('W')
        throw new Error('batch')
      }),
    )
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    ends[0]?.open('data')
    await microtasks()
    expect(store.current).toBe('DONE')
  })

  test('the events of states that batches passed through are let go', async () => {
    const { store } = busy()
    const pass = (): WeakRef<object> => {
      const event = { type: 'W' }
      store.batch(() => {
        store.send(event)
        store.send({ type: 'HOME' })
      })
      return new WeakRef(event)
    }
    const event = pass()
    await microtasks() // a WeakRef holds on until the end of the turn that made it
    collectGarbage()
    expect(event.deref()).toBeUndefined()
  })
})

describe('Effects under a subscriber that suspends its writers', () => {
  /** A busy store whose one subscriber is slow and holds at most one version. */
  function suspended() {
    const all = busy()
    const slow = slowConsumer()
    all.store.subscribe(slow.next, { policy: buffer({ capacity: 1, overflow: 'suspend' }) })
    return { ...all, slow }
  }

  test('an "after" whose time has come waits for room, and is not lost', async () => {
    const { store, scheduler, slow, faults, send } = suspended()
    send('T')
    scheduler.advanceTo(5)
    await microtasks()
    expect(store.current).toBe('T')
    slow.gates[0]?.open()
    await microtasks()
    expect(store.current).toBe('DONE')
    expect(faults).toEqual([])
  })

  test('the end of work waits for room, and is not lost', async () => {
    const { store, slow, ends, faults, send } = suspended()
    send('W')
    ends[0]?.open('data')
    await microtasks()
    expect(historyOf(store.state)).toEqual(['HOME → W : W (PENDING)'])
    slow.gates[0]?.open()
    await microtasks()
    expect(historyOf(store.state)).toEqual(['HOME → W : W (SUCCESS)', 'W → DONE : done.invoke (SUCCESS)'])
    expect(faults).toEqual([])
  })

  test('waits again where a writer that did not ask took the room', async () => {
    const { store, scheduler, slow, faults, send } = suspended()
    const touch = (): unknown =>
      store.update((draft) => {
        draft.context = { touched: true }
      })
    send('T')
    scheduler.advanceTo(5)
    slow.gates[0]?.open()
    let refused = 0
    for (let took = false; !took; await Promise.resolve()) {
      try {
        touch()
        took = true
      } catch {
        refused += 1
      }
    }
    await microtasks()
    expect(refused).toBeGreaterThan(0)
    expect(store.state).toMatchObject({ current: 'T', context: { touched: true } })
    slow.gates[1]?.open()
    await microtasks()
    expect(store.current).toBe('DONE')
    expect(faults).toEqual([])
  })

  test('what waited is dropped when the state is left in the meantime', async () => {
    const { store, scheduler, slow, faults, send } = suspended()
    send('T')
    const left = store.ready().then(() => send('T2'))
    scheduler.advanceTo(5)
    slow.gates[0]?.open()
    await left
    slow.gates[1]?.open()
    await microtasks()
    // T2 has a timer of the same time, which has not come yet.
    expect(historyOf(store.state)).toEqual(['HOME → T : T (SUCCESS)', 'T → T2 : T2 (SUCCESS)'])
    expect(faults).toEqual([])
  })

  test('what waited is dropped when the store is destroyed', async () => {
    const { store, scheduler, ends, faults, send } = suspended()
    send('W')
    ends[0]?.open('data')
    scheduler.advanceTo(5)
    await microtasks()
    store.destroy()
    await microtasks()
    expect(store.current).toBe('W')
    expect(faults).toEqual([])
  })
})

describe('Effects alone', () => {
  test('end what one state has before anything of the next one starts', () => {
    const log: string[] = []
    const src = async (_context: unknown, event: EventObject, { signal }: { signal: AbortSignal }) => {
      log.push(`work ${event.type}`)
      signal.addEventListener('abort', () => log.push(`abort ${event.type}`))
    }
    const state = { after: { ms: 5 }, invoke: { src } }
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: {},
      states: { A: state, B: state },
      on: { B: 'B' },
    })
    const host: EffectsHost = {
      machine: machine as EffectsHost['machine'],
      head: undefined as never,
      now: () => 0,
      consequences: { entryEventOf: ({ current }) => ({ type: String(current) }) },
      own: { item: () => undefined, elapsed: () => {}, ended: () => {} },
      toolsFor: (signal) => ({ signal }) as ReturnType<EffectsHost['toolsFor']>,
      schedule: () => {
        log.push('set')
        return { unsubscribe: () => log.push('clear') } as never
      },
    }
    const effects = new Effects(host)
    const snapshotOf = (current: string, attempts: number) =>
      ({ state: { current, previous: null, context: {}, history: [], attempts } }) as never
    effects.next(snapshotOf('A', 0))
    effects.next(snapshotOf('A', 0))
    effects.next(snapshotOf('B', 1))
    effects.reset()
    effects.reset()
    expect(log).toEqual(['set', 'work A', 'clear', 'abort A', 'set', 'work B', 'clear', 'abort B'])
  })
})
