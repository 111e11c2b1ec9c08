/**
 * Says that the command was called wrongly, or given something that it cannot use. It is told on one line of
 * standard error, without a stack, and the exit status is 2.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What an error says, on one line; for a value that is no error, the value. */
export function messageOf(error: unknown): string {
  // Not instanceof: an error of another realm, a module loader's say, is of another class.
  const { message } = Object(error) as { message?: unknown }
  const text = typeof message === 'string' ? message : String(error)
  return text.replace(/\s+/g, ' ').trim()
}
