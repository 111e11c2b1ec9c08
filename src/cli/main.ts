#!/usr/bin/env node
/**
 * The executable `headgate`: hands the process to {@link runCommand} and ends it with its status.
 *
 * The only file with `import.meta`, top-level `await` and an import by URL, which the CommonJS copy of the
 * package cannot have; it is not part of that copy.
 */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { mayLoop, SUPERVISED, supervise } from './supervise.ts'

// A run of ten thousand records ends within a tenth of a second: before the optimizing compiler, which shares
// the cores with it, has made up for its own work. To inline less takes a third off the processor time of such
// a run and 5 % off the speed of one of a million records. Node 24 has a compiler in between, and needs nothing.
if (Number.parseInt(process.versions.v8, 10) < 13)
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=100')

async function runHere(): Promise<number> {
  const stop = new AbortController()
  if (process.env[SUPERVISED] === undefined) {
    // Once each: a second Ctrl-C finds Node's own handling, and ends the process at once.
    process.once('SIGINT', () => stop.abort('SIGINT'))
    process.once('SIGTERM', () => stop.abort('SIGTERM'))
  } else {
    delete process.env[SUPERVISED]
    // A terminal sends its signals to both processes: the one that is told by the other ignores its own.
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
    process.on('message', (signal) => stop.abort(signal))
    process.once('disconnect', () => process.exit(1))
    process.channel?.unref()
    // Not awaited: it watches from a thread, which needs nothing of this one once it is made.
    const { endWithParent } = await import('../process/index.ts')
    endWithParent().catch(() => {})
  }
  // The event loop is empty and the command has not ended: what it awaits will never come.
  process.once('beforeExit', () => stop.abort('IDLE'))
  // Not loaded by a process that only supervises.
  const [{ runCommand }, { systemTime }] = await Promise.all([
    import('./command.ts'),
    import('./run-time.ts'),
  ])
  return runCommand(words, {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    workingDirectory: process.cwd(),
    signal: stop.signal,
    time: systemTime,
    importModule: (url) => import(url),
    packageVersion: () => createRequire(import.meta.url)('headgate/package.json').version,
  })
}

const words = process.argv.slice(2)
const supervises = process.env[SUPERVISED] === undefined && mayLoop(words)
const status = await (supervises ? supervise(fileURLToPath(import.meta.url), words) : runHere())
// Not left to the event loop: a module's timers, or a terminal that is read, would keep it going.
process.exit(status)
