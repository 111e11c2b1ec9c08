import type { Immutable } from '../../kit/index.ts'
import type { PathKey, ValueAt } from './path.ts'
import type { Selection } from './selection.ts'

/**
 * What parts can be selected of: a readable, and each part again.
 *
 * @typeParam S - what paths lead into.
 * @typeParam Value - what selectors are given.
 */
export interface Selectable<S, Value = S> {
  /**
   * What a selector returns, as a {@link Selection}. It runs once a commit, however many follow it: give them the
   * same function, not one written anew each time. A version on which it, or `equal`, throws is skipped for those who
   * follow, and reported as a fault of phase `'select'`; so is one for which either returns a promise or a generator.
   *
   * @param equal - whether two results are the same; default `Object.is`. See `shallow` and `deepEqual`.
   */
  select<R>(selector: (state: Value) => R, equal?: (previous: R, current: R) => boolean): Selection<R>
  /**
   * The value at a path, as a {@link Selection} that differs by `Object.is`. A commit wakes only those below what it
   * changed. Up to five keys: own properties of objects and arrays (also `length`), entries of Maps, `size` and
   * members of Sets, ids of collections; `undefined` where the path ends early.
   */
  select<K1 extends PathKey<S>>(key: K1): Selection<Immutable<ValueAt<S, [K1]>>>
  select<K1 extends PathKey<S>, K2 extends PathKey<ValueAt<S, [K1]>>>(
    key1: K1,
    key2: K2,
  ): Selection<Immutable<ValueAt<S, [K1, K2]>>>
  select<
    K1 extends PathKey<S>,
    K2 extends PathKey<ValueAt<S, [K1]>>,
    K3 extends PathKey<ValueAt<S, [K1, K2]>>,
  >(key1: K1, key2: K2, key3: K3): Selection<Immutable<ValueAt<S, [K1, K2, K3]>>>
  select<
    K1 extends PathKey<S>,
    K2 extends PathKey<ValueAt<S, [K1]>>,
    K3 extends PathKey<ValueAt<S, [K1, K2]>>,
    K4 extends PathKey<ValueAt<S, [K1, K2, K3]>>,
  >(key1: K1, key2: K2, key3: K3, key4: K4): Selection<Immutable<ValueAt<S, [K1, K2, K3, K4]>>>
  select<
    K1 extends PathKey<S>,
    K2 extends PathKey<ValueAt<S, [K1]>>,
    K3 extends PathKey<ValueAt<S, [K1, K2]>>,
    K4 extends PathKey<ValueAt<S, [K1, K2, K3]>>,
    K5 extends PathKey<ValueAt<S, [K1, K2, K3, K4]>>,
  >(key1: K1, key2: K2, key3: K3, key4: K4, key5: K5): Selection<Immutable<ValueAt<S, [K1, K2, K3, K4, K5]>>>
}
