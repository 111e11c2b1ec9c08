import type { Readable } from 'node:stream'
import type { OutputStream } from './output.ts'
import type { RunTime } from './run-time.ts'

/** What asks the command to end: a signal of the system, or that nothing is left that could still happen. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'IDLE'

/** All that the command touches of the world outside; `main.ts` hands in the process, a test its own. */
export interface CommandIo {
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined }
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  /** Environment variables: `NO_COLOR` and `TERM` are looked at. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** What relative paths count from. */
  readonly workingDirectory: string
  /** Aborts when the user wants the end; its reason is the {@link StopSignal}. */
  readonly signal: AbortSignal
  readonly time: RunTime
  /** Imports a module by its URL. Only the ESM entry can: a compiler to CommonJS would make it `require`. */
  importModule(url: string): Promise<unknown>
  /** The version of this package. */
  packageVersion(): string
}
