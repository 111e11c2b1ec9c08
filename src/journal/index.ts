export { createHistory } from './create-history.ts'
export type { History, HistoryOptions, UndoResult } from './history.ts'
