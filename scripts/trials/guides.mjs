/**
 * The examples of the README and of every guide, as files of a project that has the package from its tarball. In the
 * project's own tests they run against the sources.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const GUIDES = 'docs/guides'

const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const pages = [
  'README.md',
  'docs/stores.md',
  ...readdirSync(join(ROOT, GUIDES)).map((page) => `${GUIDES}/${page}`),
]

/** Every block that runs, by the name of its file: guides/react.md:8 → react-8.ts. */
export const examples = Object.fromEntries(
  pages.flatMap((page) =>
    [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
      ({ index, 1: code = '' }) => [`${page.replace(/^.*\/|\.md$/g, '')}-${index}.ts`, code],
    ),
  ),
)

/** What they import, at the versions that this project has. */
export const packages = [
  ...new Set(
    Object.values(examples).flatMap((code) =>
      [...code.matchAll(/(?:from|import) '((?:@[^/']+\/)?[^/'@][^/']*)/g)].map(([, name]) => `${name}`),
    ),
  ),
]
  .filter((name) => name !== 'headgate' && !name.startsWith('node:'))
  .map((name) => `${name}@${devDependencies[name] ?? 'latest'}`)

/** Runs each, and looks for every line that it says it logs. */
export const RUNNER = `import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { transformSync } from 'esbuild'

for (const file of readdirSync('.').filter((name) => name.endsWith('.ts'))) {
  const text = readFileSync(file, 'utf8')
  const script = file.replace(/ts$/, 'mjs')
  writeFileSync(script, transformSync(text, { loader: 'ts', format: 'esm', target: 'es2022' }).code)
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', script], { encoding: 'utf8', timeout: 120_000 })
  const wanted = [...text.matchAll(/\\/\\/ → ?(.*)$/gm)].map(([, line]) => line.trimEnd())
  const missing = wanted.filter((line) => !stdout.includes(line))
  if (status !== 0 || missing.length > 0) throw new Error(file + ' ended with ' + status + ', without ' + JSON.stringify(missing) + '\\n' + stdout + stderr)
  console.log(file, wanted.length, 'lines as it says')
}
console.log('all examples run')
`
