/**
 * Shows a store in Redux DevTools.
 *
 *   store ──> policy ──> kept snapshots ──> { version, state } ──> panel
 *     ^                        │                                     │
 *     └──── set, or the views are held ─── by version ───── jump ────┘
 *
 * The panel is a subscriber like any other: what it is too slow for it misses, and its actions say how much. One
 * message serializes the whole state, so not every version is sent unless one asks for that.
 */
import { type SinglePolicy, throttle } from '../backpressure/index.ts'
import {
  checkKeys,
  describeValue,
  disposeSymbol,
  HeadgateError,
  type Immutable,
  messageOf,
} from '../kit/index.ts'
import type { MachineStore } from '../machine/index.ts'
import type { Snapshot, Store, SubscriberHandle, View } from '../store/index.ts'
import {
  type DevtoolsConnection,
  type DevtoolsExtension,
  type DevtoolsMessage,
  findExtension,
} from './extension.ts'
import { KeptSnapshots } from './kept-snapshots.ts'

/** What the panel is shown of a store, at which pace, and what it may do to it. */
export interface DevtoolsOptions<S> {
  /** Shown in the panel; default the store's. */
  name?: string | undefined
  /** Default `throttle({ ms: 100 })`; `buffer({ capacity: 64 })` to see every version of a burst. */
  policy?: SinglePolicy | undefined
  /** How many snapshots can be gone back to; an integer from 1, default 50. */
  historyLimit?: number | undefined
  /** What of a state is sent: less, or without secrets. */
  sanitize?: ((state: Immutable<S>) => unknown) | undefined
  /**
   * What a jump changes. `'store'` (default) writes the old state as a new version, and a machine then runs the effects
   * of that state. `'view'` only holds the `views`, and writes nothing.
   */
  jump?: 'store' | 'view' | undefined
  /** The views that the application shows; of `jump: 'view'`. */
  views?: readonly View<S>[] | undefined
  /** Whether production builds connect too; default false. */
  inProduction?: boolean | undefined
  /** Default the one of the page. */
  extension?: DevtoolsExtension | undefined
}

const OPTION_KEYS = {
  name: true,
  policy: true,
  historyLimit: true,
  sanitize: true,
  jump: true,
  views: true,
  inProduction: true,
  extension: true,
} as const

/** How the subscriber and its writes are called. */
const DEVTOOLS = 'devtools'
const JUMP = 'DEVTOOLS_JUMP'

/**
 * Shows a store in Redux DevTools until the handle is called or the store is destroyed. Jumps restore kept snapshots by
 * reference, as new versions of reason `DEVTOOLS_JUMP`, which are not sent back. Events of a machine can be sent from
 * the panel, as `{"type":"OPEN"}`. Skipping and reordering are answered with an error: a store keeps states, not
 * events.
 *
 * Without an extension, and in production, it returns a closed handle and costs nothing.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { connectDevtools } from 'headgate/devtools'
 *
 * const store = createStore({ count: 0 }, { name: 'counter' })
 * const handle = connectDevtools(store)
 * console.log(handle.closed) // → true
 * ```
 *
 * @throws `OPTION_INVALID`, `OPTION_UNKNOWN`, `POLICY_INVALID`
 */
export function connectDevtools<S>(store: Store<S>, options: DevtoolsOptions<S> = {}): SubscriberHandle {
  checkKeys(options, OPTION_KEYS, 'connectDevtools()')
  const { policy = throttle({ ms: 100 }), historyLimit = 50 } = options
  if (!Number.isInteger(historyLimit) || historyLimit < 1) {
    refuse('historyLimit', 'an integer from 1', historyLimit)
  }
  if (options.jump === 'view' && !options.views?.length) {
    refuse('views', 'the views that the application shows, for jump: "view"', options.views)
  }
  const extension = options.extension ?? findExtension(options.inProduction === true)
  if (extension === undefined) return store.subscribe(() => {}, { id: DEVTOOLS, signal: AbortSignal.abort() })
  const panel = new Panel(store, extension, options, historyLimit)
  const inner = store.subscribe(panel, { id: DEVTOOLS, policy })
  const end = (): void => {
    inner()
    panel.complete()
  }
  return Object.defineProperties(end, {
    id: { value: inner.id },
    closed: { get: () => inner.closed },
    unsubscribe: { value: end },
    stats: { value: inner.stats },
    [disposeSymbol]: { value: end },
  }) as SubscriberHandle
}

function refuse(option: string, expected: string, value: unknown): never {
  throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(value) })
}

class Panel<S> {
  readonly #store: Store<S>
  readonly #options: DevtoolsOptions<S>
  readonly #kept: KeptSnapshots<S>
  readonly #connection: DevtoolsConnection
  readonly #unlisten: (() => void) | undefined
  /** Whether nobody looks, or recording is paused. */
  #idle = false
  /** Whether the panel has a state to begin with. */
  #begun = false
  #release: readonly (() => void)[] = []

