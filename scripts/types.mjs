/** Checks the types of every project, with the compiler that builds: `tsc` may be one of the others installed. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
const PROJECTS = ['tsconfig.json', 'tsconfig.browser.json', 'scripts', 'examples']

for (const project of PROJECTS) {
  const tsc = spawnSync(process.execPath, [TSC, '-p', join(ROOT, project)], { stdio: 'inherit' })
  if (tsc.status !== 0) process.exit(1)
}
