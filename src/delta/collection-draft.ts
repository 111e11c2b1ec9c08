/**
 * A collection while a delta is applied to it: what is written is kept beside it, and becomes a version at the end.
 *
 * Entities stay as writable as the copies that are made of them, since another operation may write into them. As long
 * as every arrival is at the end, the new version shares its ids with the one before; an arrival in between costs
 * a collection of its own.
 */
import { type Collection, collection } from '../collection/index.ts'
import { IdOrder } from './id-order.ts'

export class CollectionDraft {
  readonly #base: Collection<unknown>
  /** What was written, in the order in which it arrived; `undefined` where it was removed. */
  readonly #written = new Map<string, unknown>()
  /** What was in the base and has left its place, also if it came back. */
  readonly #gone = new Set<string>()
  /** Only where something was put between others. */
  #order: IdOrder | undefined

  constructor(base: Collection<unknown>) {
    this.#base = base
  }

  get(id: string): unknown {
    return this.#written.has(id) ? this.#written.get(id) : this.#base.get(id)
  }

  has(id: string): boolean {
    return this.get(id) !== undefined
  }

  /** Writes an entity where it is, or adds it. */
  set(id: string, entity: unknown, before?: string): void {
    if (!this.has(id)) {
      this.#written.delete(id) // what comes back comes at the end
      if (before !== undefined && this.has(before)) this.#order ??= new IdOrder(this.#ids())
      this.#order?.insert(id, before)
    }
    this.#written.set(id, entity)
  }

  remove(id: string): void {
    this.#order?.remove(id)
    this.#written.set(id, undefined)
    if (this.#base.has(id)) this.#gone.add(id)
  }

  /** @param settled - what becomes of each entity that was written */
  finish(settled: (entity: unknown) => unknown): Collection<unknown> {
    for (const [id, entity] of this.#written) this.#written.set(id, settled(entity))
    if (this.#order !== undefined) return collection(Array.from(this.#order, (id) => [id, this.get(id)]))
    let next = this.#base
    for (const id of this.#gone) next = next.remove(id)
    return next.upsertMany([...this.#written].filter(([, entity]) => entity !== undefined))
  }

  *#ids(): Generator<string, undefined> {
    for (const id of this.#base.ids()) if (!this.#gone.has(id)) yield id
    for (const [id, entity] of this.#written) {
      if (entity !== undefined && (this.#gone.has(id) || !this.#base.has(id))) yield id
    }
  }
}
