export type { Cell, CellsIn, CellsOf, ParallelCell, PathOf, StateValue } from './cells.ts'
export type {
  ChildDefinition,
  ChildNode,
  Keys,
  Supervision,
} from './child-definition.ts'
export { activeNodes, isIn, valueText } from './configuration.ts'
export { createMachineStore, drivenStore } from './create-machine-store.ts'
export type {
  DeclaredTypes,
  InputParameter,
  OnlyDeclared,
  Ports,
  PortsOf,
  StateTypes,
  Traffic,
} from './declared-types.ts'
export { defineMachine, type FirstContext, type MachineDefinition } from './define-machine.ts'
export type {
  Act,
  ActDefinition,
  AfterConfig,
  AfterEvent,
  BareEvent,
  ContextRecipe,
  DoneChildEvent,
  DoneEvent,
  DoneStateEvent,
  ErrorChildEvent,
  ErrorEvent,
  EventNamed,
  EventObject,
  EventOn,
  Guard,
  InternalEvent,
  InvokeDefinition,
  InvokeTools,
  NextEvent,
  RunTools,
  StateDefinition,
  TransitionConfig,
  TransitionDefinition,
  TransitionMap,
  Waiting,
  Work,
} from './definition.ts'
export { type DriverKernel, driverSymbol, MachineDriver } from './driver.ts'
export type { EntryTimes } from './effects.ts'
export type { Elsewhere, Taking } from './elsewhere.ts'
export type { OnlyKnownEvents } from './hints.ts'
export { type AnyState, activeIn, isOver, type RefusalReason } from './look-up.ts'
export type { AnyMachine, Machine, StateNode, TransitionNode } from './machine.ts'
export type { MachineState, TransitionRecord, TransitionStatus } from './machine-state.ts'
export type {
  MachineStore,
  MachineStoreOptions,
  MachineStoreParameters,
  SendResult,
} from './machine-store.ts'
export type {
  ContextOf,
  EventOf,
  InputOf,
  OutputOf,
  StateNameOf,
  StateOf,
  StatePathOf,
} from './machine-types.ts'
export { outputOf } from './output.ts'
export { type QCoreCells, type QCoreContext, type QCoreEvent, qCoreMachine } from './q-core-machine.ts'
export { recordAt, stayOf } from './records.ts'
export { entryTimes, resume } from './resume.ts'
export { runMachine } from './run-machine.ts'
export { type Runner, runnerSymbol } from './runner.ts'
export { sendTo } from './send-to.ts'
export type { Supervisor } from './supervisor.ts'
export type { TransitionResult } from './take.ts'
export { toMermaid } from './to-mermaid.ts'
export { fromXState, toXState, type XStateConfig } from './to-x-state.ts'
export {
  type Beginning,
  beginning,
  decide,
  initialState,
  takeFirst,
  toEvent,
  transition,
} from './transition.ts'
export { settled, type TransitionFilter, transitions } from './transitions.ts'
export { whileIn } from './while-in.ts'
