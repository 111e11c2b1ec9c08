import { type ChildProcess, fork } from 'node:child_process'
import { constants } from 'node:os'

/** Says to the process of a run that it is one; taken away before a module could see it. */
export const SUPERVISED = 'HEADGATE_SUPERVISED'

const STATUS = { SIGINT: 130, SIGTERM: 143 } as const

/**
 * Whether a run may load a module, which may loop: any word that is no option could name one. Not the parser
 * of the arguments: what it imports would be loaded twice.
 */
export function mayLoop(words: readonly string[]): boolean {
  return words[0] === 'run' && words.slice(1).some((word) => !word.startsWith('-'))
}

/**
 * Runs the command in a process of its own, since a process that loops hears no signal: it is told the first
 * one, and killed at the second.
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
