/**
 * What a module for `headgate run` exports. These types are for its author; the command itself trusts
 * nothing and checks each part when it loads the module.
 */
import type { Policy } from '../backpressure/index.ts'
import type { Cell, ContextRecipe, EventObject, Machine, MachineState } from '../machine/index.ts'
import type { ConsumerObject, Snapshot } from '../store/index.ts'

/** What a line of NDJSON holds: any object. */
export type RunRecord = Readonly<Record<string, unknown>>

/** The unit of the records' times, where they are numbers; a text is an ISO 8601 time. */
export type TimeUnit = 's' | 'ms' | 'us' | 'ns'

/** Turns a record into the event that it is, several in order, or none. */
export type Ingest<Data = RunRecord, Event extends EventObject = EventObject> = (
  record: Data,
) => Event | Event['type'] | readonly (Event | Event['type'])[] | null | undefined

/** A recipe on the context, for a record that is no event. It is run in a commit of its own. */
export type Observe<Context, Data = RunRecord> = ContextRecipe<Context, Data>

/** A subscriber that the module brings: a consumer with a name and a policy. */
export interface RunSubscriber<Context = unknown>
  extends ConsumerObject<Snapshot<MachineState<string, Context>>> {
  readonly id: string
  /** A policy, or its label, such as `'buffer:64:drop-oldest'`. */
  readonly policy: Policy | string
}

/** What the module's own records are made with. */
export interface RecordsOptions {
  /** From `--seed`; records made from the same seed are the same. */
  readonly seed: number | undefined
}

/**
 * A module that `headgate run` can run.
 *
 * - Records that `ingest` makes events of are sent to the machine; the others are given to `observe`; without
 *   it they are only counted.
 * - What `ingest`, `observe`, a guard or a recipe throws rejects its record: it is reported with the number
 *   of its line, and the run goes on, unless it is strict.
 */
export interface RunModule<Context = unknown, Data = RunRecord> {
  readonly machine: Machine<Context, Cell>
  readonly ingest: Ingest<Data>
  readonly observe?: Observe<Context, Data> | undefined
  /** The field that has a record's time; default `'t'`. */
  readonly timeField?: string | undefined
  /** Default `'ms'`. */
  readonly timeUnit?: TimeUnit | undefined
  readonly subscribers?: readonly RunSubscriber<Context>[] | undefined
  /** Records of the module's own, used where no `--events` are given. They come at `--speed 1` by default. */
  readonly records?: ((options: RecordsOptions) => Iterable<Data> | AsyncIterable<Data>) | undefined
}
