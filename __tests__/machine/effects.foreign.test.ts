/** What the code of a machine's author throws, returns and leaves behind. */
import { describe, expect, test } from '@jest/globals'
import { asapScheduler, queueScheduler, type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs'
import {
  createMachineStore,
  defineMachine,
  initialState,
  type MachineStoreOptions,
  type SubscriberFault,
  transition,
} from '../../src/index.ts'
import { microtasks, refusal } from '../store/support.ts'

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const unprintable: readonly (readonly [string, () => unknown])[] = [
  ['an object without prototype', () => Object.create(null)],
  ['a revoked proxy', revoked],
  [
    'a toString that throws',
    () => ({
      toString() {
        throw new Error('unprintable')
      },
    }),
  ],
  ['an error whose message is an object', () => Object.assign(new Error('x'), { message: {} })],
]

function loading(work: () => Promise<unknown>, handled: boolean) {
  return defineMachine({
    id: 'loader',
    initial: 'IDLE',
    context: {},
    types: {} as { events: { type: 'LOAD' } | { type: 'BACK' } },
    states: {
      IDLE: { on: { LOAD: 'LOADING' } },
      LOADING: {
        invoke: { src: work, ...(handled && { onError: 'BROKEN' as const }) },
        on: { BACK: 'IDLE' },
      },
      BROKEN: { on: { BACK: 'IDLE', LOAD: 'BROKEN' } },
    },
    on: { LOAD: 'BROKEN' },
  })
}

function withFaults() {
  const faults: SubscriberFault[] = []
  const options: MachineStoreOptions = { onFault: (fault) => void faults.push(fault) }
  return { faults, options }
}

describe('work that returns a generator', () => {
  test('is FAILED, as nobody would ever run it, and onError is taken', async () => {
    const { faults, options } = withFaults()
    const work = function* () {
      yield 1
    } as unknown as () => Promise<unknown>
    const store = createMachineStore(loading(work, true), options)
    store.send('LOAD')
    await microtasks()
    expect(store.current).toBe('BROKEN')
    expect(store.state.history[0]).toMatchObject({
      to: 'LOADING',
      status: 'FAILED',
      errorMessage:
        'Expected "src of invoke" to be a function that returns a promise, an Observable, an async iterable or a machine store, got a generator.',
    })
    expect(faults).toEqual([])
  })
})

describe('work that rejects', () => {
  test.each(unprintable)('with %s is FAILED with a text, and onError is taken', async (_what, make) => {
    const { faults, options } = withFaults()
    const store = createMachineStore(
      loading(() => Promise.reject(make()), true),
      options,
    )
    store.send('LOAD')
    await microtasks()
    expect(store.current).toBe('BROKEN')
    const [failed] = store.state.history
    expect(failed).toMatchObject({ to: 'LOADING', status: 'FAILED', errorMessage: expect.any(String) })
    expect(faults).toEqual([])
  })

  test.each([['an error', () => new Error('no route')] as const, ...unprintable])(
    'with %s and without onError is FAILED, and a fault of phase invoke',
    async (_what, make) => {
      const { faults, options } = withFaults()
      const error = make()
      const store = createMachineStore(
        loading(() => Promise.reject(error), false),
        options,
      )
      store.send('LOAD')
      await microtasks()
      expect(store.current).toBe('LOADING')
      expect(store.state.history.at(-1)).toMatchObject({ status: 'FAILED', errorMessage: expect.any(String) })
      expect(faults).toHaveLength(1)
      expect(faults[0]).toMatchObject({ subscriberId: 'loader', phase: 'invoke', version: 2, failures: 1 })
      expect(faults[0]?.error).toBe(error)
    },
  )

  test('with a refusal of its own is reported once, and nothing is tried again', async () => {
    const { faults, options } = withFaults()
    const full = refusal('SUBSCRIBER_FULL')
    const store = createMachineStore(
      loading(() => Promise.reject(full), false),
      options,
    )
    store.send('LOAD')
    await microtasks()
    expect(faults.map(({ error }) => error)).toEqual([full])
    expect(store.snapshot.version).toBe(2)
  })
})

describe('a guard that is async or a generator', () => {
  const guarded = (guard: () => unknown) =>
    defineMachine({
      id: 'door',
      initial: 'CLOSED',
      context: {},
      types: {} as { events: { type: 'OPEN' } },
      states: {
        CLOSED: { on: { OPEN: { target: 'OPEN', guard: guard as () => boolean } } },
        OPEN: {},
      },
    })

  const deferring: readonly (readonly [string, () => unknown])[] = [
    ['a promise', async () => false],
    ['a promise', (): unknown => Promise.reject(new Error('nobody listens'))],
    ['a generator', function* () {}],
  ]

  test.each(deferring)('is refused with what it returned: %s', (returned, guard) => {
    const machine = guarded(guard)
    const store = createMachineStore(machine)
    const before = store.snapshot
    const refused = expect.objectContaining({
      code: 'GUARD_ASYNC',
      message: `A guard of machine "door" returned ${returned} for event OPEN; nothing was written. A guard must return true or false synchronously: put what it needs into the context first, or use invoke.`,
    })
    expect(() => store.send('OPEN')).toThrow(refused)
    expect(() => store.can('OPEN')).toThrow(refused)
    expect(() => transition(machine, initialState(machine), 'OPEN')).toThrow(refused)
    expect(store.snapshot).toBe(before)
    expect(store.metrics()).toMatchObject({ failedWrites: 1, unhandledEvents: 0 })
  })
})

describe('an event that was rolled back', () => {
  const seen: unknown[] = []
  const machine = defineMachine({
    id: 'worker',
    initial: 'IDLE',
    context: { jobs: 0 },
    historyLimit: 0,
    types: {} as { events: { type: 'WORK'; job: number } | { type: 'STOP' } },
    states: {
      IDLE: { on: { WORK: 'BUSY' } },
      BUSY: { invoke: { src: async (_context, event) => void seen.push(event) }, on: { STOP: 'IDLE' } },
    },
  })

  test('is given to no work, whoever brings the state it led to', () => {
    const store = createMachineStore(machine)
    const busy = { ...store.state, current: 'BUSY' as const, attempts: 1 }
    expect(() =>
      store.batch(() => {
        store.send({ type: 'WORK', job: 666 })
        throw new Error('rolled back')
      }),
    ).toThrow('rolled back')
    store.put({ ...store.snapshot, version: 5, state: busy })
    expect(seen.splice(0)).toEqual([{ type: 'init' }])
  })

  test('is given where the batch stands, also when the context was written after it', () => {
    const store = createMachineStore(machine)
    store.batch(() => {
      store.send({ type: 'WORK', job: 7 })
      store.updateContext((draft) => {
        draft.jobs = 1
      })
      store.update((draft) => {
        draft.context.jobs = 2
      })
    })
    expect(seen.splice(0)).toEqual([{ type: 'WORK', job: 7 }])
  })
})

/** A scheduler whose timers run when the test says so, wherever that is. */
function handScheduler() {
  const due: (() => void)[] = []
  const scheduler = {
    now: () => 0,
    schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void): Subscription {
      const run = (): void => work.call({} as SchedulerAction<T>)
      due.push(run)
      return new Subscription(() => {
        const index = due.indexOf(run)
        if (index >= 0) due.splice(index, 1)
      })
    },
  } satisfies SchedulerLike
  return {
    scheduler,
    flush: () => {
      for (const run of due.splice(0)) run()
    },
  }
}

