import { describe, expect, jest, test } from '@jest/globals'
import { Suspense, useState } from 'react'
import {
  batch,
  buffer,
  type Consumer,
  createMachineStore,
  createStore,
  defineMachine,
  direct,
  paced,
  type Snapshot,
  type Store,
} from '../../../src/index.ts'
import {
  createStoreContext,
  firstState,
  useConsumer,
  useMachine,
  useOwnStore,
  useSnapshot,
  useStore,
  useWaitFor,
} from '../../../src/react/index.ts'
import { manualClock } from '../../../src/testing/index.ts'
import { act, actLater, allowErrors, Boundary, mount, shows, takeErrors } from './mount.tsx'

const doorMachine = () =>
  defineMachine({
    id: 'door',
    initial: 'CLOSED',
    context: { opened: 0 },
    types: {} as { events: { type: 'OPEN' } | { type: 'CLOSE' } },
    states: {
      CLOSED: {
        on: {
          OPEN: {
            target: 'OPENED',
            update: (draft) => {
              draft.opened += 1
            },
          },
        },
      },
      OPENED: { on: { CLOSE: 'CLOSED' } },
    },
  })

function describeReading(): void {
  describe('useSnapshot', () => {
    test('shows version and reason, and renders with each version', () => {
      const store = createStore({ n: 0 })
      const Shown = () => {
        const { version, reason, state } = useSnapshot(store)
        return <>{`${version} ${reason} ${state.n}`}</>
      }
      const mounted = mount(<Shown />)
      expect(mounted.text).toBe('0 INIT 0')
      act(() => store.set({ n: 0 }, 'AGAIN'))
      expect(mounted.text).toBe('1 AGAIN 0')
      mounted.unmount()
      expect(store.metrics().subscriberCount).toBe(0)
    })

    test('has the versions of its source in a view', () => {
      const store = createStore({ n: 0 })
      const Shown = () => <>{useSnapshot(paced(store, direct())).version}</>
      const mounted = mount(<Shown />)
      act(() => store.batch(() => store.set({ n: 1 })))
      act(() => store.set({ n: 2 }))
      expect(mounted.text).toBe(String(store.snapshot.version))
    })
  })

  describe('useMachine', () => {
    test('gives a state that is new with each version, and what sends events', () => {
      const store = createMachineStore(doorMachine())
      const states = new Set<unknown>()
      const Door = () => {
        const [state, send] = useMachine(store)
        states.add(state)
        return (
          <button type="button" onClick={() => send({ type: state.current === 'OPENED' ? 'CLOSE' : 'OPEN' })}>
            {`${state.current} ${state.context.opened}`}
          </button>
        )
      }
      const mounted = mount(<Door />)
      const press = () => act(() => mounted.container.querySelector('button')?.click())
      expect(mounted.text).toBe('CLOSED 0')
      press()
      expect(mounted.text).toBe('OPENED 1')
      press()
      expect(mounted.text).toBe('CLOSED 1')
      expect(states.size).toBe(3)
    })
  })
}

