import { describe, expect, jest, test } from '@jest/globals'
import { concatMap, map, type Observable, timer } from 'rxjs'
import { createStore, debounce, paced, type Store, throttle } from '../src/index.ts'
import { openScheduler } from './support/open-scheduler.ts'
import { throughStore } from './support/through-store.ts'

type Letter = string

/** The states of a view that shows what is newest, at most once in 4 ms. */
const states = (store: Store<Letter>): Observable<Letter> => paced(store, throttle({ ms: 4 })).state$

describe('paced', () => {
  test('shows the current version of a source that never writes', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<Letter>(' -----')
      const subs = '                ^----'
      const expected = '            a----'
      expectObservable(throughStore(source, 'a', states)).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('shows the current version and completes with a store that is destroyed at once', () => {
    openScheduler().run(({ cold, expectObservable }) => {
      const source = cold<Letter>(' |')
      const expected = '            (a|)'
      expectObservable(throughStore(source, 'a', states)).toBe(expected)
    })
  })

  test('shows one version when its time has come', () => {
    openScheduler().run(({ cold, expectObservable }) => {
      const source = cold<Letter>(' --b-----|')
      const expected = '            a---b---|'
      expectObservable(throughStore(source, 'a', states)).toBe(expected)
    })
  })

  test('shows the newest of many, and at the end what was newest', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<Letter>(' -bcd---e-g|')
      const subs = '                ^---------!'
      const expected = '            a---d---e-(g|)'
      expectObservable(throughStore(source, 'a', states)).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('shows nothing after an early unsubscribe', () => {
    openScheduler().run(({ cold, expectObservable }) => {
      const source = cold<Letter>(' -b----c-d-|')
      const unsub = '               -----!'
      const expected = '            a---b'
      expectObservable(throughStore(source, 'a', states), unsub).toBe(expected)
    })
  })

  test('shows a late reader the version that all others see', () => {
    openScheduler().run(({ hot, expectObservable }) => {
      const store = createStore<Letter>('a')
      const source = hot<Letter>('  -b-c-----|')
      source.subscribe({ next: (letter) => void store.set(letter), complete: () => store.destroy() })
      const early = '               ^---------'
      const expected = '            a---c----|'
      const late = '                --^-------'
      const expectedLate = '        --a-c----|'
      expectObservable(states(store), early).toBe(expected)
      expectObservable(states(store), late).toBe(expectedLate)
    })
  })

  test('begins anew for whoever comes more than a task after the last reader', () => {
    openScheduler().run(({ hot, expectObservable }) => {
      const store = createStore<Letter>('a')
      const source = hot<Letter>('  -b---c---|')
      source.subscribe({ next: (letter) => void store.set(letter), complete: () => store.destroy() })
      const first = '               ^!'
      const expectedFirst = '       a'
      const second = '              ---^------'
      const expectedSecond = '      ---b---c-|'
      expectObservable(states(store), first).toBe(expectedFirst)
      expectObservable(states(store), second).toBe(expectedSecond)
    })
  })

  test('shows what a reader writes in its turn', () => {
    openScheduler().run(({ hot, expectObservable }) => {
      const store = createStore<Letter>('a')
      const source = hot<Letter>('  -b----------|')
      const expected = '            a---b---c---|'
      source.subscribe({ next: (letter) => void store.set(letter), complete: () => store.destroy() })
      states(store).subscribe((letter) => void (letter === 'b' && store.set('c')))
      expectObservable(states(store)).toBe(expected)
    })
  })

  test('does not wait for a slow reader', () => {
    openScheduler().run(({ cold, expectObservable }) => {
      const source = cold<Letter>(' -b-------c-------|')
      const slowly = concatMap((letter: Letter) => timer(6).pipe(map(() => letter)))
      const expected = '            ------a-----b-----(c|)'
      const slow = (store: Store<Letter>): Observable<Letter> => states(store).pipe(slowly)
      expectObservable(throughStore(source, 'a', slow)).toBe(expected)
    })
  })

  test('goes on where a reader throws, and says so', () => {
    const reported = jest.spyOn(console, 'error').mockImplementation(() => {})
    openScheduler().run(({ hot, expectObservable }) => {
      const store = createStore<Letter>('a')
      const source = hot<Letter>('  -b------|')
      const expected = '            a---b---|'
      source.subscribe({ next: (letter) => void store.set(letter), complete: () => store.destroy() })
      states(store).subscribe((letter) => {
        if (letter === 'b') throw new Error('reader')
      })
      expectObservable(states(store)).toBe(expected)
    })
    expect(reported).toHaveBeenCalledTimes(1)
  })

  test('stays where it is held, and shows what came last once it is released', () => {
    openScheduler().run(({ hot, expectObservable }) => {
      const store = createStore<Letter>('a')
      const view = paced(store, throttle({ ms: 1 }))
      const source = hot<Letter>('  --b--c--d--------|')
      const hold = hot('            ---h------r-------')
      const expected = '            a-b-------d------|'
      source.subscribe({ next: (letter) => void store.set(letter), complete: () => store.destroy() })
      let release = (): void => {}
      hold.subscribe((letter) => {
        if (letter === 'h') release = view.hold()
        else release()
      })
      expectObservable(view.state$).toBe(expected)
    })
  })

  test('takes over at once what is flushed, and shows it once', () => {
    openScheduler().run(({ hot, expectObservable }) => {
      const store = createStore<Letter>('a')
      const view = paced(store, debounce({ ms: 5 }))
      const source = hot<Letter>('  -b-c--------|')
      const flush = hot('           --f---------')
      const expected = '            a-b-----c---|'
      source.subscribe({ next: (letter) => void store.set(letter), complete: () => store.destroy() })
      flush.subscribe(() => void view.flush())
      expectObservable(view.state$).toBe(expected)
    })
  })

  test('of a selection is silent while the selection is', () => {
    openScheduler().run(({ cold, expectObservable }) => {
      const source = cold<Letter>(' -B-c-----C--------|')
      const expected = '            a---c-------------|'
      const lower = (store: Store<Letter>): Observable<Letter> =>
        paced(
          store.select((letter) => letter.toLowerCase()),
          throttle({ ms: 4 }),
        ).state$
      expectObservable(throughStore(source, 'a', lower)).toBe(expected)
    })
  })
})
