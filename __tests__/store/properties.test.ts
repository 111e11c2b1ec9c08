/**
 * Random programs, run on a store and on the model of properties-model.ts side by side.
 *
 * After every step, and inside every callback, the two must agree. A handler that is slow returns an
 * observable which a later step completes, so that a program runs without waiting for anything.
 */
import assert from 'node:assert/strict'
import { test } from '@jest/globals'
import fc from 'fast-check'
import { Subject, Subscription, skip } from 'rxjs'
import {
  buffer,
  createStore,
  direct,
  latest,
  type SinglePolicy,
  type Snapshot,
  type SnapshotStream,
  type Store,
  type SubscriberHandle,
  type SubscriberStats,
} from '../../src/index.ts'
import { runs } from '../support/runs.ts'
import {
  BRANCHES,
  type Branch,
  type Figures,
  isAnswered,
  type Kind,
  ModelStore,
  type ModelSubscriber,
  releasesAnother,
  type State,
  staysBusy,
} from './properties-model.ts'
import { isDeeplyFrozen } from './support.ts'

type Step =
  | { readonly do: 'update' | 'set'; readonly branch: Branch }
  | { readonly do: 'put'; readonly ahead: number; readonly enforceVersion: boolean }
  | { readonly do: 'compare and set'; readonly ahead: number }
  | { readonly do: 'change nothing' | 'throw in a recipe' }
  | { readonly do: 'batch'; readonly steps: readonly Step[]; readonly throws: boolean }
  | { readonly do: 'subscribe'; readonly kind: Kind }
  | { readonly do: 'unsubscribe' | 'release'; readonly which: number }
  | { readonly do: 'crowd' }

const branch = fc.constantFrom(...BRANCHES)
const ahead = fc.integer({ min: -2, max: 3 })
const which = fc.nat({ max: 7 })
const kind: fc.Arbitrary<Kind> = fc
  .record({
    policy: fc.constantFrom('direct', 'latest', 'latest', 'drop-oldest', 'drop-oldest', 'drop-incoming'),
    capacity: fc.integer({ min: 1, max: 3 }),
    replay: fc.boolean(),
    hearsDrops: fc.boolean(),
    consumer: fc.constantFrom(
      'sync',
      'slow',
      'slow',
      'slow',
      'thrower',
      'closer',
      'writer',
      'releaser',
      'relay',
      'ouster',
      'polled',
    ),
  })
  // A stream is given nothing that it has not asked for.
  .map((each) =>
    each.consumer === 'polled' && each.policy === 'direct' ? { ...each, policy: 'latest' } : each,
  )

const { step } = fc.letrec<{ step: Step }>((tie) => ({
  step: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('update', 'set'), branch }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('release'), which }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('subscribe'), kind }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('unsubscribe'), which }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('put'), ahead, enforceVersion: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('compare and set'), ahead }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('change nothing', 'throw in a recipe') }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('crowd') }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('batch'),
        steps: fc.array(tie('step'), { maxLength: 5 }),
        throws: fc.boolean(),
      }),
    },
  ) as fc.Arbitrary<Step>,
}))

const policyOf = ({ policy, capacity }: Kind): SinglePolicy => {
  if (policy === 'direct') return direct()
  return policy === 'latest' ? latest() : buffer({ capacity, overflow: policy })
}

/** A subscriber of the store, beside its model. */
interface Pair {
  readonly model: ModelSubscriber
  handle: SubscriberHandle | SnapshotStream<State> | undefined
  readonly seen: { readonly version: number; readonly missed: number }[]
  readonly running: Subject<void>[]
  answers: number
}

const figuresOf = (stats: SubscriberStats): Figures => {
  const { published, delivered, dropped, conflated, pending, errors, inFlight } = stats
  const { pendingMax, missed, lastVersion } = stats
  return {
    published,
    delivered,
    dropped,
    conflated,
    pending,
    errors,
    inFlight,
    pendingMax,
    missed,
    lastVersion,
  }
}

type Accounts = Pick<SubscriberStats, 'published' | 'delivered' | 'dropped' | 'conflated' | 'pending'>

class Refused extends Error {}

class Run {
  readonly store: Store<State>
  readonly model = new ModelStore()
  readonly pairs: Pair[] = []
  /** Which object of the store each branch of the model's states is. */
  readonly branches = new Map<object, object>()
  /** The figures of all who are there, at each callback. */
  readonly notes: Figures[][] = []
  /** What a check inside a callback found: thrown there, it would only be reported as a fault. */
  readonly failures: unknown[] = []

