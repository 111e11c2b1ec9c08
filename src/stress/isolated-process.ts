import { fork } from 'node:child_process'
import { onAbort } from '../kit/index.ts'
import type { Answer, ProgressMessage, Request } from './isolated-protocol.ts'
import { entryPath } from './own-location.ts'
import type { ScenarioProgress } from './scenario-recorder.ts'

/** How a child process ended. */
export type ChildEnd =
  | { readonly type: 'answered'; readonly answer: Answer }
  | { readonly type: 'timeout' }
  | { readonly type: 'stopped' }
  | { readonly type: 'crashed'; readonly message: string }

export interface ChildOptions {
  readonly execArgv: readonly string[]
  /** When the child is killed. */
  readonly killAfterMs: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: ScenarioProgress) => void) | undefined
}

/** How much of what a child writes to stderr is kept: its end, where Node says why it crashed. */
const STDERR_MAX = 2_000

/**
 * Asks a new process one question, and waits until it has ended: by its answer, or killed. SIGKILL needs no
 * help of the process, so one in an endless loop ends as well.
 */
export function askChild(request: Request, options: ChildOptions): Promise<ChildEnd> {
  const child = fork(entryPath('isolated-child'), [], {
    execArgv: [...options.execArgv],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let end: ChildEnd | undefined
  let stderr = ''
  const kill = (): void => void child.kill('SIGKILL')
  const endAs = (how: ChildEnd): void => {
    end ??= how
    kill()
  }
  return new Promise((resolve) => {
    const timer = setTimeout(() => endAs({ type: 'timeout' }), options.killAfterMs)
    const forget = onAbort(options.signal, () => endAs({ type: 'stopped' }))
    process.once('exit', kill)
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-STDERR_MAX)
    })
    child.on('message', (message: Answer | ProgressMessage) => {
      if (message.type === 'progress') options.onProgress?.(message.progress)
      else endAs({ type: 'answered', answer: message })
    })
    child.on('error', (error) => endAs({ type: 'crashed', message: error.message }))
    // Comes after the last message and the end of stderr, and also where no process could be started.
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      forget()
      process.removeListener('exit', kill)
      resolve(end ?? { type: 'crashed', message: crashMessage(code, signal, stderr) })
    })
    child.send(request, (error) => {
      if (error !== null) endAs({ type: 'crashed', message: error.message })
    })
  })
}

function crashMessage(code: number | null, signal: NodeJS.Signals | null, stderr: string): string {
  const how = signal === null ? `with status ${code}` : `by ${signal}`
  const said = stderr.trim()
  return `The process of the scenario ended ${how}${said === '' ? '.' : `: ${said}`}`
}
