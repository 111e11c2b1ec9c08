/**
 * The types of a machine or of its store, by name: `EventOf<typeof agent>`, `ContextOf<typeof store>`. They are
 * read from what the machine carries, so nothing has to be declared twice.
 */
import type { Snapshot } from '../store/index.ts'
import type { Cell, PathOf } from './cells.ts'
import type { Machine } from './machine.ts'
import type { MachineState } from './machine-state.ts'

type MachineOf<T> = T extends { readonly machine: infer M } ? M : T

type CellOf<T> = MachineOf<T> extends Machine<infer _, infer Cells> ? Cells : never

/** The context of a machine or a machine store. */
export type ContextOf<T> = MachineOf<T> extends Machine<infer Context, Cell> ? Context : never

type PortsIn<T> = MachineOf<T> extends Machine<infer _, Cell, infer Io> ? Io : never

/** What a machine is made with; `unknown` where it declares nothing. */
export type InputOf<T> = PortsIn<T>['input']

/** What comes out at the end of a machine; `unknown` where it declares nothing. */
export type OutputOf<T> = PortsIn<T>['output']

/** The events that some state of a machine or a machine store handles. */
export type EventOf<T> = CellOf<T>['event']

/** What the current state of a machine or a machine store may be. */
export type StateNameOf<T> = CellOf<T>['state']

/** The paths of all states of a machine or a machine store, those with states inside too. */
export type StatePathOf<T> = PathOf<StateNameOf<T>>

/** The state of a store; of a machine: the state that its stores hold. */
export type StateOf<T> =
  T extends Machine<infer Context, infer Cells>
    ? MachineState<Cells['state'], Context>
    : T extends { readonly snapshot: Snapshot<infer State> }
      ? State
      : never