  constructor() {
    this.store = createStore({ a: { n: 1 }, b: { n: 1 }, c: { n: 1 } }, { onFault: () => {} })
  }

  step(step: Step): void {
    switch (step.do) {
      case 'update':
      case 'set':
        this.#write(step.do, step.branch)
        break
      case 'put':
        this.#put(step.ahead, step.enforceVersion)
        break
      case 'compare and set':
        this.#compareAndSet(step.ahead)
        break
      case 'change nothing':
        assert.equal(
          this.store.update(() => {}),
          this.store.snapshot,
        )
        break
      case 'throw in a recipe':
        this.#throwInRecipe()
        break
      case 'batch':
        this.#batch(step.steps, step.throws)
        break
      case 'subscribe':
        this.#subscribe(step.kind)
        break
      case 'unsubscribe':
        this.#unsubscribe(this.#pair(step.which))
        break
      case 'release':
        this.#releaseBoth(this.#pair(step.which))
        break
      case 'crowd':
        this.#crowd()
        break
    }
  }

  /** Whether the store and its model agree; between steps. */
  check(): void {
    assert.deepEqual(this.failures, [])
    const { snapshot } = this.store
    const { version, state } = this.model.head
    assert.deepEqual({ version: snapshot.version, state: snapshot.state }, { version, state })
    assert(isDeeplyFrozen(snapshot))
    assert.equal(this.store.metrics().commits, this.model.commits)
    for (const { handle, model, seen } of this.pairs) {
      assert(handle !== undefined)
      assert.deepEqual(figuresOf(handle.stats()), model.figures)
      assert.deepEqual(seen, model.seen)
      assert.equal(handle.closed, model.closed)
    }
    assert.deepEqual(this.notes.splice(0), this.model.notes.splice(0))
    this.#checkInside()
    this.#checkIdentity(snapshot)
  }

  /** Ends every handler that runs, until none is left. */
  settle(): void {
    for (let next = this.#waiting(); next !== undefined; next = this.#waiting()) {
      this.#releaseBoth(next)
    }
  }

  /** Who follows the newest version was given it last, once nobody is busy. */
  checkConvergence(): void {
    for (const { model, seen } of this.pairs) {
      if (model.kind.policy !== 'latest' || model.closed || model.offered.length === 0) continue
      assert.equal(seen.at(-1)?.version, this.store.snapshot.version)
    }
  }

