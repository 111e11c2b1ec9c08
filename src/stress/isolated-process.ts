import { type ChildProcess, fork } from 'node:child_process'
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
  /** When the child is killed. */
  readonly killAfterMs: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: ScenarioProgress) => void) | undefined
}

/** How much of what a child writes to stderr is kept: its end, where Node says why it crashed. */
const STDERR_MAX = 2_000

/**
 * A process that is asked one question. It loads what it will need from the start, so one that is started
 * before it is needed answers sooner.
 */
export class StressChild {
  readonly #child: ChildProcess
  /** Settles after the last message and the end of stderr, and also where no process could be started. */
  readonly #closed: Promise<void>
  #end: ChildEnd | undefined
  #stderr = ''

  constructor(execArgv: readonly string[]) {
    const child = fork(entryPath('isolated-child'), [], {
      execArgv: [...execArgv],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child = child
    process.once('exit', this.kill)
    child.on('error', (error) => this.#endAs({ type: 'crashed', message: error.message }))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_MAX)
    })
    this.#closed = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        process.removeListener('exit', this.kill)
        this.#end ??= { type: 'crashed', message: crashMessage(code, signal, this.#stderr) }
        resolve()
      })
    })
  }

  /** Asks the question, and waits until the process has ended: by its answer, or killed. */
  async ask(request: Request, options: ChildOptions): Promise<ChildEnd> {
    const timer = setTimeout(() => this.#endAs({ type: 'timeout' }), options.killAfterMs)
    const forget = onAbort(options.signal, () => this.#endAs({ type: 'stopped' }))
    this.#child.on('message', (message: Answer | ProgressMessage) => {
      if (message.type === 'progress') options.onProgress?.(message.progress)
      else this.#endAs({ type: 'answered', answer: message })
    })
    // Where it cannot be sent, the process is ending, and says why.
    this.#child.send(request, () => {})
    await this.#closed
    clearTimeout(timer)
    forget()
    // The cast holds: a process that is closed has an end.
    return this.#end as ChildEnd
  }

  /** SIGKILL needs no help of the process, so one in an endless loop ends as well. */
  readonly kill = (): void => {
    this.#child.kill('SIGKILL')
  }

  #endAs(how: ChildEnd): void {
    this.#end ??= how
    this.kill()
  }
}

function crashMessage(code: number | null, signal: NodeJS.Signals | null, stderr: string): string {
  const how = signal === null ? `with status ${code}` : `by ${signal}`
  const said = stderr.trim()
  return `The process of the scenario ended ${how}${said === '' ? '.' : `: ${said}`}`
}
