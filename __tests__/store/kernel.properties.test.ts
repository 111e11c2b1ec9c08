/**
 * Hostile programs on a kernel and on the model of kernel-model.ts side by side: whoever is told, or asked, does
 * anything that a program can do, and throws.
 *
 * Each side runs the whole program by itself and keeps a log of all that it was told and refused; the logs are the same.
 */
import assert from 'node:assert/strict'
import { test } from '@jest/globals'
import fc from 'fast-check'
import { skip } from 'rxjs'
import { type Commit, createStore, kernelOf, type Snapshot } from '../../src/store/index.ts'
import { runs } from '../support/runs.ts'
import {
  type Look,
  ModelKernel,
  type OpenBatch,
  type Place,
  type Side,
  type Sink,
  type State,
  stateOf,
  type Version,
  type Write,
} from './kernel-model.ts'
import { isDeeplyFrozen } from './support.ts'

type Act =
  | ({ readonly do: 'write' } & Write)
  | { readonly do: 'adopt'; readonly ahead: number; readonly enforceVersion: boolean }
  | { readonly do: 'follow'; readonly place: Place; readonly behavior: Behavior }
  | { readonly do: 'guard'; readonly behavior: Behavior }
  | { readonly do: 'leave' | 'end guard' | 'release' | 'commit' | 'roll back'; readonly which: number }
  | { readonly do: 'hold' | 'begin' | 'destroy' }

/** What somebody does while it is told, asked or completed: the first `times` times. */
interface Behavior {
  readonly acts: readonly Act[]
  readonly throws: boolean
  readonly times: number
}

const which = fc.nat({ max: 5 })
const ahead = fc.integer({ min: -2, max: 3 })

const { act } = fc.letrec<{ act: Act; behavior: Behavior }>((tie) => ({
  act: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('write'),
        how: fc.constantFrom('set', 'update', 'commit'),
        by: fc.nat({ max: 3 }),
        origin: fc.constantFrom(undefined, 'a', 'b'),
        ahead: fc.constantFrom(undefined, undefined, undefined, 0, 1),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('release', 'commit', 'roll back'), which }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('leave', 'end guard'), which }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('hold', 'begin') }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('adopt'), ahead, enforceVersion: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('guard'), behavior: tie('behavior') }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('follow'),
        place: fc.constantFrom('before', 'between', 'after'),
        behavior: tie('behavior'),
      }),
    },
    // Seldom: after it there is little left to see.
    { weight: 1, arbitrary: fc.constantFrom({ do: 'hold' }, { do: 'begin' }, { do: 'destroy' }) },
  ) as fc.Arbitrary<Act>,
  behavior: fc.record({
    acts: fc.array(tie('act'), { maxLength: 2 }),
    throws: fc.boolean(),
    times: fc.nat({ max: 2 }),
  }),
}))

const program = fc.record({
  drainMax: fc.constantFrom(2, 5, 1_000),
  acts: fc.array(act, { minLength: 5, maxLength: 30, size: 'max' }),
})

class Broken extends Error {
  readonly code = 'BROKEN'
}

/** A store, as the other side of the model. */
class RealKernel implements Side {
  readonly #store
  readonly #kernel

  constructor(drainMax: number) {
    this.#store = createStore(stateOf(0), { drainMax, onFault: () => {} })
    this.#kernel = kernelOf<State>(this.#store)
  }

  write({ how, by, origin, ahead }: Write): void {
    const kernel = this.#kernel
    const expectedVersion = ahead === undefined ? undefined : kernel.head.version + ahead
    const write = { origin, ...(expectedVersion === undefined ? {} : { expectedVersion }) }
    const next = (state: State): State => (by === 0 ? state : stateOf(state.n + by))
    if (how === 'set') this.#store.set(stateOf(kernel.head.state.n + by), write)
    else if (how === 'update') {
      this.#store.update((draft) => {
        draft.n += by
        draft.deep.n += by
      }, write)
    }
    // Frozen, but not all through.
    else kernel.commit((state) => Object.freeze(next(state)), write)
    assert(isDeeplyFrozen(kernel.head))
  }

  adopt(ahead: number, enforceVersion: boolean, origin: unknown): void {
    const version = Math.max(0, this.#kernel.head.version + ahead)
    this.#kernel.adopt({ ...this.#kernel.head, version, state: stateOf(version) }, { enforceVersion, origin })
  }

  follow(sink: Sink, place: Place): () => void {
    if (place !== 'between') {
      return this.#kernel.follow(
        { next: (commit: Commit<State>) => sink.next(commit), complete: () => sink.complete() },
        { place },
      )
    }
    // Who follows from outside is not told what was before.
    const subscription = this.#store.snapshot$.pipe(skip(1)).subscribe({
      next: (snapshot: Snapshot<State>) => sink.next({ before: snapshot, snapshot, origin: undefined }),
      complete: () => sink.complete(),
    })
    return () => subscription.unsubscribe()
  }

  guard(check: (n: number) => void): () => void {
    return this.#kernel.guard((_write, { n }) => check(n))
  }

  hold(): () => void {
    return this.#kernel.hold()
  }

  begin(): OpenBatch {
    return this.#kernel.begin()
  }

  destroy(): void {
    this.#store.destroy()
  }

  look(): Look {
    const { head, inBatch, destroyed } = this.#kernel
    const { commits, failedWrites, noopWrites, versionConflicts } = this.#store.metrics()
    const { published } = this.#store
    return { head, published, inBatch, destroyed, commits, failedWrites, noopWrites, versionConflicts }
  }
}

