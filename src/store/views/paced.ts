import { asyncScheduler } from 'rxjs'
import { checkPolicy, type SinglePolicy, type SubscriberStats } from '../../backpressure/index.ts'
import { describeValue, HeadgateError, systemClock } from '../../kit/index.ts'
import { Audience } from '../publish/audience.ts'
import { FaultReporter } from '../publish/fault-reporter.ts'
import type { Readable } from '../readable.ts'
import type { ReadableCore } from '../readable-core.ts'
import { coreSymbol, ReadableFace } from '../readable-face.ts'
import { readableSymbol } from '../select/selected-observable.ts'
import type { Selection } from '../select/selection.ts'
import type { Snapshot } from '../snapshot.ts'
import { Pace, type PaceSource } from './pace.ts'
import type { View } from './view.ts'

type Source<S> = Readable<S> | Selection<S>

type Known = WeakRef<PacedView<unknown>>

/** The views of each source, by the labels of their policies. A view that nobody has or follows is let go. */
const views = new WeakMap<object, Map<string, Known>>()

type Entry = { readonly ofSource: Map<string, Known>; readonly label: string; readonly known: Known }

/** Not everywhere: Hermes, of React Native, has none, and keeps a label for each view that is gone. */
const collected =
  typeof FinalizationRegistry === 'function'
    ? /* @__PURE__ */ new FinalizationRegistry<Entry>(({ ofSource, label, known }) => {
        if (ofSource.get(label) === known) ofSource.delete(label)
      })
    : undefined

/**
 * A view of a readable or of a selection at a policy's pace: {@link View}. Who asks for the same source and the same
 * policy is given the same view, so keep the selection that you ask with.
 *
 * A policy in each of many readers lets each of them see another version; one view does not.
 *
 * @param policy - any that hands over one version a call; `latest({ dispatch: 'microtask' })` takes a burst as one,
 *   `frame()` fits what is drawn, `throttle({ ms: 100 })` fits people and agents.
 *
 * @example
 * ```ts
 * import { createStore, latest, paced } from 'headgate'
 *
 * const store = createStore({ x: 0, y: 0 })
 * const view = paced(store, latest({ dispatch: 'microtask' }))
 * view.select('x').subscribe((x) => console.log('x', x, 'of version', view.snapshot.version))
 * // → x 0 of version 0
 * store.set({ x: 1, y: 1 })
 * store.set({ x: 2, y: 2 })
 * console.log(view.state) // → { x: 0, y: 0 }
 * await Promise.resolve()
 * // → x 2 of version 2
 * console.log(view.stats().missed) // → 1
 * ```
 *
 * @throws `POLICY_INVALID` for what is no policy, or one that hands over arrays; `OPTION_INVALID` for a source that
 *   cannot be read and followed.
 */
export function paced<S>(source: Readable<S>, policy: SinglePolicy): View<S>
export function paced<R>(source: Selection<R>, policy: SinglePolicy): View<R>
export function paced<S>(source: Source<S>, policy: SinglePolicy): View<S> {
  const { label } = checkSingle(policy)
  const readable = checkSource(source)
  const known = views.get(source)?.get(label)?.deref()
  if (known !== undefined) return known as unknown as View<S>
  const view = new PacedView<S>(source, policy, standOn(readable))
  remember(source, label, view as unknown as PacedView<unknown>)
  return view
}

function remember(source: object, label: string, view: PacedView<unknown>): void {
  const ofSource = views.get(source) ?? new Map<string, Known>()
  const known = new WeakRef(view)
  views.set(source, ofSource)
  ofSource.set(label, known)
  collected?.register(view, { ofSource, label, known })
}

function checkSingle(value: unknown): SinglePolicy {
  const policy = checkPolicy(value)
  if (!policy.batches) return policy
  throw new HeadgateError('POLICY_INVALID', {
    option: 'policy',
    expected: 'a policy that hands over one version a call: a view shows one',
    received: describeValue(policy.label),
  })
}

/** What is followed: of a selection, the readable that it is to those who subscribe to it. */
function checkSource<S>(source: Source<S>): Readable<S> {
  const readable =
    (source as { [readableSymbol]?: Readable<S> } | null | undefined)?.[readableSymbol] ?? source
  if (typeof readable === 'object' && readable !== null && 'published' in readable) return readable
  throw new HeadgateError('OPTION_INVALID', {
    option: 'source',
    expected: 'a store, a machine store, a selection, a view or another Readable',
    received: describeValue(source),
  })
}

function standOn<S>(readable: Readable<S>): PaceSource<S> {
  const core = (readable as { [coreSymbol]?: ReadableCore<S> })[coreSymbol]
  if (core !== undefined) {
    const { audience, subject } = core
    return { readable, audience, drainMax: subject.broadcast.queueMax, underway: () => core.underway }
  }
  // A readable of somebody else: what goes wrong in the view is told where it can be.
  const { name } = readable
  const audience = new Audience({
    storeName: name,
    faults: new FaultReporter(name, undefined),
    leaks: undefined,
    clock: systemClock,
    scheduler: asyncScheduler,
    isOver: () => readable.closed,
  })
  return { readable, audience, drainMax: Number.POSITIVE_INFINITY, underway: () => 0 }
}

class PacedView<S> extends ReadableFace<S> implements View<S> {
  readonly source: Source<S>
  readonly policy: SinglePolicy
  readonly #pace: Pace<S>

  constructor(source: Source<S>, policy: SinglePolicy, on: PaceSource<S>) {
    const pace = new Pace<S>(`paced(${on.readable.name}, ${policy.label})`, on, policy)
    super(pace.core)
    this.source = source
    this.policy = policy
    this.#pace = pace
    // For methods that work off their view.
    this.stats = this.stats.bind(this)
    this.flush = this.flush.bind(this)
    this.hold = this.hold.bind(this)
  }

  stats(): SubscriberStats {
    return this.#pace.stats()
  }

  flush(): Snapshot<S> {
    return this.#pace.flush()
  }

  hold(snapshot?: Snapshot<S>): () => void {
    return this.#pace.hold(snapshot)
  }
}
