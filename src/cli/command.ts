import { explainErrors } from '../kit/index.ts'
import type { CommandIo } from './command-io.ts'
import { HELP, RUN_HELP } from './help.ts'
import { Output } from './output.ts'
import { parseRunArguments } from './parse-run-arguments.ts'
import { print } from './print.ts'
import { run } from './run.ts'
import { STOPPED_STATUS, Stopped } from './stop-switch.ts'
import { oneLine, UsageError } from './usage-error.ts'

/** The exit status of a wrong call. */
const USAGE_STATUS = 2

/**
 * Runs the command `headgate`.
 *
 * @param words - the command line behind `headgate`.
 * @returns the exit status. A wrong call is one line on standard error and status 2; it never rejects for it.
 */
export async function runCommand(words: readonly string[], io: CommandIo): Promise<number> {
  // Its lines are read by people, whatever the environment.
  explainErrors()
  const [command, ...rest] = words
  try {
    const subcommand = command === undefined ? undefined : SUBCOMMANDS.get(command)
    if (subcommand !== undefined) return await subcommand(rest, io)
    if (command === undefined || command === '--help' || command === '-h') return await print(HELP, io)
    if (command === '--version') return await print(`${io.packageVersion()}\n`, io)
    const what = command.startsWith('-') ? 'option' : 'command'
    throw new UsageError(`Unknown ${what} "${command}".`)
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof Stopped)) throw error
    const name = command !== undefined && SUBCOMMANDS.has(command) ? `headgate ${command}` : 'headgate'
    const errors = new Output(io.stderr)
    const end = /[.!?]$/.test(error.message) ? '' : '.'
    const hint = error instanceof UsageError ? ` See "${name} --help".` : ''
    errors.line(`${name}: ${oneLine(error.message)}${end}${hint}`)
    await errors.flush()
    return error instanceof UsageError ? USAGE_STATUS : STOPPED_STATUS[error.signal]
  }
}

type Subcommand = (words: readonly string[], io: CommandIo) => Promise<number>

const SUBCOMMANDS: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  ['run', runSubcommand],
  // Loaded when they are asked for: a short run would feel their weight.
  ['journal', async (words, io) => (await import('./journal/journal.ts')).journal(words, io)],
  ['serve', async (words, io) => (await import('./sync/serve.ts')).serveCommand(words, io)],
  ['mirror', async (words, io) => (await import('./sync/mirror.ts')).mirrorCommand(words, io)],
  ['inspect', async (words, io) => (await import('./inspect/inspect.ts')).inspect(words, io)],
  ['stress', async (words, io) => (await import('./stress/stress.ts')).stress(words, io)],
])

async function runSubcommand(words: readonly string[], io: CommandIo): Promise<number> {
  const options = parseRunArguments(words)
  return options.help ? print(RUN_HELP, io) : run(options, io)
}
