import { describe, expect, jest, test } from '@jest/globals'
import { from, VirtualTimeScheduler } from 'rxjs'
import {
  batch,
  buffer,
  createMachineStore,
  createStore,
  debounce,
  direct,
  isInitialized,
  latest,
  paced,
  qCoreMachine,
  type Readable,
  type Snapshot,
  type Store,
  type StoreOptions,
  type SubscriberFault,
  throttle,
  type View,
} from '../../../src/index.ts'
import { inspectStore } from '../../../src/store/index.ts'
import { caught, collectGarbage, expectAccounted, microtasks, noteVersions, refusal } from '../support.ts'

const burst = latest({ dispatch: 'microtask' })

/** A store whose timers run when told to. */
function timed(options: StoreOptions = {}): { store: Store<number>; pass: (ms: number) => void } {
  const scheduler = new VirtualTimeScheduler()
  const store = createStore(0, { scheduler, ...options })
  const pass = (ms: number): void => {
    scheduler.maxFrames = scheduler.frame + ms
    scheduler.flush()
    scheduler.frame = scheduler.maxFrames
  }
  return { store, pass }
}

const write = (store: Store<number>, ...states: number[]): void => {
  for (const state of states) store.set(state)
}
const subscribersOf = (store: Store<number>): number => store.metrics().subscribers.length

describe('paced', () => {
  test('is there where the platform has no FinalizationRegistry', async () => {
    const registry = globalThis.FinalizationRegistry
    Reflect.deleteProperty(globalThis, 'FinalizationRegistry')
    try {
      await jest.isolateModulesAsync(async () => {
        const library = await import('../../../src/index.ts')
        const store = library.createStore(1)
        const view = library.paced(store, library.direct())
        expect(library.paced(store, library.direct())).toBe(view)
        store.set(2)
        expect(view.state).toBe(2)
      })
    } finally {
      Object.assign(globalThis, { FinalizationRegistry: registry })
    }
  })

  test('gives one view to all who ask for the same source and policy', () => {
    const store = createStore({ n: 0 })
    const selection = store.select('n')
    const view = paced(store, throttle({ ms: 100 }))
    expect(paced(store, throttle({ ms: 100 }))).toBe(view)
    expect(paced(store, throttle({ ms: 200 }))).not.toBe(view)
    expect(paced(createStore({ n: 0 }), throttle({ ms: 100 }))).not.toBe(view)
    expect(paced(selection, throttle({ ms: 100 }))).toBe(paced(selection, throttle({ ms: 100 })))
    expect(view).toMatchObject({
      source: store,
      policy: throttle({ ms: 100 }),
      name: 'paced(store, throttle:100)',
    })
    expect(paced(selection, direct()).name).toBe('paced(store.select("n"), direct)')
  })

  test('refuses what is no policy, hands over arrays, or cannot be read', () => {
    const store = createStore(0)
    expect(caught(() => paced(store, {} as never))).toEqual(refusal('POLICY_INVALID'))
    expect(caught(() => paced(store, batch({ ms: 5 }) as never))).toEqual(
      refusal(
        'POLICY_INVALID',
        'Expected "policy" to be a policy that hands over one version a call: a view shows one, got "batch:5::first:65536" (string).',
      ),
    )
    for (const source of [null, undefined, {}, from([1])]) {
      expect(caught(() => paced(source as never, direct()))).toEqual(refusal('OPTION_INVALID'))
    }
    expect(subscribersOf(store)).toBe(0)
  })

  test('forgets a view that nobody has or follows', async () => {
    const { store } = timed()
    const made = new WeakRef(paced(store, direct()))
    await microtasks()
    collectGarbage()
    expect(made.deref()).toBeUndefined()
    expect(paced(store, direct()).state).toBe(0)
  })
})

