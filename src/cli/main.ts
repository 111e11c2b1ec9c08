#!/usr/bin/env node
/**
 * The executable `headgate`: hands the process to {@link runCommand} and ends it with its status.
 *
 * The only file with `import.meta`, top-level `await` and a dynamic import, which the CommonJS copy of the
 * package cannot have; it is not part of that copy.
 */
import { createRequire } from 'node:module'
import { runCommand } from './command.ts'
import { systemTime } from './run-time.ts'

const stop = new AbortController()
// Once each: a second Ctrl-C finds Node's own handling, and ends the process at once.
process.once('SIGINT', () => stop.abort('SIGINT'))
process.once('SIGTERM', () => stop.abort('SIGTERM'))

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
