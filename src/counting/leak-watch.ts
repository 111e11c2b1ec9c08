/**
 * Finds subscriptions whose handle was collected as garbage while they were still open: nobody is left who
 * could end them.
 *
 *   user ──> handle ──> mailbox <── store        the store does not know the handle,
 *              ╎                                 so the handle is collected when the user lets go of it
 *              ╰╌╌ registry: where subscribed
 *
 * The place in the code is kept as text, made at once. An `Error` whose stack is not read yet would be lazy,
 * but V8 keeps the receivers of its frames alive: `this.handle = store.subscribe(…)` would hold `this`, so the
 * handle, and the leak would never be found. The watch costs some 5 µs a subscription,
 * twenty times the rest of it, so it is off in production. A platform without a `FinalizationRegistry` finds no leaks.
 */

import { stackTextOf } from '../kit/index.ts'

/** What the registry keeps of a handle: nothing that leads to it. */
interface Watched {
  readonly subscription: object
  readonly site: string
}

/** Watches the handles of one store. */
export class LeakWatch {
  /** Where each subscription was made. */
  readonly sites: WeakMap<object, string> = new WeakMap()
  readonly #leaked = new Map<object, string>()
  readonly #registry: FinalizationRegistry<Watched> | undefined

  constructor() {
    if (typeof FinalizationRegistry === 'undefined') return
    this.#registry = new FinalizationRegistry(({ subscription, site }) =>
      this.#leaked.set(subscription, site),
    )
  }

  /**
   * @param handle - what the user holds
   * @param subscription - what it ends; must not lead to the handle
   * @param calledBy - the function whose caller is the place that subscribed
   */
  watch(handle: object, subscription: object, calledBy: (...args: never[]) => unknown): void {
    const site = callerOf(calledBy)
    this.sites.set(subscription, site)
    this.#registry?.register(handle, { subscription, site }, subscription)
  }

  /** The subscription has ended. */
  forget(subscription: object): void {
    this.#registry?.unregister(subscription)
    this.#leaked.delete(subscription)
  }

  /** Where a subscription was made whose handle is lost; undefined for all others. */
  siteOf(subscription: object): string | undefined {
    return this.#leaked.get(subscription)
  }
}

/** What engines offer beside the standard: V8 and JavaScriptCore, of late all. */
interface StackControl {
  stackTraceLimit?: number
  captureStackTrace?(target: object, callee: unknown): void
}

/** What a stack begins with, where the engine writes it there. */
const HEADER = 'subscribed here'

/** An engine that cannot leave them out shows these first: `stackFrom`, `callerOf`, `watch` and its caller. */
const OWN_FRAMES = 4

/** The place in the code that called a function, without the `at` that V8 puts before it. */
function callerOf(callee: unknown): string {
  // The cast only widens: each may be absent.
  const engine = Error as StackControl
  const cuts = engine.captureStackTrace !== undefined && engine.stackTraceLimit !== undefined
  const stack = stackFrom(callee, cuts, engine)
  const frames = stack.split('\n').filter((line) => line.trim() !== '' && !line.includes(HEADER))
  return frames[cuts ? 0 : OWN_FRAMES]?.trim().replace(/^at /, '') ?? 'an unknown place'
}

/** A stack that begins with the caller of a function, where the engine can cut it there, and has one frame. */
function stackFrom(callee: unknown, cuts: boolean, engine: StackControl): string {
  // Not an Error where it can be helped: that would capture a whole stack first.
  const site: { readonly message: string; readonly stack?: string } = cuts
    ? { message: HEADER }
    : new Error(HEADER)
  if (cuts) {
    const { stackTraceLimit = 0 } = engine
    // Not an assignment: where `Error` is frozen that would throw.
    Reflect.set(engine, 'stackTraceLimit', Math.min(stackTraceLimit, 1))
    engine.captureStackTrace?.(site, callee)
    Reflect.set(engine, 'stackTraceLimit', stackTraceLimit)
  }
  return stackTextOf(site)
}
