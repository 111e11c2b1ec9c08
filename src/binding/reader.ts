import type { Immutable } from '../kit/index.ts'
import type { PathKey, Readable, UninitializedStore, ValueAt } from '../store/index.ts'

/**
 * What a framework gives for a value: `interface AsRef extends Wrapper { readonly wrapped: Ref<this['value']> }`.
 *
 * TypeScript has no parameter that takes a parameter itself. An interface that looks at its own `value` is as good as
 * one, and lets the ways to read be written once for all frameworks.
 */
export interface Wrapper {
  readonly value: unknown
  readonly wrapped: unknown
}

type Wrapped<W extends Wrapper, Value> = (W & { readonly value: Value })['wrapped']

/** The ways to read a store in a user interface: all of it, through a selector, or at a path of up to five keys. */
export interface Reader<W extends Wrapper> {
  <S>(store: Readable<S>): Wrapped<W, Immutable<S>>
  <S>(store: UninitializedStore<S>): Wrapped<W, Immutable<S> | undefined>
  <S, R>(
    store: Readable<S>,
    selector: (state: Immutable<S>) => R,
    equal?: (previous: R, current: R) => boolean,
  ): Wrapped<W, R>
  <S, K1 extends PathKey<S>>(store: Readable<S>, key: K1): Wrapped<W, Immutable<ValueAt<S, [K1]>>>
  <S, K1 extends PathKey<S>, K2 extends PathKey<ValueAt<S, [K1]>>>(
    store: Readable<S>,
    key1: K1,
    key2: K2,
  ): Wrapped<W, Immutable<ValueAt<S, [K1, K2]>>>
  <S, K1 extends PathKey<S>, K2 extends PathKey<ValueAt<S, [K1]>>, K3 extends PathKey<ValueAt<S, [K1, K2]>>>(
    store: Readable<S>,
    key1: K1,
    key2: K2,
    key3: K3,
  ): Wrapped<W, Immutable<ValueAt<S, [K1, K2, K3]>>>
  <
    S,
    K1 extends PathKey<S>,
    K2 extends PathKey<ValueAt<S, [K1]>>,
    K3 extends PathKey<ValueAt<S, [K1, K2]>>,
    K4 extends PathKey<ValueAt<S, [K1, K2, K3]>>,
  >(
    store: Readable<S>,
    key1: K1,
    key2: K2,
    key3: K3,
    key4: K4,
  ): Wrapped<W, Immutable<ValueAt<S, [K1, K2, K3, K4]>>>
  <
    S,
    K1 extends PathKey<S>,
    K2 extends PathKey<ValueAt<S, [K1]>>,
    K3 extends PathKey<ValueAt<S, [K1, K2]>>,
    K4 extends PathKey<ValueAt<S, [K1, K2, K3]>>,
    K5 extends PathKey<ValueAt<S, [K1, K2, K3, K4]>>,
  >(
    store: Readable<S>,
    key1: K1,
    key2: K2,
    key3: K3,
    key4: K4,
    key5: K5,
  ): Wrapped<W, Immutable<ValueAt<S, [K1, K2, K3, K4, K5]>>>
}
