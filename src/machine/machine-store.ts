import type { Draft } from 'immer'
import type { Observable } from 'rxjs'
import type { Immutable } from '../kit/index.ts'
import type { Snapshot, Store, StoreOptions, Write } from '../store/index.ts'
import type { Cell, CellsIn, PathOf, StateValue } from './cells.ts'
import type { Ports } from './declared-types.ts'
import type { BareEvent } from './definition.ts'
import type { RefusalReason } from './look-up.ts'
import type { Machine } from './machine.ts'
import type { MachineState, TransitionRecord } from './machine-state.ts'

/** How a machine store is made. */
export interface MachineStoreOptions<Input = unknown> extends Omit<StoreOptions, 'freeze'> {
  /** Passed to the `context` function of the definition. */
  input?: Input | undefined
  /** Whether an event that is not handled throws `EVENT_UNHANDLED`; default false. */
  strict?: boolean | undefined
  /**
   * Whether its timers and work wait until a journal has opened (`openJournal`), so that those of the initial state do
   * not start before the recovered state is known; default false.
   */
  held?: boolean | undefined
}

/** The options, which must be given where the machine declares an input that may not be undefined. */
export type MachineStoreParameters<Input> = undefined extends Input
  ? [options?: MachineStoreOptions<Input>]
  : [options: MachineStoreOptions<Input> & { readonly input: Input }]

/** What {@link MachineStore.send} did. */
export type SendResult<Name extends StateValue = string, Context = unknown> =
  | {
      readonly handled: true
      /** The commit; the current snapshot if the event was handled and changed nothing. */
      readonly snapshot: Snapshot<MachineState<Name, Context>>
      readonly transition: TransitionRecord<Name>
    }
  | {
      readonly handled: false
      readonly reason: RefusalReason
      readonly snapshot: Snapshot<MachineState<Name, Context>>
    }

/**
 * A store whose state is a machine's, driven by events.
 *
 * Everything of {@link Store} works on it. `update`, `set` and `put` bypass the machine: they are for
 * data that is not an event, and for replicas. Timers and invoked work follow the state however it was set; a state
 * that the machine does not have is refused with `STATE_UNKNOWN`.
 */
export interface MachineStore<Context, Cells extends Cell, Io extends Ports = Ports>
  extends Store<MachineState<Cells['state'], Context>> {
  readonly machine: Machine<Context, Cells, Io>
  /** The current state; counts as a read, as the next one does. */
  readonly current: Cells['state']
  readonly context: Immutable<Context>
  /**
   * The machine's output, once it has ended: the result of the `output` of its final state or, without one, of the
   * machine.
   */
  readonly output: Io['output'] | undefined
  /**
   * What transitions, `run` and the tools of work emit: at most once, to those subscribed at that moment. It is not
   * state: it is in no version, and is not kept for later subscribers.
   */
  readonly events$: Observable<Io['emitted']>
  /** Each change of state once, when it is published: `PENDING` if the entered state invokes work. */
  readonly transitions$: Observable<TransitionRecord<Cells['state']>>
  /** Each change of state once, when its outcome is known: at once, or when the invoked work has ended. */
  readonly settled$: Observable<TransitionRecord<Cells['state']>>

  /**
   * Sends an event: guard, `exit`, `update` and `entry` run, and their result is one commit, labelled with
   * the event's type. An event that is not handled changes nothing: it is a value, counted as
   * `unhandledEvents`.
   *
   * @param write - source, metadata and expected version; its reason replaces the event's type.
   * @throws `EVENT_INVALID`, `EVENT_UNHANDLED` when strict, what a guard or a recipe throws, and the
   *   refusals of every write.
   */
  send(event: Cells['event'] | BareEvent<Cells['event']>, write?: Write): SendResult<Cells['state'], Context>

  /**
   * Runs an immer recipe on the context and commits what it changed, for data that is not an event; cheaper than
   * `update`, which makes a draft of the whole state. What the recipe returns is not used.
   *
   * @throws `RECIPE_ASYNC`, and the refusals of every write.
   */
  updateContext(
    recipe: (draft: Draft<Context>) => void,
    write?: Write,
  ): Snapshot<MachineState<Cells['state'], Context>>

  /** Whether an event would be handled now; calls its guard. */
  can(event: Cells['event'] | BareEvent<Cells['event']>): boolean

  /**
   * Whether the machine is in a state, or in one inside of it; inside `if (store.is('IDLE'))` only the events of IDLE
   * compile. The compiler cannot see that a `send` leaves the state: ask again after one.
   */
  is<Path extends PathOf<Cells['state']>>(path: Path): this is MachineStore<Context, CellsIn<Cells, Path>, Io>

  /** Whether some state that the machine is in has a tag. */
  hasTag(tag: string): boolean
}
