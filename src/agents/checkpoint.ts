/**
 * A checkpoint: a version of a machine store as plain data, which JSON can hold; a thread goes on from it, in another
 * process, days later, and another thread can branch off from it.
 *
 *   thread a   v1 ── v2 ── v3 ── v4
 *   thread b          └──fork── v3' ── v4'       metadata: parentThread a, parentVersion 2
 */

import { fromJsonForm, Budget as ReadBudget, toJsonForm } from '../json/index.ts'
import { describeValue, HeadgateError } from '../kit/index.ts'
import {
  type AnyMachine,
  type Cell,
  createMachineStore,
  type EntryTimes,
  entryTimes,
  type Machine,
  type MachineStore,
  type MachineStoreOptions,
  type Ports,
  resume as resumeDriver,
} from '../machine/index.ts'
import type { Snapshot } from '../store/index.ts'
import { driverOf } from './interrupts.ts'

/** One version of a thread. It is plain data: `JSON.stringify` it as it is. */
export interface Checkpoint {
  /** Which conversation; the name of its store where nothing else was said. */
  readonly threadId: string
  /** The thread and the version. */
  readonly id: string
  /** What the thread was forked from. */
  readonly parentId?: string
  readonly version: number
  /** The snapshot, in the form that the JSON of snapshots has. */
  readonly snapshot: unknown
  /** When the states were entered whose time runs, in milliseconds since 1970. */
  readonly entered: EntryTimes
  readonly at: number
  readonly reason: string
}

type AnyStore = MachineStore<unknown, Cell>

/** The names of a fork's lineage, in the metadata of its first version. */
const LINEAGE = { thread: 'parentThread', version: 'parentVersion' } as const
/** Threads of stores that were resumed or forked, by their stores. */
const threads = new WeakMap<object, { readonly threadId: string; readonly parentId?: string }>()

/** The thread of a store, and what it was forked from. */
export const threadOf = (store: { readonly name: string }): { threadId: string; parentId?: string } =>
  threads.get(store) ?? { threadId: store.name }

const idOf = (threadId: string, version: number): string => `${threadId}@${version}`

/**
 * The newest version of a machine store as plain data.
 *
 * @example
 * ```ts
 * import { createMachineStore, defineMachine } from 'headgate'
 * import { checkpoint, fork, resume } from 'headgate/agents'
 *
 * const refund = defineMachine({
 *   id: 'refund',
 *   initial: 'AWAITING',
 *   types: {} as { events: { type: 'ANSWER'; approved: boolean } },
 *   context: { paid: 0 },
 *   states: {
 *     AWAITING: {
 *       waiting: {},
 *       on: {
 *         ANSWER: [
 *           { guard: (_, { approved }) => approved, target: 'PAID', update: (draft) => { draft.paid = 80 } },
 *           { target: 'REFUSED' },
 *         ],
 *       },
 *     },
 *     PAID: {},
 *     REFUSED: {},
 *   },
 * })
 * const text = JSON.stringify(checkpoint(createMachineStore(refund)))
 * const later = resume(refund, JSON.parse(text)) // in another process, days later
 * const branch = fork(refund, JSON.parse(text), { threadId: 'what if' })
 * later.send({ type: 'ANSWER', approved: true })
 * branch.send({ type: 'ANSWER', approved: false })
 * console.log(later.current, branch.current) // → PAID REFUSED
 * ```
 * @throws `CODEC_INVALID` for a context that JSON cannot hold, naming the path.
 */
export function checkpoint<Context, Cells extends Cell, Io extends Ports>(
  store: MachineStore<Context, Cells, Io>,
): Checkpoint {
  const driver = driverOf(store)
  const { head } = driver
  const { threadId, parentId } = threadOf(store)
  return {
    threadId,
    id: idOf(threadId, head.version),
    ...(parentId !== undefined && { parentId }),
    version: head.version,
    snapshot: toJsonForm(head, 'snapshot').form,
    entered: entryTimes(driver),
    at: head.tsWall,
    reason: head.reason,
  }
}

/** How a thread goes on. */
export interface ResumeOptions<Input> extends Omit<MachineStoreOptions<Input>, 'held'> {
  readonly threadId?: string
}

/**
 * Goes on from a checkpoint: a machine store of the same thread, whose timers run with what is left of them. Work that
 * was running follows its `onRestore`: by default it has failed with `interrupted`, and nothing runs again by itself.
 *
 * @throws `OPTION_INVALID` for what is no checkpoint, `STATE_UNKNOWN` for a state that the machine does not have
 */
