/**
 * The child process of the browser part: serves a page on the loopback interface, and lets memlab mount and unmount
 * what it shows in Chromium while the page's writer goes on.
 *
 * Arguments: the page, `clean` or `leak`, the browser's path, a fresh folder. Prints what was found as JSON.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { config, type IHeapNode, utils } from '@memlab/core'
import { build, type Plugin } from 'esbuild'
import { ConsoleMode, run } from 'memlab'
import { BROWSER_PAGES, type BrowserPage } from './find-browser-leaks.ts'
import { LeakCounter } from './find-leaks.ts'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
]

/** The inspector's page is a module that the build makes: here it is that of the sources. */
const embedded: Plugin = {
  name: 'embedded-page',
  setup(builder) {
    const path = join(__dirname, '../../src/inspector/page/embedded.ts')
    builder.onResolve({ filter: /embedded-page\.js$/ }, () => ({ path }))
  },
}

async function own(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, '../browser', file)],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    loader: { '.css': 'text' },
    plugins: [embedded],
  })
  const script = outputFiles[0]?.text.replaceAll('</script', '<\\/script')
  return `<!doctype html><meta charset="utf-8"><title>${file}</title><body><script>${script}</script>`
}

/** The pages that are this repository's own; the others are dashboards. */
const OWN: Partial<Record<string, string>> = { panels: 'page.ts', inspector: 'inspector.ts' }

/** The writer has gone on for as long as the last step asked, and the page has been driven. */
const WRITTEN = 'globalThis.page !== undefined && page.writes > page.until && page.driven !== false'

async function dashboard(framework: string): Promise<string> {
  const { bundle } = await import(join(__dirname, '../../examples/dashboard/bundle.js'))
  return (bundle as (framework: string) => Promise<string>)(framework)
}

/**
 * Every object and closure, but for those of the newest snapshot of a store, which its writer has just made. V8 gives an
 * object that takes the address of one that is gone the id of that one, so it may seem to be older than it is.
 */
function isOld({ type, pathEdge }: IHeapNode): boolean {
  if (type !== 'object' && type !== 'closure') return false
  for (let edge = pathEdge; edge !== null; edge = edge.fromNode.pathEdge) {
    if (edge.name_or_index === '#value') return false
  }
  return true
}

/** A dashboard changes the state of its fleet, which stays: of it what was taken out of the document counts. */
const isDetached = (node: IHeapNode): boolean => utils.isDetachedDOMNode(node)

/**
 * What somebody does with a dashboard: a robot is clicked on, and typed into. It is the dashboard that stays, whose state
 * the other one shows: Svelte puts a getter on each event, and V8 keeps the newest of those, and with it where it was.
 */
const DRIVE = `{
  document.querySelector('.robot')?.click()
  const input = document.querySelector('.detail input')
  if (input !== null) {
    input.value = 'driven'
    input.dispatchEvent(new Event('input', { bubbles: true }))
  }
}`

/** The part of puppeteer's page that is used here. */
interface Page {
  evaluate(script: string): Promise<unknown>
  waitForFunction(script: string): Promise<unknown>
}

/** Runs one step, and waits until the writer has gone on for a while. */
async function step(page: Page, work: string): Promise<void> {
  await page.evaluate(`page.until = page.writes + 30; ${work}`)
  await page.waitForFunction(WRITTEN)
}

async function main(): Promise<void> {
  const [name = '', kind, chromiumBinary = '', workDir = ''] = process.argv.slice(-4)
  const file = OWN[name]
  const html = await (file === undefined ? dashboard(name) : own(file))
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end(html),
  )
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const counter = new LeakCounter(BROWSER_PAGES[name as BrowserPage], file === undefined ? isDetached : isOld)
  config.externalLeakFilter = { leakFilter: counter.filter }
  config.errorHandling = 2
  config.useXVFB = false
  config.puppeteerConfig.args = [...(config.puppeteerConfig.args ?? []), ...ARGS]
  await run({
    scenario: {
      url: () => `http://127.0.0.1:${port}/${kind === 'leak' ? '?leak' : ''}`,
      // The first wait puts puppeteer's own tools, and this condition, into the page: before the first snapshot.
      isPageLoaded: async (page) => {
        await (page as unknown as Page).waitForFunction(WRITTEN)
        return true
      },
      action: async (page) => {
        await step(page as unknown as Page, 'page.mount()')
        if (file === undefined) await step(page as unknown as Page, DRIVE)
      },
      back: (page) => step(page as unknown as Page, 'page.unmount()'),
    },
    workDir,
    skipWarmup: true,
    chromiumBinary,
    consoleMode: ConsoleMode.SILENT,
  })
  process.stdout.write(`\n${JSON.stringify({ leaked: counter.leaked, byClaim: [...counter.byClaim] })}`)
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
