/**
 * Runs the package's main job, `headgate run`, on a fresh ESM build. Arguments after `--` are passed on.
 *
 * The demonstration is shown in the inspector, whose address is printed; `--no-inspect` runs it without.
 *
 * The build is repeated only when a source, or a folder of sources, has changed since.
 */
import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const COMMAND = join(ROOT, 'dist/esm/cli/main.js')
const INPUTS = ['src', 'tsconfig.json', 'tsconfig.build.esm.json', 'scripts/inspector-page.mjs']

/**
 * When a file, or anything in a folder, last changed; 0 for what does not exist.
 *
 * @param {string} path
 * @returns {number}
 */
function changedAt(path) {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return 0
  const inside = stats.isDirectory() ? readdirSync(path).map((name) => changedAt(join(path, name))) : []
  return Math.max(stats.mtimeMs, ...inside)
}

if (changedAt(COMMAND) < Math.max(...INPUTS.map((input) => changedAt(join(ROOT, input))))) {
  const build = spawnSync(process.execPath, [join(ROOT, 'scripts/build.mjs'), '--esm'], { stdio: 'inherit' })
  if (build.status !== 0) process.exit(1)
}

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
