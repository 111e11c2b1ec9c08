/**
 * Puts a store between a source and an observer, so that what is selected from it can be drawn in marbles:
 * each letter of the source is written, its end destroys the store.
 */
import { Observable } from 'rxjs'
import { createStore, type Store } from '../../src/index.ts'

/** Drives a store of its own for each subscriber, and observes what `pick` takes from it. */
export function throughStore<S, R>(
  source$: Observable<S>,
  initial: S,
  pick: (store: Store<S>) => Observable<R>,
): Observable<R> {
  return new Observable((observer) => {
    const store = createStore(initial)
    const picked = pick(store).subscribe(observer)
    picked.add(source$.subscribe({ next: (state) => void store.set(state), complete: () => store.destroy() }))
    return picked
  })
}
