/**
 * Waits until a store has come to rest.
 *
 * It looks at the counters once a turn of the event loop, for there is no other sign: a handler's promise, a
 * microtask dispatch and a timer end in different ways. Idle means two looks in a row, at the same version: a
 * handler that has just ended may have set off the next write.
 */
import { checkKeys, HeadgateError } from '../kit/index.ts'
import { inspectStore } from '../store/index.ts'
import type { ManualClock } from './manual-clock.ts'
import { laterTurn, realNow, turn } from './real-time.ts'
import { counted, nameSubscriber, type TestedStore } from './tested-store.ts'
import { countsTimers } from './timers.ts'

/** How {@link drain} waits. */
export interface DrainOptions {
  /** Milliseconds of real time; default 1 000. */
  timeoutMs?: number | undefined
  /**
   * The manual clock that the store runs on: as long as the store is not idle, it is advanced to the next timer.
   * Without it nobody advances the clock, and what a time policy holds is never delivered.
   */
  advance?: Pick<ManualClock, 'advanceToNext'> | undefined
}

/** After so many turns it looks only once a millisecond. */
const BUSY_TURNS = 100

/**
 * Resolves when nothing is pending for any subscriber of a store, and no handler is running.
 *
 * Work that no subscriber does is not waited for: what a machine invokes, calls of `modify`, observers of
 * `snapshot$`. A stream that nobody reads from holds what is pending for ever.
 *
 * @example
 * ```ts
 * import { createStore, debounce } from 'headgate'
 * import { drain, manualClock } from 'headgate/testing'
 *
 * const clock = manualClock()
 * const store = createStore('', { clock, scheduler: clock })
 * store.subscribe(async ({ state }) => console.log(state), { policy: debounce({ ms: 300 }), replay: false })
 * store.set('h')
 * store.set('hi')
 * await drain(store, { advance: clock }) // → hi
 * store.destroy()
 * ```
 *
 * @throws `DRAIN_TIMEOUT`, which names who is busy.
 */
export async function drain(store: TestedStore, options: DrainOptions = {}): Promise<void> {
  checkKeys(options, { timeoutMs: true, advance: true }, 'drain()')
  const { timeoutMs = 1_000, advance } = options
  const deadline = realNow() + timeoutMs
  let idleAt: number | undefined
  for (let turns = 0; ; turns += 1) {
    const { currentVersion } = store.metrics()
    const busy = whoIsBusy(store)
    if (busy.length === 0 && idleAt === currentVersion) return
    idleAt = busy.length === 0 ? currentVersion : undefined
    if (busy.length > 0) {
      if (realNow() > deadline) throw timeoutError(store, timeoutMs, busy, advance !== undefined)
      // A turn first: what does not need the clock to move is done before it does.
      if (turns > 0) advance?.advanceToNext()
    }
    await (turns < BUSY_TURNS ? turn() : laterTurn())
  }
}

/** One sentence for each subscriber that holds something or has not ended its work. */
function whoIsBusy(store: TestedStore): string[] {
  return store.metrics().subscribers.flatMap((stats) => {
    const { pending, inFlight } = stats
    if (pending === 0 && inFlight === 0) return []
    return [`${nameSubscriber(stats)} has ${pending} pending and ${inFlight} in flight`]
  })
}

function timeoutError(
  store: TestedStore,
  timeoutMs: number,
  busy: readonly string[],
  advanced: boolean,
): HeadgateError<'DRAIN_TIMEOUT'> {
  const scheduler: unknown = inspectStore(store)?.scheduler
  const waiting = countsTimers(scheduler) && 'advanceToNext' in scheduler ? scheduler.pendingTimers : 0
  const hint =
    waiting > 0 && !advanced
      ? [`${counted(waiting, 'timer')} set on the manual clock: pass { advance: clock } or advance it`]
      : []
  return new HeadgateError('DRAIN_TIMEOUT', { store: store.name, timeoutMs, busy: [...busy, ...hint] })
}
