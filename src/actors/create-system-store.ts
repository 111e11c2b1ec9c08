/**
 * A whole system as one store: it follows its actors, and they follow what is written into it.
 *
 *   an actor changes ──> later, between two events: a snapshot ──> commit ──> journal, mirrors, subscribers
 *   set, put, a journal that recovers ──> restore ──> actors
 */
import { checkKeys, describeValue, HeadgateError, type Immutable, isHeadgateError } from '../kit/index.ts'
import { type Runner, runnerSymbol } from '../machine/index.ts'
import {
  createStore,
  type Kernel,
  kernelOf,
  STORE_KEYS,
  type Store,
  type StoreOptions,
} from '../store/index.ts'
import type { Actor } from './actor.ts'
import type { ChildSnapshot, SystemSnapshot } from './actor-snapshot.ts'
import type { ActorSystem } from './actor-system.ts'
import { System } from './system.ts'
import type { Watcher } from './system-core.ts'
import { takeSnapshot } from './take-snapshot.ts'

/**
 * Makes a store of a system: its state is the newest {@link SystemSnapshot}. For a journal it is what `openJournal`
 * takes; time travel, mirrors and undo follow it as they follow any store.
 *
 * What happens in one go is one version, taken between two events, before `idle()` resolves; what happens while a
 * subscriber or a journal suspends the writers of the store is one version, too. What is written into it is restored.
 * Its name is that of the root's store and `:system`, unless the options say another.
 *
 * @example
 * ```ts
 * import { createMachineStore, defineMachine } from 'headgate'
 * import { createSystem, createSystemStore } from 'headgate/actors'
 * import { memoryEngine, openJournal } from 'headgate/journal'
 *
 * const counter = defineMachine({
 *   id: 'counter',
 *   initial: 'ON',
 *   context: { count: 0 },
 *   types: {} as { events: { type: 'ADD' } },
 *   states: { ON: { on: { ADD: { description: 'one more', update: (draft) => { draft.count += 1 } } } } },
 * })
 * const system = createSystem(createMachineStore(counter, { held: true }))
 * const store = createSystemStore(system)
 * const journal = await openJournal(store, memoryEngine())
 * system.send('root', 'ADD')
 * await system.idle()
 * await journal.durable()
 * console.log(store.state.root.snapshot?.state.context) // → { count: 1 }
 * await journal.close()
 * system.destroy()
 * ```
 * @throws `OPTION_INVALID` for what is no system, `STORE_DESTROYED` for one that has ended.
 */
export function createSystemStore<Root>(
  system: ActorSystem<Root>,
  options: StoreOptions = {},
): Store<SystemSnapshot> {
  checkKeys(options, STORE_KEYS, 'createSystemStore()')
  if (!(system instanceof System)) {
    const expected = 'a system that createSystem() returned'
    throw new HeadgateError('OPTION_INVALID', { option: 'system', expected, received: describeValue(system) })
  }
  return new SystemFollower(system, options).store
}

class SystemFollower implements Runner, Watcher {
  readonly store: Store<SystemSnapshot>
  readonly #system: System
  readonly #kernel: Kernel<SystemSnapshot>
  /** What is known of children that have not changed: their identity stays, so a delta is what has. */
  readonly #known = new WeakMap<Actor, ChildSnapshot>()
  /** The newest that it has taken itself. */
  #taken: Immutable<SystemSnapshot>
  /** Whether something has changed since. */
  #isOld = false
  #holds = 0

  constructor(system: System, options: StoreOptions) {
    system.requireRest('createSystemStore()')
    this.#system = system
    const { clock, scheduler, kernel, watchers } = system.core
    this.#taken = this.#take()
    // Events and inputs belong to those who sent them: they are not frozen.
    const defaults = { name: `${kernel.store.name}:system`, clock, scheduler, freeze: false }
    // The cast forgets that it is frozen.
    this.store = createStore(this.#taken as SystemSnapshot, { ...defaults, ...options })
    this.#kernel = kernelOf<SystemSnapshot>(this.store)
    Object.defineProperty(this.store, runnerSymbol, { value: this })
    watchers.add(this)
    this.#kernel.guard((_write, state) => this.#check(state as SystemSnapshot))
    this.#kernel.follow(
      {
        next: ({ snapshot: { state } }) => {
          if (state !== this.#taken && this.#holds === 0) this.resume()
        },
        complete: () => watchers.delete(this),
      },
      { place: 'before' },
    )
  }

  // ---- Runner ----

  get kernel(): Runner['kernel'] {
    return this.#system.core.kernel
  }

  hold(): (goOn?: () => void) => void {
    this.#holds += 1
    const release = this.#driver?.running.hold()
    return (goOn) => {
      this.#holds -= 1
      // What is restored while the root is held begins as the root does, and nothing before it.
      goOn?.()
      release?.()
      this.#system.core.wake()
    }
  }

  start(): void {
    this.#driver?.running.start()
  }

  reset(): void {
    const { root } = this.#system.core
    root.family?.end()
    root.driver?.running.reset()
  }

  resume(): void {
    try {
      // The cast forgets that it is frozen.
      this.#system.restore(this.#kernel.head.state as SystemSnapshot)
    } catch (error) {
      this.#report(error)
      this.#system.core.touch(this.#system.core.root)
    }
  }

  get #driver(): Actor['driver'] {
    return this.#system.core.root.driver
  }

  // ---- Watcher ----

  touched(actor: Actor): void {
    for (let one: Actor | undefined = actor; one !== undefined; one = one.place?.parent)
      this.#known.delete(one)
    this.#isOld = true
  }

  rest(): void {
    if (this.#system.core.isOver) this.store.destroy()
    else if (this.#isOld && this.#holds === 0 && !this.#system.isBusy) this.#commit()
  }

  #commit(): void {
    this.#isOld = false
    try {
      this.#taken = this.#take()
      this.#kernel.commitSettled(() => this.#taken, { reason: 'SYSTEM' })
    } catch (error) {
      this.#isOld = true
      if (isHeadgateError(error, 'SUBSCRIBER_FULL') || isHeadgateError(error, 'JOURNAL_FULL')) this.#retry()
      else this.#report(error)
    }
  }

  /** Takes one when there is room again, of what is then. */
  #retry(): void {
    this.store.ready().then(
      () => this.#system.core.wake(),
      () => {}, // the store is destroyed
    )
  }

  #take(): Immutable<SystemSnapshot> {
    const { root, clock } = this.#system.core
    return takeSnapshot(root, clock.wall(), (child, take) => {
      const known = this.#known.get(child) ?? take()
      this.#known.set(child, known)
      return known
    }) as Immutable<SystemSnapshot> // nobody else has it
  }

  // ---- into the system ----

  #check(state: SystemSnapshot): void {
    if ((state as unknown) === this.#taken) return
    this.#system.requireRest('A write of its store')
    this.#system.check(state)
  }

  #report(error: unknown): void {
    const { version } = this.#kernel.head
    this.#kernel.report({ subscriberId: 'system', phase: 'message', error, version, failures: 1 })
  }
}
