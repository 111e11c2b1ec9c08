/** What the tests of actors share: a parent that wants what it is told, and parts that do what they are told. */
import {
  type ActorStats,
  type ActorSystem,
  createSystem,
  type Sending,
  type SendOptions,
  type SystemOptions,
} from '../../src/actors/index.ts'
import {
  createMachineStore,
  type EventObject,
  type MachineStore,
  type MachineStoreOptions,
} from '../../src/index.ts'
import { type ManualClock, manualClock } from '../../src/testing/index.ts'
import { defineLoose, type LooseMachine } from '../machine/support.ts'

export interface PartContext {
  log: string[]
  input: unknown
}

interface SayEvent {
  readonly type: string
  readonly text: string
}

/** Notes what it is told; `FAIL` throws, `END` ends it, `WAIT` leads where a timer runs. */
export function partMachine(more: object = {}): LooseMachine<PartContext> {
  return defineLoose<PartContext>({
    id: 'part',
    initial: 'READY',
    context: ({ input }: { input: unknown }) => ({ log: [], input }),
    states: {
      READY: { on: { WAIT: 'WAITING', END: 'OVER' } },
      WAITING: { after: { 100: 'READY' }, on: { BACK: 'READY' } },
      OVER: { type: 'final', output: ({ log }: PartContext) => log.join() },
    },
    on: {
      SAY: { update: (draft: PartContext, { text }: SayEvent) => void draft.log.push(text) },
      FAIL: {
        update: (draft: PartContext) => {
          draft.log.push('lost')
          throw new Error('failed')
        },
      },
    },
    ...more,
  })
}

export interface ParentContext {
  keys: readonly string[]
  told: string[]
}

interface ChildEvent {
  readonly type: string
  readonly key: string
  readonly output?: unknown
  readonly error?: { message?: string }
  readonly restarts?: number
}

/** Wants the keys that it was told to want, and notes what it is told of its children. */
export function parentMachine(child: object = {}, more: object = {}): LooseMachine<ParentContext> {
  const note = (draft: ParentContext, { type, key, output, error, restarts }: ChildEvent): void => {
    const what = type === 'done.child' ? output : `${error?.message} after ${restarts}`
    draft.told.push(`${type} ${key}: ${what}`)
  }
  return defineLoose<ParentContext>({
    id: 'parent',
    initial: 'ON',
    context: { keys: [], told: [] },
    states: { ON: { on: { OFF: 'OFF' } }, OFF: { on: { ON: 'ON' } } },
    on: {
      WANT: {
        update: (draft: ParentContext, { keys }: { keys: string[] }) => {
          draft.keys = keys
        },
      },
    },
    children: {
      part: {
        machine: partMachine(),
        keys: ({ keys }: ParentContext) => keys,
        onDone: { update: note },
        onFault: { update: note },
        ...child,
      },
    },
    ...more,
  })
}

export type StoreOptions = MachineStoreOptions & { readonly system?: SystemOptions }

/** A system whose addresses nobody checks. */
export interface LooseSystem extends Omit<ActorSystem<LooseMachine>, 'get' | 'send' | 'stats'> {
  get(address: string): MachineStore<unknown, { state: string; event: EventObject }> | undefined
  send(address: string, event: unknown, options?: SendOptions): Sending
  stats(address: string): ActorStats | undefined
}

/** A system, and short ways to use it. */
export interface Harness<Context> {
  readonly clock: ManualClock
  /** As `root/part:a message failed (1)`. */
  readonly faults: string[]
  readonly store: MachineStore<Context, { state: string; event: EventObject }>
  readonly system: LooseSystem
  want(...keys: string[]): void
  /** The context of an actor. */
  contextOf(address: string): PartContext | undefined
  /** What a part was told. */
  logOf(key: string): string[] | undefined
  send(address: string, event: unknown): Sending
  say(key: string, text: string): Sending
}

/** A system of a machine on a clock of its own, whose faults are noted. */
export function systemOf<Context = ParentContext>(
  machine: unknown,
  { system: given, ...options }: StoreOptions = {},
): Harness<Context> {
  const clock = manualClock()
  const faults: string[] = []
  const store = createMachineStore(machine as LooseMachine<Context>, {
    clock,
    scheduler: clock,
    onFault: ({ subscriberId, phase, error, failures }) =>
      void faults.push(`${subscriberId} ${phase} ${(error as Error).message} (${failures})`),
    ...options,
  })
  const system = createSystem(store as never, given) as unknown as LooseSystem
  const want = (...keys: string[]) => void store.send({ type: 'WANT', keys } as never)
  const contextOf = (address: string) => system.get(address)?.context as PartContext | undefined
  const logOf = (key: string) => contextOf(`root/part:${key}`)?.log
  const send = (address: string, event: unknown) => system.send(address, event)
  const say = (key: string, text: string) => send(`root/part:${key}`, { type: 'SAY', text })
  return {
    clock,
    faults,
    store: store as Harness<Context>['store'],
    system,
    want,
    contextOf,
    logOf,
    send,
    say,
  }
}