  constructor(
    store: Store<S>,
    extension: DevtoolsExtension,
    options: DevtoolsOptions<S>,
    historyLimit: number,
  ) {
    this.#store = store
    this.#options = options
    this.#kept = new KeptSnapshots(store, historyLimit, options.sanitize === undefined)
    const isMachine = 'send' in store
    this.#connection = extension.connect({
      name: options.name ?? store.name,
      maxAge: historyLimit,
      features: {
        pause: true,
        export: true,
        import: 'custom',
        jump: true,
        dispatch: isMachine,
        lock: false,
        persist: false,
        reorder: false,
        skip: false,
        test: false,
      },
    })
    this.#unlisten = this.#connection.subscribe((message) => this.#told(message))
  }

  // ---- consumer ----

  next = (snapshot: Snapshot<S>, { missed }: { readonly missed: number }): void => {
    if (snapshot.reason === JUMP && snapshot.source === DEVTOOLS) return
    if (this.#idle) return
    this.#kept.add(snapshot)
    if (!this.#begun) {
      this.#begin(snapshot)
      return
    }
    const { version, reason, source } = snapshot
    const action = { type: reason, source, version, ...(missed > 0 && { missed }) }
    this.#connection.send(action, this.#sent(snapshot))
  }

  complete = (): void => {
    this.#unlisten?.()
    this.#letGo()
    this.#kept.clear()
  }

  #begin(snapshot: Snapshot<S>): void {
    this.#begun = true
    this.#kept.add(snapshot)
    this.#connection.init(this.#sent(snapshot))
  }

  #sent({ version, state }: Snapshot<S>): { version: number; state: unknown } {
    const { sanitize } = this.#options
    return { version, state: sanitize === undefined ? state : sanitize(state) }
  }

  // ---- what is done in the panel ----

  #told(message: DevtoolsMessage): void {
    try {
      this.#act(message)
    } catch (error) {
      this.#connection.error(messageOf(error))
    }
  }

  #act({ type, payload, state }: DevtoolsMessage): void {
    if (type === 'STOP') this.#idle = true
    else if (type === 'START') this.#resume()
    else if (type === 'ACTION') this.#send(payload)
    else if (type === 'DISPATCH' && typeof payload === 'object') this.#dispatch(payload, state)
  }

  #resume(): void {
    this.#idle = false
    const { published } = this.#store
    if (published.version >= 0) this.#begin(published)
  }

  #send(payload: DevtoolsMessage['payload']): void {
    const store = this.#store as Partial<MachineStore<unknown, never>>
    if (store.send === undefined || typeof payload !== 'string') {
      throw new Error(
        `Store "${this.#store.name}" takes no actions; events can be sent to a machine, as {"type":"OPEN"}.`,
      )
    }
    const result = store.send(JSON.parse(payload) as never)
    if (!result.handled) throw new Error(`The machine does not take that now: ${result.reason}.`)
  }

  #dispatch(
    payload: Exclude<DevtoolsMessage['payload'], string | undefined>,
    state: string | undefined,
  ): void {
    switch (payload.type) {
      case 'JUMP_TO_STATE':
      case 'JUMP_TO_ACTION':
        this.#jump(this.#kept.find(state))
        return
      case 'ROLLBACK':
        this.#restart(this.#kept.find(state))
        return
      case 'RESET':
        if (this.#kept.first !== undefined) this.#restart(this.#kept.first)
        return
      case 'COMMIT':
        this.#letGo()
        this.#begin(this.#store.published)
        return
      case 'IMPORT_STATE':
        this.#jump(this.#kept.find(payload.nextLiftedState?.computedStates?.at(-1)?.state))
        this.#connection.send(null, payload.nextLiftedState)
        return
      case 'PAUSE_RECORDING':
        this.#idle = payload.status === true
        return
      case 'TOGGLE_ACTION':
      case 'REORDER_ACTION':
      case 'LOCK_CHANGES':
        throw new Error(
          `Store "${this.#store.name}" does not support ${payload.type}: it keeps states, not actions.`,
        )
    }
  }

  #restart(snapshot: Snapshot<S>): void {
    this.#jump(snapshot)
    this.#begin(snapshot)
  }

  #jump(snapshot: Snapshot<S>): void {
    this.#letGo()
    if (this.#options.jump !== 'view') {
      this.#store.set(snapshot.state, {
        reason: JUMP,
        source: DEVTOOLS,
        metadata: { to: String(snapshot.version) },
      })
    } else if (snapshot.version !== this.#store.published.version) {
      this.#release = (this.#options.views ?? []).map((view) => view.hold(snapshot))
    }
  }

  #letGo(): void {
    for (const release of this.#release) release()
    this.#release = []
  }
}