describe('a view', () => {
  test('takes over the snapshots of its source at the pace of its policy', async () => {
    const store = createStore(0)
    const view = paced(store, burst)
    const seen: number[] = []
    view.subscribe(noteVersions(seen), { policy: direct() })
    write(store, 1, 2, 3)
    expect(view.snapshot).toBe(view.published)
    expect(view.state).toBe(0)
    await microtasks()
    expect(view.snapshot).toBe(store.snapshot)
    expect(seen).toEqual([0, 3])
    expect(view.stats()).toMatchObject({ published: 4, delivered: 2, conflated: 2, missed: 2 })
    expectAccounted(view.stats())
  })

  test('is a Readable: everything that follows a store follows it', async () => {
    const { store, pass } = timed()
    const view: Readable<number> = paced(store, throttle({ ms: 100 }))
    const seen: unknown[] = []
    view.state$.subscribe((n) => seen.push(`state$ ${n}`))
    view.snapshot$.subscribe(({ version }) => seen.push(`snapshot$ ${version}`))
    view.select((n) => n % 2).subscribe((n) => seen.push(`select ${n}`))
    view.subscribe(({ state }) => void seen.push(`subscribe ${state}`))
    from(view).subscribe(({ state }) => seen.push(`from ${state}`))
    const stream = view.stream()
    const waited = view.waitFor((n) => n === 2)
    expect((await stream.next()).value).toMatchObject({ state: 0 })
    seen.length = 0
    write(store, 1, 2)
    pass(100)
    expect(seen.sort()).toEqual(['from 2', 'snapshot$ 2', 'state$ 2', 'subscribe 2'])
    expect(await waited).toBe(store.snapshot)
    expect((await stream.next()).value).toBe(store.snapshot)
  })

  test('shows one version to all, also to who reads it without following, and to what is selected of it', () => {
    const { store, pass } = timed()
    const view = paced(store, throttle({ ms: 100 }))
    const doubled = view.select((n) => n * 2)
    view.subscribe(() => {})
    pass(1)
    write(store, 1)
    pass(100)
    write(store, 2)
    expect([store.state, view.state, view.select((n) => n).value, doubled.value]).toEqual([2, 1, 1, 2])
  })

  test('stands on machine stores, selections and views', () => {
    const machine = createMachineStore(qCoreMachine)
    expect(paced(machine, direct()).state).toBe(machine.state)
    const store = createStore({ n: 0, tick: 0 })
    const ofSelection = paced(store.select('n'), direct())
    const seen: unknown[] = []
    ofSelection.subscribe(({ state, version }, { missed }) => void seen.push([state, version, missed]))
    store.set({ n: 0, tick: 1 })
    store.set({ n: 1, tick: 1 })
    expect(seen).toEqual([
      [0, 0, 0],
      [1, 2, 0],
    ])
    expect(ofSelection.stats().published).toBe(2)
    const ofView = paced(paced(store, direct()), direct())
    expect(ofView.snapshot).toBe(store.snapshot)
  })

  test('stands on a Readable of somebody else', () => {
    const store = createStore(0)
    const { name, subscribe } = store
    const other = {
      name,
      subscribe,
      get published() {
        return store.published
      },
      get closed() {
        return store.closed
      },
    } as Readable<number>
    const view = paced(other, direct())
    const error = jest.spyOn(console, 'error').mockImplementation(() => {})
    view.subscribe(() => {
      throw new Error('no')
    })
    store.set(1)
    expect(view.state).toBe(1)
    expect(error.mock.calls[0]?.[0]).toContain('store "store"')
    error.mockRestore()
  })

  test('has the version -1 of a store without a state, and then its first', () => {
    const store = createStore<number>()
    if (isInitialized(store)) return
    const view = paced(store as unknown as Store<number>, direct())
    const seen: number[] = []
    view.subscribe(noteVersions(seen))
    expect(view.snapshot.version).toBe(-1)
    store.initialize(5)
    expect(view.state).toBe(5)
    expect(seen).toEqual([0])
  })

  test('ends with its source, after it has taken over what was newest', () => {
    const { store } = timed()
    const view = paced(store, debounce({ ms: 100 }))
    const seen: unknown[] = []
    view.subscribe({ next: ({ state }) => void seen.push(state), complete: () => seen.push('end') })
    write(store, 1, 2)
    store.destroy()
    expect(seen).toEqual([0, 2, 'end'])
    expect(view.closed).toBe(true)
    expect(view.state).toBe(2)
  })

  test('of a source that is over is over, and shows what was newest', () => {
    const { store } = timed()
    write(store, 1)
    store.destroy()
    const view = paced(store, direct())
    const complete = jest.fn()
    expect(view.state).toBe(1)
    view.subscribe({ next: complete, complete })
    expect(complete.mock.calls).toEqual([[]])
    expect(view.closed).toBe(true)
  })

  test('tells its faults, and those of its readers, where its source does', async () => {
    const faults: SubscriberFault[] = []
    const store = createStore(0, { onFault: (fault) => faults.push(fault) })
    const view = paced(store, buffer({ capacity: 1, overflow: 'error', dispatch: 'microtask' }))
    const seen: number[] = []
    view.subscribe(({ version }) => {
      seen.push(version)
      throw new Error('reader')
    })
    write(store, 1, 2, 3)
    await microtasks()
    write(store, 4)
    await microtasks()
    expect(view.state).toBe(4)
    expect(seen.at(-1)).toBe(4)
    expect(faults.map(({ subscriberId }) => subscriberId)).toContain('paced(store, buffer:1:error:microtask)')
    expect(faults.at(-1)).toMatchObject({ error: new Error('reader') })
  })

  test('counts its readers in the metrics of its store, and suspends its writers where they say so', () => {
    const { store } = timed()
    const view = paced(store, direct())
    const handle = view.subscribe(() => new Promise(() => {}), {
      id: 'reader',
      policy: buffer({ capacity: 1, overflow: 'suspend' }),
    })
    expect(store.metrics().subscribers.map(({ id }) => id)).toEqual(['paced(store, direct)', 'reader'])
    write(store, 1)
    expect(caught(() => store.set(2))).toEqual(refusal('SUBSCRIBER_FULL'))
    handle()
    write(store, 2)
    expect(view.state).toBe(2)
  })

  test('works off its object', () => {
    const { store } = timed()
    const view = paced(store, debounce({ ms: 100 }))
    const { subscribe, select, stream, waitFor, stats, flush, hold } = view
    const seen: number[] = []
    subscribe(noteVersions(seen))
    write(store, 1)
    const release = hold(store.snapshot)
    flush()
    release()
    expect([select((n) => n).value, stream().poll()?.state, stats().published]).toEqual([1, 1, 2])
    expect(waitFor).toBeFunction()
    expect(seen).toEqual([0, 1])
  })
})

