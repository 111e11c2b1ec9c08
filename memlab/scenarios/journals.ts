/** Journals of a store that lives on: they follow it, and hold commits until the disk has them. */
import { createSystem, createSystemStore } from '../../src/actors/index.ts'
import {
  type Journal,
  type JournalEngine,
  type JournalTurns,
  memoryEngine,
  openJournal,
} from '../../src/journal/index.ts'
import { createMachineStore, defineMachine } from '../../src/machine/index.ts'
import { createStore, type Store } from '../../src/store/index.ts'
import type { Tick } from '../support/claims.ts'
import type { Claim } from '../support/scenario.ts'

export const claim = 'A journal that is closed lets go of its store, and of those who waited for the disk.'

/** A disk on which no write ends, but the first: that of a journal that opens. */
function stuckEngine(): JournalEngine {
  const inner = memoryEngine()
  let writes = 0
  return {
    ...inner,
    write(entries) {
      writes += 1
      return writes === 1 ? inner.write(entries) : new Promise(() => {})
    },
  }
}

/** A journal whose disk hangs on its first commit; it is written to once it is open. */
function onStuckDisk<S>(store: Store<S>, first: S, pendingMax: number) {
  let isOpen = false
  const opening = openJournal(store, stuckEngine(), { pendingMax }).then((journal) => {
    isOpen = true
    store.set(first)
    return journal
  })
  return {
    opening,
    write(state: S): void {
      if (isOpen) store.set(state)
    },
  }
}

/** Somebody else writes, for ever. */
const elsewhere: JournalTurns = {
  take: (_journal, signal) =>
    signal === undefined
      ? Promise.resolve(undefined)
      : new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        }),
  hear: () => () => {},
}

const blinker = defineMachine({
  id: 'blinker',
  initial: 'DARK',
  context: {},
  states: { DARK: { after: { ms: 1_000_000, target: 'DARK' } } },
})

const wheel = defineMachine({ id: 'wheel', initial: 'STILL', context: {}, states: { STILL: {} } })

const rover = defineMachine({
  id: 'rover',
  initial: 'ON',
  context: {},
  states: { ON: {} },
  children: { wheel: { machine: wheel, keys: () => ['left', 'right'] } },
})

/** Opens journals of stores that are kept, and closes them; the twin does not. */
const openedAndClosed = (
  name: string,
  open: (seen: () => void) => { readonly store: object; readonly opening: Promise<Journal<never>> },
): Claim => ({
  name,
  count: 300,
  create({ leak, witness }) {
    const kept: object[] = []
    let opening: Promise<Journal<never>>[] = []
    return {
      act(count) {
        for (let index = 0; index < count; index += 1) {
          const held = witness()
          const made = open(() => {
            held.seen += 1
          })
          opening.push(made.opening)
          // Kept: what the journal has put into the store must be gone.
          if (leak) kept.push(made.store)
        }
      },
      async release() {
        const ending = opening
        opening = []
        const journals = await Promise.all(ending)
        if (leak) return
        await Promise.all(journals.map((journal) => journal.close()))
      },
      write() {},
    }
  },
})

/** A seal that leaves records as they are, and holds who made it. */
const sealOf = (seen: () => void) => ({
  encode: (text: string): string => {
    seen()
    return text
  },
  decode: (text: string): string => text,
})

export const claims: readonly Claim[] = [
  openedAndClosed('openJournal, closed', (seen) => {
    const store = createStore<Tick>({ tick: 0 })
    return { store, opening: openJournal(store, memoryEngine(), { seal: sealOf(seen) }) as never }
  }),
  openedAndClosed('openJournal that suspends writers, closed', (seen) => {
    const store = createStore<Tick>({ tick: 0 })
    const options = { seal: sealOf(seen), behind: 'suspend', pendingMax: 1 } as const
    return { store, opening: openJournal(store, memoryEngine(), options) as never }
  }),
  openedAndClosed('openJournal of a machine, closed', (seen) => {
    const store = createMachineStore(blinker, { held: true })
    const opening = openJournal(store, memoryEngine(), { seal: sealOf(seen) })
    const ended = opening.then((journal) => {
      store.destroy() // with its timer
      return journal
    })
    return { store, opening: ended as never }
  }),
  openedAndClosed('openJournal of a system with children, closed', (seen) => {
    const system = createSystem(createMachineStore(rover, { held: true }))
    const store = createSystemStore(system)
    return { store, opening: openJournal(store, memoryEngine(), { seal: sealOf(seen) }) as never }
  }),
  openedAndClosed('openJournal that follows, closed', (seen) => {
    const store = createStore<Tick>({ tick: 0 })
    const engine = { ...memoryEngine(), turns: elsewhere }
    return { store, opening: openJournal(store, engine, { follow: true, seal: sealOf(seen) }) as never }
  }),
  {
    name: 'durable() on a stuck disk, given up',
    create({ leak, witness }) {
      const store = createStore<Tick>({ tick: 0 })
      const stuck = onStuckDisk(store, { tick: -1 }, 1)
      const kept: AbortController[] = []
      let controllers: AbortController[] = []
      return {
        async act(count) {
          const journal = await stuck.opening
          for (let index = 0; index < count; index += 1) {
            const held = witness()
            const controller = new AbortController()
            controllers.push(controller)
            journal.durable(store.snapshot, { signal: controller.signal, timeoutMs: 10_000_000 }).then(
              () => {
                held.seen += 1
              },
              () => {
                held.seen += 1
              },
            )
          }
        },
        release() {
          const ending = controllers
          controllers = []
          if (leak) kept.push(...ending)
          else for (const controller of ending) controller.abort()
        },
        write: () => stuck.write({ tick: store.state.tick + 1 }),
      }
    },
  },
  {
    name: 'commits on a stuck disk, skipped',
    create({ leak, witness }) {
      const store = createStore<{ readonly by: object }>({ by: {} }, { freeze: false })
      const stuck = onStuckDisk(store, { by: {} }, leak ? 1_000_000 : 2)
      return {
        async act(count) {
          await stuck.opening
          for (let index = 0; index < count; index += 1) store.set({ by: witness() })
        },
        release() {},
        write: () => stuck.write({ by: {} }),
      }
    },
  },
]
