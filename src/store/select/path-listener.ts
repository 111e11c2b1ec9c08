/**
 * Who looks at a path.
 *
 * There may be one on each of 100 000 entities, so what most of them are is one object: `subscribe(callback)`
 * makes a {@link CallbackListener}, which is the subscription that RxJS's users expect and the listener of the
 * node at once. RxJS's own subscriber for a callback is five objects and three times as large. Everybody else
 * (operators, observers with `error` or `complete`) comes with a subscriber made by RxJS.
 *
 * Neither needs a closure for its end.
 */
import { type Observer, Subscriber, type Unsubscribable } from 'rxjs'
import { contain, type Slotted } from '../../kit/index.ts'
import type { PathNode } from './path-node.ts'

/** Whoever made a listener, and takes it away again. */
export interface ListenerOwner {
  remove(listener: PathListener): void
  /** Reports what a listener's own code threw. */
  failed(listener: PathListener, phase: 'next' | 'complete', error: unknown): void
}

export interface PathListener extends Slotted, Unsubscribable {
  readonly node: PathNode
  /** The number of the newest publication whose value it has been given, or needs no more. */
  since: number
  next(value: unknown): void
  complete(): void
}

/** Tells a subscriber of RxJS, which throws only where it was made by hand; its own teardown. */
export class ObserverListener implements PathListener {
  slot = -1
  readonly node: PathNode
  since: number
  readonly #owner: ListenerOwner
  readonly #observer: Observer<unknown>

  constructor(owner: ListenerOwner, node: PathNode, since: number, observer: Observer<unknown>) {
    this.node = node
    this.since = since
    this.#owner = owner
    this.#observer = observer
  }

  next(value: unknown): void {
    try {
      this.#observer.next(value)
    } catch (error) {
      this.#owner.failed(this, 'next', error)
    }
  }

  complete(): void {
    try {
      this.#observer.complete()
    } catch (error) {
      this.#owner.failed(this, 'complete', error)
    }
  }

  unsubscribe(): void {
    this.#owner.remove(this)
  }
}

/** Calls a function; what it throws, or its promise rejects with, is a fault. */
export class CallbackListener extends Subscriber<unknown> implements PathListener {
  slot = -1
  readonly node: PathNode
  since: number
  readonly #owner: ListenerOwner
  readonly #callback: (value: unknown) => unknown

  constructor(owner: ListenerOwner, node: PathNode, since: number, callback: (value: unknown) => unknown) {
    super()
    this.node = node
    this.since = since
    this.#owner = owner
    this.#callback = callback
  }

  override unsubscribe(): void {
    if (this.closed) return
    this.#owner.remove(this)
    super.unsubscribe()
  }

  protected override _next(value: unknown): void {
    contain(
      () => this.#callback(value),
      (error) => this.#owner.failed(this, 'next', error),
    )
  }

  protected override _complete(): void {
    this.unsubscribe()
  }
}
