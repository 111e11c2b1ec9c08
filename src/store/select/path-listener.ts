/**
 * Who looks at a path.
 *
 * There may be one on each of 100 000 entities, so what most of them are is one object: `subscribe(callback)`
 * makes a {@link PathListener}, which is the subscription that RxJS's users expect and the leaf of the trie at once.
 * RxJS's own subscriber for a callback is five objects and three times as large. Everybody else (operators, observers
 * with `error` or `complete`) comes with a subscriber made by RxJS.
 */
import { type Observer, Subscription } from 'rxjs'
import { reportRejection } from '../../kit/index.ts'
import type { PathNode } from './path-node.ts'

/** Whoever made a listener, and takes it away again. */
export interface ListenerOwner {
  remove(listener: PathListener): void
  /** Reports what a listener's own code threw. */
  failed(listener: PathListener, phase: 'next' | 'complete', error: unknown): void
}

/** Where a listener stands in the trie, and from when on. */
export interface Standing {
  /** The node above its own place, where `key` leads to that from; the root has none. */
  readonly parent: PathNode | undefined
  readonly key: unknown
  /** The number of the newest publication whose value it has been given, or needs no more. */
  since: number
}

/** Calls a function; what it throws, or its promise rejects with, is a fault. */
export class PathListener extends Subscription implements Standing {
  readonly parent: PathNode | undefined
  readonly key: unknown
  since: number
  readonly #owner: ListenerOwner
  readonly #callback: (value: unknown) => unknown

  constructor(owner: ListenerOwner, { parent, key, since }: Standing, callback: (value: unknown) => unknown) {
    super()
    this.parent = parent
    this.key = key
    this.since = since
    this.#owner = owner
    this.#callback = callback
  }

  /** Tells a value that came with a publication, unless it has a newer one. */
  tell(value: unknown, number: number): void {
    if (this.since >= number) return
    this.since = number
    this.next(value)
  }

  next(value: unknown): void {
    const callback = this.#callback
    try {
      const result = callback(value)
      if (result !== undefined) reportRejection(result, (error) => this.failed('next', error))
    } catch (error) {
      this.failed('next', error)
    }
  }

  complete(): void {
    this.unsubscribe()
  }

  override unsubscribe(): void {
    if (this.closed) return
    this.#owner.remove(this)
    super.unsubscribe()
  }

  protected failed(phase: 'next' | 'complete', error: unknown): void {
    this.#owner.failed(this, phase, error)
  }
}

/** Tells a subscriber of RxJS, whose teardown it is; that one throws only where it was made by hand. */
export class ObserverListener extends PathListener {
  readonly #observer: Observer<unknown>

  constructor(owner: ListenerOwner, standing: Standing, observer: Observer<unknown>) {
    super(owner, standing, (value) => observer.next(value))
    this.#observer = observer
  }

  override complete(): void {
    try {
      this.#observer.complete()
    } catch (error) {
      this.failed('complete', error)
    }
  }
}
