/** What a row of the table of sizes weighs: bundled from `src/` as an application would, minified and gzipped. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, transform } from 'esbuild'

const ROOT = join(import.meta.dirname, '../..')

/** @typedef {{ readonly from: string, readonly names: readonly string[] }} Import */
/** @typedef {{ name: string, minified: number, gzipped: number }} Part */

/** The source of each entry of the package, by the name that an application imports. */
const SOURCES = new Map(
  Object.entries(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).exports)
    .filter(([, conditions]) => typeof conditions === 'object')
    .map(([entry, conditions]) => [
      join('headgate', entry),
      conditions.import.default.replace('./dist/esm/', './src/').replace(/\.js$/, '.ts'),
    ]),
)

/** @param {Uint8Array | string} code */
const gzipped = (code) => gzipSync(code, { level: 9 }).length

/** @param {string} path - such as `@scope/package/entry` */
const packageOf = (path) =>
  path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/')

/**
 * @param {readonly Import[]} imports
 * @param {import('esbuild').BuildOptions} [options]
 */
async function bundle(imports, options) {
  const lines = imports.map(
    ({ from, names }) => `export { ${names.join(', ')} } from '${SOURCES.get(from) ?? from}'`,
  )
  const result = await build({
    stdin: { contents: lines.join('\n'), resolveDir: ROOT },
    absWorkingDir: ROOT,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    packages: 'external',
    legalComments: 'none',
    metafile: true,
    write: false,
    minifyIdentifiers: true,
    minifySyntax: true,
    minifyWhitespace: true,
    ...options,
  })
  // The casts hold: one entry makes one file, and there is no other.
  const [file] = /** @type {[import('esbuild').OutputFile]} */ (result.outputFiles)
  const [output] = /** @type {[import('esbuild').Metafile['outputs'][string]]} */ (
    Object.values(/** @type {import('esbuild').Metafile} */ (result.metafile).outputs)
  )
  return { text: file.text, packages: [...new Set(output.imports.map(({ path }) => packageOf(path)))].sort() }
}

/**
 * The size of a bundle of these imports, and the packages that it still imports.
 *
 * @param {readonly Import[]} imports
 */
export async function weigh(imports) {
  const { text, packages } = await bundle(imports)
  return { minified: Buffer.byteLength(text), gzipped: gzipped(text), packages }
}

/**
 * What each source file adds to a bundle, or each part of the sources. The gzipped figure is what the bundle would lose
 * without it; the figures add up to less than the whole, as files have words in common.
 *
 * @param {readonly Import[]} imports
 * @param {(file: string) => string} [partOf] - the part to which a file belongs
 * @returns {Promise<Part[]>}
 */
export async function weighParts(imports, partOf = (file) => file) {
  // With its white space the bundle has a comment with the name in front of each file, or of each part of it.
  const { text } = await bundle(imports, { minifyWhitespace: false })
  // What is exported at the end stands in no file: each part must be a program of its own.
  const [, ...pieces] = text.slice(0, text.lastIndexOf('\nexport {')).split(/^\/\/ (src\/\S+)$/m)
  /** @type {Map<string, string>} */
  const parts = new Map()
  for (let i = 0; i < pieces.length; i += 2) {
    const { code } = await transform(pieces[i + 1] ?? '', { minifyWhitespace: true })
    const part = partOf(pieces[i] ?? '')
    parts.set(part, `${parts.get(part) ?? ''}${code}`)
  }
  const whole = gzipped([...parts.values()].join(''))
  return [...parts]
    .map(([name, code]) => ({
      name,
      minified: Buffer.byteLength(code),
      gzipped: whole - gzipped([...parts].map(([other, its]) => (other === name ? '' : its)).join('')),
    }))
    .sort((a, b) => b.gzipped - a.gzipped)
}
