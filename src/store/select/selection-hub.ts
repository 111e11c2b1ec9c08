/**
 * A selection as a readable: where its subscribers with a policy, its views and what is selected of it again stand.
 *
 *   store ──> select(byBattery) ──> hub: snapshots whose state is the value ──┬─> mailboxes
 *                                                                            ├─> select('r1')
 *                                                                            └─> a view
 *
 * It follows its selection while it is followed itself. A snapshot of it is that of the version with which the value
 * came, so that counts, `missed` and versions are of this part alone.
 *
 * What must stay true: to read never tells anybody anything. Who reads a hub that has not been told the newest version
 * yet is given that version all the same (`#ahead`), and the hub publishes the same snapshot when it is told.
 */
import type { Unsubscribable } from 'rxjs'
import type { Immutable } from '../../kit/index.ts'
import type { Feed, Part } from '../publish/snapshot-subject.ts'
import type { Readable } from '../readable.ts'
import type { ReadableCore } from '../readable-core.ts'
import type { Snapshot } from '../snapshot.ts'

/** What a hub asks of its selection. */
interface Selected<R> {
  readonly value: R
  read(state: unknown): R
  subscribe(observer: { next(value: R): void; complete(): void }): Unsubscribable
}

export class SelectionHub<R> implements Feed<R> {
  readonly core: ReadableCore<R>
  readonly #selection: Selected<R>
  readonly #origin: ReadableCore<unknown>
  #ahead: Snapshot<R> | undefined
  /** What is being told to those who join. */
  #joining = false
  #end: (() => void) | undefined
  #readable: Readable<R> | undefined

  constructor(selection: Selected<R>, name: string, origin: ReadableCore<unknown>) {
    this.#selection = selection
    this.#origin = origin
    this.core = origin.branch<R>(`${origin.name}.${name}`, this)
  }

  get part(): Part {
    return { origin: this.#origin, read: (state) => this.#selection.read(state) }
  }

  get readable(): Readable<R> {
    this.#readable ??= this.core.toReadable()
    return this.#readable
  }

  newest(): Snapshot<R> {
    const at = this.#origin.subject.newest
    const known = this.core.subject.getValue()
    if (at.version < 0 || this.core.subject.isStopped) return known
    const { value } = this.#selection
    if (known.version >= 0 && Object.is(known.state, value)) return known
    this.#ahead = this.#stamped(value, at)
    return this.#ahead
  }

  open(): void {
    if (this.#end !== undefined || this.core.subject.isStopped) return
    const uncount = this.core.count()
    this.#joining = true
    const subscription = this.#selection.subscribe({
      next: (value) => this.#publish(value),
      complete: () => this.core.complete(),
    })
    this.#joining = false
    this.#end = () => {
      subscription.unsubscribe()
      uncount()
    }
  }

  emptied(): void {
    this.#end?.()
    this.#end = undefined
  }

  underway(): number {
    return this.#origin.underway
  }

  #publish(value: R): void {
    const { subject } = this.core
    const known = subject.getValue()
    if (known.version >= 0 && Object.is(known.state, value)) return
    const { subject: origin, telling } = this.#origin
    const at = this.#joining || telling === undefined ? origin.getValue() : telling
    const snapshot = this.#stamped(value, at)
    this.#ahead = undefined
    subject.next(snapshot)
  }

  #stamped(value: R, at: Snapshot<unknown>): Snapshot<R> {
    const ahead = this.#ahead
    if (ahead?.version === at.version && Object.is(ahead.state, value)) return ahead
    // The cast holds: what is selected of a frozen state is as immutable as its type says.
    return Object.freeze({ ...at, state: value as Immutable<R> })
  }
}
