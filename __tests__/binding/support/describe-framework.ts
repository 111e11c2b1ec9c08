/** The facts that hold for every framework, each with its real runtime. */
import { describe, expect, test } from '@jest/globals'
import { VirtualTimeScheduler } from 'rxjs'
import {
  createMachineStore,
  createStore,
  defineMachine,
  isHeadgateError,
  paced,
  type Store,
  shallow,
  throttle,
} from '../../../src/index.ts'
import { type Framework, followersOf, type Mounted, type Setup } from './framework.ts'

interface State {
  readonly x: number
  readonly y: number
  readonly robots: Readonly<Record<string, { readonly battery: number }>>
}

const first: State = { x: 0, y: 0, robots: { r1: { battery: 90 } } }
const SCOPES = 10_000

const door = defineMachine({
  id: 'door',
  initial: 'SHUT',
  context: { opened: 0 },
  states: { SHUT: { on: { OPEN: { target: 'OPEN', update: (draft) => void draft.opened++ } } }, OPEN: {} },
})

/** What the code that runs throws. */
function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

export function describeFramework(name: string, framework: Framework): void {
  const { flush, outside } = framework

  /** A store whose faults are expected, and a component that reads it. */
  function mounted(setup: (store: Store<State>) => Setup): { store: Store<State>; component: Mounted } {
    const store = createStore(first, { onFault: () => {} })
    return { store, component: framework.mount(setup(store)) }
  }

  describe(`a component of ${name}`, () => {
    test('has the value with its first render, and each that it is changed to', async () => {
      const { store, component } = mounted((store) => (use) => use(store, 'x'))
      expect(component.text()).toBe('0')
      store.set({ ...first, x: 1 })
      await flush()
      expect(component.text()).toBe('1')
      component.unmount()
    })

    test('shows the whole state where no part is named', async () => {
      const { store, component } = mounted((store) => (use) => {
        const state = use(store) as () => State
        return () => state().y
      })
      store.set({ ...first, y: 3 })
      await flush()
      expect(component.text()).toBe('3')
      component.unmount()
    })

    test('is drawn again only for what it reads', async () => {
      let drawn = 0
      const { store, component } = mounted((store) => (use) => {
        const battery = use(store, 'robots', 'r1', 'battery')
        return () => {
          drawn += 1
          return battery()
        }
      })
      await flush()
      const before = drawn
      store.set({ ...first, x: 1 })
      store.update((draft) => {
        draft.robots.r2 = { battery: 1 }
      })
      await flush()
      expect(drawn).toBe(before)
      store.update((draft) => {
        draft.robots.r1 = { battery: 80 }
      })
      await flush()
      expect([component.text(), drawn]).toEqual(['80', before + 1])
      component.unmount()
    })

    test('is drawn once for a batch, and shows nothing of one that throws', async () => {
      const drawn: unknown[] = []
      const { store, component } = mounted((store) => (use) => {
        const x = use(store, 'x')
        return () => {
          drawn.push(x())
          return x()
        }
      })
      await flush()
      drawn.length = 0
      store.batch(() => {
        for (const x of [1, 2, 3]) store.set({ ...first, x })
      })
      await flush()
      expect(drawn).toEqual([3])
      const failure = thrownBy(() =>
        store.batch(() => {
          store.set({ ...first, x: 99 })
          component.text()
          throw new Error('taken back')
        }),
      )
      await flush()
      expect([(failure as Error).message, drawn, component.text()]).toEqual(['taken back', [3], '3'])
      component.unmount()
    })

    test('runs a selector once a version, and is drawn where the result is another', async () => {
      let runs = 0
      const { store, component } = mounted(
        (store) => (use) =>
          use(store, ({ x }: State) => {
            runs += 1
            return x > 1
          }),
      )
      expect([component.text(), runs]).toEqual(['false', 1])
      store.set({ ...first, x: 1 })
      store.set({ ...first, x: 2 })
      await flush()
      expect([component.text(), runs]).toEqual(['true', 3])
      component.unmount()
    })

    test('is not drawn for what is equal', async () => {
      let drawn = 0
      const { store, component } = mounted((store) => (use) => {
        const pair = use(store, ({ x, y }: State) => ({ x, y }), shallow) as () => { x: number }
        return () => {
          drawn += 1
          return pair().x
        }
      })
      await flush()
      const before = drawn
      store.update((draft) => {
        draft.robots.r1 = { battery: 1 }
      })
      await flush()
      expect(drawn).toBe(before)
      component.unmount()
    })

    test('never shows two versions of one store', async () => {
      const torn: unknown[] = []
      const { store, component } = mounted((store) => (use) => {
        const [x, y] = [use(store, 'x'), use(store, ({ y }: State) => y)]
        return () => {
          if (x() !== y()) torn.push([x(), y()])
          return `${x()} ${y()}`
        }
      })
      for (let n = 1; n <= 5; n += 1) {
        store.set({ ...first, x: n, y: n })
        await flush()
      }
      expect([component.text(), torn]).toEqual(['5 5', []])
      component.unmount()
    })

    test('reads a view at its pace', async () => {
      const scheduler = new VirtualTimeScheduler()
      const store = createStore(first, { scheduler })
      const component = framework.mount((use) => use(paced(store, throttle({ ms: 100 })), 'x'))
      for (let x = 1; x <= 9; x += 1) store.set({ ...first, x })
      await flush()
      expect(component.text()).toBe('0')
      scheduler.flush()
      await flush()
      expect(component.text()).toBe('9')
      component.unmount()
    })

    test('reads a machine store', async () => {
      const store = createMachineStore(door)
      const component = framework.mount((use) => {
        const [current, opened] = [use(store, 'current'), use(store, 'context', 'opened')]
        return () => `${current()} ${opened()}`
      })
      store.send('OPEN')
      await flush()
      expect(component.text()).toBe('OPEN 1')
      component.unmount()
    })

    test('keeps the last value of a store that is destroyed, also of one that was when it came', async () => {
      const { store, component } = mounted((store) => (use) => use(store, 'x'))
      store.set({ ...first, x: 7 })
      store.destroy()
      await flush()
      const late = framework.mount((use) => use(store, 'x'))
      expect([component.text(), late.text(), followersOf(store)]).toEqual(['7', '7', 0])
      component.unmount()
      late.unmount()
    })

    test('goes on after a version on which its selector throws', async () => {
      const { store, component } = mounted(
        (store) => (use) =>
          use(store, ({ x }: State) => {
            if (x === 1) throw new Error('no one')
            return x
          }),
      )
      store.set({ ...first, x: 1 })
      await flush()
      expect(component.text()).toBe('0')
      store.set({ ...first, x: 2 })
      await flush()
      expect(component.text()).toBe('2')
      component.unmount()
    })

    test('leaves nobody behind when it is unmounted', async () => {
      const { store, component } = mounted((store) => (use) => {
        const [x, y] = [use(store, 'x'), use(store, ({ y }: State) => y)]
        return () => `${x()} ${y()}`
      })
      await flush()
      expect(followersOf(store)).toBe(2)
      component.unmount()
      await flush()
      expect(followersOf(store)).toBe(0)
    })

    test('leaves nobody behind whose selector throws at once', async () => {
      const store = createStore(first, { onFault: () => {} })
      const failure = new Error('not this one')
      let thrown: unknown
      try {
        framework
          .mount((use) =>
            use(store, () => {
              throw failure
            }),
          )
          .unmount()
      } catch (error) {
        thrown = error
      }
      await flush()
      expect([thrown, followersOf(store)]).toEqual([failure, 0])
    })

    test('destroys its own store when it is unmounted', async () => {
      let own: Store<State> | undefined
      const component = framework.mount((use) => {
        own = framework.own(() => createStore(first))
        return use(own, 'x')
      })
      own?.set({ ...first, x: 1 })
      await flush()
      expect([component.text(), own?.closed]).toEqual(['1', false])
      component.unmount()
      await flush()
      expect([own?.closed, own?.state.x]).toEqual([true, 1])
    })
  })

  describe(`the scopes of ${name}`, () => {
    test(`leave no follower, ${SCOPES} of them`, async () => {
      const store = createStore(first)
      const closes = Array.from({ length: SCOPES }, () => framework.open((use) => use(store, 'x')))
      await flush()
      expect(followersOf(store)).toBe(SCOPES)
      store.set({ ...first, x: 1 })
      for (const close of closes) close()
      await flush()
      expect(followersOf(store)).toBe(0)
    })

    test('are asked for, and outside of one nothing is started', () => {
      const store = createStore(first)
      if (outside.hook === undefined) expect(framework.hook(store, 'x')()).toBe(0)
      else {
        const thrown = thrownBy(() => framework.hook(store, 'x'))
        expect(isHeadgateError(thrown, 'BINDING_SCOPE') && thrown.message).toBe(outside.hook)
      }
      let made = 0
      const thrown = thrownBy(() =>
        framework.own(() => {
          made += 1
          return createStore(first)
        }),
      )
      expect(isHeadgateError(thrown, 'BINDING_SCOPE') && thrown.message).toBe(outside.own)
      expect([made, followersOf(store)]).toEqual([0, 0])
    })

    test('refuse what is no store', () => {
      let thrown: unknown
      framework.open((use) => {
        thrown = thrownBy(() => use(undefined, 'x'))
        return () => 0
      })()
      expect((thrown as Error).message).toBe(
        'Expected "store" to be a store, a machine store, a view or another Readable, got undefined.',
      )
    })
  })
}
