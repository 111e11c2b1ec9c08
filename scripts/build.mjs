/**
 * Builds `dist/` from `src/` with the compiler alone: an ESM copy and a CommonJS copy, each with its own types.
 *
 *     node scripts/build.mjs          both copies, from scratch
 *     node scripts/build.mjs --esm    the ESM copy only
 *
 * The package is of type `module`, so the CommonJS copy carries a package.json that says otherwise.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
const COMMAND = join(ROOT, 'dist/esm/cli/main.js')

/** @param {'esm' | 'cjs'} copy */
function compile(copy) {
  rmSync(join(ROOT, 'dist', copy), { recursive: true, force: true })
  const tsc = spawnSync(process.execPath, [TSC, '-p', join(ROOT, `tsconfig.build.${copy}.json`)], {
    stdio: 'inherit',
  })
  if (tsc.status !== 0) process.exit(1)
}

if (process.argv.includes('--esm')) {
  compile('esm')
} else {
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true })
  compile('esm')
  compile('cjs')
  writeFileSync(join(ROOT, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n')
}
if (existsSync(COMMAND)) chmodSync(COMMAND, 0o755)
