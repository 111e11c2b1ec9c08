import { checkKeys, describeValue, HeadgateError, type KnownKeys } from '../kit/index.ts'
import type { Readable } from '../store/index.ts'
import { Derived } from './derived.ts'
import { inputOf, type Source } from './inputs.ts'
import { type Compute, DerivedNode, type Equal } from './node.ts'

/** The state of a source. */
export type SourceState<S> = S extends Source<infer State> ? State : never

/** The states of a tuple, or of a record, of sources. */
export type SourceStates<Sources> = { -readonly [Key in keyof Sources]: SourceState<Sources[Key]> }

/** Reads a source, which from then on is a source of the derived value. */
export type Read = <State>(source: Source<State>) => State

/** How a value is derived. */
export interface DeriveOptions<R> {
  /** Whether a new value equals the previous one, which is then kept; default `Object.is`. */
  equal?: ((previous: R, current: R) => boolean) | undefined
  /** Shown in errors, metrics and faults; default the name of the function, or `'derived'`. */
  name?: string | undefined
}

const DERIVE_KEYS: KnownKeys<DeriveOptions<unknown>> = { equal: true, name: true }

/**
 * Derives a value from stores, machine stores, selections, views, or other derived values. It is read and followed like
 * a store.
 *
 * - The sources are a tuple, whose states are the arguments of `project`, or a record, whose states are its one
 *   argument. Without them `project` receives `read`, and the sources are those read in its last run.
 * - It never mixes one new source with another old one: within a commit, a batch or a
 *   {@link transact}, all have changed before it is computed.
 * - Nothing runs unless someone reads or follows. A read compares the states of the sources, and runs `project` only if
 *   one has changed; while followed, it runs at most once per commit. A result equal to the previous one wakes no one.
 * - Its versions are its own, one for each change; reason, source and times are those of the commit that caused it.
 * - The reader gets what `project` throws. Followers keep the last value, and the store reports a fault of phase
 *   `'derive'`. The next successful run continues normally.
 * - When a source is destroyed it completes for those who follow it; it can still be read.
 * - When its last follower leaves, it releases its sources.
 *
 * `project` is synchronous and only reads: a write to any store inside it is refused (`WRITE_IN_DERIVE`).
 *
 * @example
 * ```ts
 * import { createStore, derive } from 'headgate'
 *
 * const cart = createStore({ price: 20, count: 2 })
 * const rate = createStore(0.5)
 * const total = derive([cart, rate], ({ price, count }, rate) => price * count * (1 + rate))
 * console.log(total.state) // → 60
 * rate.set(0.25)
 * console.log(total.state, total.snapshot.version) // → 50 1
 * ```
 *
 * @throws `OPTION_INVALID` for a source that cannot be read, too, `OPTION_UNKNOWN`. Reading throws what
 *   `project` throws, `DERIVE_CYCLE`, `DERIVE_ASYNC`, `STATE_INVALID`, and `STORE_UNINITIALIZED` while a source has no
 *   state.
 */
export function derive<R>(project: (read: Read) => R, options?: DeriveOptions<R>): Readable<R>
export function derive<const Sources extends readonly Source[], R>(
  sources: Sources,
  project: (...states: SourceStates<Sources>) => R,
  options?: DeriveOptions<R>,
): Readable<R>
export function derive<Sources extends Readonly<Record<string, Source>>, R>(
  sources: Sources,
  project: (states: SourceStates<Sources>) => R,
  options?: DeriveOptions<R>,
): Readable<R>
export function derive(...args: readonly unknown[]): Readable<unknown> {
  const isTracking = typeof args[0] === 'function'
  const [project, options = {}] = (isTracking ? args : args.slice(1)) as [Project, DeriveOptions<unknown>?]
  if (typeof project !== 'function') refuse('project', 'a function', project)
  checkKeys(options, DERIVE_KEYS, 'derive()')
  const { name = project.name || 'derived', equal = Object.is } = options
  if (typeof name !== 'string') refuse('name', 'a string', name)
  if (typeof equal !== 'function') refuse('equal', 'a function', equal)
  const compute = isTracking ? tracking(project) : fixed(args[0], project)
  return new Derived(new DerivedNode(name, compute, equal as Equal))
}

type Project = (...args: never[]) => unknown

/** Reads all sources, and hands their states on in the form in which they were given. */
function fixed(sources: unknown, project: Project): Compute {
  if (typeof sources !== 'object' || sources === null || 'state' in sources) {
    refuse('sources', 'an array or a record of stores and derived values, or a function', sources)
  }
  const inputs = Object.values(sources).map(inputOf)
  if (Array.isArray(sources)) return (reading) => project(...(reading.readAll(inputs) as never[]))
  const names = Object.keys(sources)
  return (reading) => {
    const states = reading.readAll(inputs)
    return project(Object.fromEntries(names.map((name, place) => [name, states[place]])) as never)
  }
}

/** Lets the function read what it likes. Afterwards it reads as anybody does. */
function tracking(project: Project): Compute {
  return (reading) => {
    let isRunning = true
    const read = (source: Source): unknown =>
      isRunning ? reading.read(inputOf(source)) : 'state' in source ? source.state : source.value
    try {
      return project(read as never)
    } finally {
      isRunning = false
    }
  }
}

function refuse(option: string, expected: string, value: unknown): never {
  throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(value) })
}
