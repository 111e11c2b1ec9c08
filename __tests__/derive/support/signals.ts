/**
 * The public API as signals: a signal is a store, a computed one a derived value that tracks, an effect is whoever
 * follows what it has read.
 */
import { createStore, derive, type Read, type Readable, type Store, transact } from '../../../src/index.ts'
import type { ReactiveFramework } from './reactivity-suite.ts'

/** In the place of `undefined`, which no store holds. */
const NOTHING = Symbol('nothing')

export function createSignals(): ReactiveFramework {
  const stores: Store<never>[] = []
  /** How a read is tracked just now; undefined: it is not. */
  let read: Read | undefined
  const tracked = <T>(reading: Read | undefined, run: () => T): T => {
    const outer = read
    read = reading
    try {
      return run()
    } finally {
      read = outer
    }
  }
  const stateOf = (source: Readable<unknown>): never => {
    const value = read === undefined ? source.state : read(source)
    return (value === NOTHING ? undefined : value) as never
  }

  return {
    name: 'headgate',
    signal<T>(initial: T) {
      const store = createStore<unknown>(initial === undefined ? NOTHING : initial, {
        freeze: false,
        onFault: () => {},
      })
      stores.push(store as never)
      return {
        read: () => stateOf(store),
        write(value: T) {
          if (!Object.is(store.state, value)) store.set(value === undefined ? NOTHING : value)
        },
      }
    },
    computed<T>(compute: () => T) {
      const derived = derive((reading) => tracked(reading, compute))
      return { read: () => stateOf(derived as Readable<never>) }
    },
    effect: (run) => effect(run, tracked),
    run: (work) => work(),
    batch: (work) => transact([...stores], work),
    untracked: (work) => tracked(undefined, work),
  }
}

/** The effects that are running, outermost first: one that is made inside another ends with its next run. */
const owners: Set<() => void>[] = []

/**
 * Runs a function, and again whenever something that it has read has changed. The function writes, so it is no derived
 * value itself: it follows one that is another whenever a source has changed.
 */
function effect(
  run: () => undefined | (() => void),
  tracked: <T>(reading: Read | undefined, run: () => T) => T,
): () => void {
  /** What was read, and what it was when it was read last. */
  const sources = new Map<Readable<unknown>, unknown>()
  const children = new Set<() => void>()
  let cleanup: undefined | (() => void)
  let isOver = false
  let stop: (() => void) | undefined
  const note: Read = (source) => {
    // The cast holds: what signals are made of.
    const readable = source as unknown as Readable<never>
    sources.set(readable, undefined)
    const { state } = readable
    sources.set(readable, state)
    return state
  }
  const end = (): void => {
    for (const child of children) child()
    children.clear()
    const last = cleanup
    cleanup = undefined
    last?.()
  }
  const follow = (): void => {
    const read = [...sources.keys()]
    const changes = derive((reading) => read.map((source) => attempt(() => reading(source))), {
      equal: () => false,
    })
    const handle = changes.subscribe(() => again(), { replay: false })
    stop = () => handle.unsubscribe()
    // It wrote to what it had read.
    if (read.some((source) => attempt(() => source.state) !== sources.get(source))) again()
  }
  const again = (): void => {
    stop?.()
    stop = undefined
    tracked(undefined, end)
    if (isOver) return
    sources.clear()
    owners.push(children)
    try {
      cleanup = tracked(note, run) ?? undefined
    } finally {
      owners.pop()
      if (!isOver) follow()
    }
  }
  const dispose = (): void => {
    isOver = true
    stop?.()
    tracked(undefined, end)
  }
  owners.at(-1)?.add(dispose)
  again()
  return dispose
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}