/** Runs a program on one side. */
class Player {
  readonly log: unknown[] = []
  readonly #side: Side
  readonly #leaves: (() => void)[] = []
  readonly #guards: (() => void)[] = []
  readonly #holds: (() => void)[] = []
  readonly #batches: OpenBatch[] = []
  #names = 0

  constructor(side: Side) {
    this.#side = side
  }

  perform(act: Act): void {
    try {
      this.#do(act)
    } catch (error) {
      this.log.push([act.do, (error as { code?: string }).code ?? error])
    }
    this.#look()
  }

  /** Ends all that is open: what was held is told. */
  settle(): void {
    for (const batch of this.#batches) batch.commit()
    for (const release of this.#holds) release()
    this.#look()
    this.#side.destroy()
    this.#look()
  }

  #look(): void {
    const { head, published, ...rest } = this.#side.look()
    this.log.push({ head: textOf(head), published: textOf(published), ...rest })
  }

  #do(act: Act): void {
    const side = this.#side
    switch (act.do) {
      case 'write':
        side.write(act)
        break
      case 'adopt':
        side.adopt(act.ahead, act.enforceVersion, 'adopted')
        break
      case 'follow':
        this.#follow(act.place, act.behavior)
        break
      case 'guard': {
        const behave = this.#behave(act.behavior)
        const name = this.#name('guard')
        this.#guards.push(
          side.guard((n) => {
            this.log.push([name, n])
            behave()
          }),
        )
        break
      }
      case 'leave':
        pick(this.#leaves, act.which)?.()
        break
      case 'end guard':
        pick(this.#guards, act.which)?.()
        break
      case 'hold':
        this.#holds.push(side.hold())
        break
      case 'release':
        pick(this.#holds, act.which)?.()
        break
      case 'begin':
        this.#batches.push(side.begin())
        break
      case 'commit':
        pick(this.#batches, act.which)?.commit()
        break
      case 'roll back':
        pick(this.#batches, act.which)?.rollBack()
        break
      case 'destroy':
        side.destroy()
        break
    }
  }

  #follow(place: Place, behavior: Behavior): void {
    const name = this.#name(place)
    const behave = this.#behave(behavior)
    const contained = (told: unknown): void => {
      this.log.push([name, told])
      try {
        behave()
      } catch (error) {
        // Nobody contains what is thrown in the model, nor behind an operator of RxJS.
        if (this.#side instanceof RealKernel && place !== 'between') throw error
      }
    }
    const next: Sink['next'] = ({ before, snapshot, origin }) =>
      contained(place === 'between' ? textOf(snapshot) : [textOf(before), textOf(snapshot), origin])
    this.#leaves.push(this.#side.follow({ next, complete: () => contained('complete') }, place))
  }

  #behave({ acts, throws, times }: Behavior): () => void {
    let left = times
    return () => {
      if (left === 0) return
      left -= 1
      for (const act of acts) this.perform(act)
      if (throws) throw new Broken()
    }
  }

  #name(kind: string): string {
    this.#names += 1
    return `${kind} ${this.#names}`
  }
}

/** Also of those that have ended: whatever ends something is called twice. */
const pick = <T>(list: readonly T[], which: number): T | undefined => list[which % Math.max(list.length, 1)]

const textOf = ({ version, state }: Version): string => `${version}: ${state.n}`

test('a kernel does what its model says, whatever those do who are told and asked', () => {
  fc.assert(
    fc.property(program, ({ drainMax, acts }) => {
      const [real, model] = [new Player(new RealKernel(drainMax)), new Player(new ModelKernel(drainMax))]
      for (const each of acts) {
        model.perform(each)
        real.perform(each)
        assert.deepEqual(real.log.splice(0), model.log.splice(0))
      }
      model.settle()
      real.settle()
      assert.deepEqual(real.log, model.log)
    }),
    { numRuns: runs(300) },
  )
})
