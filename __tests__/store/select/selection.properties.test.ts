/**
 * Random programs on selections whose selector makes a new object each time: what is read keeps its identity until the
 * equality says that it changed, and whoever follows was told last what is read.
 */
import assert from 'node:assert/strict'
import { describe, test } from '@jest/globals'
import fc from 'fast-check'
import { createStore, direct, type Selection, type Store } from '../../../src/index.ts'
import { runs } from '../../support/runs.ts'

interface Boxed {
  readonly rest: number
}

const act = fc.oneof(
  {
    arbitrary: fc.record({ kind: fc.constant('write' as const), by: fc.integer({ min: 0, max: 4 }) }),
    weight: 5,
  },
  fc.record({ kind: fc.constant('read' as const) }),
  fc.record({
    kind: fc.constant('follow' as const),
    policy: fc.boolean(),
    /** How many writes each act may set off in it. */
    writes: fc.constantFrom(0, 0, 1, 2, 3, 4),
    looks: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('leave' as const), which: fc.nat(5) }),
  fc.record({ kind: fc.constant('batch' as const), fails: fc.boolean() }),
)
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never

const sameRest = (one: Boxed, other: Boxed): boolean => one.rest === other.rest

const WAYS: readonly ((store: Store<{ n: number }>) => Selection<Boxed>)[] = [
  (store) => store.select(({ n }) => ({ rest: n % 3 }), sameRest),
  (store) => store.select('n').select((n) => ({ rest: n % 3 }), sameRest),
  (store) => store.select(({ n }) => ({ n })).select(({ n }) => ({ rest: n % 3 }), sameRest),
]

class Run {
  readonly #faults: unknown[] = []
  readonly #store = createStore({ n: 0 }, { onFault: ({ error }) => void this.#faults.push(error) })
  readonly #selection: Selection<Boxed>
  readonly #followers: { told: Boxed | undefined; end: () => void }[] = []
  #read: Boxed | undefined
  /** Whether it may change, and change back, without being read. */
  #misses = false
  /** How many acts there were. */
  #acts = 0

  /** @param looksEvery - who is told ahead of all who follow the selection reads it at every so many versions. */
  constructor(way: number, looksEvery: number) {
    this.#selection = (WAYS[way] as (typeof WAYS)[number])(this.#store)
    this.#store.subscribe(({ version }) => {
      if (looksEvery > 0 && version % looksEvery === 0) this.#look()
    })
  }

  run(acts: readonly Act[]): void {
    for (const each of acts) {
      this.#acts += 1
      this.#do(each)
      if (this.#faults.length > 0) throw this.#faults[0]
      if (this.#followers.length > 0) this.#look()
      for (const { told } of this.#followers) assert.equal(told, this.#read)
    }
  }

  #do(each: Act): void {
    if (each.kind === 'write') this.#write(each.by)
    else if (each.kind === 'read') this.#look()
    else if (each.kind === 'follow') this.#follow(each)
    else if (each.kind === 'leave') this.#followers.splice(each.which, 1)[0]?.end()
    else this.#batch(each.fails)
  }

  #write(by: number): void {
    this.#store.update((draft) => {
      draft.n += by
    })
  }

  #batch(fails: boolean): void {
    this.#look()
    const before = this.#read
    try {
      this.#store.batch(() => {
        this.#write(1)
        assert.equal(this.#selection.value, before, 'a batch shows nothing before it is over')
        if (fails) throw new Error('taken back')
      })
    } catch (error) {
      assert.equal((error as Error).message, 'taken back')
    }
  }

  #follow({ policy, writes, looks }: Extract<Act, { kind: 'follow' }>): void {
    const follower = { told: undefined as Boxed | undefined, end: () => {} }
    let [act, written] = [0, 0]
    this.#misses ||= !looks
    const tell = (value: Boxed): void => {
      assert.ok(follower.told === undefined || !sameRest(follower.told, value), 'told what was no news')
      follower.told = value
      if (looks) this.#look()
      if (act !== this.#acts) [act, written] = [this.#acts, 0]
      if (written >= writes) return
      written += 1
      this.#write(1)
    }
    const subscription = policy
      ? this.#selection.subscribe(tell, { policy: direct() })
      : this.#selection.subscribe(tell)
    follower.end = () => subscription.unsubscribe()
    this.#followers.push(follower)
  }

  /** What is read is that of the newest published state, and another object only where it is no longer equal. */
  #look(): void {
    const { value } = this.#selection
    assert.equal(value.rest, this.#store.published.state.n % 3)
    if (!this.#misses && this.#read !== undefined && sameRest(this.#read, value))
      assert.equal(value, this.#read)
    this.#read = value
  }
}

describe('Selection', () => {
  test('keeps the identity of its value, for all who read and follow it', () => {
    const acts = fc.array(act, { minLength: 3, maxLength: 25 })
    const program = fc.tuple(fc.nat(WAYS.length - 1), fc.nat(4), acts)
    fc.assert(
      fc.property(program, ([way, looksEvery, acts]) => new Run(way, looksEvery).run(acts)),
      { numRuns: runs(300) },
    )
  })
})
