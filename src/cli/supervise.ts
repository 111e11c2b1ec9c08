import { type ChildProcess, fork } from 'node:child_process'
import { constants } from 'node:os'
import { readRunWords } from './run-words.ts'

/** Says to the process of a run that it is one; taken away before a module could see it. */
export const SUPERVISED = 'HEADGATE_SUPERVISED'

const STATUS = { SIGINT: 130, SIGTERM: 143 } as const

/** Whether a run loads a module, which may loop. */
export function mayLoop([command, ...words]: readonly string[]): boolean {
  if (command !== 'run') return false
  try {
    const { modules, values } = readRunWords(words)
    return modules.length > 0 && !values.help
  } catch {
    return false // what cannot be read is refused before anything is loaded
  }
}

/**
 * Runs the command in a process of its own, since a process that loops hears no signal: it is told the first
 * one, and killed at the second. Where this process is gone, that one ends too: see `endWithParent`.
 *
 * @returns the exit status.
 */
export function supervise(main: string, words: readonly string[]): Promise<number> {
  const env = { ...process.env, [SUPERVISED]: '1' }
  const child = fork(main, [...words], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env })
  return new Promise((resolve, reject) => {
    let asked = false
    let killed: keyof typeof STATUS | undefined
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (!asked) child.send(signal, () => {})
        else if (child.kill('SIGKILL')) killed ??= signal
        asked = true
      })
    }
    child.once('error', reject)
    child.once('exit', (...end) => {
      if (killed === undefined) return resolve(statusOf(...end))
      process.stderr.write(`headgate run: ended at once by a second signal, ${killed}; no summary.\n`)
      resolve(STATUS[killed])
    })
  })
}

function statusOf(code: ChildProcess['exitCode'], signal: ChildProcess['signalCode']): number {
  return signal === null ? (code ?? 1) : 128 + constants.signals[signal]
}