function describeUseConsumer(): void {
  describe('useConsumer', () => {
    const Watching = (props: { store: Store<number>; consumer: Consumer<Snapshot<number>>; id?: string }) => {
      useConsumer(props.store, props.consumer, { policy: buffer({ capacity: 8 }), id: props.id ?? 'watch' })
      return null
    }

    test('feeds the consumer of the newest render, without subscribing anew for it or for a policy that is the same', () => {
      const store = createStore(0)
      const seen: string[] = []
      const mounted = mount(<Watching store={store} consumer={({ state }) => void seen.push(`a${state}`)} />)
      mounted.render(
        <Watching store={store} consumer={{ next: ({ state }) => void seen.push(`b${state}`) }} />,
      )
      store.set(1)
      expect(seen).toEqual(['a0', 'b1'])
      expect(store.metrics().subscribers).toMatchObject([
        { id: 'watch', delivered: 2, policy: 'buffer:8:drop-oldest' },
      ])
    })

    test('subscribes anew for another store and for other options', () => {
      const [one, other] = [createStore(1), createStore(2)]
      const seen: number[] = []
      const consumer: Consumer<Snapshot<number>> = ({ state }) => void seen.push(state)
      const mounted = mount(<Watching store={one} consumer={consumer} />)
      mounted.render(<Watching store={other} consumer={consumer} />)
      mounted.render(<Watching store={other} consumer={consumer} id="again" />)
      expect(seen).toEqual([1, 2, 2])
      expect([one, other].map((store) => store.metrics().subscriberCount)).toEqual([0, 1])
    })

    test('is told nothing after the component is unmounted', () => {
      const store = createStore(0)
      const consumer = jest.fn<(snapshot: Snapshot<number>) => void>()
      const mounted = mount(<Watching store={store} consumer={consumer} />)
      mounted.unmount()
      store.set(1)
      expect(consumer).toHaveBeenCalledTimes(1)
      expect(store.metrics().subscriberCount).toBe(0)
    })

    test('keeps what a consumer throws from everybody else', () => {
      const faults: unknown[] = []
      const store = createStore(0, { onFault: ({ error }) => faults.push(error) })
      const Shown = () => <>{useStore(store)}</>
      const fail = (): never => {
        throw 'no'
      }
      const mounted = mount([<Watching key="fails" store={store} consumer={fail} />, <Shown key="shown" />])
      act(() => store.set(1))
      expect(mounted.text).toBe('1')
      expect(faults).toEqual(['no', 'no'])
    })

    test('gives arrays to the consumer of a batch', () => {
      const clock = manualClock()
      const store = createStore(0, { scheduler: clock })
      const seen: number[][] = []
      const Batched = () => {
        useConsumer(
          store,
          (all: readonly Snapshot<number>[]) => void seen.push(all.map(({ state }) => state)),
          {
            policy: batch({ ms: 10 }),
          },
        )
        return null
      }
      mount(<Batched />)
      store.set(1)
      clock.advance(10)
      expect(seen.flat()).toEqual([0, 1])
    })

    test('tells the newest consumer of the end, and of drops', () => {
      const store = createStore(0)
      const told: string[] = []
      const Told = ({ name }: { name: string }) => {
        useConsumer(
          store,
          { next: () => new Promise(() => {}), complete: () => void told.push(`${name} complete`) },
          {
            policy: buffer({ capacity: 1, overflow: 'drop-oldest' }),
            onDrop: ({ version }) => void told.push(`${name} ${version}`),
          },
        )
        return null
      }
      const mounted = mount(<Told name="first" />)
      mounted.render(<Told name="then" />)
      store.set(1)
      store.set(2)
      store.destroy()
      expect(told).toEqual(['then 1', 'then 2', 'then complete'])
    })

    test('throws what is no consumer to the boundary', () => {
      allowErrors()
      const mounted = mount(
        <Boundary>
          <Watching store={createStore(0)} consumer={{} as never} />
        </Boundary>,
      )
      takeErrors()
      expect(mounted.text).toMatch(/^caught .*(?:consumer|CONSUMER_INVALID)/)
    })
  })
}

function describeOwning(): void {
  describe('useOwnStore', () => {
    test('makes one store, and destroys it when the component is unmounted', () => {
      const stores: Store<number>[] = []
      const Owner = () => {
        const [, again] = useState(0)
        const store = useOwnStore<number>(() => {
          const made = createStore(7)
          stores.push(made)
          return made
        })
        return (
          <button type="button" onClick={() => again((count) => count + 1)}>
            {useStore(store)}
          </button>
        )
      }
      const mounted = mount(<Owner />)
      act(() => mounted.container.querySelector('button')?.click())
      expect([mounted.text, stores.map(({ closed }) => closed)]).toEqual(['7', [false]])
      mounted.unmount()
      expect(stores.map(({ closed }) => closed)).toEqual([true])
    })

    test('aborts the work of a machine when the component is unmounted', () => {
      const signals: AbortSignal[] = []
      const machine = defineMachine({
        id: 'work',
        initial: 'BUSY',
        context: {},
        states: {
          BUSY: {
            invoke: {
              src: (_context, _event, { signal }) => {
                signals.push(signal)
                return new Promise(() => {})
              },
              onDone: 'DONE',
            },
          },
          DONE: { type: 'final' },
        },
      })
      const Owner = () => {
        const [{ current }] = useMachine(useOwnStore(() => createMachineStore(machine)))
        return <>{current}</>
      }
      const mounted = mount(<Owner />)
      expect([mounted.text, signals.map(({ aborted }) => aborted)]).toEqual(['BUSY', [false]])
      mounted.unmount()
      expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    })

    test('destroys, after ten seconds, the store of a render that was never mounted', () => {
      jest.useFakeTimers()
      try {
        const stores: Store<number>[] = []
        const Owner = () => {
          useOwnStore<number>(() => {
            stores.push(createStore(1))
            return stores.at(-1) as Store<number>
          })
          throw new Promise(() => {})
        }
        const mounted = mount(
          <Suspense fallback="waiting">
            <Owner />
          </Suspense>,
        )
        mounted.unmount()
        expect(stores.length).toBeGreaterThan(0)
        expect(stores.filter(({ closed }) => closed)).toEqual([])
        jest.advanceTimersByTime(10_000)
        expect(stores.filter(({ closed }) => !closed)).toEqual([])
      } finally {
        jest.useRealTimers()
      }
    })
  })

  describe('createStoreContext', () => {
    test('hands a store down, of its own for each provider', () => {
      const { Provider, useContextStore } = createStoreContext<{ user: string }>()
      const Name = () => <>{useStore(useContextStore(), 'user')}</>
      const mounted = mount(
        ['ada', 'grace'].map((user) => (
          <Provider key={user} store={createStore({ user })}>
            <Name />
          </Provider>
        )),
      )
      expect(mounted.text).toBe('adagrace')
    })

    test('says where a provider is missing', () => {
      const { useContextStore } = createStoreContext<number>()
      const Alone = () => <>{useStore(useContextStore())}</>
      allowErrors()
      const mounted = mount(
        <Boundary>
          <Alone />
        </Boundary>,
      )
      takeErrors()
      expect(mounted.text).toMatch(/caught (?:useContextStore\(\)|PROVIDER_ABSENT)/)
    })
  })
}