describe('the life of a view', () => {
  test('follows its source while it has readers, and one task longer', () => {
    const { store, pass } = timed()
    const view = paced(store, throttle({ ms: 100 }))
    expect(subscribersOf(store)).toBe(0)
    const readers: { unsubscribe(): void }[] = [
      view.subscribe(() => {}),
      view.state$.subscribe(),
      view.select((n) => n).subscribe(),
      { unsubscribe: view.hold() },
    ]
    for (const reader of readers) {
      pass(1)
      expect(inspectStore(store)?.observers).toBe(0)
      expect(store.metrics().subscribers[0]).toMatchObject({ id: view.name })
      reader.unsubscribe()
    }
    expect(subscribersOf(store)).toBe(1)
    pass(1)
    expect(subscribersOf(store)).toBe(0)
  })

  test('stays at its version for readers of one task, who come and go', () => {
    const { store, pass } = timed()
    const view = paced(store, throttle({ ms: 100 }))
    expect(view.state).toBe(0)
    write(store, 1)
    expect(view.state).toBe(0) // of the first look; nobody has subscribed yet
    view.subscribe(() => {}).unsubscribe()
    const seen: number[] = []
    view.subscribe(noteVersions(seen))
    pass(50)
    expect(seen).toEqual([0])
    pass(50)
    expect(seen).toEqual([0, 1])
  })

  test('begins anew with what is newest', () => {
    const { store, pass } = timed()
    const view = paced(store, debounce({ ms: 100 }))
    view.subscribe(() => {}).unsubscribe()
    pass(1)
    write(store, 1)
    expect(view.state).toBe(1)
    pass(1)
    write(store, 2)
    const seen: number[] = []
    view.subscribe(noteVersions(seen))
    expect(seen).toEqual([2])
  })

  test('keeps no state while nobody follows', async () => {
    const { store: any, pass } = timed()
    const store = any as unknown as Store<object>
    store.set({ big: true })
    const view = paced(store, direct())
    const old = new WeakRef(view.state as object)
    pass(1)
    store.set({})
    await microtasks()
    collectGarbage()
    expect(old.deref()).toBeUndefined()
    expect(view.state).toEqual({})
  })

  test('of one whose scheduler runs at once is over before it is read again', () => {
    const schedule = (work: (this: never, state?: never) => void): never => {
      work.call(undefined as never)
      return undefined as never
    }
    const store = createStore(0, { scheduler: { now: () => 0, schedule } })
    const view = paced(store, direct())
    expect(view.state).toBe(0)
    expect(view.flush().state).toBe(0)
    expect(subscribersOf(store)).toBe(0)
  })
})

