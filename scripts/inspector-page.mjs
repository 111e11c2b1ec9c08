/**
 * Makes the inspector's page of `src/inspector/page`: one file of HTML that loads nothing, and the same as a module for
 * pages of others. What is not in the file by its hash does not run.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'

const INSPECTOR = join(import.meta.dirname, '../src/inspector')
const PAGE = join(INSPECTOR, 'page')

/**
 * @param {string} entry
 * @param {'iife' | 'esm' | 'cjs'} format
 * @returns {Promise<string>}
 */
async function bundle(entry, format) {
  const { outputFiles } = await build({
    entryPoints: [join(PAGE, entry)],
    bundle: true,
    minify: true,
    write: false,
    format,
    target: 'es2022',
    loader: { '.css': 'text' },
    plugins: [smallStyles],
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return outputFiles[0]?.text ?? ''
}

/** @returns {Promise<string>} */
async function style() {
  const { outputFiles } = await build({
    entryPoints: [join(PAGE, 'page.css')],
    minify: true,
    write: false,
    // `light-dark()` as it is.
    target: 'chrome123',
  })
  return (outputFiles[0]?.text ?? '').trim()
}

/** @type {import('esbuild').Plugin} */
const smallStyles = {
  name: 'small-styles',
  setup(builder) {
    builder.onLoad({ filter: /page\.css$/ }, async () => ({ contents: await style(), loader: 'text' }))
  },
}

/** @param {string} text */
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** The page, as it is served and opened. */
export async function pageHtml() {
  const [script, css, html] = await Promise.all([
    bundle('main.ts', 'iife'),
    style(),
    readFile(join(PAGE, 'page.html'), 'utf8'),
  ])
  // A script ends where this stands, also inside of a text.
  const safe = script.trim().replaceAll('</script', '<\\/script')
  const policy = `default-src 'none'; script-src ${hash(safe)}; style-src ${hash(css)}; connect-src 'self'; base-uri 'none'; form-action 'none'`
  /** @type {Record<string, string>} */
  const parts = { policy, style: css, script: safe }
  return html.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => parts[name] ?? '')
}

/**
 * The page as a module: `mountEmbedded`.
 *
 * @param {'esm' | 'cjs'} format
 */
export const embeddedPage = (format) => bundle('embedded.ts', format)
