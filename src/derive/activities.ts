/**
 * What goes on in all stores that were ever derived from, whichever copy of the library made them.
 */
import { type Activity, activity } from '../store/index.ts'

/** One of each copy; in nearly every program this one's alone, which is known before any store has been read. */
const activities: Activity[] = [activity]
/** Tells which derived value is being computed; while one is. */
let deriving: Activity['deriving']

/** Adds what a kernel's store belongs to. */
export function watchActivity(activity: Activity): void {
  if (activities.includes(activity)) return
  activities.push(activity)
  activity.deriving = deriving
}

/** Rises whenever a state may have changed. */
export function writesSoFar(): number {
  let writes = 0
  for (const activity of activities) writes += activity.writes
  return writes
}

/** Whether any store may have a newer state than it has published. */
export function isBatching(): boolean {
  for (const { openBatches } of activities) if (openBatches > 0) return true
  return false
}

/** Refuses every write from now on, in the name of a derived value; undefined allows them. */
export function refuseWrites(inTheNameOf: Activity['deriving']): void {
  deriving = inTheNameOf
  for (const activity of activities) activity.deriving = inTheNameOf
}
