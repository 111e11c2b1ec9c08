/**
 * Builds `dist/` from `src/` with the compiler alone: an ESM copy and a CommonJS copy, each with its own types.
 *
 *     node scripts/build.mjs          both copies, from scratch
 *     node scripts/build.mjs --esm    the ESM copy only, where a source, or a folder of sources, has changed since
 *
 * The package is of type `module`, so the CommonJS copy carries a package.json that says otherwise.
 *
 * The compiler leaves alone what is JavaScript already: generated code (`*_pb.js`, `*_pb.d.ts`) is copied, and
 * for the CommonJS copy transformed by swc. The inspector's page is bundled into one file; see inspector-page.mjs.
 */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { transformFileSync } from '@swc/core'
import { embeddedPage, pageHtml } from './inspector-page.mjs'

const ROOT = join(import.meta.dirname, '..')
const SOURCES = join(ROOT, 'src')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
const COMMAND = join(ROOT, 'dist/esm/cli/main.js')

/** What a build is made of. */
const INPUTS = [
  'src',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.esm.json',
  'scripts/build.mjs',
  'scripts/inspector-page.mjs',
].map((path) => join(ROOT, path))
/** Written last. */
const NEWEST = join(ROOT, 'dist/esm/inspector/embedded-page.js')

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

/** @param {'esm' | 'cjs'} copy */
function compile(copy) {
  rmSync(join(ROOT, 'dist', copy), { recursive: true, force: true })
  const tsc = spawnSync(process.execPath, [TSC, '-p', join(ROOT, `tsconfig.build.${copy}.json`)], {
    stdio: 'inherit',
  })
  if (tsc.status !== 0) process.exit(1)
  const generated = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  for (const file of generated.filter((name) => /_pb\.(?:js|d\.ts)$/.test(name))) addGenerated(file, copy)
}

/** @param {'esm' | 'cjs'} copy */
async function addPage(copy) {
  const room = join(ROOT, 'dist', copy, 'inspector')
  writeFileSync(join(room, 'page.html'), await pageHtml())
  writeFileSync(join(room, 'embedded-page.js'), await embeddedPage(copy))
}

/**
 * @param {string} file - from the folder of the sources
 * @param {'esm' | 'cjs'} copy
 */
function addGenerated(file, copy) {
  const from = join(SOURCES, file)
  const to = join(ROOT, 'dist', copy, file)
  mkdirSync(dirname(to), { recursive: true })
  if (copy === 'cjs' && file.endsWith('.js')) {
    const { code } = transformFileSync(from, {
      swcrc: false,
      jsc: { parser: { syntax: 'ecmascript' }, target: 'es2022' },
      module: { type: 'commonjs' },
    })
    writeFileSync(to, code)
  } else copyFileSync(from, to)
}

if (process.argv.includes('--esm')) {
  if (changedAt(NEWEST) < Math.max(...INPUTS.map(changedAt))) {
    compile('esm')
    await addPage('esm')
  }
} else {
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true })
  compile('esm')
  compile('cjs')
  await Promise.all([addPage('esm'), addPage('cjs')])
  writeFileSync(join(ROOT, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n')
}
if (existsSync(COMMAND)) chmodSync(COMMAND, 0o755)
