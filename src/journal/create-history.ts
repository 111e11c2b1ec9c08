/**
 * Undo and redo: steps that were told by the kernel, taken back by their inverse deltas on whatever is current.
 *
 *   writes        a1  a2  b1  a3            a is ours, b somebody else's
 *   undo stack    a1 a2 · a3                b1 is a span between a2 and a3, not a step
 *   undo          takes a3 back: only its paths; what b1 wrote stays
 */
import { type Observable, Subject } from 'rxjs'
import { checkKeys, deferredOf, defineDispose, describeValue, HeadgateError } from '../kit/index.ts'
import { type Commit, contained, type Kernel, kernelOf, type Snapshot } from '../store/index.ts'
import { ForeignSpans } from './foreign-spans.ts'
import type { History, HistoryOptions, UndoResult } from './history.ts'
import { force, type Step, type Taken, take } from './step.ts'

const LIMIT = 100
/** How often others may write between the writes of one group before it ends. */
const PARTS_MAX = 100
/** How many writes of others are told apart, for each step of the limit. */
const SPANS_A_STEP = 10

/**
 * Follows a store so that writes from now on can be undone and redone.
 *
 * An undo never rewinds: it is a new version, with the reason `UNDO`, that reverts what the step changed and keeps
 * what others have written. If another writer has since changed a path of the step, the undo is refused, as a value, or
 * overwrites it (`onConflict`). A new write discards the steps that could be redone. A batch is one step.
 *
 * Steps are kept in memory: a step holds the states before and after it, which share what did not change. A write
 * made in a callback of the store, before an `undo()` in that same callback, is not known yet and counts as
 * another writer's.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { createHistory } from 'headgate/journal'
 *
 * const store = createStore({ text: '', cursor: 0 })
 * const history = createHistory(store, { source: 'editor' })
 * store.set({ text: 'hello', cursor: 0 }, { source: 'editor' })
 * store.update((draft) => { draft.cursor = 5 }, { source: 'mouse' })
 * history.undo()
 * console.log(store.state, store.snapshot.version) // → { text: '', cursor: 5 } 3
 * history.redo()
 * console.log(store.state.text, history.depth) // → hello { undo: 1, redo: 0 }
 * ```
 * @throws `OPTION_INVALID`, `OPTION_UNKNOWN`; `KERNEL_ABSENT` for anything that is not a store.
 */
export function createHistory<S>(
  store: Parameters<typeof kernelOf<S>>[0],
  options: HistoryOptions<NoInfer<S>> = {},
): History<S> {
  checkKeys(
    options,
    { limit: true, group: true, skip: true, source: true, onConflict: true },
    'createHistory()',
  )
  return new StoreHistory(kernelOf<S>(store), options)
}

/** A step that is being taken; it moves to the other stack once it is committed. */
interface Move {
  readonly step: Step
  readonly back: boolean
  /** What it found and left; undefined until it was decided. */
  states?: { readonly found: unknown; readonly left: unknown }
}

class StoreHistory<S> implements History<S> {
  static {
    defineDispose(StoreHistory.prototype, function () {
      this.dispose()
    })
  }
  declare readonly [Symbol.dispose]: () => void
  readonly changes$: Observable<void>
  readonly #kernel: Kernel<S>
  readonly #options: HistoryOptions<S>
  readonly #limit: number
  readonly #changes = new Subject<void>()
  readonly #others: ForeignSpans
  readonly #leave: () => void
  readonly #mine = Symbol('history')
  readonly #undo: Step[] = []
  readonly #redo: Step[] = []
  /** Whether the next write may join the newest step. */
  #isOpen = false
  #move: Move | undefined
  /** Moves that were made inside a walk of the store, and whose commits are still to be told. */
  #untold = 0

