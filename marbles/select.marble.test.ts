import { describe, expect, jest, test } from '@jest/globals'
import { concatMap, map, Observable, timer } from 'rxjs'
import { createStore, direct, type Store } from '../src/index.ts'
import { openScheduler } from './support/open-scheduler.ts'
import { throughStore } from './support/through-store.ts'

interface State {
  readonly near: { readonly value: string }
  readonly far: number
}

/** States by letter. `b` and `c` differ elsewhere only: what is selected is the same in both. */
const STATES = {
  a: { near: { value: 'A' }, far: 0 },
  b: { near: { value: 'B' }, far: 0 },
  c: { near: { value: 'B' }, far: 1 },
  d: { near: { value: 'D' }, far: 1 },
} satisfies Record<string, State>

const VALUES = { a: 'A', b: 'B', d: 'D' }

const WAYS: [string, (store: Store<State>) => Observable<string>][] = [
  ['by function', (store) => store.select((state) => state.near.value)],
  ['by path', (store) => store.select('near', 'value')],
  ['by path of a path', (store) => store.select('near').select('value')],
  ['by path of a function', (store) => store.select((state) => state.near).select('value')],
  ['by function of a path', (store) => store.select('near').select(({ value }) => value)],
  [
    'with a policy',
    (store) =>
      new Observable((observer) => {
        const next = (value: string): void => observer.next(value)
        const complete = (): void => observer.complete()
        return store.select('near', 'value').subscribe({ next, complete }, { policy: direct() })
      }),
  ],
]

describe.each(WAYS)('select %s', (_way, pick) => {
  test('gives the current value on a source that never emits', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -----', STATES)
      const subs = '        ^----'
      const expected = '    a----'
      expectObservable(throughStore<State, string>(source, STATES.a, pick)).toBe(expected, VALUES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('gives the current value and completes with a store that is destroyed at once', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' |', STATES)
      const subs = '        (^!)'
      const expected = '    (a|)'
      expectObservable(throughStore<State, string>(source, STATES.a, pick)).toBe(expected, VALUES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('gives one change', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --b--|', STATES)
      const subs = '        ^----!'
      const expected = '    a-b--|'
      expectObservable(throughStore<State, string>(source, STATES.a, pick)).toBe(expected, VALUES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('gives many changes, and is silent while the value is the same', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -b-c-b-(acd)-d-a|', STATES)
      const subs = '        ^---------------!'
      const expected = '    ab-----(abd)---a|'
      expectObservable(throughStore<State, string>(source, STATES.a, pick)).toBe(expected, VALUES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('gives nothing after an early unsubscribe', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -b-d-a|', STATES)
      const unsub = '       ----!'
      const subs = '        ^---!'
      const expected = '    ab-d-'
      expectObservable(throughStore<State, string>(source, STATES.a, pick), unsub).toBe(expected, VALUES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('begins with the current value for a late subscribe', () => {
    openScheduler().run(({ hot, expectObservable }) => {
      const store = createStore<State>(STATES.a)
      const source = hot('  -b-d-a|', STATES)
      const subs = '        --^'
      const expected = '    --bd-a|'
      source.subscribe({ next: (state) => void store.set(state), complete: () => store.destroy() })
      expectObservable(pick(store), subs).toBe(expected, VALUES)
    })
  })

  test('gives what its callback writes after the value that it is told of, to all in the same order', () => {
    openScheduler().run(({ hot, expectObservable }) => {
      const store = createStore<State>(STATES.a)
      const source = hot('  -b------|', STATES)
      const expected = '    a(bd)---|'
      source.subscribe({ next: (state) => void store.set(state), complete: () => store.destroy() })
      pick(store).subscribe((value) => void (value === 'B' && store.set(STATES.d)))
      expectObservable(pick(store)).toBe(expected, VALUES)
    })
  })

  test('does not wait for a slow subscriber', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -bd-------|', STATES)
      const subs = '        ^---------!'
      const expected = '    ---a--b--d|'
      const slowly = concatMap((value: string) => timer(3).pipe(map(() => value)))
      const values = throughStore<State, string>(source, STATES.a, pick).pipe(slowly)
      expectObservable(values).toBe(expected, VALUES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })
})

describe('select by function', () => {
  test('skips a version on which the selector throws, and says so', () => {
    const reported = jest.spyOn(console, 'error').mockImplementation(() => {})
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -b-d-a|', STATES)
      const subs = '        ^-----!'
      const expected = '    ab---a|'
      const pick = (store: Store<State>): Observable<string> =>
        store.select(({ near }) => {
          if (near.value === 'D') throw new Error('selector')
          return near.value
        })
      expectObservable(throughStore<State, string>(source, STATES.a, pick)).toBe(expected, VALUES)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
    expect(reported).toHaveBeenCalledTimes(1)
  })

  test('takes two results for the same where it is told so', () => {
    openScheduler().run(({ cold, expectObservable }) => {
      const source = cold(' -b-c-d|', STATES)
      const expected = '    a--c--|'
      const sameFar = (before: State, after: State): boolean => before.far === after.far
      const pick = (store: Store<State>): Observable<State> => store.select((state) => state, sameFar)
      expectObservable(throughStore<State, State>(source, STATES.a, pick)).toBe(expected, STATES)
    })
  })
})

describe('select by path', () => {
  test('gives undefined where the path ends early', () => {
    openScheduler().run(({ cold, expectObservable }) => {
      const source = cold(' -b-c-e-b|', { b: { p: { n: 1 } }, c: { p: {} }, e: {} })
      const expected = '    uv-u---v|'
      const pick = (store: Store<{ p?: { n?: number } }>): Observable<number | undefined> =>
        store.select('p', 'n')
      expectObservable(throughStore(source, {}, pick)).toBe(expected, { u: undefined, v: 1 })
    })
  })
})
