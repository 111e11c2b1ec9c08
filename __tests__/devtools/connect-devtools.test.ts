import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { connectDevtools, type DevtoolsOptions } from '../../src/devtools/index.ts'
import {
  buffer,
  collection,
  createMachineStore,
  createStore,
  defineMachine,
  direct,
  paced,
  type Store,
} from '../../src/index.ts'
import { manualClock } from '../../src/testing/index.ts'
import { FakeExtension } from './support/fake-extension.ts'

interface Count {
  readonly n: number
}

/** A store that is followed, version for version unless it is said otherwise. */
function connected<S>(store: Store<S>, options: DevtoolsOptions<S> = {}) {
  const extension = new FakeExtension()
  const handle = connectDevtools(store, { policy: direct(), extension, ...options })
  return { extension, handle }
}

const counter = (n = 0) => createStore<Count>({ n }, { name: 'counter' })

const door = () =>
  createMachineStore(
    defineMachine({
      id: 'door',
      initial: 'CLOSED',
      context: { opened: 0 },
      types: {} as { events: { type: 'OPEN'; by?: string } | { type: 'CLOSE' } },
      states: {
        CLOSED: { on: { OPEN: { target: 'OPENED', update: (draft) => void draft.opened++ } } },
        OPENED: { on: { CLOSE: 'CLOSED' } },
      },
    }),
  )

afterEach(() => {
  Reflect.deleteProperty(globalThis, '__REDUX_DEVTOOLS_EXTENSION__')
})

