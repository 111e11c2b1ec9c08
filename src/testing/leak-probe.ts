/**
 * Finds out whether something is released: makes it, uses it and lets go of it several times, and looks for what
 * is left.
 *
 *   round:  factory ─> track ─> exercise ─> forget        × rounds
 *   then:   collect garbage ─> who is alive?
 *
 * Weak references tell it at once and name what the factory made. memlab's heap snapshots take seconds, find
 * also what nobody tracked, and tell what holds it; so they are asked for.
 *
 * What must stay true: nothing of a round is kept by the probe itself. Each round is a function of its own, for
 * the frame of an asynchronous function keeps all its variables until it ends; and the first round warms up and
 * is not counted, for what is made once and kept (a cache, compiled code) is no leak.
 */
import { checkKeys, describeValue, HeadgateError } from '../kit/index.ts'
import { canCollectGarbage } from './garbage.ts'
import { compareHeaps, type HeapLeak } from './heap-snapshots.ts'
import { countNames, ReleaseWatch } from './release-watch.ts'

/** What a round is told. */
export interface ProbeRound {
  /** 0 for the one that warms up, which is not counted. */
  readonly round: number
  /** Watches one more object, which must be released too; returns it. */
  track<T extends object>(object: T, name?: string): T
}

/** How {@link leakProbe} looks. */
export interface LeakProbeOptions {
  /** How often it makes, uses and lets go; default 10. */
  rounds?: number | undefined
  /**
   * `'weak-refs'` (default): weak references to what was made. `'memlab'`: heap snapshots of this process as well,
   * with the package memlab; finds what was not tracked too, and what holds it. `'auto'`: memlab where it is
   * installed.
   */
  heap?: 'weak-refs' | 'memlab' | 'auto' | undefined
  /** How the report calls what is probed; default the names of what was left. */
  name?: string | undefined
}

/** What was left. */
export interface LeakProbeResult {
  readonly rounds: number
  /** How many objects were watched. */
  readonly tracked: number
  /** How many of them are alive; with memlab, how many objects that came with each round where that is more. */
  readonly leaked: number
  /** The watched objects that are alive, by name. */
  readonly survivors: Readonly<Record<string, number>>
  /** With memlab: what is left of each round, and the references that lead to it. */
  readonly heap: readonly HeapLeak[]
  readonly method: 'weak-refs' | 'memlab'
  /** What was found, in a few lines. */
  readonly report: string
  /** Throws `LEAK_FOUND` if something leaked. */
  assert(): void
}

type Made = object | readonly object[]

const ROUNDS_MAX = 100_000

/**
 * Makes something, uses it and lets go of it, over and over, and reports what stays alive.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { leakProbe } from 'headgate/testing'
 *
 * const store = createStore({ total: 0 })
 * class Badge {
 *   text = ''
 *   readonly stop = store.subscribe(({ state }) => { this.text = `${state.total}` })
 * }
 * const forgotten = await leakProbe(() => new Badge(), () => {})
 * console.log(forgotten.report) // → 10 of 10 × Badge are still alive after 10 rounds
 * const released = await leakProbe(() => new Badge(), (badge) => badge.stop())
 * console.log(released.leaked) // → 0
 * store.destroy()
 * ```
 *
 * @param factory - makes what is probed: one object, or an array of several. It is awaited.
 * @param exercise - uses it and lets go of it, as its user would: unmounts, unsubscribes. It is awaited.
 * @throws `GC_UNAVAILABLE`, `OPTION_INVALID`, or what the two functions throw.
 */
export async function leakProbe<T extends Made>(
  factory: (round: ProbeRound) => T | Promise<T>,
  exercise: (made: T, round: ProbeRound) => unknown,
  options: LeakProbeOptions = {},
): Promise<LeakProbeResult> {
  checkKeys(options, { rounds: true, heap: true, name: true }, 'leakProbe()')
  const { rounds = 10, heap = 'weak-refs', name } = options
  checkOptions(rounds, heap)
  if (!canCollectGarbage()) throw new HeadgateError('GC_UNAVAILABLE', { operation: 'leakProbe()' })
  const watch = new ReleaseWatch()
  await playRound(factory, exercise, new ReleaseWatch(), 0)
  const play = async (): Promise<void> => {
    for (let round = 1; round <= rounds; round += 1) await playRound(factory, exercise, watch, round)
  }
  const leaks = await playAndCompare(play, rounds, heap)
  const survivors = Object.fromEntries(countNames(await watch.survivors()))
  return judge({ rounds, tracked: countNames(watch.names), survivors, leaks, name })
}

