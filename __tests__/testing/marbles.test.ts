import { describe, expect, test } from '@jest/globals'
import { map, timer } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import { batch, createMachineStore, createStore, debounce, defineMachine, latest } from '../../src/index.ts'
import { expectStore, marbleStore, virtualTime } from '../../src/testing/index.ts'
import { caught, refusal } from '../store/support.ts'

const scheduler = (): TestScheduler =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected))

describe('marbleStore', () => {
  test('is on virtual time, with its clock and its timers', () => {
    const testScheduler = scheduler()
    testScheduler.run(({ hot, flush }) => {
      const store = marbleStore(testScheduler, 'a', { name: 'drawn' })
      hot('---b').subscribe((state) => store.set(state))
      flush()
      expect(store.name).toBe('drawn')
      expect(store.snapshot).toMatchObject({ state: 'b', tsWall: 3, tsMono: 3 })
    })
  })

  test('may be uninitialized', () => {
    const testScheduler = scheduler()
    testScheduler.run(({ hot }) => {
      const store = marbleStore<string>(testScheduler)
      hot('--b').subscribe((state) => store.set(state))
      expectStore(store).toBe('--b')
    })
  })
})

describe('expectStore', () => {
  test('compares states', () => {
    const testScheduler = scheduler()
    testScheduler.run(({ hot }) => {
      const store = marbleStore(testScheduler, { count: 0 })
      hot('--b-c').subscribe(() =>
        store.update((draft) => {
          draft.count += 1
        }),
      )
      expectStore(store).toBe('a-b-c', { a: { count: 0 }, b: { count: 1 }, c: { count: 2 } })
      expectStore(store.select('count'), { testScheduler }).toBe('0-1-2', { 0: 0, 1: 1, 2: 2 })
    })
  })

  test('fails where the diagram is wrong', () => {
    const testScheduler = scheduler()
    const run = (): unknown =>
      testScheduler.run(({ hot }) => {
        const store = marbleStore(testScheduler, 'a')
        hot('--b').subscribe((state) => store.set(state))
        expectStore(store).toBe('a--b')
      })
    expect(run).toThrow('toEqual')
  })

  test('compares versions, or whole snapshots', () => {
    const testScheduler = scheduler()
    testScheduler.run(({ hot }) => {
      const store = marbleStore(testScheduler, 'a')
      hot('--b').subscribe((state) => store.set(state, 'KEY'))
      expectStore(store, { compare: 'versions' }).toBe('a-b', { a: 0, b: 1 })
      expectStore(store, { compare: 'snapshots' }).toBe('a-b', {
        a: expect.objectContaining({ version: 0, state: 'a', reason: 'INIT', tsMono: 0 }),
        b: expect.objectContaining({ version: 1, state: 'b', reason: 'KEY', tsMono: 2 }),
      })
    })
  })

  test('follows through a policy, arrays of a batch included', () => {
    const testScheduler = scheduler()
    testScheduler.run(({ hot }) => {
      const store = marbleStore(testScheduler, 'a')
      hot('--b-c').subscribe((state) => store.set(state))
      expectStore(store, { policy: debounce({ ms: 3 }) }).toBe('a------c')
      expectStore(store, { policy: batch({ ms: 5 }) }).toBe('a------g', { a: ['a'], g: ['b', 'c'] })
    })
  })

  test('takes a slow consumer that returns an observable', () => {
    const testScheduler = scheduler()
    testScheduler.run(({ hot }) => {
      const store = marbleStore(testScheduler, 'a')
      const seen: string[] = []
      store.subscribe(
        ({ version }) => {
          seen.push(`${version} at ${testScheduler.now()}`)
          return timer(5, testScheduler)
        },
        { policy: latest() },
      )
      hot('-bcd').subscribe({ next: (state) => store.set(state), complete: () => {} })
      testScheduler.flush()
      expect(seen).toEqual(['0 at 0', '3 at 5'])
    })
  })

  test('ends where it is told to, and with the store', () => {
    const testScheduler = scheduler()
    testScheduler.run(({ hot, cold }) => {
      const store = marbleStore(testScheduler, 'a')
      hot('--b-c').subscribe((state) => store.set(state))
      cold('------|').subscribe({ complete: () => store.destroy() })
      expectStore(store, { unsubscribe: '---!' }).toBe('a-b')
      expectStore(store).toBe('a-b-c-|')
      expectStore(store, { policy: latest() }).toBe('a-b-c-|')
    })
  })

  test('compares what is no snapshot as it is', () => {
    const testScheduler = scheduler()
    testScheduler.run(({ cold }) => {
      const doubled$ = cold('-a-b', { a: 1, b: 2 }).pipe(map((n) => n * 2))
      expectStore(doubled$, { testScheduler }).toBe('-x-y', { x: 2, y: 4 })
    })
  })

  test('refuses a source whose virtual time it does not know', () => {
    expect(caught(() => expectStore(createStore(0)))).toEqual(
      refusal(
        'OPTION_INVALID',
        'Expected "testScheduler" to be the TestScheduler, as the source was not made by marbleStore(), got undefined.',
      ),
    )
  })

  test('refuses a policy for what is no store', () => {
    const testScheduler = scheduler()
    const options = { testScheduler, policy: latest() }
    expect(caught(() => expectStore(createStore(0).state$, options))).toEqual(
      refusal('OPTION_INVALID', 'Expected "policy" to be given with a store only, got an object.'),
    )
  })
})

describe('virtualTime', () => {
  test('puts a machine on virtual time', () => {
    const testScheduler = scheduler()
    const lamp = defineMachine({
      id: 'lamp',
      initial: 'ON',
      context: {},
      types: {} as { events: { type: 'PRESSED' } },
      states: { ON: { after: { ms: 4, target: 'OFF' } }, OFF: { on: { PRESSED: 'ON' } } },
    })
    testScheduler.run(({ hot }) => {
      const store = createMachineStore(lamp, virtualTime(testScheduler))
      hot('------p').subscribe(() => store.send('PRESSED'))
      const current$ = store.select((state) => state.current)
      expectStore(current$, { testScheduler, unsubscribe: '---------!' }).toBe('a---b-a', {
        a: 'ON',
        b: 'OFF',
      })
    })
  })
})