function describeWaiting(): void {
  describe('firstState', () => {
    test('is one promise, which suspends until the store has a state', async () => {
      const { use } = await import('react')
      const store = createStore<{ n: number }>()
      const Shown = () => {
        use(firstState(store))
        return <>{useStore(store)?.n}</>
      }
      const mounted = mount(null)
      await actLater(() =>
        mounted.render(
          <Suspense fallback="waiting">
            <Shown />
          </Suspense>,
        ),
      )
      await shows(mounted, 'waiting')
      expect(firstState(store)).toBe(firstState(store))
      await actLater(() => store.initialize({ n: 3 }))
      await shows(mounted, '3')
    })

    test('rejects where the store ends before, to whoever asks', async () => {
      const store = createStore<number>()
      const first = firstState(store)
      store.destroy()
      await expect(first).rejects.toMatchObject({ code: 'STORE_DESTROYED' })
    })
  })

  describe('useWaitFor', () => {
    const isUp = ({ status }: { readonly status: string }) => status === 'up'

    test('suspends while it mounts, until the predicate holds, and not again', async () => {
      const store = createStore({ status: 'down' })
      const Shown = () => {
        const { version } = useWaitFor(store, isUp)
        return <>{`${version} ${useStore(store, 'status')}`}</>
      }
      const mounted = mount(null)
      await actLater(() =>
        mounted.render(
          <Suspense fallback="waiting">
            <Shown />
          </Suspense>,
        ),
      )
      await shows(mounted, 'waiting')
      await actLater(() => store.set({ status: 'up' }))
      await shows(mounted, '1 up')
      await actLater(() => store.set({ status: 'down' }))
      await shows(mounted, '1 down')
      mounted.unmount()
      expect(store.metrics().subscriberCount).toBe(0)
    })

    test('takes a predicate that is written inline', async () => {
      const store = createStore(0)
      const Shown = () => <>{useWaitFor(store, (n) => n > 1).state}</>
      const mounted = mount(null)
      await actLater(() =>
        mounted.render(
          <Suspense fallback="waiting">
            <Shown />
          </Suspense>,
        ),
      )
      await actLater(() => store.set(1))
      await shows(mounted, 'waiting')
      await actLater(() => store.set(2))
      await shows(mounted, '2')
    })

    test('throws where the predicate can no longer hold, or throws', async () => {
      const store = createStore(0)
      const Shown = () => <>{useWaitFor(store, (n) => n > 1).state}</>
      const mounted = mount(null)
      allowErrors()
      await actLater(() =>
        mounted.render(
          <Boundary>
            <Suspense fallback="waiting">
              <Shown />
            </Suspense>
          </Boundary>,
        ),
      )
      await actLater(() => store.destroy())
      await shows(mounted, /^caught .*(?:destroyed|STORE_DESTROYED)/)
      takeErrors()
    })
  })
}

export function describeHooks(): void {
  describeReading()
  describeUseConsumer()
  describeOwning()
  describeWaiting()
}
