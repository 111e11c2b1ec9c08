import type { CommandIo } from './command-io.ts'
import { Output } from './output.ts'
import { messageOf } from './usage-error.ts'

/**
 * Prints a text that somebody asked for.
 *
 * @returns the exit status: 1 where it could not be written. A reader who has seen enough is no failure.
 */
export async function print(text: string, io: CommandIo): Promise<number> {
  let failure: Error | undefined
  const output = new Output(io.stdout, (error) => {
    failure = error
  })
  output.write(text)
  await output.flush()
  if (failure === undefined || isReaderGone(failure)) return 0
  const errors = new Output(io.stderr)
  errors.line(unwritten(failure))
  await errors.flush()
  return 1
}

/** Whether a write failed because the reader closed its end, as `head` does. */
export function isReaderGone(error: Error): boolean {
  return (error as { code?: unknown }).code === 'EPIPE'
}

/** What is said where standard output takes nothing, as on a full disk. */
export function unwritten(error: Error): string {
  return `headgate: The output could not be written: ${messageOf(error)}`
}
