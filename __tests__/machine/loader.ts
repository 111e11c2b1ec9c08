/** A machine that loads something, for the tests of invoked work: the test ends the work. */
import { createMachineStore, type MachineStore, type MachineStoreOptions } from '../../src/index.ts'
import type { EventObject } from '../../src/machine/index.ts'
import { type Gate, gate } from '../store/support.ts'
import { defineLoose, type LooseMachine, told } from './support.ts'

export interface Context {
  output: string
}

/** One start of the work: what it was given, and the gate that ends it. */
export interface Call {
  readonly context: Context
  readonly event: { type: string }
  readonly signal: AbortSignal
  readonly gate: Gate<unknown>
}

export interface Ends {
  onDone?: unknown
  onError?: unknown
}

/** A machine whose state LOADING invokes work that the test ends. */
export function loader(ends: Ends, initial = 'IDLE'): { machine: LooseMachine<Context>; calls: Call[] } {
  const calls: Call[] = []
  const src = (context: Context, event: { type: string }, { signal }: { signal: AbortSignal }): unknown => {
    const call = { context, event, signal, gate: gate<unknown>() }
    calls.push(call)
    return call.gate.promise
  }
  const machine = defineLoose<Context>({
    id: 'loader',
    initial,
    context: { output: '' },
    states: {
      IDLE: {},
      LOADING: {
        invoke: { src, ...ends },
        on: {
          AGAIN: { target: 'LOADING', reenter: true },
          NOTE: {
            update: (draft: Context) => {
              draft.output = 'noted'
            },
          },
        },
      },
      READY: {},
      BROKEN: {},
    },
    on: { LOAD: 'LOADING', STOP: 'IDLE', R: 'READY', B: 'BROKEN' },
  })
  return { machine, calls }
}

export const takeOutput = (draft: Context, { output }: { output: unknown }): void => {
  draft.output = String(output)
}

const takeError = (draft: Context, { error }: { error: unknown }): void => {
  draft.output = String(error)
}

export const ENDS: Ends = {
  onDone: { target: 'READY', update: takeOutput },
  onError: { target: 'BROKEN', update: takeError },
}

/** A store of that machine. */
export function loading(
  ends: Ends = ENDS,
  options: MachineStoreOptions = {},
): {
  store: MachineStore<Context, { state: string; event: EventObject }>
  calls: Call[]
  /** What transitions$ has told. */
  records: string[]
  /** What settled$ has told. */
  ended: string[]
  send: (type: string) => void
} {
  const { machine, calls } = loader(ends)
  const store = createMachineStore(machine, options)
  const records: string[] = []
  const ended: string[] = []
  store.transitions$.subscribe((record) => void records.push(told(record)))
  store.settled$.subscribe((record) => void ended.push(told(record)))
  return { store, calls, records, ended, send: (type) => void store.send({ type }) }
}
