/** The dashboards, each in its framework: opened in Chromium, driven, and taken away again. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findBrowser } from '../../memlab/support/find-browser-leaks.ts'

const executablePath = findBrowser()
const BUNDLER = join(import.meta.dirname, '../../examples/dashboard/bundle.js')
const ADDRESS = 'http://dashboard.test/'
const MOUNTED = 2
/** A browser beside other work; alone each test takes a second or two. */
const PATIENCE_MS = 240_000

let browser: Browser | undefined

/** Opens a page that is answered from here: no server, and nothing of the network. */
async function open(html: string, query = ''): Promise<{ page: Page; problems: string[] }> {
  browser ??= await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] })
  const page = await browser.newPage()
  page.setDefaultTimeout(0) // that of the test is the limit
  const problems: string[] = []
  page.on('pageerror', ({ message }) => problems.push(message))
  page.on('console', (message) => {
    if (message.type() !== 'log') problems.push(message.text())
  })
  await page.route('**/*', (route) => route.fulfill({ body: html, contentType: 'text/html' }))
  await page.goto(`${ADDRESS}${query}`)
  await page.waitForFunction('globalThis.page?.writes > 100')
  return { page, problems }
}

const figure = async (page: Page, name: string): Promise<number> =>
  Number(await page.textContent(`[data-figure="${name}"]`))

/**
 * Mounts and unmounts more of them, and says how many of their elements are still there, and followers of the fleet.
 *
 * @param collections - how often garbage is collected before what is left counts.
 */
async function leftOf(page: Page, collections: number): Promise<{ elements: number; followers: number }> {
  const followers = 'page.dashboard.fleet.metrics().subscriberCount'
  const before = Number(await page.evaluate(followers))
  await page.evaluate(`
    globalThis.seen = Array.from({ length: ${MOUNTED} }, () => {
      page.mount()
      return new WeakRef(document.body.lastElementChild)
    })
    page.dashboard.simulation.step(100)
    for (const _ of seen) page.unmount()`)
  const tools = await page.context().newCDPSession(page)
  let elements = MOUNTED
  for (let round = 0; round < collections && elements > 0; round += 1) {
    await tools.send('HeapProfiler.collectGarbage')
    // Each evaluation is a task of its own: what was looked at in the one before may go.
    elements = Number(await page.evaluate('seen.filter((each) => each.deref() !== undefined).length'))
  }
  return { elements, followers: Number(await page.evaluate(followers)) - before }
}

if (executablePath === undefined) console.warn('No browser is installed: the dashboards are not opened.')
const withBrowser = executablePath === undefined ? describe.skip : describe

withBrowser.each(['react', 'vue', 'svelte', 'solid', 'angular'])('the dashboard in %s', (framework) => {
  let html = ''
  beforeAll(async () => {
    const { bundle } = (await import(BUNDLER)) as { bundle(framework: string): Promise<string> }
    html = await bundle(framework)
  })

  test(
    'shows the fleet, takes clicks and keys, says what its slow readers missed, and leaves nothing',
    async () => {
      const { page, problems } = await open(html)
      await page.waitForFunction(
        'page.dashboard.log.state.missed > 0 && page.dashboard.slow.state.missed > 0',
      )
      await page.click('text=Pause')
      await page.waitForFunction(
        'document.querySelector("[data-figure=version]").textContent === String(page.writes)',
      )
      expect(await page.textContent('.bar button')).toBe('Run')
      expect(await page.locator('.robot').count()).toBe(200)
      expect(await figure(page, 'moving')).toBe(await page.evaluate('page.dashboard.fleet.state.moving'))
      expect(await figure(page, 'log-missed')).toBeGreaterThan(0)
      expect(await figure(page, 'slow-missed')).toBeGreaterThan(0)
      expect(await page.getAttribute('polyline', 'points')).toMatch(/^0\.0,\d/)

      await page.click('text="007"')
      await page.waitForSelector('.robot[aria-pressed="true"]:text-is("007")')
      expect(await page.locator('.robot[aria-pressed="true"]').count()).toBe(1)
      await page.fill('.detail input', 'Bond')
      await page.waitForSelector('.robot[title^="Bond, "]')
      expect(await page.inputValue('.detail input')).toBe('Bond')
      expect(await page.evaluate('page.dashboard.fleet.state.robots.get("r007").name')).toBe('Bond')

      expect(await leftOf(page, 20)).toEqual({ elements: 0, followers: 0 })
      expect(problems).toEqual([])
      await page.close()
    },
    PATIENCE_MS,
  )

  test(
    'is found where it is taken out of the page and not unmounted',
    async () => {
      const { page } = await open(html, '?leak')
      await page.click('text=Pause')
      expect((await leftOf(page, 2)).elements).toBe(MOUNTED)
      await page.close()
    },
    PATIENCE_MS,
  )
})

afterAll(() => browser?.close())
