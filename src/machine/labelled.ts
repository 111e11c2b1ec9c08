import type { Write } from '../store/index.ts'

/** A write with the reason that it has where it gives none. */
export function labelled(write: Write | undefined, reason: string): Write {
  if (write === undefined) return reason
  return typeof write === 'object' && write !== null && write.reason === undefined
    ? { ...write, reason }
    : write
}
