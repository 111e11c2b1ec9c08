/** Commits on a disk, time travel, undo and redo; see docs/journal.md. */

export { type JournalArchive, openArchive } from './archive.ts'
export type { Compaction } from './compact.ts'
export { createHistory } from './create-history.ts'
export type { JournalEngine, JournalEntry, JournalRange } from './engine.ts'
export type { History, HistoryOptions, UndoResult } from './history.ts'
export { importJournal } from './import-journal.ts'
export type {
  Journal,
  JournalFault,
  JournalOptions,
  JournalStats,
  JournalStatus,
  ReplayOptions,
} from './journal.ts'
export type { Verification } from './journal-log.ts'
export { journalNames } from './journal-names.ts'
export { type LevelEngineOptions, type LevelLike, levelEngine } from './level-engine.ts'
export { memoryEngine } from './memory-engine.ts'
export { openJournal } from './open-journal.ts'
export type { Seal } from './record.ts'
export type { Recovered } from './recover.ts'
export type { JournalTurn, JournalTurns } from './turns.ts'
