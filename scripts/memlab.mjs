/** Runs the gate against leaks, `memlab/support/gate.ts`; arguments after `--` are passed on. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const load = `require(${JSON.stringify(join(ROOT, 'memlab/support/gate.ts'))})`
// A name stands where a script's would: what follows it is the gate's own.
const node = ['-r', 'esbuild-register', '-e', load, '--', ...process.argv.slice(2)]
const { status } = spawnSync(process.execPath, node, { cwd: ROOT, stdio: 'inherit' })
process.exitCode = status ?? 1
