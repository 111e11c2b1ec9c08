/** Agents: machines whose work is slow, streamed, paid for, sometimes dangerous, and watched. */

export {
  type AgUiRun,
  type AgUiState,
  type FromAgUiOptions,
  fromAgUi,
  type RemoteAgent,
} from './ag-ui/from-ag-ui.ts'
export type { AgUiMapping, AgUiMessage, InterruptDetails, ResumeEntry } from './ag-ui/mapping.ts'
export {
  type ResumeAgUiOptions,
  type ResumeRefusal,
  type ResumeResult,
  resumeAgUi,
} from './ag-ui/resume-ag-ui.ts'
export { type AgUiRequest, type AgUiResponse, type ServeAgUiOptions, serveAgUi } from './ag-ui/serve-ag-ui.ts'
export { type MappingOf, type ToAgUiOptions, toAgUi } from './ag-ui/to-ag-ui.ts'
export { type Budget, type BudgetOptions, withBudget } from './budget.ts'
export type { BudgetExhausted, BudgetTools, CallTools } from './call.ts'
export {
  type Checkpoint,
  checkpoint,
  type ForkOptions,
  fork,
  type ResumeOptions,
  resume,
} from './checkpoint.ts'
export { type Checkpointer, type CheckpointerOptions, checkpointer } from './checkpointer.ts'
export { interruptsOf, type OpenInterrupt } from './interrupts.ts'
export type { Limits, Needs, Spent, WithSpent } from './spent.ts'
