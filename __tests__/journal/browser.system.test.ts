/** Journals in IndexedDB, in Chromium: synced, and written by one tab at a time. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { findBrowser } from '../../memlab/support/find-browser-leaks.ts'

const executablePath = findBrowser()
/** Answered from here; by https, since Web Locks are for secure pages. */
const ADDRESS = 'https://journal.test/'
/** A browser beside other work. */
const PATIENCE_MS = 240_000

if (executablePath === undefined)
  console.warn('No browser is installed: journals in IndexedDB are not tested.')
const withBrowser = executablePath === undefined ? describe.skip : describe

withBrowser('a journal in IndexedDB', () => {
  let html = ''
  let browser: Browser
  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, 'browser/tab.ts')],
      bundle: true,
      write: false,
      platform: 'browser',
      define: { 'process.env.NODE_ENV': '"production"' },
      logLevel: 'silent',
    })
    html = `<!doctype html><script>${outputFiles[0]?.text.replaceAll('</script', '<\\/script')}</script>`
    browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] })
  }, PATIENCE_MS)
  afterAll(() => browser?.close())

  /** A browser of its own, with nothing in its databases. */
  async function context(): Promise<BrowserContext> {
    const made = await browser.newContext()
    await made.route('**/*', (route) => route.fulfill({ body: html, contentType: 'text/html' }))
    return made
  }

  async function tab(of: BrowserContext): Promise<Page> {
    const page = await of.newPage()
    page.setDefaultTimeout(0) // that of the test is the limit
    await page.goto(ADDRESS)
    return page
  }

  test(
    'is synced with each write, and recovered by the next page',
    async () => {
      const origin = await context()
      const first = await tab(origin)
      expect(await first.evaluate('tab.open(false)')).toBe('live')
      expect(await first.evaluate('tab.write(12)')).toBe(12)
      expect(new Set(await first.evaluate<unknown[]>('tab.durabilities'))).toEqual(new Set(['strict']))
      await first.reload() // without a word
      expect(await first.evaluate('tab.open(false)')).toBe('live')
      expect(await first.evaluate('tab.look()')).toEqual({ n: 12, version: 12, status: 'live' })
      expect(await first.evaluate('tab.verify()')).toMatchObject({ damaged: [], gaps: [] })
      await first.evaluate('tab.close()')
      await origin.close()
    },
    PATIENCE_MS,
  )

  test(
    'is written by one tab; another is refused, or follows and takes over when the first is gone',
    async () => {
      const origin = await context()
      const [first, second, third] = [await tab(origin), await tab(origin), await tab(origin)]
      expect(await first.evaluate('tab.open(true)')).toBe('live')
      expect(await second.evaluate('tab.open(false)')).toBe('JOURNAL_LOCKED')
      expect(await second.evaluate('tab.open(true)')).toBe('following')
      expect(await third.evaluate('tab.open(true)')).toBe('following')
      expect(await first.evaluate('tab.write(7)')).toBe(7)
      await Promise.all([second, third].map((page) => page.waitForFunction('tab.look().n === 7')))
      await first.close()
      await second.waitForFunction('tab.look().status === "live"')
      expect(await second.evaluate('tab.write(3)')).toBe(10)
      await third.waitForFunction('tab.look().n === 10')
      expect(await third.evaluate('tab.look()')).toEqual({ n: 10, version: 10, status: 'following' })
      await second.evaluate('tab.close()')
      await third.waitForFunction('tab.look().status === "live"')
      expect(await third.evaluate('tab.verify()')).toMatchObject({ damaged: [], gaps: [] })
      await third.evaluate('tab.close()')
      await origin.close()
    },
    PATIENCE_MS,
  )
})
