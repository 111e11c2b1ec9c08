#!/usr/bin/env node
/**
 * The executable `headgate`: hands the process to {@link runCommand} and ends it with its status.
 *
 * The only file with `import.meta`, top-level `await` and an import by URL, which the CommonJS copy of the
 * package cannot have; it is not part of that copy.
 */
import { createRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { runCommand } from './command.ts'
import { systemTime } from './run-time.ts'

// A run of ten thousand records ends within a tenth of a second: before the optimizing compiler, which shares
// the cores with it, has made up for its own work. To inline less takes a third off the processor time of such
// a run and 5 % off the speed of one of a million records. Node 24 has a compiler in between, and needs nothing.
if (Number.parseInt(process.versions.v8, 10) < 13)
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=100')

const stop = new AbortController()
// Once each: a second Ctrl-C finds Node's own handling, and ends the process at once.
process.once('SIGINT', () => stop.abort('SIGINT'))
process.once('SIGTERM', () => stop.abort('SIGTERM'))
// The event loop is empty and the command has not ended: what it awaits will never come.
process.once('beforeExit', () => stop.abort('IDLE'))

const status = await runCommand(process.argv.slice(2), {
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
// Not left to the event loop: a module's timers, or a terminal that is read, would keep it going.
process.exit(status)