describe('connectDevtools', () => {
  describe('sends', () => {
    test('the state to begin with, and each version with its label', () => {
      const store = counter()
      const { extension } = connected(store)
      store.set({ n: 1 }, { reason: 'COUNTED', source: 'me' })
      expect(extension.inits).toEqual([{ version: 0, state: { n: 0 } }])
      expect(extension.sent).toEqual([
        [
          { type: 'COUNTED', source: 'me', version: 1 },
          { version: 1, state: { n: 1 } },
        ],
      ])
    })

    test('what its policy lets through, and how much that has missed', () => {
      const clock = manualClock()
      const store = createStore({ n: 0 }, { scheduler: clock })
      const { extension, handle } = connected(store, { policy: undefined })
      for (let n = 1; n <= 100; n += 1) store.set({ n })
      clock.advance(100)
      expect(extension.sent.map(([action]) => [action?.version, action?.missed])).toEqual([[100, 99]])
      expect(store.metrics().subscribers).toMatchObject([
        { id: 'devtools', policy: 'throttle:100', conflated: 99 },
      ])
      handle()
      expect(clock.pendingTimers).toBe(0)
    })

    test('its name, how much it keeps, and what it can do', () => {
      const { extension } = connected(counter(), { name: 'mine', historyLimit: 7 })
      expect(extension.options).toMatchObject({
        name: 'mine',
        maxAge: 7,
        features: {
          jump: true,
          pause: true,
          skip: false,
          reorder: false,
          lock: false,
          test: false,
          dispatch: false,
        },
      })
      expect(connected(counter()).extension.options?.name).toBe('counter')
      expect(connected(door()).extension.options?.features).toMatchObject({ dispatch: true })
    })

    test('what sanitize makes of a state', () => {
      const store = createStore({ user: 'ada', password: 'secret' })
      const { extension } = connected(store, { sanitize: ({ user }) => ({ user }) })
      store.set({ user: 'grace', password: 'secret' })
      expect(JSON.stringify([extension.inits, extension.sent])).not.toContain('secret')
      expect(extension.sent).toMatchObject([[{}, { state: { user: 'grace' } }]])
    })

    test('the first state of a store that has none yet, when it comes', () => {
      const store = createStore<Count>() as Store<Count>
      const { extension } = connected(store)
      expect(extension.inits).toEqual([])
      store.initialize({ n: 3 })
      expect(extension.inits).toEqual([{ version: 0, state: { n: 3 } }])
    })

    test('nothing while it is paused, or nobody looks, and begins anew afterwards', () => {
      const store = counter()
      const { extension } = connected(store)
      extension.dispatch({ type: 'PAUSE_RECORDING', status: true })
      store.set({ n: 1 })
      extension.dispatch({ type: 'PAUSE_RECORDING', status: false })
      extension.listener?.({ type: 'STOP' })
      store.set({ n: 2 })
      extension.listener?.({ type: 'START' })
      store.set({ n: 3 })
      expect(extension.sent.map(([action]) => action?.version)).toEqual([3])
      expect(extension.inits.map(({ version }) => version)).toEqual([0, 2])
    })

    test('a state that cannot be sent as a fault of its own', () => {
      const faults: unknown[] = []
      const store = createStore<{ n: unknown }>({ n: 1 }, { onFault: (fault) => faults.push(fault) })
      connected(store)
      store.set({ n: 5n })
      expect(store.state.n).toBe(5n)
      expect(faults).toMatchObject([{ subscriberId: 'devtools', error: expect.any(TypeError) }])
    })
  })

  describe('jumps', () => {
    test('to the kept snapshot itself, as a new version that it is not sent', () => {
      const store = createStore({ robots: collection([['r1', { battery: 9 }]]), seen: new Set(['r1']) })
      const first = store.state
      const { extension } = connected(store)
      store.set({ robots: first.robots.remove('r1'), seen: new Set<string>() })
      extension.jump(0)
      expect(store.state).toBe(first)
      expect(store.snapshot).toMatchObject({ version: 2, reason: 'DEVTOOLS_JUMP', source: 'devtools' })
      expect([extension.sent.length, extension.errors]).toEqual([1, []])
      store.set(first, 'WENT_ON')
      expect(extension.sent.at(-1)?.[0]).toMatchObject({ type: 'WENT_ON', version: 3 })
    })

    test('to what the text says, where the snapshot is no longer kept', () => {
      const store = counter()
      const { extension } = connected(store, { historyLimit: 1 })
      for (const n of [1, 2, 3]) store.set({ n })
      extension.jump(1)
      expect(store.state).toEqual({ n: 1 })
      expect(extension.errors).toEqual([])
    })

    test('not where the text cannot say it', () => {
      const robots = collection([['r1', { battery: 9 }]])
      const store = createStore({ robots })
      const { extension } = connected(store, { historyLimit: 1 })
      store.set({ robots: robots.remove('r1') })
      store.set({ robots: robots.set('r2', { battery: 1 }) })
      extension.jump(0)
      expect(store.snapshot.version).toBe(2)
      expect(extension.errors).toEqual([
        expect.stringMatching(/^Version 0 of store "store" is no longer kept/),
      ])
    })

    test('not to the text of what was sanitized', () => {
      const store = createStore({ n: 0, secret: 1 })
      const { extension } = connected(store, { historyLimit: 1, sanitize: ({ n }) => ({ n }) })
      store.set({ n: 1, secret: 1 })
      extension.jump(0)
      expect(store.state).toEqual({ n: 1, secret: 1 })
      expect(extension.errors).toHaveLength(1)
    })

    test('by holding the views, and writes nothing, where that is asked for', () => {
      const store = counter()
      const view = paced(store, direct())
      const { extension, handle } = connected(store, { jump: 'view', views: [view] })
      const unfollow = view.subscribe(() => {})
      store.set({ n: 1 })
      extension.jump(0)
      expect([view.state, store.state, store.snapshot.version]).toEqual([{ n: 0 }, { n: 1 }, 1])
      extension.jump(1)
      expect(view.state).toEqual({ n: 1 })
      extension.jump(0)
      handle()
      expect(view.state).toEqual({ n: 1 })
      unfollow()
    })

    test('of a machine store run the effects of the state, in the store only', () => {
      const store = door()
      const { extension } = connected(store)
      store.send('OPEN')
      extension.jump(0)
      expect([store.current, store.snapshot.version]).toEqual(['CLOSED', 2])
    })

    test('that the store refuses are told to the panel', () => {
      const store = counter()
      const { extension } = connected(store)
      store.set({ n: 1 })
      store.update(() => extension.jump(0))
      expect(extension.errors).toEqual([expect.stringContaining('inside a recipe')])
      expect(store.state).toEqual({ n: 1 })
    })
  })

  describe('does', () => {
    test('RESET: goes to the first state, and begins with it', () => {
      const store = counter(7)
      const { extension } = connected(store)
      store.set({ n: 8 })
      extension.dispatch({ type: 'RESET' })
      expect(store.state).toEqual({ n: 7 })
      expect(extension.inits.map(({ state }) => state.n)).toEqual([7, 7])
    })

    test('COMMIT: begins with the current state', () => {
      const store = counter()
      const { extension } = connected(store)
      store.set({ n: 1 })
      extension.dispatch({ type: 'COMMIT' })
      expect(extension.inits.at(-1)).toEqual({ version: 1, state: { n: 1 } })
      expect(store.snapshot.version).toBe(1)
    })

    test('ROLLBACK: goes to the committed state, and begins with it', () => {
      const store = counter()
      const { extension } = connected(store)
      store.set({ n: 1 })
      extension.dispatch({ type: 'ROLLBACK' }, extension.inits[0])
      expect(store.state).toEqual({ n: 0 })
      expect(extension.inits.at(-1)?.state).toEqual({ n: 0 })
    })

    test('IMPORT_STATE: goes to the last imported state, and gives the list back', () => {
      const store = counter()
      const { extension } = connected(store)
      const nextLiftedState = {
        computedStates: [
          { state: { version: 3, state: { n: 3 } } },
          { state: { version: 4, state: { n: 4 } } },
        ],
      }
      extension.dispatch({ type: 'IMPORT_STATE', nextLiftedState })
      expect(store.state).toEqual({ n: 4 })
      expect(extension.sent).toEqual([[null, nextLiftedState]])
    })

    test.each(['TOGGLE_ACTION', 'REORDER_ACTION', 'LOCK_CHANGES'])('not %s, and says so', (type) => {
      const store = counter()
      const { extension } = connected(store)
      extension.dispatch({ type }, {})
      expect(extension.errors).toEqual([expect.stringContaining(`does not support ${type}`)])
      expect(store.snapshot.version).toBe(0)
    })

    test.each([[{ type: 'JUMP_TO_ACTION' }], [{ type: 'ROLLBACK' }], [{ type: 'IMPORT_STATE' }]])(
      'nothing for %j without a state, but says so',
      (payload) => {
        const store = counter()
        const { extension } = connected(store)
        extension.dispatch(payload)
        extension.listener?.({ type: 'DISPATCH', payload, state: '{ not JSON' })
        expect(extension.errors).toHaveLength(2)
        expect(store.snapshot.version).toBe(0)
      },
    )

    test('nothing for what it does not know', () => {
      const { extension } = connected(counter())
      extension.dispatch({ type: 'SWEEP' })
      extension.listener?.({ type: 'OPTIONS' })
      expect(extension.errors).toEqual([])
    })

    test('the events of a machine that are typed in the panel', () => {
      const store = door()
      const { extension } = connected(store)
      extension.listener?.({ type: 'ACTION', payload: '{"type":"OPEN","by":"hand"}' })
      expect(store.current).toBe('OPENED')
      expect(extension.sent.at(-1)?.[0]).toMatchObject({ type: 'OPEN' })
      extension.listener?.({ type: 'ACTION', payload: '{"type":"OPEN"}' })
      extension.listener?.({ type: 'ACTION', payload: 'open()' })
      expect(extension.errors).toEqual([expect.stringContaining('unhandled'), expect.any(String)])
    })

    test('no actions on a store that is no machine', () => {
      const { extension } = connected(counter())
      extension.listener?.({ type: 'ACTION', payload: '{"type":"OPEN"}' })
      expect(extension.errors).toEqual([expect.stringContaining('takes no actions')])
    })
  })

  describe('ends', () => {
    test('with its handle, in every way that a handle can be called', () => {
      for (const end of ['call', 'unsubscribe', 'dispose'] as const) {
        const store = counter()
        const { extension, handle } = connected(store)
        if (end === 'call') handle()
        else if (end === 'unsubscribe') handle.unsubscribe()
        else handle[Symbol.dispose]()
        store.set({ n: 1 })
        expect([handle.closed, handle.id, handle.stats().delivered]).toEqual([true, 'devtools', 1])
        expect([extension.listener, extension.sent, store.metrics().subscriberCount]).toEqual([
          undefined,
          [],
          0,
        ])
      }
    })

    test('with the store', () => {
      const store = counter()
      const { extension, handle } = connected(store)
      store.destroy()
      expect([handle.closed, extension.listener]).toEqual([true, undefined])
    })
  })

  describe('finds', () => {
    test('no extension, and then returns a closed handle', () => {
      const store = counter()
      const handle = connectDevtools(store)
      expect([handle.closed, store.metrics().subscriberCount]).toEqual([true, 0])
      handle()
    })

    test('the extension of the page', () => {
      const extension = new FakeExtension()
      Object.assign(globalThis, { __REDUX_DEVTOOLS_EXTENSION__: extension })
      connectDevtools(counter())()
      expect(extension.inits).toHaveLength(1)
    })

    test('none in production, unless that is asked for', () => {
      const extension = new FakeExtension()
      Object.assign(globalThis, { __REDUX_DEVTOOLS_EXTENSION__: extension })
      jest.replaceProperty(process.env, 'NODE_ENV', 'production')
      expect(connectDevtools(counter()).closed).toBe(true)
      connectDevtools(counter(), { inProduction: true })()
      expect(extension.inits).toHaveLength(1)
    })
  })

  test('keeps as many snapshots as it may', () => {
    const store = counter()
    const { extension } = connected(store, {
      historyLimit: 3,
      sanitize: ({ n }) => n,
      policy: buffer({ capacity: 8 }),
    })
    for (let n = 1; n <= 10; n += 1) store.set({ n })
    for (let index = 1; index <= 10; index += 1) extension.jump(index)
    expect(extension.errors).toHaveLength(7)
  })

  test.each([
    [{ historyLimit: 0 }, 'historyLimit'],
    [{ jump: 'view' }, 'views'],
    [{ polcy: direct() }, 'polcy'],
  ])('refuses %j', (options, option) => {
    expect(() => connectDevtools(counter(), options as never)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ option }) }),
    )
  })
})
