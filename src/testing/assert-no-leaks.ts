/**
 * Whether a store was let go of: who is still subscribed, which timers are set, what is still held.
 *
 * Garbage is collected first, for it is the collector who knows which handles are lost. A check that cannot be
 * made is listed, never taken for passed.
 */
import { checkKeys, HeadgateError } from '../kit/index.ts'
import { inspectStore, type StoreInspection } from '../store/index.ts'
import { canCollectGarbage, collectGarbage } from './garbage.ts'
import { countNames, type ReleaseWatch } from './release-watch.ts'
import { counted, nameSubscriber, type TestedStore } from './tested-store.ts'
import { countsTimers, type TimerCounter } from './timers.ts'

/** What {@link assertNoLeaks} looks at, and what it lets pass. */
export interface NoLeaksOptions {
  /** The objects that should be garbage by now: consumers, handles, components. */
  released?: ReleaseWatch | undefined
  /** The ids of subscribers that may stay. */
  except?: readonly string[] | undefined
  /** How many followers of the store's observables may stay; default 0. */
  observers?: number | undefined
  /** What knows the timers; default the store's scheduler, if that does: `trackTimers()`, `manualClock()`. */
  timers?: TimerCounter | undefined
}

/** What was looked at and found in order, and what could not be looked at. */
export interface NoLeaksReport {
  readonly checked: readonly string[]
  readonly unchecked: readonly string[]
}

/** Gathers what is found, what was looked at and what could not be. */
interface Findings {
  readonly leaks: string[]
  readonly checked: string[]
  readonly unchecked: string[]
}

/**
 * Resolves if nobody is subscribed to a store, nothing is pending, no timer is set, and the objects in `released`
 * are garbage; else rejects and names each.
 *
 * It looks at a store that lives on as well as at a destroyed one. What it cannot look at is in the report, and
 * in the error: the timers of a scheduler that does not know them, those of a subscription with a scheduler of its
 * own, and what handlers still do that were running when they were unsubscribed.
 *
 * @example
 * ```ts
 * import { createStore, throttle } from 'headgate'
 * import { assertNoLeaks, trackTimers } from 'headgate/testing'
 *
 * const store = createStore({ count: 0 }, { name: 'cart', scheduler: trackTimers() })
 * const stop = store.subscribe(() => {}, { id: 'badge', policy: throttle({ ms: 60_000 }) })
 * store.set({ count: 1 })
 * await assertNoLeaks(store).catch((error) => console.log(error.details.leaks[0]))
 * // → subscriber "badge" (throttle:60000) is still subscribed: 1 pending
 * stop()
 * console.log((await assertNoLeaks(store)).checked)
 * // → [ 'subscribers', 'observers', 'pending deliveries', 'timers' ]
 * ```
 *
 * @throws `LEAK_FOUND`
 */
export async function assertNoLeaks(
  store: TestedStore,
  options: NoLeaksOptions = {},
): Promise<NoLeaksReport> {
  checkKeys(options, { released: true, except: true, observers: true, timers: true }, 'assertNoLeaks()')
  const findings: Findings = { leaks: [], checked: [], unchecked: [] }
  const held = await collectFirst(options.released, findings)
  const inside = inspectStore(store)
  checkSubscribers(store, inside, options.except ?? [], findings)
  checkObservers(store, inside, options.observers ?? 0, findings)
  checkTimers(options.timers ?? inside?.scheduler, findings)
  findings.leaks.push(...held)
  const { leaks, checked, unchecked } = findings
  if (leaks.length > 0)
    throw new HeadgateError('LEAK_FOUND', { subject: `Store "${store.name}"`, leaks, unchecked })
  return { checked, unchecked }
}

/** Collects garbage; returns what is left of the released objects. */
async function collectFirst(released: ReleaseWatch | undefined, findings: Findings): Promise<string[]> {
  if (!canCollectGarbage()) {
    findings.unchecked.push(
      'lost handles and released objects: this runtime does not collect garbage on demand',
    )
    return []
  }
  // Twice: finalizers, who tell of lost handles, run in a turn after the first.
  await collectGarbage()
  await collectGarbage()
  if (released === undefined) return []
  const survivors = countNames(await released.survivors())
  findings.checked.push(counted(released.size, 'released object'))
  return [...survivors].map(([name, count]) => `${count} × ${name} is still held after garbage collection`)
}

function checkSubscribers(
  store: TestedStore,
  inside: StoreInspection | undefined,
  except: readonly string[],
  { leaks, checked }: Findings,
): void {
  const { subscribers } = store.metrics()
  checked.push('subscribers', 'observers', 'pending deliveries')
  for (const [index, stats] of subscribers.entries()) {
    if (except.includes(stats.id)) continue
    const held = [
      ...(stats.pending > 0 ? [`${stats.pending} pending`] : []),
      ...(stats.inFlight > 0 ? [`${stats.inFlight} in flight`] : []),
    ]
    const site = inside?.leakedFrom[index]
    const lost = site === undefined ? '' : `; its handle is lost, it was subscribed at ${site}`
    leaks.push(
      `${nameSubscriber(stats)} is still subscribed${held.length > 0 ? `: ${held.join(', ')}` : ''}${lost}`,
    )
  }
}

/** Observers have no names; the store knows of what kind they are. */
function checkObservers(
  store: TestedStore,
  inside: StoreInspection | undefined,
  allowed: number,
  { leaks }: Findings,
): void {
  const { subscriberCount, subscribers } = store.metrics()
  const total = subscriberCount - subscribers.length
  if (inside !== undefined && inside.modifying > 0) {
    leaks.push(`modify() is still under way: ${counted(inside.modifying, 'call')}`)
  }
  if (total <= allowed) return
  const kinds =
    inside === undefined
      ? ''
      : ` (${inside.observers} of snapshot$, state$, a selector or waitFor(), ${inside.paths} of a path)`
  leaks.push(`its observables still have ${counted(total, 'observer')}${kinds}`)
}

function checkTimers(scheduler: unknown, { leaks, checked, unchecked }: Findings): void {
  if (!countsTimers(scheduler)) {
    unchecked.push(
      'timers: the scheduler does not count them; make the store with { scheduler: trackTimers() }',
    )
    return
  }
  checked.push('timers')
  for (const { delayMs, setAt } of scheduler.timers()) {
    leaks.push(`a timer of ${delayMs} ms is still set, by ${setAt}`)
  }
}
