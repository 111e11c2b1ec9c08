/** Mirrors in Chromium: of a store of this process, and of one that a tab serves to the others. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { WebSocketServer } from 'ws'
import { findBrowser } from '../../memlab/support/find-browser-leaks.ts'
import { createStore } from '../../src/index.ts'
import { type SyncServer, serve, sseHandler, wsSocket } from '../../src/sync/index.ts'
import { until } from './support/bench.ts'

const executablePath = findBrowser()
/** A browser beside other work. */
const PATIENCE_MS = 240_000

if (executablePath === undefined) console.warn('No browser is installed: mirrors in pages are not tested.')
const withBrowser = executablePath === undefined ? describe.skip : describe

withBrowser('a mirror in a page', () => {
  const store = createStore({ n: 0 })
  let server: SyncServer
  let http: Server
  let sockets: WebSocketServer
  let browser: Browser
  let origin: BrowserContext

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, 'browser/page.ts')],
      bundle: true,
      write: false,
      platform: 'browser',
      define: { 'process.env.NODE_ENV': '"production"' },
      logLevel: 'silent',
    })
    const html = `<!doctype html><script>${outputFiles[0]?.text.replaceAll('</script', '<\\/script')}</script>`
    server = serve(store, { authorize: () => ({ read: true, write: true }) })
    http = createServer(
      sseHandler(server, {}, (_request: IncomingMessage, response: ServerResponse) => {
        response.setHeader('content-type', 'text/html')
        response.end(html)
      }),
    ).listen(0, '127.0.0.1')
    sockets = new WebSocketServer({ server: http, perMessageDeflate: false })
    sockets.on('connection', (socket, request) => server.accept(wsSocket(socket), request))
    await once(http, 'listening')
    browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] })
    origin = await browser.newContext()
  }, PATIENCE_MS)

  afterAll(async () => {
    await browser?.close()
    server?.[Symbol.dispose]()
    store.destroy()
    for (const socket of sockets?.clients ?? []) socket.terminate()
    http?.closeAllConnections()
    await new Promise((resolve) => http.close(resolve))
  })

  async function open(): Promise<Page> {
    const page = await origin.newPage()
    page.setDefaultTimeout(0) // that of the test is the limit
    await page.goto(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`)
    return page
  }

  test.each(['ws', 'sse'])(
    'is exact, writes, and leaves when the page is gone: %s',
    async (kind) => {
      const page = await open()
      await page.evaluate(`page.over("${kind}")`)
      const { n } = store.state
      await page.waitForFunction(`page.look().n === ${n}`)
      store.set({ n: n + 1 })
      await page.waitForFunction(`page.look().n === ${n + 1}`)
      const { version } = store.snapshot
      expect(await page.evaluate('page.add()')).toEqual({ committed: true, version: version + 1 })
      expect(store.snapshot).toMatchObject({ version: version + 1, state: { n: n + 2 } })
      await page.close()
      await until(() => server.metrics().connections === 0)
    },
    PATIENCE_MS,
  )

  test(
    'of three tabs is served by one, and by the next when that is closed: one journal, many tabs',
    async () => {
      const tabs = [await open(), await open(), await open()] as [Page, Page, Page]
      for (const tab of tabs) {
        await tab.evaluate('page.share()')
        await tab.waitForFunction('page.look().n === 0')
      }
      const serving = (): Promise<unknown[]> =>
        Promise.all(tabs.map((tab) => tab.evaluate('page.look().serves')))
      expect(await serving()).toEqual([true, false, false])
      // Three tabs write at the same time.
      const results = await Promise.all(tabs.map((tab) => tab.evaluate<{ version: number }>('page.add()')))
      expect(results.map(({ version }) => version).sort()).toEqual([1, 2, 3])
      for (const tab of tabs) await tab.waitForFunction('page.look().n === 3')

      await tabs[0].evaluate('page.close()') // in good order
      await tabs[1].waitForFunction('page.look().serves')
      await tabs[2].waitForFunction('page.look().version > 3')
      expect(await tabs[2].evaluate('page.look()')).toMatchObject({ n: 3, serves: false })
      expect(await tabs[2].evaluate('page.add()')).toMatchObject({ committed: true })
      await tabs[1].waitForFunction('page.look().n === 4')
      const { version } = await tabs[2].evaluate<{ version: number }>('page.look()')

      await tabs[1].close() // without a word
      await tabs[2].waitForFunction(`page.look().serves && page.look().version > ${version}`)
      expect(await tabs[2].evaluate('page.add()')).toMatchObject({ committed: true })
      expect(await tabs[2].evaluate('page.look()')).toMatchObject({ n: 5, serves: true })

      // The journal of all of them is there for the next page.
      await tabs[2].evaluate('page.close()')
      await tabs[2].reload()
      await tabs[2].evaluate('page.share()')
      await tabs[2].waitForFunction('page.look().n === 5')
      await tabs[2].evaluate('page.close()')
    },
    PATIENCE_MS,
  )
})
