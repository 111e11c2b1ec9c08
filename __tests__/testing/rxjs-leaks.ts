/**
 * The five leaks that users of RxJS really make, each as a component that leaks and one that does not.
 *
 * A component lives shorter than the application: it is mounted, updated a few times, and unmounted.
 */
import {
  asyncScheduler,
  interval,
  map,
  ReplaySubject,
  type SchedulerLike,
  Subject,
  Subscription,
  shareReplay,
  switchMap,
  takeUntil,
} from 'rxjs'
import { createStore, type Store } from '../../src/index.ts'

export interface World {
  readonly store: Store<{ total: number }>
  /** Outlives every component. */
  readonly commands$: ReplaySubject<unknown>
  readonly scheduler: SchedulerLike
  /** Ends what is left over. */
  end(): void
}

export function openWorld(scheduler: SchedulerLike = asyncScheduler): World {
  const store = createStore({ total: 0 }, { name: 'cart' })
  const commands$ = new ReplaySubject<unknown>(100)
  return {
    store,
    commands$,
    scheduler,
    end() {
      store.destroy()
      commands$.complete()
    },
  }
}

/** What is on the screen. */
export interface Component {
  unmount(): void
}

export interface LeakCase {
  readonly leaky: (world: World) => Component
  readonly fixed: (world: World) => Component
}

class TakeUntilFirst implements Component {
  total = 0
  readonly #unmounted$ = new Subject<void>()

  constructor({ store }: World, last: boolean) {
    const inner = switchMap(() => store.state$)
    const total$ = last
      ? store.state$.pipe(inner, takeUntil(this.#unmounted$))
      : store.state$.pipe(takeUntil(this.#unmounted$), inner)
    total$.subscribe(({ total }) => {
      this.total = total
    })
  }

  unmount(): void {
    this.#unmounted$.next()
  }
}

class SharedTotal implements Component {
  readonly factor = 2
  readonly #subscription: Subscription

  constructor({ store }: World, refCount: boolean) {
    const doubled$ = store.state$.pipe(
      map(({ total }) => total * this.factor),
      refCount ? shareReplay({ bufferSize: 1, refCount: true }) : shareReplay(1),
    )
    this.#subscription = doubled$.subscribe()
  }

  unmount(): void {
    this.#subscription.unsubscribe()
  }
}

class ForgottenSubscription implements Component {
  total = 0
  readonly #subscriptions = new Subscription()

  constructor({ store }: World, kept: boolean) {
    const subscription = store.state$.subscribe(({ total }) => {
      this.total = total
    })
    if (kept) this.#subscriptions.add(subscription)
  }

  unmount(): void {
    this.#subscriptions.unsubscribe()
  }
}

class ClosureInSubject implements Component {
  readonly id = 7

  constructor({ commands$ }: World, asData: boolean) {
    commands$.next(asData ? { type: 'save', id: this.id } : { undo: () => this.id })
  }

  unmount(): void {}
}

class TimerAfterUnmount implements Component {
  ticks = 0
  readonly #subscription: Subscription

  constructor({ scheduler }: World, stopped: boolean) {
    const ticks = interval(1_000, scheduler).subscribe(() => {
      this.ticks += 1
    })
    this.#subscription = stopped ? ticks : Subscription.EMPTY
  }

  unmount(): void {
    this.#subscription.unsubscribe()
  }
}

export const RXJS_LEAKS: Readonly<Record<string, LeakCase>> = {
  'takeUntil that is not last': {
    leaky: (world) => new TakeUntilFirst(world, false),
    fixed: (world) => new TakeUntilFirst(world, true),
  },
  'shareReplay without refCount': {
    leaky: (world) => new SharedTotal(world, false),
    fixed: (world) => new SharedTotal(world, true),
  },
  'a forgotten subscription in a component': {
    leaky: (world) => new ForgottenSubscription(world, false),
    fixed: (world) => new ForgottenSubscription(world, true),
  },
  'a closure in a long-lived subject': {
    leaky: (world) => new ClosureInSubject(world, false),
    fixed: (world) => new ClosureInSubject(world, true),
  },
  'a timer after unmount': {
    leaky: (world) => new TimerAfterUnmount(world, false),
    fixed: (world) => new TimerAfterUnmount(world, true),
  },
}
