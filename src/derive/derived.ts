import { type InteropObservable, type Observable, observable as observableKey } from 'rxjs'
import type { Immutable } from '../kit/index.ts'
import { coreSymbol, type Readable, type ReadableCore, type Snapshot } from '../store/index.ts'
import { Face } from './face.ts'
import { Failure, type View } from './input.ts'
import { type DerivedNode, hangNode } from './node.ts'

export interface Derived<R> extends InteropObservable<Snapshot<R>> {}

/** A derived value as a {@link Readable}: reads its node, and lets its {@link Face} be followed. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the static block makes the member of the interface
export class Derived<R> implements Readable<R> {
  static {
    // RxJS looks for the key that it found when it was loaded: a symbol, or a string.
    Object.defineProperty(Derived.prototype, observableKey, {
      value(this: Derived<unknown>): Observable<Snapshot<unknown>> {
        return this.snapshot$
      },
    })
    Object.defineProperty(Derived.prototype, coreSymbol, {
      get(this: Derived<unknown>): ReadableCore<unknown> {
        return this.#face.core
      },
    })
  }

  readonly #node: DerivedNode
  #madeFace: Face<R> | undefined

  constructor(node: DerivedNode) {
    this.#node = node
    hangNode(this, node)
  }

  get name(): string {
    return this.#node.name
  }

  get snapshot(): Snapshot<R> {
    return this.#read('head')
  }

  get published(): Snapshot<R> {
    return this.#read('published')
  }

  get state(): Immutable<R> {
    const { result } = this.#node.bring('head')
    if (result instanceof Failure) throw result.error
    // The cast holds: the node was made for values of this type.
    return result as Immutable<R>
  }

  get closed(): boolean {
    this.#node.bring('published')
    return this.#node.hasEnded()
  }

  get snapshot$(): Observable<Snapshot<R>> {
    return this.#face.readable.snapshot$
  }

  get state$(): Observable<Immutable<R>> {
    return this.#face.readable.state$
  }

  // Getters: what they return is bound, so it works off its derived value, and is made for who follows.
  get select(): Readable<R>['select'] {
    return this.#face.readable.select
  }

  get subscribe(): Readable<R>['subscribe'] {
    return this.#face.readable.subscribe
  }

  get stream(): Readable<R>['stream'] {
    return this.#face.readable.stream
  }

  get waitFor(): Readable<R>['waitFor'] {
    return this.#face.readable.waitFor
  }

  [Symbol.asyncIterator](): ReturnType<Readable<R>['stream']> {
    return this.stream()
  }

  get #face(): Face<R> {
    this.#madeFace ??= new Face(this.#node)
    return this.#madeFace
  }

  #read(view: View): Snapshot<R> {
    const { result, snapshot } = this.#node.bring(view)
    if (result instanceof Failure) throw result.error
    // The cast holds: a run that did not fail has a version, and the node was made for values of this type.
    return snapshot as Snapshot<R>
  }
}
