/**
 * Finds subscriptions whose handle was collected as garbage while they were still open: nobody is left who
 * could end them.
 *
 *   user ──> handle ──> mailbox <── store        the store does not know the handle,
 *              ╎                                 so the handle is collected when the user lets go of it
 *              ╰╌╌ registry: where subscribed
 *
 * The place in the code is kept as an `Error` whose stack the engine formats only when it is read. The watch
 * costs about as much as a subscription does, so it is off in production.
 */

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** Whether `NODE_ENV` says that this is not production; a browser without a bundler that sets it counts as production. */
export function isDevelopment(): boolean {
  try {
    // Written out: bundlers replace exactly this text.
    return process.env.NODE_ENV !== 'production'
  } catch {
    return false
  }
}

/** Watches the handles of one store. */
export class LeakWatch {
  readonly #leaked = new Map<object, Error>()
  readonly #registry = new FinalizationRegistry<{ readonly subscription: object; readonly site: Error }>(
    ({ subscription, site }) => this.#leaked.set(subscription, site),
  )

  /**
   * @param handle - what the user holds
   * @param subscription - what it ends; must not lead to the handle
   * @param calledBy - the function whose caller is the place that subscribed
   */
  watch(handle: object, subscription: object, calledBy: (...args: never[]) => unknown): void {
    const site = new Error('subscribed here')
    Error.captureStackTrace?.(site, calledBy)
    this.#registry.register(handle, { subscription, site }, subscription)
  }

  /** The subscription has ended. */
  forget(subscription: object): void {
    this.#registry.unregister(subscription)
    this.#leaked.delete(subscription)
  }

  /** Where a subscription was made whose handle is lost; undefined for all others. */
  siteOf(subscription: object): string | undefined {
    const site = this.#leaked.get(subscription)
    return site === undefined ? undefined : firstFrame(site)
  }
}

/** The place in the code, without the `at` that V8 puts before it. */
function firstFrame({ stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => !line.includes('subscribed here'))
  return frames[0]?.trim().replace(/^at /, '') ?? 'an unknown place'
}
