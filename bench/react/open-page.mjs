/** Bundles one of the pages and opens it in Chromium, answered from here: no server, and nothing of the network. */
import { join } from 'node:path'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'

const ROOT = join(import.meta.dirname, '../..')

/**
 * @param {string} entry - a file of this folder
 * @param {{ executablePath?: string, environment: 'development' | 'production' }} options
 */
export async function openPage(entry, { executablePath = '/usr/bin/chromium', environment }) {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, entry)],
    bundle: true,
    minify: environment === 'production',
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': JSON.stringify(environment) },
    // One React for all of them.
    alias: { react: join(ROOT, 'node_modules/react'), 'react-dom': join(ROOT, 'node_modules/react-dom') },
  })
  const script = (outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script')
  const body = `<!doctype html><meta charset="utf-8"><title>suite</title><body><script type="module">${script}</script>`
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  const page = await browser.newPage()
  page.setDefaultTimeout(0)
  /** @type {string[]} */
  const problems = []
  page.on('pageerror', ({ message }) => problems.push(message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  await page.route('**/*', (route) => route.fulfill({ body, contentType: 'text/html' }))
  await page.goto('http://suite.test/')
  await page.waitForFunction('globalThis.suite !== undefined')
  return { browser, page, problems }
}
