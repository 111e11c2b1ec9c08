import type { Snapshot } from '../store/index.ts'
import type { AnyState } from './look-up.ts'

/** Whoever is above a driver: is told what its effects are told, ahead of them, and of what has no caller. */
export interface Supervisor {
  /** Whether what the states run is to be brought in line. */
  next(snapshot: Snapshot<AnyState>, origin: unknown): boolean
  complete(): void
  /** Somebody else runs the machine. */
  rest(): void
  failed(phase: 'after' | 'invoke', error: unknown): void
}
