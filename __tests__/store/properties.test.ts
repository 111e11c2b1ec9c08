/**
 * Random programs, run on a store and on the model of properties-model.ts side by side.
 *
 * After every step, and inside every callback, the two must agree. A handler that is slow returns an
 * observable which a later step completes, so that a program runs without waiting for anything.
 */
import assert from 'node:assert/strict'
import { test } from '@jest/globals'
import fc from 'fast-check'
import { Subject } from 'rxjs'
import {
  buffer,
  createStore,
  direct,
  latest,
  type SinglePolicy,
  type Snapshot,
  type Store,
  type SubscriberHandle,
  type SubscriberStats,
} from '../../src/index.ts'
import {
  BRANCHES,
  type Branch,
  isAnswered,
  type Kind,
  ModelStore,
  type ModelSubscriber,
  type State,
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

const branch = fc.constantFrom(...BRANCHES)
const ahead = fc.integer({ min: -2, max: 3 })
const which = fc.nat({ max: 7 })
const kind: fc.Arbitrary<Kind> = fc.record({
  policy: fc.constantFrom('direct', 'latest', 'drop-oldest', 'drop-incoming'),
  capacity: fc.integer({ min: 1, max: 3 }),
  replay: fc.boolean(),
  consumer: fc.constantFrom('sync', 'slow', 'slow', 'thrower', 'closer', 'writer'),
})

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
  handle: SubscriberHandle | undefined
  readonly seen: { readonly version: number; readonly missed: number }[]
  readonly running: Subject<void>[]
  answers: number
}

type Accounts = Pick<SubscriberStats, 'published' | 'delivered' | 'dropped' | 'conflated' | 'pending'>

class Refused extends Error {}

class Run {
  readonly store: Store<State>
  readonly model = new ModelStore()
  readonly pairs: Pair[] = []
  /** Which object of the store each branch of the model's states is. */
  readonly branches = new Map<object, object>()
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
        this.#release(this.#pair(step.which))
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
      const { published, delivered, dropped, conflated, pending, errors, inFlight } = handle.stats()
      const figures = { published, delivered, dropped, conflated, pending, errors, inFlight }
      assert.deepEqual(figures, model.figures)
      assert.deepEqual(seen, model.seen)
      assert.equal(handle.closed, model.closed)
    }
    this.#checkInside()
    this.#checkIdentity(snapshot)
  }

  /** Ends every handler that runs, until none is left. */
  settle(): void {
    for (const pair of this.pairs) while (pair.model.inFlight > 0) this.#release(pair)
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

  #subscribe(kind: Kind): void {
    const model = this.model.subscribe(kind)
    const pair: Pair = { model, handle: undefined, seen: [], running: [], answers: 0 }
    this.pairs.push(pair)
    pair.handle = this.store.subscribe(
      (snapshot, { version, missed }) => {
        assert(version > (pair.seen.at(-1)?.version ?? -1))
        pair.seen.push({ version, missed })
        this.#noteFailures()
        return this.#consume(pair, snapshot)
      },
      {
        policy: policyOf(kind),
        replay: kind.replay,
        onError: kind.consumer === 'closer' ? 'close' : 'continue',
        onDrop: () => this.#noteFailures(),
      },
    )
  }

  #consume(pair: Pair, { state }: Snapshot<State>): Subject<void> | undefined {
    const { consumer } = pair.model.kind
    if (consumer === 'thrower' || consumer === 'closer') throw new Refused()
    if (consumer === 'writer' && isAnswered(state, pair.answers)) {
      pair.answers += 1
      this.store.update((draft) => {
        draft.a.n += 1
      })
    }
    if (consumer !== 'slow') return undefined
    const handler = new Subject<void>()
    pair.running.push(handler)
    return handler
  }

  #unsubscribe(pair: Pair | undefined): void {
    pair?.handle?.unsubscribe()
    pair?.model.close()
  }

  #release(pair: Pair | undefined): void {
    if (pair === undefined || pair.model.inFlight === 0) return
    pair.model.release()
    pair.running.shift()?.complete()
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

  #noteFailures(): void {
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
    { numRuns: 2_000 },
  )
})
