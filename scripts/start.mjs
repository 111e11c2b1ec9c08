/**
 * Runs the package's main job, `headgate run`, on a fresh ESM build. Arguments after `--` are passed on.
 *
 * The demonstration is shown in the inspector, whose address is printed; `--no-inspect` runs it without.
 */
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const COMMAND = join(ROOT, 'dist/esm/cli/main.js')

const build = spawnSync(process.execPath, [join(ROOT, 'scripts/build.mjs'), '--esm'], { stdio: 'inherit' })
if (build.status !== 0) process.exit(1)

const words = process.argv.slice(2)
const own = words.filter((word) => word !== '--no-inspect')
const inspects =
  own.length === words.length && !own.some((word) => /^--(?:inspect|help|json)|^-h$/.test(word))
const options = inspects ? ['--inspect', ...own] : own
const command = spawn(process.execPath, [COMMAND, 'run', ...options], { stdio: 'inherit' })
// Ctrl-C reaches the command by itself; only its end decides when this process ends.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => command.kill('SIGTERM'))
command.on('close', (code) => {
  process.exitCode = code ?? 1
})
