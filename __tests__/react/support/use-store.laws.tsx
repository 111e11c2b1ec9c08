import { describe, expect, test } from '@jest/globals'
import { startTransition, useState } from 'react'
import { createStore, derive, direct, paced, type Readable, shallow, throttle } from '../../../src/index.ts'
import { useStore } from '../../../src/react/index.ts'
import { manualClock } from '../../../src/testing/index.ts'
import { act, allowErrors, Boundary, mount, takeErrors } from './mount.tsx'

interface Robot {
  readonly battery: number
}
interface Fleet {
  readonly robots: Readonly<Record<string, Robot>>
  readonly tick: number
}

const fleet = (): Fleet => ({ robots: { r1: { battery: 90 }, r2: { battery: 80 } }, tick: 0 })

const counts = () => {
  let count = 0
  return {
    add: () => {
      count += 1
    },
    get: () => count,
  }
}

export function describeUseStore(): void {
  describe('useStore', () => {
    test('shows the whole state, and each after it', () => {
      const store = createStore(1)
      const Shown = () => <>{useStore(store)}</>
      const mounted = mount(<Shown />)
      expect(mounted.text).toBe('1')
      act(() => store.set(2))
      expect(mounted.text).toBe('2')
    })

    test('shows the value at a path, and renders only when that changes', () => {
      const store = createStore(fleet())
      const renders = counts()
      const Battery = ({ id }: { id: string }) => {
        renders.add()
        return <>{useStore(store, 'robots', id, 'battery')}</>
      }
      const mounted = mount(<Battery id="r1" />)
      expect([mounted.text, renders.get()]).toEqual(['90', 1])
      act(() =>
        store.update((draft) => {
          draft.tick += 1
        }),
      )
      act(() =>
        store.update((draft) => {
          draft.robots.r2 = { battery: 1 }
        }),
      )
      expect([mounted.text, renders.get()]).toEqual(['90', 1])
      act(() =>
        store.update((draft) => {
          draft.robots.r1 = { battery: 89 }
        }),
      )
      expect([mounted.text, renders.get()]).toEqual(['89', 2])
    })

    test('of a thousand components by path renders the one whose value changed', () => {
      const ids = Array.from({ length: 1_000 }, (_, index) => `r${index}`)
      const store = createStore({ robots: Object.fromEntries(ids.map((id) => [id, { battery: 0 }])) })
      const renders = counts()
      const Battery = ({ id }: { id: string }) => {
        renders.add()
        return <i>{useStore(store, 'robots', id, 'battery')}</i>
      }
      mount(ids.map((id) => <Battery key={id} id={id} />))
      expect(renders.get()).toBe(1_000)
      for (let write = 1; write <= 10; write += 1) {
        act(() =>
          store.update((draft) => {
            draft.robots[`r${write}`] = { battery: write }
          }),
        )
      }
      expect(renders.get()).toBe(1_010)
    })

    test('follows other keys, more keys, and another store, when it is given them', () => {
      const [one, other] = [createStore(fleet()), createStore({ ...fleet(), tick: 7 })]
      const Shown = ({ store, keys }: { store: Readable<Fleet>; keys: readonly unknown[] }) => {
        const read = useStore as (...args: unknown[]) => unknown
        return <>{JSON.stringify(read(store, ...keys))}</>
      }
      const mounted = mount(<Shown store={one} keys={['robots', 'r1', 'battery']} />)
      const shows = (store: Readable<Fleet>, ...keys: unknown[]): string => {
        mounted.render(<Shown store={store} keys={keys} />)
        return mounted.text
      }
      expect(mounted.text).toBe('90')
      expect(shows(one, 'robots', 'r2', 'battery')).toBe('80')
      expect(shows(one, 'robots', 'r2')).toBe('{"battery":80}')
      expect(shows(one)).toBe(JSON.stringify(fleet()))
      expect(shows(other, 'tick')).toBe('7')
      act(() => one.set({ ...fleet(), tick: 1 }))
      expect(mounted.text).toBe('7')
      act(() => other.set({ ...fleet(), tick: 8 }))
      expect(mounted.text).toBe('8')
      expect(one.metrics().subscriberCount).toBe(0)
    })

    test('runs an inline selector of a new object once, and renders once, at mount', () => {
      const store = createStore(fleet())
      const [runs, renders] = [counts(), counts()]
      const Shown = () => {
        renders.add()
        const { ids } = useStore(store, ({ robots }) => {
          runs.add()
          return { ids: Object.keys(robots) }
        })
        return <>{ids.join()}</>
      }
      const mounted = mount(<Shown />)
      expect([mounted.text, runs.get(), renders.get()]).toEqual(['r1,r2', 1, 1])
    })

    test('renders with each version for a selector of a new object, and with each change where equal says what that is', () => {
      const store = createStore(fleet())
      const [renders, few] = [counts(), counts()]
      const Each = () => {
        renders.add()
        return <>{useStore(store, ({ robots }) => Object.keys(robots)).join()}</>
      }
      const Few = () => {
        few.add()
        return <>{useStore(store, ({ robots }) => Object.keys(robots), shallow).join()}</>
      }
      const mounted = mount([<Each key="each" />, <Few key="few" />])
      act(() =>
        store.update((draft) => {
          draft.tick += 1
        }),
      )
      act(() =>
        store.update((draft) => {
          draft.tick += 1
        }),
      )
      expect([renders.get(), few.get()]).toEqual([3, 1])
      act(() =>
        store.update((draft) => {
          draft.robots.r3 = { battery: 1 }
        }),
      )
      expect([mounted.text, renders.get(), few.get()]).toEqual(['r1,r2,r3r1,r2,r3', 4, 2])
    })

    test('takes what an inline selector closes over from the newest render', () => {
      const store = createStore(fleet())
      const Shown = ({ id }: { id: string }) => <>{useStore(store, ({ robots }) => robots[id]?.battery)}</>
      const mounted = mount(<Shown id="r1" />)
      mounted.render(<Shown id="r2" />)
      expect(mounted.text).toBe('80')
      act(() => store.set({ ...fleet(), robots: { r2: { battery: 3 } } }))
      expect(mounted.text).toBe('3')
    })

    test('keeps the object before where equal says that it is the same, also from render to render', () => {
      const store = createStore(fleet())
      const seen = new Set<unknown>()
      let again = (): void => {}
      const Shown = () => {
        const [, set] = useState(0)
        again = () => set((count) => count + 1)
        seen.add(useStore(store, ({ robots }) => Object.keys(robots), shallow))
        return null
      }
      mount(<Shown />)
      act(() => again())
      act(() => store.set({ ...fleet(), tick: 1 }))
      act(() => again())
      expect(seen.size).toBe(1)
    })

    test('never shows a write of a batch that throws, also to a component that renders inside of it', () => {
      const store = createStore({ n: 1 })
      const Shown = () => <>{useStore(store, 'n')}</>
      const Whole = () => <>{useStore(store, ({ n }) => n)}</>
      const both = [<Shown key="path" />, <Whole key="selector" />]
      const mounted = mount(null)
      act(() => {
        expect(() =>
          store.batch(() => {
            store.set({ n: 99 })
            mounted.render(both)
            throw new Error('taken back')
          }),
        ).toThrow('taken back')
      })
      expect(mounted.text).toBe('11')
    })

    test('throws what a selector throws in the render, and leaves the store and the others as they are', () => {
      const faults: unknown[] = []
      const store = createStore({ n: 1 }, { onFault: (fault) => faults.push(fault) })
      const Fragile = () => (
        <>
          {useStore(store, ({ n }) => {
            if (n === 2) throw new Error('two')
            return n
          })}
        </>
      )
      const Sound = () => <>{useStore(store, 'n')}</>
      const mounted = mount([
        <Boundary key="boundary">
          <Fragile />
        </Boundary>,
        <Sound key="sound" />,
      ])
      allowErrors()
      act(() => store.set({ n: 2 }))
      takeErrors()
      expect(mounted.text).toBe('caught two2')
      expect([faults, store.metrics().subscriberCount]).toEqual([[], 1])
    })

    test('ends a subscription made before a later hook of the component throws', () => {
      const store = createStore({ n: 1 })
      const Broken = () => {
        useStore(store, 'n')
        if (useStore(store, 'n') === 2) throw new Error('broken')
        return null
      }
      mount(
        <Boundary>
          <Broken />
        </Boundary>,
      )
      expect(store.metrics().subscriberCount).toBe(2)
      allowErrors()
      act(() => store.set({ n: 2 }))
      takeErrors()
      expect(store.metrics().subscriberCount).toBe(0)
    })

    test('leaves nothing when it is unmounted', () => {
      const store = createStore(fleet())
      const runs = counts()
      const Shown = () => {
        useStore(store)
        useStore(store, 'tick')
        useStore(store, ({ tick }) => {
          runs.add()
          return tick
        })
        return null
      }
      const mounted = mount(<Shown />)
      expect(store.metrics().subscriberCount).toBe(3)
      mounted.unmount()
      const before = runs.get()
      store.set({ ...fleet(), tick: 5 })
      expect([store.metrics().subscriberCount, runs.get() - before]).toEqual([0, 0])
    })

    test('leaves no subscriber of ten thousand that were mounted and unmounted', () => {
      const store = createStore({ n: 0 })
      const Shown = () => <>{useStore(store, 'n')}</>
      const ids = Array.from({ length: 1_000 }, (_, index) => `r${index}`)
      for (let round = 0; round < 10; round += 1) {
        const mounted = mount(ids.map((id) => <Shown key={id} />))
        expect(store.metrics().subscriberCount).toBe(1_000)
        mounted.unmount()
      }
      expect(store.metrics().subscriberCount).toBe(0)
    })

    test('keeps the last value of a destroyed store, also in a component that is mounted later', () => {
      const store = createStore({ n: 4 })
      const Shown = () => <>{useStore(store, 'n')}</>
      const mounted = mount(<Shown />)
      act(() => store.destroy())
      mounted.render([<Shown key="one" />, <Shown key="other" />])
      expect(mounted.text).toBe('44')
    })

    test('is undefined for a store without a state, and runs no selector', () => {
      const store = createStore<{ n: number }>()
      const Shown = () => {
        const whole = useStore(store)
        const part = useStore(store as unknown as Readable<{ n: number }>, ({ n }) => n)
        return <>{`${JSON.stringify(whole)} ${part}`}</>
      }
      const mounted = mount(<Shown />)
      expect(mounted.text).toBe('undefined undefined')
      act(() => store.initialize({ n: 3 }))
      expect(mounted.text).toBe('{"n":3} 3')
    })

    test('takes a derived value, which may be undefined', () => {
      const store = createStore({ n: 1 })
      const even = derive([store], ({ n }) => (n % 2 === 0 ? n : undefined))
      const Shown = () => <>{useStore(even, (n) => n ?? 'odd')}</>
      const mounted = mount(<Shown />)
      expect(mounted.text).toBe('odd')
      act(() => store.set({ n: 2 }))
      expect(mounted.text).toBe('2')
    })

    test('shows one version of a view in all components that read it, mounted whenever', () => {
      const clock = manualClock()
      const store = createStore({ n: 0 }, { scheduler: clock })
      const view = paced(store, throttle({ ms: 100 }))
      const Shown = () => <>{useStore(view, 'n')}</>
      const mounted = mount(<Shown key="0" />)
      for (const n of [1, 2, 3]) act(() => store.set({ n }))
      mounted.render([<Shown key="0" />, <Shown key="1" />, <Shown key="2" />])
      expect(mounted.text).toBe('000')
      act(() => clock.advance(100))
      expect(mounted.text).toBe('333')
    })

    test('lets go of a view one task after its last reader has left', () => {
      const clock = manualClock()
      const store = createStore({ n: 0 }, { scheduler: clock })
      const Shown = () => <>{useStore(paced(store, direct()), 'n')}</>
      const mounted = mount(<Shown />)
      const views = () => store.metrics().subscribers.length
      expect(views()).toBe(1)
      mounted.unmount()
      expect(views()).toBe(1)
      clock.advance(1)
      expect([views(), store.metrics().subscriberCount, clock.pendingTimers]).toEqual([0, 0, 0])
    })

    test('shows at once what is written inside startTransition', () => {
      const store = createStore({ n: 0 })
      const Shown = () => <>{useStore(store, 'n')}</>
      const mounted = mount(<Shown />)
      act(() => startTransition(() => void store.set({ n: 1 })))
      expect([mounted.text, store.state.n]).toEqual(['1', 1])
    })
  })
}