describe('View.flush', () => {
  test('takes over what is published now, and passes over what the policy still has of before', () => {
    const { store, pass } = timed()
    const view = paced(store, debounce({ ms: 100 }))
    const seen: number[] = []
    view.subscribe(noteVersions(seen), { policy: direct() })
    write(store, 1)
    expect(view.flush()).toBe(store.snapshot)
    pass(100)
    expect(seen).toEqual([0, 1])
    store.batch(() => {
      write(store, 2)
      expect(view.flush().state).toBe(1)
    })
    expect(view.flush().state).toBe(2)
  })

  test('never goes back to what a buffer still holds', async () => {
    const store = createStore(0)
    const view = paced(store, buffer({ capacity: 8, dispatch: 'microtask' }))
    const seen: number[] = []
    view.subscribe(noteVersions(seen), { policy: direct() })
    write(store, 1, 2, 3)
    view.flush()
    write(store, 4)
    await microtasks()
    expect(seen).toEqual([0, 3, 4])
  })
})

describe('View.hold', () => {
  const held = (): { store: Store<number>; view: View<number>; seen: number[]; past: Snapshot<number> } => {
    const { store } = timed()
    const past = store.snapshot
    write(store, 1, 2)
    const view = paced(store, direct())
    const seen: number[] = []
    view.subscribe(noteVersions(seen), { policy: direct() })
    return { store, view, seen, past }
  }

  test('stays where it is, and shows what came meanwhile once it is released', () => {
    const { store, view, seen } = held()
    const release = view.hold()
    write(store, 3, 4)
    expect(view.state).toBe(2)
    expect(view.flush().state).toBe(2)
    release()
    release()
    expect(view.snapshot).toBe(store.snapshot)
    expect(seen).toEqual([2, 4])
  })

  test('goes back in time for all who follow, and writes nothing', () => {
    const { store, view, seen, past } = held()
    const states: unknown[] = []
    view.select((n) => n).subscribe((n) => states.push(n))
    const release = view.hold(past)
    expect([view.state, store.state]).toEqual([0, 2])
    write(store, 3)
    release()
    expect(seen).toEqual([2, 0, 3])
    expect(states).toEqual([2, 0, 3])
    expect(store.metrics().commits).toBe(3)
  })

  test('goes back for followers of paths and for views of the view', () => {
    const store = createStore({ at: { n: 0 } })
    const past = store.snapshot
    store.set({ at: { n: 1 } })
    const view = paced(store, direct())
    const seen: unknown[] = []
    view.select('at', 'n').subscribe((n) => seen.push(n))
    view.select('at').subscribe(({ n }) => void seen.push(`at ${n}`), {})
    paced(view, direct()).subscribe(({ state }) => void seen.push(`view ${state.at.n}`))
    expect(seen.splice(0)).toEqual([1, 'at 1', 'view 1'])
    const release = view.hold(past)
    expect(seen.splice(0).sort()).toEqual([0, 'at 0', 'view 0'].sort())
    release()
    expect(seen.splice(0).sort()).toEqual([1, 'at 1', 'view 1'].sort())
  })

  test('of several counts the newest that is not released', () => {
    const { view, past, seen } = held()
    const first = view.hold(past)
    const second = view.hold({ ...past, version: 1, state: 10 })
    first()
    expect(view.state).toBe(10)
    second()
    expect(view.state).toBe(2)
    expect(seen).toEqual([2, 0, 1, 2])
  })

  test('refuses what is no snapshot', () => {
    const { view } = held()
    expect(caught(() => view.hold({} as never))).toEqual(
      refusal(
        'SNAPSHOT_INVALID',
        'hold() on store "paced(store, direct)" expected a snapshot { version, state, reason, source, tsWall, tsMono, metadata }: "version" is not an integer from 0 to 2^52. Pass one that a store or fromJSON() made.',
      ),
    )
  })
})