  #pair(which: number): Pair | undefined {
    return this.pairs[which % Math.max(this.pairs.length, 1)]
  }

  #write(how: 'update' | 'set', branch: Branch): void {
    if (how === 'update') {
      this.store.update((draft) => {
        draft[branch].n += 1
      })
    } else {
      const state = this.store.state as State
      this.store.set({ ...state, [branch]: { n: state[branch].n + 1 } })
    }
    this.model.set(branch)
  }

  #put(ahead: number, enforceVersion: boolean): void {
    const version = Math.max(0, this.store.snapshot.version + ahead)
    const state = { a: { n: 1 }, b: { n: 1 }, c: { n: 1 } }
    const put = (): unknown => this.store.put({ ...this.store.snapshot, version, state }, { enforceVersion })
    if (this.model.put(version, enforceVersion)) put()
    else assert.throws(put, { code: 'VERSION_CONFLICT' })
  }

  #compareAndSet(ahead: number): void {
    const expectedVersion = this.store.snapshot.version + ahead
    const addToB = (draft: State): void => {
      draft.b.n += 1
    }
    const write = (): unknown => this.store.update(addToB, { expectedVersion })
    if (ahead !== 0) {
      assert.throws(write, { code: 'VERSION_CONFLICT' })
      return
    }
    write()
    this.model.set('b')
  }

  #throwInRecipe(): void {
    const write = (): unknown =>
      this.store.update((draft) => {
        draft.a.n = -1
        throw new Refused()
      })
    assert.throws(write, Refused)
  }

  /** The steps inside are done on both sides in turn, so the batch of the model lies inside the store's. */
  #batch(steps: readonly Step[], throws: boolean): void {
    const work = (): void => {
      for (const step of steps) this.step(step)
    }
    const run = (): void => {
      this.store.batch(() => {
        this.model.batch(work, throws)
        if (throws) throw new Refused()
      })
    }
    if (throws) assert.throws(run, Refused)
    else run()
  }

  /** Observers whom no model knows. All leave when the first is told: the list has holes then, and is closed up. */
  #crowd(): void {
    const crowd = new Subscription()
    const told$ = this.store.snapshot$.pipe(skip(1))
    for (let count = 0; count < 70; count += 1) crowd.add(told$.subscribe(() => crowd.unsubscribe()))
  }

  #subscribe(kind: Kind): void {
    const model = this.model.subscribe(kind)
    const pair: Pair = { model, handle: undefined, seen: [], running: [], answers: 0 }
    this.pairs.push(pair)
    const policy = policyOf(kind)
    const { replay } = kind
    const onDrop = kind.hearsDrops ? () => this.#note() : undefined
    pair.handle =
      kind.consumer === 'polled'
        ? this.store.stream({ policy, replay, onDrop })
        : this.store.subscribe(
            (snapshot, { version, missed }) => {
              assert(version > (pair.seen.at(-1)?.version ?? -1))
              pair.seen.push({ version, missed })
              this.#note()
              return this.#consume(pair, snapshot)
            },
            { policy, replay, onDrop, onError: kind.consumer === 'closer' ? 'close' : 'continue' },
          )
  }

  #consume(pair: Pair, { state }: Snapshot<State>): Subject<void> | undefined {
    const { kind } = pair.model
    const { consumer } = kind
    if (consumer === 'thrower' || consumer === 'closer') throw new Refused()
    if (consumer === 'ouster') this.#oust(this.#waiting(pair))
    if (releasesAnother(kind)) this.#release(this.#waiting(pair))
    if (consumer === 'writer' && isAnswered(state, pair.answers)) {
      pair.answers += 1
      this.store.update((draft) => {
        draft.a.n += 1
      })
    }
    if (!staysBusy(kind)) return undefined
    const handler = new Subject<void>()
    pair.running.push(handler)
    return handler
  }

  #unsubscribe(pair: Pair | undefined): void {
    this.#oust(pair)
    pair?.model.close()
  }

  #oust(pair: Pair | undefined): void {
    const handle = pair?.handle
    if (handle !== undefined && 'unsubscribe' in handle) handle.unsubscribe()
    else handle?.[Symbol.dispose]()
  }

  /** The first one, other than this, that waits to be released; as the model says it. */
  #waiting(but?: Pair): Pair | undefined {
    return this.pairs.find((each) => {
      if (each === but) return false
      if (each.model.kind.consumer === 'polled') return (each.handle?.stats().pending ?? 0) > 0
      return each.running.some(({ observed }) => observed)
    })
  }

  #releaseBoth(pair: Pair | undefined): void {
    pair?.model.release()
    this.#release(pair)
  }

  /** Ends the oldest handler, or polls. */
  #release(pair: Pair | undefined): void {
    const handle = pair?.handle
    if (pair === undefined || handle === undefined) return
    if ('poll' in handle) {
      const before = handle.stats().missed
      const snapshot = handle.poll()
      if (snapshot !== undefined) {
        pair.seen.push({ version: snapshot.version, missed: handle.stats().missed - before })
      }
    } else {
      let handler = pair.running.shift()
      while (handler !== undefined && !handler.observed) handler = pair.running.shift()
      handler?.complete()
    }
  }

  /** What holds at every instant. */
  #checkInside(): void {
    const metrics = this.store.metrics()
    const all: Accounts[] = [metrics, ...metrics.subscribers]
    for (const { handle } of this.pairs) if (handle !== undefined) all.push(handle.stats())
    for (const { published, delivered, dropped, conflated, pending } of all) {
      assert.equal(published, delivered + dropped + conflated + pending)
    }
  }

  /** To be called inside every callback. */
  #note(): void {
    this.notes.push(this.store.metrics().subscribers.map(figuresOf))
    try {
      this.#checkInside()
    } catch (failure) {
      this.failures.push(failure)
    }
  }

  /** The branches that the model keeps are the same objects in the store, and no others are. */
  #checkIdentity({ state }: Snapshot<State>): void {
    for (const name of BRANCHES) {
      const modelled = this.model.head.state[name]
      const known = this.branches.get(modelled)
      if (known === undefined) assert(![...this.branches.values()].includes(state[name]))
      else assert.equal(state[name], known)
      this.branches.set(modelled, state[name])
    }
  }
}

test('a store does what its model says, whatever is done to it', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), (steps) => {
      const run = new Run()
      for (const each of steps) {
        run.step(each)
        run.check()
      }
      run.settle()
      run.check()
      run.checkConvergence()
      run.store.destroy()
      for (const { model } of run.pairs) model.close()
      run.check()
    }),
    { numRuns: runs(250) },
  )
})