export function resume<Context, Cells extends Cell, Io extends Ports>(
  machine: Machine<Context, Cells, Io>,
  from: Checkpoint,
  options: ResumeOptions<Io['input']> = {},
): MachineStore<Context, Cells, Io> {
  const read = readCheckpoint(from)
  const { threadId = read.threadId, ...storeOptions } = options
  return begin(machine, read, storeOptions, { threadId, ...parentIn(read) })
}

/** How a thread branches off. */
export interface ForkOptions<Input> extends ResumeOptions<Input> {
  /** The new thread. */
  readonly threadId: string
}

/**
 * A second thread from a checkpoint, or from what a store has now. It shares nothing that can be written with its
 * parent; its first version says in its metadata where it comes from (`parentThread`, `parentVersion`).
 *
 * @throws `OPTION_INVALID` for what is no checkpoint, `STATE_UNKNOWN` for a state that the machine does not have
 */
export function fork<Context, Cells extends Cell, Io extends Ports>(
  machine: Machine<Context, Cells, Io>,
  from: Checkpoint | MachineStore<Context, Cells, Io>,
  options: ForkOptions<Io['input']>,
): MachineStore<Context, Cells, Io> {
  const isStore = typeof from === 'object' && from !== null && 'machine' in from
  const parent = isStore ? checkpoint(from) : from
  const { threadId, ...storeOptions } = options
  const { snapshot, ...rest } = readCheckpoint(parent)
  const metadata = {
    ...snapshot.metadata,
    [LINEAGE.thread]: parent.threadId,
    [LINEAGE.version]: String(parent.version),
  }
  const branch = { ...rest, snapshot: { ...snapshot, metadata } }
  return begin(machine, branch, storeOptions, { threadId, parentId: parent.id })
}

const parentIn = ({ parentId }: Checkpoint): { parentId?: string } =>
  parentId === undefined ? {} : { parentId }

function begin<Context, Cells extends Cell, Io extends Ports>(
  machine: Machine<Context, Cells, Io>,
  { snapshot, entered }: ReadCheckpoint,
  options: Omit<MachineStoreOptions<Io['input']>, 'held'>,
  thread: { readonly threadId: string; readonly parentId?: string },
): MachineStore<Context, Cells, Io> {
  // What the input made is overwritten; a machine whose context is made of it may not be able to do without.
  const create = createMachineStore as unknown as (
    machine: AnyMachine,
    options: MachineStoreOptions,
  ) => AnyStore
  const store = create(machine as AnyMachine, { name: thread.threadId, ...options, held: true })
  threads.set(store, thread)
  goOn(store, snapshot as Snapshot<never>, entered)
  // The cast gives back the names that its machine has.
  return store as unknown as MachineStore<Context, Cells, Io>
}

/** Has a machine store that waits stand where a snapshot does, and go on from there. */
export function goOn(store: { readonly name: string }, snapshot: Snapshot<never>, entered: EntryTimes): void {
  const driver = driverOf(store)
  const release = driver.running.hold()
  try {
    ;(store as unknown as { put(snapshot: Snapshot<never>): void }).put(snapshot)
  } finally {
    driver.running.start()
    release(() => resumeDriver(driver, snapshot.tsWall, entered))
  }
}

/** A checkpoint whose snapshot is one, and no form of it. */
type ReadCheckpoint = Checkpoint & { readonly snapshot: Snapshot<unknown> }

/** Reads a checkpoint that JSON may have held. */
function readCheckpoint(from: Checkpoint): ReadCheckpoint {
  const { threadId, version, snapshot, entered } = Object(from) as Checkpoint
  const isOne = typeof threadId === 'string' && Number.isSafeInteger(version) && typeof snapshot === 'object'
  if (!isOne || snapshot === null) {
    throw new HeadgateError('OPTION_INVALID', {
      option: 'checkpoint',
      expected: 'what checkpoint() made',
      received: describeValue(from),
    })
  }
  const budget = new ReadBudget({ bytesMax: UNLIMITED, valuesMax: UNLIMITED, entriesMax: UNLIMITED })
  // The cast is the claim of whoever made it; `put` looks at it once more.
  const read = fromJsonForm(snapshot, 'snapshot', { budget, isTagged: true }) as Snapshot<unknown>
  return { ...from, entered: timesIn(entered), snapshot: read }
}

/** Those that are times: with another one nothing would ever be over. */
const timesIn = (entered: unknown): EntryTimes =>
  Object.fromEntries(
    Object.entries(Object(entered)).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  )

/** A checkpoint is as long as its writer made it. */
const UNLIMITED = Number.MAX_SAFE_INTEGER
