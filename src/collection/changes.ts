/**
 * How one version of a collection becomes another, its order included: take out what has gone, write what has
 * changed, put in what has arrived. An entity that has moved has gone from one place and arrived in another.
 */

import { risingRun } from '../kit/index.ts'
import type { Collection } from './collection.ts'
import { isEntity, PersistentCollection, type Slots, visitSlots } from './persistent-collection.ts'

export interface CollectionChanges {
  readonly removed: readonly string[]
  /** Those that are where they were, with another entity. */
  readonly updated: readonly string[]
  /** In the order of the later version; `before` is the id that it stands ahead of, if not at the end. */
  readonly arrived: readonly Arrival[]
}

export interface Arrival {
  readonly id: string
  readonly before: string | undefined
}

/** How one collection becomes another, order included; of versions of one index it looks at what differs only. */
export function changesBetween(before: Collection<unknown>, after: Collection<unknown>): CollectionChanges {
  const slots = PersistentCollection.slotsOf(before, after)
  return slots === undefined ? compareOrders(before, after) : compareSlots(slots)
}

function compareSlots(slots: Slots): CollectionChanges {
  const { ids } = slots.index
  const removed: string[] = []
  const updated: string[] = []
  const filled: number[] = []
  visitSlots(slots, (slot, old, now) => {
    if (!isEntity(now)) {
      if (isEntity(old)) removed.push(ids[slot] as string)
    } else if (isEntity(old)) updated.push(ids[slot] as string)
    else filled.push(slot)
    return true
  })
  return { removed, updated, arrived: arrivals(slots, filled) }
}

/** Finds for each slot in which something arrived the next one in which both have an entity. */
function arrivals({ index: { ids }, before, after }: Slots, filled: readonly number[]): Arrival[] {
  const end = Math.min(before.length, after.length)
  let next = 0
  return filled.map((slot) => {
    next = Math.max(next, slot + 1)
    while (next < end && !(isEntity(before.get(next)) && isEntity(after.get(next)))) next += 1
    return { id: ids[slot] as string, before: next < end ? ids[next] : undefined }
  })
}

/** For two collections that share no index: looks at every id, O(n log n). */
function compareOrders(before: Collection<unknown>, after: Collection<unknown>): CollectionChanges {
  const places = new Map<string, number>()
  for (const id of before.ids()) places.set(id, places.size)
  const ids = [...after.ids()]
  const stays = risingRun(ids.map((id) => places.get(id) ?? -1))
  const updated: string[] = []
  const arrived: Arrival[] = []
  let next: string | undefined
  for (let at = ids.length - 1; at >= 0; at -= 1) {
    const id = ids[at] as string
    if (stays[at] === 0) {
      arrived.push({ id, before: next })
      continue
    }
    next = id
    places.delete(id)
    if (!Object.is(before.get(id), after.get(id))) updated.push(id)
  }
  return { removed: [...places.keys()], updated: updated.reverse(), arrived: arrived.reverse() }
}