  constructor(kernel: Kernel<S>, options: HistoryOptions<S>) {
    this.#kernel = kernel
    this.#options = options
    this.#limit = checkedLimit(options.limit)
    checkConflict(options.onConflict)
    this.#others = new ForeignSpans(kernel.head.state, this.#limit * SPANS_A_STEP)
    this.changes$ = contained(kernel.store, 'changes$', this.#changes)
    this.#leave = kernel.follow(
      { next: (commit) => this.#told(commit), complete: () => this.dispose() },
      { place: 'before' },
    )
  }

  get canUndo(): boolean {
    return this.#undo.length > 0
  }

  get canRedo(): boolean {
    return this.#redo.length > 0
  }

  get depth(): { readonly undo: number; readonly redo: number } {
    return { undo: this.#undo.length, redo: this.#redo.length }
  }

  undo(): UndoResult<S> {
    return this.#take(true)
  }

  redo(): UndoResult<S> {
    return this.#take(false)
  }

  dispose(): void {
    this.#leave()
    this.#undo.length = 0
    this.#redo.length = 0
    this.#others.forget()
    this.#changes.complete()
  }

  #take(back: boolean): UndoResult<S> {
    const operation = back ? 'undo()' : 'redo()'
    const kernel = this.#kernel
    if (kernel.inBatch) throw new HeadgateError('UNDO_IN_BATCH', { store: kernel.store.name, operation })
    this.#arrive()
    const step = (back ? this.#undo : this.#redo).at(-1)
    if (step === undefined) return { handled: false, reason: 'empty', snapshot: kernel.head }
    const move: Move = { step, back }
    let taken: Taken = { paths: [] }
    this.#move = move
    try {
      const snapshot = kernel.commit(
        (state) => {
          taken =
            this.#options.onConflict === 'overwrite'
              ? force(step, back, state)
              : take(step, back, state, this.#others)
          if ('paths' in taken) return state
          move.states = { found: state, left: taken.state }
          return taken.state as typeof state // a step leads from one state of the store to another
        },
        { reason: back ? 'UNDO' : 'REDO', origin: this.#mine, ...this.#source() },
        operation,
      )
      if ('paths' in taken) return { handled: false, reason: 'conflict', snapshot, paths: taken.paths }
      this.#arrive()
      return { handled: true, snapshot }
    } finally {
      if (this.#move === move) this.#move = undefined
    }
  }

  #source(): { readonly source?: string } {
    return this.#options.source === undefined ? {} : { source: this.#options.source }
  }

  /** Puts the step that was taken on the other stack: once, when its commit is told or has returned. */
  #arrive(isTold = false): void {
    const move = this.#move
    if (move?.states === undefined) return
    this.#move = undefined
    if (!isTold && move.states.left !== move.states.found) this.#untold += 1
    const { step, back, states } = move
    this.#others.own(states.found, states.left)
    const since = this.#others.now
    const [from, to] = back ? [this.#undo, this.#redo] : [this.#redo, this.#undo]
    from.pop()
    to.push({ ...step, parts: step.parts.map((part) => ({ ...part, since })) })
    this.#isOpen = false
    this.#changes.next()
  }

  #told({ snapshot, before, origin }: Commit<S>): void {
    if (origin === this.#mine) {
      if (this.#move === undefined) this.#untold -= 1
      else this.#arrive(true)
    } else if (before.state === undefined) this.#others.own(undefined, snapshot.state)
    // What is told ahead of a move that has been made was there when it was made, as the write of somebody else.
    else if (this.#untold === 0 && this.#isStep(snapshot)) this.#record(before.state, snapshot)
  }

  #record(before: unknown, snapshot: Snapshot<S>): void {
    const { undo, redo } = this.depth
    const group = this.#ask(this.#options.group, snapshot, undefined)
    this.#others.own(before, snapshot.state)
    const part = { before, after: snapshot.state, since: this.#others.now }
    const top = this.#undo.at(-1)
    const joins = this.#isOpen && group !== undefined && top?.group === group
    const joined = joins ? joinedBy(top, part) : undefined
    if (joined !== undefined) this.#undo.pop()
    this.#undo.push(joined ?? { group, parts: [part] })
    if (this.#undo.length > this.#limit) this.#undo.shift()
    this.#redo.length = 0
    this.#isOpen = true
    if (undo !== this.#undo.length || redo > 0) this.#changes.next()
  }

  #isStep(snapshot: Snapshot<S>): boolean {
    const { source, skip } = this.#options
    if (source !== undefined && snapshot.source !== source) return false
    return !this.#ask(skip, snapshot, false)
  }

  /** Calls a function of the user; what it throws is a fault, and the write counts as if there were none. */
  #ask<Answer>(
    question: ((snapshot: Snapshot<S>) => Answer) | undefined,
    snapshot: Snapshot<S>,
    otherwise: Answer,
  ): Answer {
    if (question === undefined) return otherwise
    try {
      const answer = question(snapshot)
      const returned = deferredOf(answer)
      if (returned === undefined) return answer
      throw new HeadgateError('OPTION_INVALID', {
        option: question === this.#options.skip ? 'skip' : 'group',
        expected: 'synchronous',
        received: `one that returned ${returned}`,
      })
    } catch (error) {
      const { version } = snapshot
      this.#kernel.report({ subscriberId: 'history', phase: 'kernel', error, version, failures: 1 })
      return otherwise
    }
  }
}

/** A step with one more write in it; undefined where it has too many parts. */
function joinedBy({ group, parts }: Step, part: Step['parts'][number]): Step | undefined {
  const last = parts.at(-1)
  if (last !== undefined && last.after === part.before) {
    return { group, parts: [...parts.slice(0, -1), { ...part, before: last.before }] }
  }
  return parts.length < PARTS_MAX ? { group, parts: [...parts, part] } : undefined
}

function checkedLimit(limit: number = LIMIT): number {
  if (Number.isSafeInteger(limit) && limit >= 1) return limit
  throw new HeadgateError('OPTION_INVALID', {
    option: 'limit',
    expected: 'an integer from 1',
    received: describeValue(limit),
  })
}

function checkConflict(onConflict: unknown): void {
  if (onConflict === undefined || onConflict === 'refuse' || onConflict === 'overwrite') return
  throw new HeadgateError('OPTION_INVALID', {
    option: 'onConflict',
    expected: '"refuse" or "overwrite"',
    received: describeValue(onConflict),
  })
}