describe('a timer that a scheduler runs in the middle of a write', () => {
  const lamp = defineMachine({
    id: 'lamp',
    initial: 'RED',
    context: { n: 0 },
    types: {} as { events: { type: 'NEXT' } },
    states: {
      RED: { after: { ms: 10, target: 'RED_OVER' }, on: { NEXT: 'GREEN' } },
      GREEN: { after: { ms: 10, target: 'GREEN_OVER' } },
      RED_OVER: {},
      GREEN_OVER: {},
    },
  })

  test('is not taken for the timer of the state that a batch has come to', async () => {
    const { scheduler, flush } = handScheduler()
    const store = createMachineStore(lamp, { scheduler })
    store.batch(() => {
      store.send('NEXT')
      flush() // the timer of RED
      expect(store.current).toBe('GREEN')
    })
    await microtasks()
    expect(store.current).toBe('GREEN')
    flush()
    expect(store.current).toBe('GREEN_OVER')
  })

  test('fires after the batch where that was rolled back', async () => {
    const { scheduler, flush } = handScheduler()
    const store = createMachineStore(lamp, { scheduler })
    expect(() =>
      store.batch(() => {
        store.send('NEXT')
        flush()
        throw new Error('rolled back')
      }),
    ).toThrow('rolled back')
    expect(store.current).toBe('RED')
    await microtasks()
    expect(store.current).toBe('RED_OVER')
  })

  test('fires after a recipe that flushed it, and is no fault', async () => {
    const { faults, options } = withFaults()
    const { scheduler, flush } = handScheduler()
    const store = createMachineStore(lamp, { ...options, scheduler })
    store.updateContext((draft) => {
      flush()
      draft.n = 1
    })
    expect(store.current).toBe('RED')
    await microtasks()
    expect([store.current, store.context.n, faults]).toEqual(['RED_OVER', 1, []])
  })

  test('is over where a write that is not delivered yet has left its state', () => {
    const { scheduler, flush } = handScheduler()
    const store = createMachineStore(lamp, { scheduler })
    store.subscribe(({ version }) => {
      if (version !== 1) return
      store.send('NEXT')
      flush() // the effects still live in RED
    })
    store.updateContext((draft) => {
      draft.n = 1
    })
    expect(store.current).toBe('GREEN')
  })

  test.each([
    ['queueScheduler', queueScheduler],
    ['asapScheduler', asapScheduler],
  ])(
    'a recipe of an `after` that writes to its own store is reported once (%s)',
    async (_name, scheduler) => {
      const { faults, options } = withFaults()
      const own = { send: (_event: 'GO'): unknown => undefined }
      const loop = defineMachine({
        id: 'loop',
        initial: 'A',
        context: { n: 0 },
        types: {} as { events: { type: 'GO' } },
        states: {
          A: { on: { GO: 'B' } },
          B: { after: { ms: 0, target: 'C', update: () => void own.send('GO') } },
          C: { description: 'the end' },
        },
      })
      const store = createMachineStore(loop, { ...options, scheduler })
      own.send = (event) => store.send(event)
      store.send('GO')
      await microtasks()
      expect(store.current).toBe('B')
      expect(faults).toMatchObject([{ phase: 'after', error: { code: 'WRITE_IN_RECIPE' } }])
    },
  )
})
