import { messageOf as wholeMessageOf } from '../kit/index.ts'
import { printable } from './printable.ts'

/**
 * Says that the command was called wrongly, or given something that it cannot use. It is told on one line of
 * standard error, without a stack, and the exit status is 2.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Sets a text of anybody on one line that may be printed. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ').trim())
}

/** What an error says, on one line; for a value that is no error, the value. */
export function messageOf(error: unknown): string {
  return oneLine(wholeMessageOf(error))
}
