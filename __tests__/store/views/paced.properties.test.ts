/**
 * Random programs on a store with views of it and of its parts: whatever is written, held, flushed, joined and left,
 * and whenever time passes, all who look at one view see one version of it.
 */
import assert from 'node:assert/strict'
import { describe, test } from '@jest/globals'
import fc from 'fast-check'
import { VirtualTimeScheduler } from 'rxjs'
import {
  audit,
  buffer,
  createStore,
  debounce,
  direct,
  latest,
  paced,
  type Snapshot,
  type Store,
  sample,
  throttle,
  type View,
} from '../../../src/index.ts'
import { runs } from '../../support/runs.ts'
import { expectAccounted, microtasks } from '../support.ts'

interface Pair {
  a: number
  b: number
}

const policies = [
  direct(),
  latest(),
  latest({ dispatch: 'microtask' }),
  buffer({ capacity: 2 }),
  buffer({ capacity: 2, dispatch: 'microtask' }),
  throttle({ ms: 3 }),
  debounce({ ms: 2 }),
  audit({ ms: 2 }),
  sample({ ms: 2 }),
]

const act = fc.oneof(
  {
    arbitrary: fc.record({ kind: fc.constant('write' as const), key: fc.constantFrom('a', 'b') }),
    weight: 6,
  },
  {
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 4 }) }),
    weight: 3,
  },
  fc.record({ kind: fc.constant('batch' as const), fails: fc.boolean() }),
  fc.record({ kind: fc.constant('join' as const), way: fc.nat(4), writes: fc.boolean() }),
  fc.record({ kind: fc.constant('leave' as const), which: fc.nat(9) }),
  fc.record({ kind: fc.constant('hold' as const), past: fc.nat(9) }),
  fc.record({ kind: fc.constant('release' as const) }),
  fc.record({ kind: fc.constant('flush' as const) }),
  fc.record({ kind: fc.constant('microtasks' as const) }),
)
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never

const program = fc.record({
  policy: fc.constantFrom(...policies),
  outer: fc.option(fc.constantFrom(...policies)),
  travels: fc.boolean(),
  acts: fc.array(act, { minLength: 5, maxLength: 40 }),
})

class Run {
  readonly #scheduler = new VirtualTimeScheduler()
  readonly #store: Store<Pair>
  readonly #view: View<Pair>
  readonly #readers: { end(): void }[] = []
  readonly #holds: (() => void)[] = []
  readonly #past: Snapshot<Pair>[]
  readonly #travels: boolean
  /** Whether versions may have gone back. */
  #travelled = false
  /** What readers of the view have found; whatever they throw is a fault. */
  readonly #faults: unknown[] = []
  #writes = 0

  constructor({ policy, outer, travels }: typeof program extends fc.Arbitrary<infer P> ? P : never) {
    this.#store = createStore<Pair>(
      { a: 0, b: 0 },
      { scheduler: this.#scheduler, onFault: ({ error }) => void this.#faults.push(error) },
    )
    this.#travels = travels
    this.#past = [this.#store.snapshot]
    const view = paced(this.#store, policy)
    this.#view = outer === null ? view : paced(view, outer)
  }

  async run(acts: readonly Act[]): Promise<void> {
    for (const each of acts) {
      // No more awaits than the program says: what waits for a microtask waits over several acts.
      if (each.kind === 'microtasks') await microtasks()
      else this.#do(each)
      this.#look()
      if (this.#faults.length > 0) throw this.#faults[0]
    }
    for (const release of this.#holds) release()
    this.#pass(20)
    await microtasks()
    this.#pass(20)
    this.#look()
    if (this.#faults.length > 0) throw this.#faults[0]
    for (const { end } of this.#readers) end()
    this.#pass(1)
    assert.equal(
      this.#store.metrics().subscriberCount,
      0,
      'nobody follows a store whose views have no readers',
    )
  }

  #do(each: Act): void {
    switch (each.kind) {
      case 'write':
        this.#write(each.key)
        break
      case 'pass':
        this.#pass(each.ms)
        break
      case 'batch':
        this.#batch(each.fails)
        break
      case 'join':
        this.#join(each.way, each.writes)
        break
      case 'leave':
        this.#readers.splice(each.which, 1)[0]?.end()
        break
      case 'hold':
        if (!this.#travels) break
        this.#travelled = true
        this.#holds.push(this.#view.hold(this.#past[each.past]))
        break
      case 'release':
        this.#holds.shift()?.()
        break
      case 'flush':
        this.#view.flush()
        break
      default:
    }
  }

  #write(key: string): void {
    this.#writes += 1
    this.#store.update((draft) => {
      draft[key as 'a' | 'b'] += 1
    })
    this.#past.push(this.#store.snapshot)
  }

  #batch(fails: boolean): void {
    try {
      this.#store.batch(() => {
        this.#store.set({ a: -1, b: -1 })
        this.#look()
        if (fails) throw new Error('no')
        this.#store.set({ a: this.#writes, b: this.#writes })
      })
    } catch {
      // As it was.
    }
  }

  #pass(ms: number): void {
    this.#scheduler.maxFrames = this.#scheduler.frame + ms
    this.#scheduler.flush()
    this.#scheduler.frame = this.#scheduler.maxFrames
  }

  #join(way: number, writes: boolean): void {
    const reader = { end: () => {} }
    let last = -1
    const see = (): void => {
      this.#look()
      if (writes && this.#writes < 200) this.#write('a')
    }
    const seeSnapshot = (snapshot: Snapshot<Pair>): void => {
      assert.ok(this.#travelled || snapshot.version > last, `version ${snapshot.version} after ${last}`)
      last = snapshot.version
      see()
    }
    const view = this.#view
    const followers = [
      () => view.subscribe(seeSnapshot, { policy: direct() }),
      () => view.snapshot$.subscribe(seeSnapshot),
      () => view.select('a').subscribe(see),
      () => view.select(({ b }) => b).subscribe(see),
      () => view.select('b').subscribe(see, { policy: direct() }),
    ]
    const subscription = followers[way]?.()
    reader.end = () => subscription?.unsubscribe()
    this.#readers.push(reader)
  }

  /** All who look now see one version, and one that was published. */
  #look(): void {
    const { state, version } = this.#view.snapshot
    assert.equal(this.#view.published.version, version)
    assert.equal(this.#view.select('a').value, state.a)
    assert.equal(this.#view.select((each) => each.b).value, state.b)
    assert.ok(state.a >= 0, 'no view shows what a batch has not published')
    const newest = this.#past.at(-1) as Snapshot<Pair>
    assert.ok(version <= Math.max(newest.version, this.#store.published.version))
    expectAccounted(this.#view.stats())
  }
}

describe('paced', () => {
  test('never mixes versions', async () => {
    const property = fc.asyncProperty(program, (given) => new Run(given).run(given.acts))
    await fc.assert(property, { numRuns: runs(150) })
  })
})