/** As {@link leakProbe}, but rejects if something leaks. @throws `LEAK_FOUND`, and all that leakProbe throws. */
export async function expectNoLeak<T extends Made>(
  factory: (round: ProbeRound) => T | Promise<T>,
  exercise: (made: T, round: ProbeRound) => unknown,
  options: LeakProbeOptions = {},
): Promise<void> {
  const result = await leakProbe(factory, exercise, options)
  result.assert()
}

async function playRound<T extends Made>(
  factory: (round: ProbeRound) => T | Promise<T>,
  exercise: (made: T, round: ProbeRound) => unknown,
  watch: ReleaseWatch,
  round: number,
): Promise<void> {
  const told: ProbeRound = { round, track: (object, name) => watch.track(object, name) }
  const made = await factory(told)
  for (const object of Array.isArray(made) ? (made as readonly object[]) : [made]) watch.track(object)
  await exercise(made, told)
}

/** With memlab, what is left in the heap; without, undefined. */
async function playAndCompare(
  play: () => Promise<void>,
  rounds: number,
  heap: NonNullable<LeakProbeOptions['heap']>,
): Promise<readonly HeapLeak[] | undefined> {
  const leaks = heap === 'weak-refs' ? undefined : await compareHeaps(play, rounds)
  if (leaks !== undefined) return leaks
  if (heap === 'memlab') throw refused('heap', '"memlab" only where the package memlab is installed', heap)
  await play()
  return undefined
}

interface Found {
  readonly rounds: number
  /** How many were watched, by name. */
  readonly tracked: ReadonlyMap<string, number>
  readonly survivors: Readonly<Record<string, number>>
  readonly leaks: readonly HeapLeak[] | undefined
  readonly name: string | undefined
}

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0)

function judge(found: Found): LeakProbeResult {
  const { rounds, survivors, leaks: heap = [] } = found
  const tracked = sum(found.tracked.values())
  const leaked = Math.max(sum(Object.values(survivors)), ...heap.map(({ objects }) => objects))
  const lines = [
    ...Object.entries(survivors).map(([name, count]) => tellSurvivor(name, count, found)),
    ...heap.map(tellHeapLeak),
  ]
  return {
    rounds,
    tracked,
    leaked,
    survivors,
    heap,
    method: found.leaks === undefined ? 'weak-refs' : 'memlab',
    report:
      lines.length === 0 ? `Nothing of ${tracked} objects is alive after ${rounds} rounds` : lines.join('\n'),
    assert(): void {
      if (leaked === 0) return
      const subject = found.name ?? (Object.keys(survivors).join(', ') || 'What was probed')
      throw new HeadgateError('LEAK_FOUND', { subject, leaks: lines, unchecked: [] })
    },
  }
}

/** One that is left of many is another mistake than all that are left. */
function tellSurvivor(name: string, count: number, { rounds, tracked }: Found): string {
  if (count === 1 && rounds > 1) {
    return `1 × ${name} is still alive after ${rounds} rounds: something remembers the last one`
  }
  return `${count} of ${tracked.get(name)} × ${name} are still alive after ${rounds} rounds`
}

function tellHeapLeak({ name, objects, holding, trace }: HeapLeak): string {
  const below = holding.length === 0 ? '' : `, and hold ${holding.join(', ')}`
  return `${objects} × ${name} are left${below}. The way to one:\n${trace.join('\n')}`
}

function checkOptions(rounds: number, heap: string): void {
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > ROUNDS_MAX) {
    throw refused('rounds', `an integer from 1 to ${ROUNDS_MAX}`, rounds)
  }
  if (!['weak-refs', 'memlab', 'auto'].includes(heap)) {
    throw refused('heap', '"weak-refs", "memlab" or "auto"', heap)
  }
}

function refused(option: string, expected: string, received: unknown): HeadgateError<'OPTION_INVALID'> {
  return new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(received) })
}
