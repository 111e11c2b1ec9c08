/**
 * Runs code that a user gave, and that nobody waits for.
 *
 * What it throws is reported, and so is what its promise rejects with: any callback may be an async function, and
 * its rejection would else be nobody's, which ends the process.
 *
 * @param report - given what went wrong. Must not throw.
 */
export function contain(call: () => unknown, report: (error: unknown) => void): void {
  try {
    reportRejection(call(), report)
  } catch (error) {
    report(error)
  }
}

/** Reports what a promise rejects with; for who calls, and contains what is thrown, without {@link contain}. */
export function reportRejection(result: unknown, report: (error: unknown) => void): void {
  if (typeof result !== 'object' || result === null) return
  // Asking for `then`, and calling it, is foreign code too.
  const { then } = result as { then?: unknown }
  if (typeof then === 'function') then.call(result, undefined, report)
}
